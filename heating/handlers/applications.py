"""Calls about other applications and other accounts: duplicates of this one, and making room on a full contract."""

from decimal import Decimal

from akta.ids import AccountId
from akta.languages import N_
from akta.subjects import Door
from bpmn.values import Value
from heating import access, contracts, duplicates, meters
from heating.access import Holder
from heating.handlers import _values as take
from heating.handlers._shapes import ID, NOTHING, NUMBER, TEXT, maybe, record
from heating.handlers._values import Variables
from storage.unit_of_work import Transaction
from workflows.cases import relate
from workflows.handlers import BpmnError, CallContext, Handler

NOT_MERGEABLE = "NOT_MERGEABLE"
NOT_CLOSED = "NOT_CLOSED"


def find_duplicates(tx: Transaction, context: CallContext, given: Variables) -> Variables:
    """Open applications of the same person for the same contract."""
    found = contracts.find(tx, take.text(given, "contract_no"), take.text(given, "customer_no"))
    if found is None:
        return {"duplicates": []}
    contract = found[0]
    relate(tx, context.case, contracts.APPLIED_FOR, contract.id, meters.found_by(tx, contract.id))
    twins = duplicates.twins(tx, context.case, contract.id)
    told: list[Value] = [
        {
            "value": twin.reference,
            "label": f"{twin.reference}, {twin.name}",
            "name": twin.name,
            "received": twin.received_at.date(),
        }
        for twin in twins
    ]
    return {"duplicates": told}


def merge_case(tx: Transaction, context: CallContext, given: Variables) -> Variables:
    """Let this case go on as an older one."""
    found = contracts.find(tx, take.text(given, "contract_no"), take.text(given, "customer_no"))
    by = context.subject.acting(Door.JOB)
    try:
        if found is None:
            raise duplicates.NotMergeable("no contract")
        duplicates.merge(tx, context.case, take.text(given, "into"), found[0].id, by, context.now)
    except duplicates.NotMergeable as gone:
        raise BpmnError(NOT_MERGEABLE, str(gone)) from gone
    return {}


def list_holders(tx: Transaction, context: CallContext, given: Variables) -> Variables:
    """The accounts on a contract, so that their customer can say which one to give up, without naming anybody."""
    held = access.holders(tx, take.ident(given, "contract_id"))
    told: list[Value] = [_told(number, holder) for number, holder in enumerate(held, 1) if holder.account]
    return {"holders": told, "held": Decimal(len(held))}


def _told(number: int, holder: Holder) -> Value:
    return {"value": str(holder.account), "label": f"{number}. {holder.masked}", "since": holder.since.date()}


def close_holder(tx: Transaction, context: CallContext, given: Variables) -> Variables:
    """Close an account on the contract, as its customer asked and a clerk confirmed."""
    contract_id = take.ident(given, "contract_id")
    try:
        access.close(tx, contract_id, AccountId(take.ident(given, "account_id")), context.now)
    except access.NotYoursToClose as gone:
        raise BpmnError(NOT_CLOSED, str(gone)) from gone
    return {}


def handlers() -> tuple[Handler, ...]:
    """The calls of this module."""
    numbers = record(contract_no=TEXT, customer_no=TEXT)
    twin = record(value=TEXT, label=TEXT, name=TEXT, received=maybe(TEXT))
    found = record(duplicates={"type": "array", "items": twin})
    held = record(holders={"type": "array", "items": record(value=ID, label=TEXT, since=TEXT)}, held=NUMBER)
    contract = record(contract_id=ID)
    closing = record(contract_id=ID, account_id=ID)

    return (
        Handler("find-duplicates", N_("Look for the same application"), numbers, found, local=find_duplicates),
        Handler(
            "merge-case",
            N_("Merge with an older application"),
            record(contract_no=TEXT, customer_no=TEXT, into=TEXT),
            NOTHING,
            local=merge_case,
        ),
        Handler("list-holders", N_("List the accounts on the contract"), contract, held, local=list_holders),
        Handler("close-holder", N_("Close an account on the contract"), closing, NOTHING, local=close_holder),
    )
