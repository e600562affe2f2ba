"""Who is calling: a user number and one thing only the customer knows, compared here and never shown (S004-06)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from uuid import UUID

from sqlalchemy import func, select

from akta.alphabets import folded
from akta.errors import NotFound
from akta.ids import CaseId
from bpmn.values import Value
from heating import addressees, mandates, meters
from heating.contracts import CONTRACT
from heating.tables.billing import Invoice
from heating.tables.contracts import Contract, Customer
from heating.tables.metering import Meter, SupplyPoint
from storage.cases import Case
from storage.tasks import Task
from storage.unit_of_work import Transaction
from workflows import cases

ASK = "ask-caller"
"""The task whose completions are counted as attempts."""
RECENT = 3
"""How many of the latest invoices serve to know a customer by."""


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody who asks for the customer: the name on the mandate, and the act it has to allow."""

    name: str
    act: str


def matches(tx: Transaction, user_id: str, control: str, answer: str, meter: str = "") -> bool:
    """Whether the answers fit one customer, whose meter it is that the call is about if it names one."""
    customer = tx.session.scalar(select(Customer).where(Customer.number == user_id.strip().upper()))
    given = "".join(answer.split()).upper()
    if customer is None or not given:
        return False
    mine = _meters(tx, customer.id)
    if meter and meter not in {each.serial for each in mine} | {str(each.id) for each in mine}:
        return False
    match control:
        case "serial":
            return given in {each.serial.upper() for each in mine}
        case "invoice":
            return given in _invoices(tx, customer.id)
        case "last_reading":
            return _number(given) in {meters.last_point(each, meters.history(tx, each)).value for each in mine}
    return False


def concern(tx: Transaction, case_id: UUID, user_id: str, agent: Agent, today: date) -> dict[str, Value]:
    """Say whom a case is about, once the caller is known: the customer, and the contracts.

    Gives where letters go, and whether a mandate in force lets the agent do the act.
    """
    mine = select(Contract.id).join(Customer, Customer.id == Contract.customer_id)
    found = tx.session.scalars(mine.where(Customer.number == user_id.strip().upper()).order_by(Contract.number)).all()
    if not found:
        raise NotFound(f"a contract of customer {user_id}")
    case = tx.get(Case, case_id)
    case.person_id = case.person_id or addressees.person(tx, found[0])
    for contract in found:
        cases.relate(tx, CaseId(case_id), CONTRACT, contract, meters.found_by(tx, contract))
    given = [mandate for contract in found for mandate in mandates.listed(tx, contract)]
    acts = mandates.acts_of(tx, [mandate.id for mandate in given])
    return {
        "addressee": addressees.by_post(tx, found[0]),
        "represented": any(
            mandates.usable(mandate, today)
            and agent.act in acts[mandate.id]
            and folded(mandate.agent_name) == folded(agent.name)
            for mandate in given
        ),
    }


def attempts(tx: Transaction, case_id: UUID) -> int:
    """How often the caller of a case was asked."""
    asked = select(func.count(Task.id)).where(Task.case_id == case_id, Task.element == ASK, Task.state == "completed")
    return tx.session.scalar(asked) or 0


def _meters(tx: Transaction, customer_id: UUID) -> list[Meter]:
    mine = (
        select(Meter)
        .join(SupplyPoint, SupplyPoint.id == Meter.supply_point_id)
        .join(Contract, Contract.id == SupplyPoint.contract_id)
        .where(Contract.customer_id == customer_id, Meter.removed_on.is_(None))
    )
    return list(tx.session.scalars(mine))


def _invoices(tx: Transaction, customer_id: UUID) -> set[str]:
    latest = (
        select(Invoice.number)
        .join(Contract, Contract.id == Invoice.contract_id)
        .where(Contract.customer_id == customer_id)
        .order_by(Invoice.issued_on.desc(), Invoice.number.desc())
        .limit(RECENT)
    )
    return set(tx.session.scalars(latest))


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
