"""Where cases come by and how long they stay there: rows written with every step, read as numbers for each element."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, delete, func, select, update

from akta.ids import CaseId
from akta.subjects import Subject
from storage.cases import Case, Incident, Passage, Position
from storage.unit_of_work import Transaction, UnitOfWork
from storage.visibility import Visibility
from workflows.dry_runs import PASSED
from workflows.engine import Outcome, Step

LATELY = timedelta(days=30)
KEPT = timedelta(days=400)
"""How long the rows are kept."""
AT_ONCE = 100


_At = tuple[int, str]
"""A token at an element."""


_BESIDE = frozenset({"boundaryEvent", "startEvent"})


class Which(StrEnum):
    """Which cases of an element are meant."""

    NOW = "now"
    """A token stands there."""
    LATELY = "lately"
    """They passed it within the last 30 days."""
    FAILED = "failed"
    """An incident is open there."""


@dataclass(frozen=True, slots=True)
class Lively:
    """One element in numbers: cases there now, cases that passed it lately, incidents open, and how long it took those
    that passed: half of them no longer than `median`, 95 of 100 no longer than `most`."""

    element: str
    now: int = 0
    passed: int = 0
    failed: int = 0
    median: timedelta | None = None
    most: timedelta | None = None


def record(tx: Transaction, of: Case, outcome: Outcome, now: datetime) -> list[Passage]:
    """Write down what one outcome left, and give the rows of what it came to. An event that happens beside the flow is
    left as it happens: it was never come to."""
    rows: list[Passage] = []
    here: dict[_At, Passage] = {}
    gone: dict[bool, set[int]] = {True: set(), False: set()}
    for step in outcome.steps:
        at, done = (step.token, step.place.element), step.kind in PASSED
        beside = step.kind == "caught" and step.place.type in _BESIDE
        if step.kind == "entered" or (beside and at not in here):
            here[at] = _come(of, step, now)
            rows.append(here[at])
        if done or step.kind == "cancelled":
            row = here.get(at)
            if row is None:
                gone[done].add(step.token)
            elif row.left_at is None:
                row.left_at, row.waited, row.completed = now, 0, done
    for done, tokens in gone.items():
        if tokens:
            _leave(tx, of, now, done, Passage.token.in_(tokens))
    if outcome.ended is not None:
        _leave(tx, of, now, False)
    return rows


def _come(of: Case, step: Step, now: datetime) -> Passage:
    return Passage(
        case_id=of.id,
        token=step.token,
        bundle=step.place.bundle,
        element=step.place.element,
        since=_seconds(now),
        left_at=None,
        waited=None,
        completed=False,
    )


def _leave(tx: Transaction, of: Case, now: datetime, done: bool, *which: ColumnElement[bool]) -> None:
    """End stays that began with an earlier outcome."""
    ended = update(Passage).where(Passage.case_id == of.id, Passage.left_at.is_(None), *which)
    ended = ended.values(left_at=now, waited=_seconds(now) - Passage.since, completed=done)
    tx.session.execute(ended.execution_options(synchronize_session=False))


def _seconds(now: datetime) -> int:
    return int(now.timestamp())


def of_process(tx: Transaction, key: str, now: datetime) -> list[Lively]:
    """The elements of a process in numbers, in all its versions; those with nothing to tell are left out."""
    standing = select(Position.element, func.count(Position.case_id.distinct())).where(Position.bundle == key)
    passed = select(Passage.element, func.count(Passage.case_id.distinct())).where(*_lately(key, now))
    failed = select(Incident.element, func.count()).where(Incident.resolved_at.is_(None), Incident.process == key)
    now_there, lately, failing = (
        dict(tx.session.execute(counted.group_by(column)).all())
        for counted, column in ((standing, Position.element), (passed, Passage.element), (failed, Incident.element))
    )
    times = _times(tx, key, now)
    return [
        Lively(
            element,
            now_there.get(element, 0),
            lately.get(element, 0),
            failing.get(element, 0),
            *times.get(element, (None, None)),
        )
        for element in sorted({*now_there, *lately, *failing})
    ]


def _lately(key: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Passage.bundle == key, Passage.left_at >= now - LATELY, Passage.completed.is_(True)


def _times(tx: Transaction, key: str, now: datetime) -> dict[str, tuple[timedelta, timedelta]]:
    """Median and 95th percentile by nearest rank, in one pass over an index."""
    each = Passage.element
    ranked = (
        select(
            Passage.element,
            Passage.waited,
            func.row_number().over(partition_by=each, order_by=Passage.waited).label("rank"),
            func.count().over(partition_by=each).label("of"),
        )
        .where(*_lately(key, now))
        .subquery()
    )
    half, most = (ranked.c.of + 1) // 2, (ranked.c.of * 95 + 99) // 100
    seconds = [func.max(case((ranked.c.rank == rank, ranked.c.waited))) for rank in (half, most)]
    found = tx.session.execute(select(ranked.c.element, *seconds).group_by(ranked.c.element))
    return {element: (timedelta(seconds=one), timedelta(seconds=other)) for element, one, other in found}


def cases_at(
    tx: Transaction,
    visibility: Visibility,
    subject: Subject,
    key: str,
    element: str,
    which: Which,
    now: datetime,
    *,
    before: CaseId | None = None,
    limit: int = AT_ONCE,
) -> list[Case]:
    """The cases behind a number, as far as the subject sees them, the newest first."""
    found = visibility.cases(subject).where(Case.id.in_(_behind(key, element, which, now)))
    if before is not None:
        found = found.where(Case.id < before)
    return list(tx.session.scalars(found.order_by(Case.id.desc()).limit(max(1, min(limit, AT_ONCE)))))


def _behind(key: str, element: str, which: Which, now: datetime) -> Select[UUID]:
    match which:
        case Which.NOW:
            return select(Position.case_id).where(Position.bundle == key, Position.element == element)
        case Which.FAILED:
            found = select(Incident.case_id).where(Incident.resolved_at.is_(None))
            return found.where(Incident.process == key, Incident.element == element)
    return select(Passage.case_id).where(*_lately(key, now), Passage.element == element)


def sweep(uow: UnitOfWork, now: datetime) -> None:
    """Remove what is too old to be counted."""
    with uow.begin() as tx:
        tx.session.execute(delete(Passage).where(Passage.left_at < now - KEPT))
