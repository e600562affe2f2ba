"""Parts of ad-hoc sub-processes: which ones somebody may begin, beginning one, and ending the whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Select, select, true

from akta.errors import Invalid, NotFound
from akta.ids import CaseId, TokenId
from akta.languages import N_
from akta.subjects import Actor, Subject
from storage.cases import Position
from storage.tasks import Choice, Part
from storage.unit_of_work import Transaction
from storage.visibility import Visibility
from tasks import _doors
from tasks.desk import Desk
from workflows import cases
from workflows.engine.commands import FinishParts, StartPart
from workflows.history import Evidence


class NoSuchPart(Invalid):
    """What was chosen is none of the parts this subject may begin."""

    title: ClassVar[str] = N_("Choose one of the parts that can be begun.")


@dataclass(frozen=True, slots=True)
class Offered:
    """A part that can be begun, and by which groups."""

    element: str
    name: str
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Open:
    """An ad-hoc sub-process with the parts a subject may begin. `in_work`: one of its parts is; `by_hand`: a person
    ends it, when none is."""

    id: UUID
    process: str
    element: str
    name: str
    since: datetime
    one_at_a_time: bool
    by_hand: bool
    in_work: bool
    parts: tuple[Offered, ...]

    @property
    def can_start(self) -> bool:
        return not (self.one_at_a_time and self.in_work)

    @property
    def can_finish(self) -> bool:
        return self.by_hand and not self.in_work


def of_case(tx: Transaction, visibility: Visibility, subject: Subject, case_id: CaseId) -> list[Open]:
    """The ad-hoc sub-processes of a case in which this subject may begin something, oldest first."""
    mine = _visible(visibility, subject).where(Choice.case_id == case_id)
    rows: dict[UUID, dict[str, list[Part]]] = {}
    for part in tx.session.scalars(mine.order_by(Part.id)):
        rows.setdefault(part.choice_id, {}).setdefault(part.element, []).append(part)
    standing = select(Position.bundle, Position.element).where(Position.case_id == case_id)
    free = {(bundle, element) for bundle, element in tx.session.execute(standing)} if rows else set()
    found = tx.session.scalars(select(Choice).where(Choice.id.in_(list(rows))).order_by(Choice.id)) if rows else ()
    return [_open(row, rows[row.id], in_work=(row.process, row.element) not in free) for row in found]


def start(
    tx: Transaction, desk: Desk, subject: Subject, choice: tuple[CaseId, UUID], element: str, by: Actor, now: datetime
) -> None:
    """Begin a part.

    Raises:
        NotFound: there is no such choice in this case, or no part of it is for this subject.
        NoSuchPart: that part is not.
        CaseSuspended: the case is halted.
        NotPossible: another part is in work, and they come one after the other.
    """
    row, parts = _reach(tx, desk.visibility, subject, choice)
    chosen = next((part for part in parts if part.element == element), None)
    if chosen is None:
        raise NoSuchPart(fields={"part": NoSuchPart.title})
    told = Evidence({"name": chosen.name, "within": row.element}, element=chosen.element, process=row.process)
    cases.advance(tx, desk.runtime, choice[0], StartPart(TokenId(row.token), element), by, now, evidence=told)


def finish(
    tx: Transaction, desk: Desk, subject: Subject, choice: tuple[CaseId, UUID], by: Actor, now: datetime
) -> None:
    """End an ad-hoc sub-process, for who may begin something in it.

    Raises:
        NotFound: there is none in this case in which this subject may begin something.
        CaseSuspended: the case is halted.
        NotPossible: a part is in work, or the model says when it ends.
    """
    row, _ = _reach(tx, desk.visibility, subject, choice)
    told = Evidence({"name": row.name}, element=row.element, process=row.process)
    cases.advance(tx, desk.runtime, choice[0], FinishParts(TokenId(row.token)), by, now, evidence=told)


def _visible(visibility: Visibility, subject: Subject) -> Select[Part]:
    """Parts for the subject's groups; supervision begins any in the cases it sees."""
    return visibility.parts(subject, true() if _doors.supervises(subject) else None)


def _reach(
    tx: Transaction, visibility: Visibility, subject: Subject, choice: tuple[CaseId, UUID]
) -> tuple[Choice, Sequence[Part]]:
    case_id, choice_id = choice
    mine = _visible(visibility, subject).where(Choice.case_id == case_id, Choice.id == choice_id)
    parts = tx.session.scalars(mine).all()
    if not parts:
        raise NotFound(f"choice {choice_id}")
    return tx.get(Choice, choice_id), parts


def _open(row: Choice, parts: dict[str, list[Part]], *, in_work: bool) -> Open:
    offered = (
        Offered(element, same[0].name, tuple(sorted({part.group for part in same}))) for element, same in parts.items()
    )
    return Open(
        id=row.id,
        process=row.process,
        element=row.element,
        name=row.name,
        since=row.since,
        one_at_a_time=row.one_at_a_time,
        by_hand=row.by_hand,
        in_work=in_work,
        parts=tuple(offered),
    )
