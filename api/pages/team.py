"""Where supervision begins its day: the open work of every group, and what has stopped."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response

from akta.alphabets import sort_key
from api.dependencies import VisitDep, needs
from api.pages import addresses, frame, staff_rail, wording
from api.visits import Visit
from people import groups
from people.rights import Act
from tasks import inbox
from tasks.inbox import Queue, Wanted
from workflows import failures

router = APIRouter()


@dataclass(frozen=True)
class TeamRow:
    name: str
    url: str
    open: int
    free: int
    today: int
    late: int
    oldest: datetime


@router.get("/{tenant}/team", dependencies=[needs(Act.SEE_TEAM)])
def team_page(visit: VisitDep) -> Response:
    """Where supervision begins its day: the work of every group, and what has stopped."""
    with visit.uow.view() as tx:
        found = inbox.load(tx, visit.frame)
        stopped = len(failures.opened(tx, visit.services.visibility, visit.subject))
        queues = staff_rail.queues(tx, visit)
    rows = sorted((_team(visit, one) for one in found), key=lambda row: sort_key(row.name, visit.language.code))
    return frame.show(visit, "team.html", rows=rows, stopped=stopped, queues=queues)


def _team(visit: Visit, one: inbox.Load) -> TeamRow:
    name = visit.language.gettext(groups.NAMES.get(one.group, wording.THE_APPLICANT))
    address = addresses.query(Wanted(Queue.ALL, group=one.group))
    url = f"{frame.base_of(visit)}/inbox?{address}"
    return TeamRow(name, url, one.open, one.free, one.today, one.late, one.oldest)
