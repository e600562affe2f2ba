"""The clocks of a case on its page: stopping, starting and extending them on a ground the law gives."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from akta.errors import Invalid
from akta.ids import CaseId
from akta.languages import N_
from api.dependencies import FormDep, VisitDep, needs
from api.pages import frame
from api.pages.waiting import Told
from api.visits import Visit
from people import rights
from people.rights import Act
from storage.unit_of_work import Transaction
from tasks import operating
from tasks.operating import Clock, Hand
from workflows import calendars
from workflows.waits import Kind

router = APIRouter()


class NoNumber(Invalid):
    """The number of days is none."""

    title = N_("How many days? Write a whole number.")


@dataclass(frozen=True)
class ClockForm:
    """A clock that the visitor may stop, start or extend."""

    words: str
    url: str
    until: datetime | None
    stopped: bool


def forms(visit: Visit, told: Sequence[Told], case_url: str) -> Iterator[ClockForm]:
    """The forms for the clocks of a case; none for who may not keep them."""
    if not rights.allowed(visit.subject, Act.KEEP_CLOCKS):
        return
    for one in told:
        if one.reason.kind is Kind.TIMER:
            url = f"{case_url}/deadlines/{one.reason.target}"
            yield ClockForm(one.words, url, one.until, one.clock == "stopped")


def grounds(tx: Transaction, visit: Visit) -> Mapping[str, str]:
    """Why the law lets a clock stop here."""
    return calendars.kept(tx).grounds if rights.allowed(visit.subject, Act.KEEP_CLOCKS) else {}


@router.post("/{tenant}/cases/{case}/deadlines/{clock}/stop", dependencies=[needs(Act.KEEP_CLOCKS)])
def stop_clock_here(case: UUID, clock: UUID, visit: VisitDep, form: FormDep) -> Response:
    with visit.uow.begin() as tx:
        operating.stop_clock(tx, _hand(visit, form.get("reason")), Clock(CaseId(case), clock), form.get("ground"))
    return frame.go(visit, f"/cases/{case}")


@router.post("/{tenant}/cases/{case}/deadlines/{clock}/resume", dependencies=[needs(Act.KEEP_CLOCKS)])
def start_clock_here(case: UUID, clock: UUID, visit: VisitDep, form: FormDep) -> Response:
    with visit.uow.begin() as tx:
        operating.start_clock(tx, _hand(visit, form.get("reason")), Clock(CaseId(case), clock))
    return frame.go(visit, f"/cases/{case}")


@router.post("/{tenant}/cases/{case}/deadlines/{clock}/extend", dependencies=[needs(Act.KEEP_CLOCKS)])
def extend_clock_here(case: UUID, clock: UUID, visit: VisitDep, form: FormDep) -> Response:
    days, working = form.get("days").strip(), form.get("working") == "yes"
    if not (days.isdecimal() and len(days) < 6):
        raise NoNumber(fields={"days": NoNumber.title})
    with visit.uow.begin() as tx:
        hand = _hand(visit, form.get("reason"))
        operating.extend_clock(tx, hand, Clock(CaseId(case), clock), form.get("ground"), int(days), working=working)
    return frame.go(visit, f"/cases/{case}")


def _hand(visit: Visit, reason: str) -> Hand:
    return Hand(visit.services.desk, visit.subject, visit.door, visit.now, reason)
