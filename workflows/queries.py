"""Reading cases: plain views, no rows to change. What a subject may see is decided by `storage.visibility`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select

from akta.alphabets import folded
from akta.errors import NotFound
from akta.ids import CaseId, DeploymentId
from akta.subjects import Subject
from bpmn.values import Value
from storage.bundles import Deployment
from storage.cases import Case, CaseState, HistoryEntry, Position
from storage.documents import MessageRow
from storage.people import Person
from storage.unit_of_work import Transaction
from storage.visibility import Visibility
from workflows import engine
from workflows.definitions import Definitions
from workflows.recorded import GIVEN

LARGEST_PAGE = 200


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as lists and pages show it. `version` is that of the bundle it runs on."""

    id: CaseId
    reference: str
    title: str
    bundle: str
    version: int
    content_hash: str
    state: str
    outcome: str | None
    channel: str
    language: str
    person_id: UUID | None
    person: str
    received_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    suspended_at: datetime | None
    office: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of history. `personal` is None where nothing personal was said, or where it was erased."""

    number: int
    at: datetime
    kind: str
    element: str
    process: str
    actor_kind: str
    actor: str
    role: str
    on_behalf_of: UUID | None
    door: str
    reason: str
    data: Mapping[str, Any]
    personal: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Decision:
    """A table that decided: which version, what went in, which rules matched, what came out."""

    at: datetime
    element: str
    process: str
    facts: Mapping[str, Any]
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """How many tokens stand on an element."""

    bundle: str
    bundle_hash: str
    element: str
    tokens: int


def case_view(tx: Transaction, visibility: Visibility, subject: Subject, case_id: CaseId) -> CaseView:
    """One case.

    Raises:
        NotFound: there is none, or it is not this subject's to see.
    """
    found = tx.session.execute(_viewed(visibility.cases(subject).where(Case.id == case_id))).first()
    if found is None:
        raise NotFound(f"case {case_id}")
    return _view(*found)


def cases(
    tx: Transaction,
    visibility: Visibility,
    subject: Subject,
    *,
    open_only: bool = False,
    search: str = "",
    before: CaseId | None = None,
    limit: int = 50,
) -> list[CaseView]:
    """Cases a subject sees, the newest first; the next page comes `before` the last id of this one."""
    statement = visibility.cases(subject).order_by(Case.id.desc()).limit(max(1, min(limit, LARGEST_PAGE)))
    if open_only:
        statement = statement.where(Case.state != "closed")
    if before is not None:
        statement = statement.where(Case.id < before)
    statement = statement.where(*found_by(search))
    return [_view(*found) for found in tx.session.execute(_viewed(statement))]


def seen_of(tx: Transaction, visibility: Visibility, subject: Subject, case_ids: Collection[CaseId]) -> set[CaseId]:
    """Those of these cases that a subject sees."""
    seen = visibility.cases(subject).where(Case.id.in_(case_ids)).with_only_columns(Case.id)
    return {CaseId(case_id) for case_id in tx.session.scalars(seen)} if case_ids else set()


def found_by(search: str) -> list[ColumnElement[bool]]:
    """That a case is found by every word of a search, whatever its case and marks."""
    return [Case.words.contains(word, autoescape=True) for word in folded(search).split()]


def suspended(tx: Transaction, visibility: Visibility, subject: Subject, limit: int = 50) -> list[CaseId]:
    """Cases a subject sees that somebody halted, the longest halted first."""
    found = visibility.cases(subject).where(Case.suspended_at.is_not(None)).order_by(Case.suspended_at).limit(limit)
    return [CaseId(case.id) for case in tx.session.scalars(found)]


def history(tx: Transaction, case_id: CaseId) -> list[Line]:
    """Everything a case tells, in order. Whoever asks has been let to the case already."""
    found = select(HistoryEntry).where(HistoryEntry.case_id == case_id).order_by(HistoryEntry.number)
    return [_line(entry) for entry in tx.session.scalars(found)]


def halted(tx: Transaction, case_id: CaseId) -> Line | None:
    """Who suspended a case the last time, when and why. Whoever asks has been let to the case already."""
    found = select(HistoryEntry).where(HistoryEntry.case_id == case_id, HistoryEntry.kind == "case-suspended")
    entry = tx.session.scalar(found.order_by(HistoryEntry.number.desc()).limit(1))
    return None if entry is None else _line(entry)


def decisions(tx: Transaction, case_id: CaseId) -> list[Decision]:
    """Which tables decided what in a case, in order."""
    return [
        Decision(line.at, line.element, line.process, line.data, line.personal or {})
        for line in history(tx, case_id)
        if line.kind == "decided"
    ]


def standing(tx: Transaction, case_id: CaseId) -> list[Standing]:
    """Where the tokens of one case stand."""
    return _standing(tx, select(Position).where(Position.case_id == case_id))


def standings(tx: Transaction, case_ids: Collection[CaseId]) -> dict[CaseId, list[Standing]]:
    """The same for several cases at once; those in which no token stands are left out."""
    place = (Position.case_id, Position.bundle, Position.bundle_hash, Position.element)
    counted = select(*place, func.count()).where(Position.case_id.in_(case_ids)).group_by(*place).order_by(*place)
    found: dict[CaseId, list[Standing]] = {}
    for case_id, bundle, bundle_hash, element, tokens in tx.session.execute(counted):
        found.setdefault(CaseId(case_id), []).append(Standing(bundle, bundle_hash, element, tokens))
    return found


def deployments_of(tx: Transaction, case_ids: Collection[CaseId]) -> dict[CaseId, Deployment]:
    """What each of these cases runs on. Whoever asks has been let to the cases already."""
    joined = select(Case.id, Deployment).join(Deployment, Deployment.id == Case.deployment_id)
    found = tx.session.execute(joined.where(Case.id.in_(case_ids)))
    return {CaseId(case_id): deployment for case_id, deployment in found}


def live_counts(tx: Transaction, bundle: str, bundle_hash: str | None = None) -> list[Standing]:
    """How many tokens of open cases stand on each element of a bundle, in one version or in all."""
    statement = select(Position).where(Position.bundle == bundle)
    if bundle_hash is not None:
        statement = statement.where(Position.bundle_hash == bundle_hash)
    return _standing(tx, statement)


def cases_on(tx: Transaction, bundle: str, elements: Collection[str]) -> int:
    """How many open cases, on any version of a bundle, stand on one of these elements."""
    standing = select(func.count(Position.case_id.distinct())).where(Position.bundle == bundle)
    return tx.session.scalar(standing.where(Position.element.in_(elements))) or 0 if elements else 0


def open_cases(tx: Transaction) -> dict[DeploymentId, int]:
    """How many open cases run on each deployment."""
    counted = select(Case.deployment_id, func.count()).where(Case.state != "closed").group_by(Case.deployment_id)
    return {DeploymentId(deployment): count for deployment, count in tx.session.execute(counted)}


def variables(tx: Transaction, definitions: Definitions, case_id: CaseId) -> Mapping[str, Value]:
    """A case's own variables as they stand now; empty before its start.

    Raises:
        NotFound: there is no such case.
    """
    case = tx.get(Case, case_id)
    state = tx.session.scalar(select(CaseState.content).where(CaseState.id == case_id))
    return {} if state is None else engine.variables(definitions.for_case(tx, case), state)


def messages(tx: Transaction, case_id: CaseId) -> Sequence[MessageRow]:
    """The mails that left the house in a case, oldest first. Whoever asks has been let to the case already."""
    return tx.session.scalars(select(MessageRow).where(MessageRow.case_id == case_id).order_by(MessageRow.id)).all()


def _viewed(statement: Select[Case]) -> Select[Case, Deployment, str]:
    """The visible cases with their deployment and the name of whom they are about."""
    return (
        statement.join(Deployment, Deployment.id == Case.deployment_id)
        .outerjoin(Person, Person.id == Case.person_id)
        .add_columns(Deployment, Person.name)
    )


def _view(case: Case, deployment: Deployment, person: str | None) -> CaseView:
    return CaseView(
        id=CaseId(case.id),
        reference=case.reference,
        title=case.title,
        bundle=case.bundle,
        version=deployment.version,
        content_hash=deployment.content_hash,
        state=case.state,
        outcome=case.outcome,
        channel=case.channel,
        language=case.language,
        person_id=case.person_id,
        person=person or "",
        received_at=case.received_at,
        due_at=case.due_at,
        closed_at=case.closed_at,
        suspended_at=case.suspended_at,
        office=case.office,
    )


def _line(entry: HistoryEntry) -> Line:
    return Line(
        number=entry.number,
        at=entry.at,
        kind=entry.kind,
        element=entry.element,
        process=entry.process,
        actor_kind=entry.actor_kind,
        actor=entry.actor_name,
        role=entry.actor_role,
        on_behalf_of=entry.on_behalf_of,
        door=entry.door,
        reason=entry.reason,
        data=entry.data,
        personal=_for_people(entry.personal),
    )


def _for_people(personal: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """What people are told of a line: not what only lets the case be run again."""
    told = {key: found for key, found in (personal or {}).items() if key != GIVEN}
    return told or None


def _standing(tx: Transaction, statement: Select[Position]) -> list[Standing]:
    place = (Position.bundle, Position.bundle_hash, Position.element)
    counted = statement.with_only_columns(*place, func.count()).group_by(*place).order_by(*place)
    return [Standing(*found) for found in tx.session.execute(counted)]
