"""Messages that were not delivered and starts that came to nothing, as lines for operators, each with its retry."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from akta.languages import N_
from api.dependencies import FormDep, VisitDep, needs
from api.pages import frame, wording
from api.visits import Visit
from people.rights import Act
from storage.unit_of_work import Transaction
from workflows import deployments, handed_over

router = APIRouter()


@dataclass(frozen=True)
class Line:
    """Something that failed outside any case."""

    words: str
    cause: str
    at: datetime | None
    url: str


def failed(tx: Transaction, visit: Visit) -> list[Line]:
    """What the tick could not do, messages first."""
    _, base = visit.language.gettext, frame.base_of(visit)
    sent = handed_over.parcels(tx, visit.services.visibility, visit.subject, failed=True, limit=50)
    lines = [
        Line(
            _(N_("Message: %(name)s")) % {"name": one.message},
            one.error,
            one.sent_at,
            f"{base}/messages/{one.id}/retry",
        )
        for one in sent
    ]
    for one in handed_over.schedules(tx):
        if one.error:
            words = wording.of_deployment(tx, visit, deployments.active(tx, one.bundle))
            named = f"{words.title}: {words.step(one.bundle, one.element)}"
            lines.append(Line(named, one.error, one.last_at, f"{base}/schedules/{one.id}/retry"))
    return lines


@router.post("/{tenant}/messages/{parcel}/retry", dependencies=[needs(Act.RETRY_INCIDENT)])
def retry_message_here(parcel: UUID, visit: VisitDep, _form: FormDep) -> Response:
    by, services = visit.subject.acting(visit.door), visit.services
    with visit.uow.begin() as tx:
        handed_over.send_again(tx, services.runtime, services.visibility, visit.subject, parcel, by, visit.now)
    return frame.go(visit, "/operations")


@router.post("/{tenant}/schedules/{schedule}/retry", dependencies=[needs(Act.RETRY_INCIDENT)])
def retry_schedule_here(schedule: UUID, visit: VisitDep, _form: FormDep) -> Response:
    with visit.uow.begin() as tx:
        handed_over.begin_again(tx, schedule, visit.subject.acting(visit.door), visit.now)
    return frame.go(visit, "/operations")
