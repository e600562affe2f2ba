"""Billing: what waits to be billed, runs, and what they issued."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Response
from pydantic import BaseModel, ConfigDict

from api.dependencies import VisitDep, needs
from api.rest.supply import InvoiceLine
from heating import billing, exchange
from heating.queries import invoices, ledger
from people.rights import Act

router = APIRouter(tags=["billing"])


class Period(BaseModel):
    """What was read up to and with this day is billed."""

    period_end: date


class BillingRun(BaseModel):
    id: UUID
    period_end: date
    run_at: datetime
    invoices: int
    readings: int
    payable: Decimal
    currency: str


@router.post("/billing-runs", status_code=201, dependencies=[needs(Act.RUN_BILLING)])
def run_billing(period: Period, visit: VisitDep) -> BillingRun:
    """Bill every verified reading not billed yet; run again, it finds nothing left."""
    made = billing.run(visit.uow, visit.services.runtime, period.period_end, visit.actor, visit.now)
    return BillingRun.model_validate(made, from_attributes=True)


class Billable(BaseModel):
    """A verified consumption no invoice has yet: who reported it, who verified it, in which case."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    contract_number: str
    customer_name: str
    serial: str
    previous_at: date
    read_at: date
    value: Decimal
    consumption: Decimal
    unit: str
    submitter_name: str
    verifier_name: str
    posted_at: datetime
    case_id: UUID
    case_reference: str


@router.get("/billing-runs", dependencies=[needs(Act.RUN_BILLING)])
def list_billing_runs(visit: VisitDep, before: UUID | None = None) -> list[BillingRun]:
    """Past runs, latest first; `before` is the last of the page before."""
    with visit.uow.view() as tx:
        return [BillingRun.model_validate(run, from_attributes=True) for run in ledger.runs(tx, before)]


@router.get("/billing-runs/{run}/invoices", dependencies=[needs(Act.RUN_BILLING)])
def list_run_invoices(run: UUID, visit: VisitDep) -> list[InvoiceLine]:
    """The invoices a run issued."""
    with visit.uow.view() as tx:
        return [InvoiceLine.model_validate(line) for line in invoices.of_run(tx, run, visit.today)]


@router.get("/billable", dependencies=[needs(Act.RUN_BILLING)])
def list_billable(visit: VisitDep, after: UUID | None = None) -> list[Billable]:
    """What waits to be billed, in the order it was posted; `after` is the last of the page before."""
    with visit.uow.view() as tx:
        return [Billable.model_validate(entry) for entry in ledger.billable(tx, after)]


class TakenInvoices(BaseModel):
    """How many invoices of a file were taken now; those that were there before are not counted."""

    invoices: int


@router.get("/billing-files/readings", dependencies=[needs(Act.RUN_BILLING)], response_class=Response)
def export_billable_readings(visit: VisitDep, after: UUID | None = None) -> Response:
    """What waits to be billed, for a billing system of the utility's own (docs/billing-files.md)."""
    with visit.uow.view() as tx:
        text = exchange.readings(tx, after)
    headers = {"content-disposition": 'attachment; filename="readings-to-bill.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/billing-files/invoices", dependencies=[needs(Act.RUN_BILLING)])
def import_invoices(
    content: Annotated[bytes, Body(media_type="application/octet-stream")], visit: VisitDep
) -> TakenInvoices:
    """Take the invoices another system issued: all of the file, or nothing."""
    taken = exchange.take_invoices(visit.uow, visit.services.runtime, content, visit.actor, visit.now)
    return TakenInvoices(invoices=taken)
