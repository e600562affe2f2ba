"""Cases as history has them: every command in order, with the moment it was given."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select

from akta.ids import CaseId
from bpmn.values import Value, from_json
from storage.bundles import Deployment
from storage.cases import Case, CaseState, HistoryEntry, Position
from storage.unit_of_work import Transaction
from workflows import recorded
from workflows.engine import Command

SUSPENDED, RESUMED, CLOCK_STOPPED = "case-suspended", "case-resumed", "clock-stopped"
_TIME = (SUSPENDED, RESUMED, CLOCK_STOPPED)
"""Lines about time that may come without a command."""
AT_ONCE = 100
"""Cases read with one statement."""


@dataclass(frozen=True, slots=True)
class Act:
    """One line: a command, or only what it says about time. `place` is the process and element it is about."""

    kind: str
    place: tuple[str, str]
    at: datetime
    command: Command | None


@dataclass(frozen=True, slots=True)
class RecordedCase:
    """A case as it was. `ended` is its outcome, empty while it is open; `standing` where its tokens are.

    `whole` says that nothing of what it was given has been erased.
    """

    id: CaseId
    reference: str
    deployment: UUID
    acts: tuple[Act, ...]
    ended: str
    standing: frozenset[tuple[str, str]]
    whole: bool


def chosen(tx: Transaction, deployments: Sequence[Deployment], closed: int) -> list[CaseId]:
    """The open cases on these deployments and the last that were closed, at most so many of these."""
    on_these = Case.deployment_id.in_([one.id for one in deployments])
    still = select(Case.id).where(on_these, Case.closed_at.is_(None)).order_by(Case.id)
    latest = select(Case.id).where(on_these, Case.closed_at.is_not(None)).order_by(Case.closed_at.desc(), Case.id)
    found = [*tx.session.scalars(latest.limit(closed)), *tx.session.scalars(still)]
    return [CaseId(case_id) for case_id in found]


def read(tx: Transaction, case_ids: Sequence[CaseId]) -> Iterator[RecordedCase]:
    """These cases, some at a time."""
    for start in range(0, len(case_ids), AT_ONCE):
        yield from _some(tx, case_ids[start : start + AT_ONCE])


def _some(tx: Transaction, ids: Sequence[CaseId]) -> list[RecordedCase]:
    begun = select(CaseState.id, CaseState.begun_with).where(CaseState.id.in_(ids))
    with_what = {case_id: from_json(stored) for case_id, stored in tx.session.execute(begun)}
    at = select(Position.case_id, Position.bundle, Position.element).where(Position.case_id.in_(ids))
    standing: dict[UUID, set[tuple[str, str]]] = {}
    for case_id, bundle, element in tx.session.execute(at):
        standing.setdefault(case_id, set()).add((bundle, element))
    lines = _lines(tx, ids)
    found = []
    rows = select(Case.id, Case.reference, Case.deployment_id, Case.outcome).where(Case.id.in_(ids)).order_by(Case.id)
    for case_id, reference, deployment, outcome in tx.session.execute(rows):
        values = with_what.get(case_id)
        acts, whole = _acts(lines.get(case_id, ()), values if isinstance(values, dict) else {})
        places = frozenset(standing.get(case_id, ()))
        whole = whole and case_id in with_what
        found.append(RecordedCase(CaseId(case_id), reference, deployment, acts, outcome or "", places, whole))
    return found


_Line = tuple[str, str, str, datetime, Mapping[str, object] | None, Mapping[str, object] | None]


def _lines(tx: Transaction, ids: Sequence[CaseId]) -> dict[UUID, list[_Line]]:
    entry = HistoryEntry
    columns = (entry.case_id, entry.kind, entry.process, entry.element, entry.at, entry.command, entry.personal)
    wanted = or_(entry.command.is_not(None), entry.kind.in_(_TIME))
    told = select(*columns).where(entry.case_id.in_(ids), wanted).order_by(entry.case_id, entry.number)
    found: dict[UUID, list[_Line]] = {}
    for case_id, kind, process, element, at, command, personal in tx.session.execute(told):
        found.setdefault(case_id, []).append((kind, process, element, at, command, personal))
    return found


def _acts(lines: Sequence[_Line], begun_with: Mapping[str, Value]) -> tuple[tuple[Act, ...], bool]:
    acts, whole = [], True
    for kind, process, element, at, told, personal in lines:
        command = None
        if told is not None:
            try:
                command = recorded.command(told, personal, begun_with)
            except recorded.NotKept:
                whole = False
        acts.append(Act(kind, (process, element), at, command))
    return tuple(acts), whole
