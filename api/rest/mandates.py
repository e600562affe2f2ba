"""Mandates: who may act for a customer, for what and how long, and revoking one."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import VisitDep, needs
from api.rest.forms import PlainText
from heating import mandates
from heating.acts import MandateAct
from heating.queries import mandates as queries
from heating.queries.mandates import PAGE, State, Wanted
from people.rights import Act

router = APIRouter(prefix="/mandates", tags=["mandates"])
SEEN = [needs(Act.SEE_MANDATES)]


class Mandate(BaseModel):
    """`own`: the asking customer gave it. What the office noted, and on what it rests, is told to the office only."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    contract_number: str
    customer_name: str
    agent_name: str
    kind: str
    acts: list[MandateAct]
    valid_from: date
    valid_to: date | None
    state: State
    accounts: int
    verified_at: datetime
    own: bool
    revoked_at: datetime | None
    reason: str
    verified_by: str
    case_id: UUID | None
    case_reference: str
    documents: list[UUID]


class Search(BaseModel):
    """Which mandates to list. `before` is the id of the last one of the page before."""

    state: Wanted = Wanted.IN_FORCE
    search: str = Field("", max_length=200)
    before: UUID | None = None
    limit: int = Field(PAGE, ge=1, le=200)


class Revocation(BaseModel):
    """A clerk says who revoked it and how they were told; the customer need not say why."""

    reason: PlainText = Field("", max_length=500)


@router.get("", dependencies=SEEN)
def list_mandates(wanted: Annotated[Search, Query()], visit: VisitDep) -> list[Mandate]:
    """Mandates the office keeps, a customer gave, or an agent holds; the newest first."""
    with visit.uow.view() as tx:
        found = queries.listed(tx, visit.subject, visit.today, wanted.state, wanted.search, wanted.before, wanted.limit)
        return [Mandate.model_validate(view) for view in found]


@router.get("/{mandate}", dependencies=SEEN)
def show_mandate(mandate: UUID, visit: VisitDep) -> Mandate:
    """One mandate."""
    with visit.uow.view() as tx:
        return Mandate.model_validate(queries.one(tx, visit.subject, mandate, visit.today))


@router.post("/{mandate}/revocation", status_code=204, dependencies=[needs(Act.REVOKE_MANDATE)])
def revoke_mandate(mandate: UUID, told: Revocation, visit: VisitDep) -> None:
    """Revoke a mandate: its accounts are locked at once, open cases are flagged, and both sides are told."""
    runtime = visit.services.runtime
    mandates.revoke(visit.uow, runtime, visit.subject, visit.door, mandate, told.reason, visit.now)
