"""Live events: what stands now in one's inbox or in a case, told again whenever it changes."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from akta.ids import CaseId
from akta.subjects import Kind
from api.dependencies import VisitDep, needs
from api.streams import LiveStream, follow
from api.visits import Visit, open_visit
from people import rights
from people.rights import Act
from storage.unit_of_work import Transaction
from tasks import inbox
from workflows import by_hand, queries

router = APIRouter(tags=["live"])

Once = Annotated[bool, Query(description="Tell what stands now, and end: for programs that ask now and then.")]
STREAM: dict[int | str, dict[str, Any]] = {200: {"content": {"text/event-stream": {}}, "description": "Events `now`"}}
See = Callable[[Transaction, Visit], dict[str, Any]]


@router.get("/live", dependencies=[needs(Act.SEE_INBOX)], responses=STREAM, response_class=Response)
async def follow_inbox(visit: VisitDep, once: Once = False) -> Response:
    """The counters of one's queues, as server-sent events: each time something changes, all of them."""
    return await _answer(visit, Act.SEE_INBOX, _counters, once)


@router.get("/cases/{case}/live", dependencies=[needs(Act.SEE_CASE)], responses=STREAM, response_class=Response)
async def follow_case(case: UUID, visit: VisitDep, once: Once = False) -> Response:
    """The number of the last thing that happened in a case, and one's counters, as server-sent events."""

    def see(tx: Transaction, now: Visit) -> dict[str, Any]:
        view = queries.case_view(tx, now.services.visibility, now.subject, CaseId(case))
        may_count = now.subject.kind is Kind.STAFF and rights.allowed(now.subject, Act.SEE_INBOX)
        return {"happened": by_hand.version(tx, view.id)} | (_counters(tx, now) if may_count else {})

    return await _answer(visit, Act.SEE_CASE, see, once, case)


def _counters(tx: Transaction, visit: Visit) -> dict[str, Any]:
    return {"counters": asdict(inbox.counters(tx, visit.frame))}


async def _answer(visit: Visit, act: Act, see: See, once: bool, case: UUID | None = None) -> Response:
    """
    Raises:
        NotFound: there is no such case, or it is not theirs to see.
        TooOften: they hold as many streams as they may.
    """

    def look() -> dict[str, Any]:
        """With the rights of this moment: who was signed out, or may not see it any more, is told nothing."""
        now = open_visit(visit.request, visit.services, visit.utility)
        now.refuse_unfinished((act,))
        rights.require(now.subject, act)
        with now.uow.view() as tx:
            return see(tx, now)

    stands = await run_in_threadpool(look)
    if once:
        return JSONResponse(stands)
    changes, tenant = visit.services.database.changes, visit.uow.tenant
    who = visit.session.id if visit.session is not None else visit.key.id if visit.key is not None else None
    return LiveStream(visit.request.app.state.streams, who, follow(changes, look, tenant, case))
