"""Calls of the portal application: the contract, its slots, mandates and accounts. All local."""

from decimal import Decimal

from akta.ids import AccountId
from akta.languages import N_
from heating import accounts, contracts, mandates, meters, profile, slots
from heating.accounts import NewOwner
from heating.handlers import _values as take
from heating.handlers._shapes import DAY, FLAG, ID, NOTHING, NUMBER, TEXT, TEXTS, maybe, record
from heating.handlers._values import Variables
from heating.mandates import NewMandate
from storage.unit_of_work import Transaction
from workflows.cases import relate
from workflows.handlers import BpmnError, CallContext, Handler

CONTRACT_FULL = "CONTRACT_FULL"
CONTRACT_NOT_IN_FORCE = "CONTRACT_NOT_IN_FORCE"


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
            "valid": today is not None and today.valid,
            "effective": today is not None and today.effective,
            "live_accounts": Decimal(contracts.live_accounts(tx, contract.id) if contract else 0),
            "limit": Decimal(settings.accounts_per_contract),
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


def release_slot(tx: Transaction, context: CallContext, given: Variables) -> Variables:
    """Give back the slot of this case, if it still holds one that nobody uses."""
    accounts.release(tx, context.case, context.now)
    return {}


def record_mandate(tx: Transaction, context: CallContext, given: Variables) -> Variables:
    """Keep the mandate a verifier accepted in this case."""
    new = NewMandate(
        contract=take.ident(given, "contract_id"),
        agent=take.text(given, "agent_name"),
        acts=take.texts(given, "acts"),
        valid_from=take.day(given, "valid_from"),
        valid_to=take.maybe_day(given, "valid_to"),
    )
    return {"mandate": {"id": str(mandates.record(tx, context.case, new, context.now).id)}}


def create_account(tx: Transaction, context: CallContext, given: Variables) -> Variables:
    """Make the pending account for the slot this case reserved."""
    owner = NewOwner(take.text(given, "name"), take.text(given, "email"), context.language)
    contract_id = take.ident(given, "contract_id")
    try:
        account = accounts.create(tx, context.case, contract_id, owner, context.now)
    except accounts.ContractNotInForce as ended:
        raise BpmnError(CONTRACT_NOT_IN_FORCE, str(ended)) from ended
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


def handlers() -> tuple[Handler, ...]:
    """The calls of this module."""
    return (
        Handler("match-contract", N_("Find the contract"), *MATCH, local=match_contract),
        Handler("reserve-slot", N_("Reserve an account on the contract"), *RESERVE, local=reserve_slot),
        Handler("release-slot", N_("Give back the reserved account"), NOTHING, NOTHING, local=release_slot),
        Handler("record-mandate", N_("Keep the mandate"), *MANDATE, local=record_mandate),
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
            valid=FLAG,
            effective=FLAG,
            live_accounts=NUMBER,
            limit=NUMBER,
        )
    ),
)
RESERVE = (record(contract_id=ID), record(slot=record(no=NUMBER)))
MANDATE = (
    record(("valid_to",), contract_id=ID, agent_name=TEXT, acts=TEXTS, valid_from=DAY, valid_to=maybe(DAY)),
    record(mandate=record(id=ID)),
)
CREATE = (record(name=TEXT, email=TEXT, contract_id=ID), record(account=record(id=ID, login=TEXT)))
