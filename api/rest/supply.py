"""What a customer has with the utility: contracts, meters with readings, invoices."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from akta.ids import AccountId
from api.dependencies import VisitDep, needs
from heating import access
from heating.queries import invoices, supply
from people.rights import Act

router = APIRouter(tags=["supply"])
OWN = [needs(Act.SEE_OWN_SUPPLY)]


class Shown(BaseModel):
    """Read from a view of the utility's world; what is for people's eyes only is left out."""

    model_config = ConfigDict(from_attributes=True)


class InvoiceLine(Shown):
    """`status`: current, part, overdue, settled."""

    id: UUID
    type: str
    number: str
    due_on: date
    payable: Decimal
    outstanding: Decimal
    currency: str
    status: str


class InvoiceItem(Shown):
    """`computation` says which readings, days and price it came from."""

    position: int
    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    net: Decimal
    vat_rate: Decimal
    computation: dict[str, Any]


class InvoiceVat(Shown):
    rate: Decimal
    net: Decimal
    vat: Decimal


class Invoice(Shown):
    line: InvoiceLine
    customer_name: str
    customer_number: str
    customer_address: str
    contract_number: str
    issued_on: date
    period_from: date
    period_to: date
    net: Decimal
    vat: Decimal
    items: list[InvoiceItem]
    taxes: list[InvoiceVat]


class Reading(Shown):
    on: date
    value: Decimal
    consumption: Decimal
    days: int
    kind: str


class WaitingReading(Shown):
    """Reported, and not decided about yet."""

    on: date
    value: Decimal
    submitted_at: datetime
    case_id: UUID | None


class Meter(Shown):
    """A meter with its readings, newest first."""

    id: UUID
    serial: str
    kind: str
    unit: str
    digits: int
    supply_point: str
    address: str
    calibrated_on: date
    valid_until: date
    calibration_expired: bool
    readings: list[Reading]
    waiting: list[WaitingReading]


class Contract(Shown):
    id: UUID
    number: str
    customer_name: str
    customer_number: str
    valid_from: date
    valid_to: date | None
    effective_from: date
    effective_to: date | None
    addresses: list[str]


class AccessHolder(Shown):
    """An account with access; `masked` is its login, as its holder knows it again. `acts`, `until`: its mandate."""

    account: UUID | None
    name: str
    masked: str
    state: str
    since: datetime
    own: bool
    acts: tuple[str, ...]
    until: date | None
    mandate: UUID | None


class ContractAccess(BaseModel):
    id: UUID
    number: str
    holders: list[AccessHolder]


class Debt(Shown):
    """A line of what one owes or owed; `open_amount` is still to be paid."""

    claim_number: str
    source_number: str
    period: str
    computed_on: date | None
    amount: Decimal
    open_amount: Decimal
    currency: str
    paid: bool


@router.get("/invoices", dependencies=OWN)
def list_invoices(visit: VisitDep) -> list[InvoiceLine]:
    """One's invoices, latest due first."""
    with visit.uow.view() as tx:
        return [InvoiceLine.model_validate(line) for line in invoices.mine(tx, visit.subject, visit.today)]


@router.get("/invoices/{invoice}", dependencies=[needs(Act.SEE_OWN_SUPPLY, Act.RUN_BILLING)])
def show_invoice(invoice: UUID, visit: VisitDep) -> Invoice:
    """An invoice with its items."""
    with visit.uow.view() as tx:
        return Invoice.model_validate(invoices.one(tx, visit.subject, invoice, visit.today))


@router.get("/meters", dependencies=OWN)
def list_meters(visit: VisitDep) -> list[Meter]:
    """One's meters with their readings."""
    with visit.uow.view() as tx:
        return [Meter.model_validate(meter) for meter in supply.my_meters(tx, visit.subject, visit.today)]


@router.get("/meters/{meter}", dependencies=OWN)
def show_meter(meter: UUID, visit: VisitDep) -> Meter:
    """One meter with its readings."""
    with visit.uow.view() as tx:
        return Meter.model_validate(supply.my_meter(tx, visit.subject, meter, visit.today))


@router.get("/contracts", dependencies=OWN)
def list_contracts(visit: VisitDep) -> list[Contract]:
    """One's contracts, and those one acts on for others; who has accounts on them is told by `access`."""
    with visit.uow.view() as tx:
        return [Contract.model_validate(found) for found in supply.my_contracts(tx, visit.subject, visit.today)]


@router.get("/access", dependencies=OWN)
def list_access(visit: VisitDep) -> list[ContractAccess]:
    """Who has access to the contracts of which one is the customer oneself."""
    with visit.uow.view() as tx:
        return [
            ContractAccess(
                id=contract.id, number=contract.number, holders=[AccessHolder.model_validate(h) for h in held]
            )
            for contract, held in access.of_subject(tx, visit.subject).items()
        ]


@router.delete("/access/{contract}/{holder}", status_code=204, dependencies=[needs(Act.END_ACCESS)])
def end_access(contract: UUID, holder: UUID, visit: VisitDep) -> None:
    """Take an account's access to a contract away, with the mandate it rests on; both sides are told."""
    runtime, account = visit.services.runtime, AccountId(holder)
    access.revoke(visit.uow, runtime, visit.subject, visit.door, contract, account, visit.now)


@router.get("/debts", dependencies=OWN)
def list_debts(visit: VisitDep) -> list[Debt]:
    """What one owes or owed, line by line."""
    with visit.uow.view() as tx:
        return [Debt.model_validate(line) for line in invoices.debts(tx, visit.subject)]
