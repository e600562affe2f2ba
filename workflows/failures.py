"""What has failed and waits for a person, as lists and pages show it; every list starts from visibility."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from akta.errors import NotFound
from akta.ids import CaseId, IncidentId
from akta.languages import Sentence, unpacked
from akta.subjects import Subject
from storage.cases import Case, Incident
from storage.jobs import Job
from storage.unit_of_work import Transaction
from storage.visibility import Visibility

LARGEST_PAGE = 200


@dataclass(frozen=True, slots=True)
class Failure:
    """An incident with its case. `kind`: call, timer, message, step. `handler` and `attempts` are those of a call."""

    id: IncidentId
    case_id: CaseId
    reference: str
    title: str
    bundle: str
    process: str
    element: str
    kind: str
    cause: Sentence
    created_at: datetime
    resolved_at: datetime | None
    resolved_by: str
    resolution: str
    version: int
    handler: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which failures: of one case, process (bundle key), element, kind, with a cause that contains a text."""

    case_id: CaseId | None = None
    process: str = ""
    element: str = ""
    kind: str = ""
    cause: str = ""
    after: IncidentId | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Pile:
    """How many open failures an element has."""

    process: str
    element: str
    kind: str
    count: int


def opened(tx: Transaction, visibility: Visibility, subject: Subject, wanted: Wanted = Wanted()) -> list[Failure]:
    """Open failures in cases a subject sees, the oldest first; the next page comes `after` the last of this one."""
    found = _seen(visibility, subject).where(Incident.resolved_at.is_(None))
    for column, value in (
        (Incident.case_id, wanted.case_id),
        (Incident.process, wanted.process),
        (Incident.element, wanted.element),
        (Incident.kind, wanted.kind),
    ):
        if value:
            found = found.where(column == value)
    if wanted.cause.strip():
        text = wanted.cause.strip().lower()
        found = found.where(func.lower(Incident.cause).contains(text, autoescape=True))
    if wanted.after is not None:
        found = found.where(Incident.id > wanted.after)
    page = found.order_by(Incident.id).limit(max(1, min(wanted.limit, LARGEST_PAGE)))
    return [_failure(*row) for row in tx.session.execute(page)]


def one(tx: Transaction, visibility: Visibility, subject: Subject, incident_id: IncidentId) -> Failure:
    """One failure, open or not.

    Raises:
        NotFound: there is none, or its case is not this subject's to see.
    """
    row = tx.session.execute(_seen(visibility, subject).where(Incident.id == incident_id)).first()
    if row is None:
        raise NotFound(f"incident {incident_id}")
    return _failure(*row)


def piles(tx: Transaction, visibility: Visibility, subject: Subject) -> Sequence[Pile]:
    """Where most has failed."""
    place = (Incident.process, Incident.element, Incident.kind)
    seen = visibility.cases(subject).with_only_columns(Case.id)
    counted = select(*place, func.count()).where(Incident.resolved_at.is_(None), Incident.case_id.in_(seen))
    found = tx.session.execute(counted.group_by(*place).order_by(func.count().desc(), *place).limit(50))
    return [Pile(*row) for row in found]


def _seen(visibility: Visibility, subject: Subject) -> Select[Incident, Case, Job | None]:
    seen = visibility.cases(subject).with_only_columns(Case.id)
    joined = select(Incident, Case, Job).join(Case, Case.id == Incident.case_id)
    return joined.outerjoin(Job, Job.id == Incident.job_id).where(Incident.case_id.in_(seen))


def _failure(incident: Incident, case: Case, job: Job | None) -> Failure:
    return Failure(
        id=IncidentId(incident.id),
        case_id=CaseId(incident.case_id),
        reference=case.reference,
        title=case.title,
        bundle=case.bundle,
        process=incident.process,
        element=incident.element,
        kind=incident.kind,
        cause=unpacked(incident.told or incident.cause),
        created_at=incident.created_at,
        resolved_at=incident.resolved_at,
        resolved_by=incident.resolved_by,
        resolution=incident.resolution,
        version=incident.version,
        handler=job.handler if job else "",
        attempts=job.attempts if job else 0,
    )
