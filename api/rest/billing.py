"""Billing runs."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from api.dependencies import VisitDep, needs
from heating import billing
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
