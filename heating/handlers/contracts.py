"""Calls of the portal application: the contract, its slots and accounts. All local."""

from collections.abc import Callable
from decimal import Decimal

from akta.ids import AccountId
from akta.languages import N_
from akta.subjects import Door
from heating import accounts, contracts, identification, meters, profile, slots
from heating.access import FREED
from heating.accounts import NewOwner
from heating.handlers import _values as take
from heating.handlers._shapes import FLAG, ID, NOTHING, NUMBER, TEXT, maybe, record
from heating.handlers._values import Variables
from heating.identification import Asked
from storage.unit_of_work import Transaction
from workflows import messages
from workflows.cases import relate
from workflows.handlers import BpmnError, CallContext, Handler
from workflows.runtime import Runtime

CONTRACT_FULL = "CONTRACT_FULL"
CONTRACT_NOT_IN_FORCE = "CONTRACT_NOT_IN_FORCE"
MANDATE_ENDED = "MANDATE_ENDED"


def match_contract(tx: Transaction, context: CallContext, given: Variables) -> Variables:
    """Whether customer and contract belong together, and how the contract stands today."""
    found = contracts.find(tx, take.text(given, "contract_no"), take.text(given, "customer_no"))
    settings = profile.of(tx)
    contract, customer = found or (None, None)
    today = contracts.standing(contract, settings.today(context.now)) if contract else None
    return {
        "contract": {
            "found": contract is not None,
            "id": str(contract.id) if contract else None,
            "number": contract.number if contract else None,
            "customer_id": str(customer.id) if customer else None,
            "customer_name": customer.name if customer else None,
            "customer_kind": customer.kind if customer else None,
            "valid": today is not None and today.valid,
            "effective": today is not None and today.effective,
            "live_accounts": Decimal(contracts.live_accounts(tx, contract.id) if contract else 0),
            "limit": Decimal(settings.accounts_per_contract),
        }
    }


def identify_customer(tx: Transaction, context: CallContext, given: Variables) -> Variables:
    """Whether an applicant is the customer of the contract, as far as answers and addresses tell."""
    asked = Asked(
        contract=take.ident(given, "contract_id"),
        customer_no=take.text(given, "customer_no"),
        control=take.text(given, "control", ""),
        answer=take.text(given, "answer", ""),
        email=take.text(given, "email"),
    )
    found = identification.compare(tx, context.case, asked, context.now)
    return {
        "identification": {
            "known": found.known,
            "address_on_file": found.address_on_file,
            "address_proved": found.address_proved,
        }
    }


def reserve_slot(tx: Transaction, context: CallContext, given: Variables) -> Variables:
    """Reserve an account slot for this case."""
    contract_id = take.ident(given, "contract_id")
    try:
        slot = slots.reserve(tx, context.case, contract_id, context.now)
    except slots.ContractFull as full:
        raise BpmnError(CONTRACT_FULL, str(full)) from full
    relate(tx, context.case, contracts.APPLIED_FOR, contract_id, meters.found_by(tx, contract_id))
    return {"slot": {"no": Decimal(slot.slot_no)}}


def release_slot(runtime: Callable[[], Runtime], tx: Transaction, context: CallContext, given: Variables) -> Variables:
    """Give back the slot of this case, if it still holds one that nobody uses; whoever waits for a place is told."""
    held = slots.of_case(tx, context.case)
    accounts.release(tx, context.case, context.now)
    if held is not None and held.state == "closed":
        by = context.subject.acting(Door.JOB)
        messages.correlate(tx, runtime(), FREED, str(held.contract_id), {}, by, context.now)
    return {}


def create_account(tx: Transaction, context: CallContext, given: Variables) -> Variables:
    """Make the pending account for the slot this case reserved."""
    capacity = take.text(given, "capacity", accounts.SELF)
    owner = NewOwner(take.text(given, "name"), take.text(given, "email"), context.language, capacity)
    contract_id = take.ident(given, "contract_id")
    try:
        account = accounts.create(tx, context.case, contract_id, owner, context.now)
    except accounts.ContractNotInForce as ended:
        raise BpmnError(CONTRACT_NOT_IN_FORCE, str(ended)) from ended
    except accounts.NoMandate as ended:
        raise BpmnError(MANDATE_ENDED, str(ended)) from ended
    return {"account": {"id": str(account.id), "login": account.login}}


def activate_slot(tx: Transaction, context: CallContext, given: Variables) -> Variables:
    """The owner of the account this case made has signed in for the first time."""
    slots.activate(tx, context.case, take.ident(given, "account_id"))
    return {}


def close_account(tx: Transaction, context: CallContext, given: Variables) -> Variables:
    """Close the account this case made, and free its slot.

    Raises:
        slots.NoSlot: this case made another account, or none.
    """
    account_id = AccountId(take.ident(given, "account_id"))
    slot = slots.latest_of_case(tx, context.case)
    if slot is None or slot.account_id != account_id:
        raise slots.NoSlot(f"case {context.case}, account {account_id}")
    accounts.close(tx, account_id, context.now)
    return {}


def handlers(runtime: Callable[[], Runtime]) -> tuple[Handler, ...]:
    """The calls of this module; `runtime` is asked for when a call is performed."""

    def release(tx: Transaction, context: CallContext, given: Variables) -> Variables:
        return release_slot(runtime, tx, context, given)

    return (
        Handler("match-contract", N_("Find the contract"), *MATCH, local=match_contract),
        Handler("identify-customer", N_("Compare an applicant with the customer"), *IDENTIFY, local=identify_customer),
        Handler("reserve-slot", N_("Reserve an account on the contract"), *RESERVE, local=reserve_slot),
        Handler("release-slot", N_("Give back the reserved account"), NOTHING, NOTHING, local=release),
        Handler("create-account", N_("Make the account"), *CREATE, local=create_account),
        Handler("activate-slot", N_("Activate the account"), record(account_id=ID), NOTHING, local=activate_slot),
        Handler("close-account", N_("Close the account"), record(account_id=ID), NOTHING, local=close_account),
    )


MATCH = (
    record(contract_no=TEXT, customer_no=TEXT),
    record(
        contract=record(
            found=FLAG,
            id=maybe(ID),
            number=maybe(TEXT),
            customer_id=maybe(ID),
            customer_name=maybe(TEXT),
            customer_kind=maybe(TEXT),
            valid=FLAG,
            effective=FLAG,
            live_accounts=NUMBER,
            limit=NUMBER,
        )
    ),
)
IDENTIFY = (
    record(
        ("control", "answer"), contract_id=ID, customer_no=TEXT, control=maybe(TEXT), answer=maybe(TEXT), email=TEXT
    ),
    record(identification=record(known=FLAG, address_on_file=FLAG, address_proved=FLAG)),
)
RESERVE = (record(contract_id=ID), record(slot=record(no=NUMBER)))
CREATE = (
    record(("capacity",), name=TEXT, email=TEXT, contract_id=ID, capacity=TEXT),
    record(account=record(id=ID, login=TEXT)),
)
