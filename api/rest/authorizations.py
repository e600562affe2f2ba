"""Why somebody may or may not do something with a task."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from akta.ids import AccountId, TaskId
from api.dependencies import VisitDep, needs
from people.rights import Act
from tasks import access

router = APIRouter(prefix="/authorizations", tags=["authorizations"])


class Link(BaseModel):
    """One rule of the chain: whether it holds, and in words why."""

    rule: str
    holds: bool
    because: str


class Explanation(BaseModel):
    """What the user may do with the task: see it, complete it (once claimed), claim it."""

    see: bool
    act: bool
    claim: bool
    chain: list[Link]


@router.get("/explain", dependencies=[needs(Act.EXPLAIN_ACCESS)])
def explain_access(
    visit: VisitDep,
    user: Annotated[UUID, Query(description="An account")],
    task: Annotated[UUID, Query(description="A task")],
) -> Explanation:
    """The rules that open a task to a user, or close it, each with what it found."""
    with visit.uow.view() as tx:
        found = access.explain(tx, visit.services.visibility, AccountId(user), TaskId(task))
    chain = [
        Link(rule=link.rule, holds=link.holds, because=link.because.said(visit.language.gettext))
        for link in found.chain
    ]
    return Explanation(see=found.see, act=found.act, claim=found.claim, chain=chain)
