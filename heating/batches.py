"""Accepting clean readings together: looked at in one list, decided one by one as that clerk's own acts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import or_

from akta.errors import Conflict, Refusal
from akta.ids import TaskId
from akta.languages import N_
from akta.subjects import Door, Subject
from bpmn.values import Value, from_json
from heating.clerks import VERIFY_READING
from heating.ledger import ACCEPT
from storage.cases import Case
from storage.tasks import Task
from storage.unit_of_work import Transaction, UnitOfWork
from tasks import claims
from tasks.claims import Submitted
from tasks.desk import Desk

INFO = "INFO"
MOST = 200
"""Readings shown, and accepted, at once."""


class NotClean(Conflict):
    """The reading is no longer among the clean ones: somebody decided about it, or it was flagged meanwhile."""

    title = N_("This reading is not among the clean ones any more. Look at it by itself.")


@dataclass(frozen=True, slots=True)
class Clean:
    """A reading about which nothing has to be looked at closer."""

    task: TaskId
    version: int
    reference: str
    serial: str
    unit: str
    value: Decimal
    read_at: date
    consumption: Decimal
    expected: Decimal | None
    notes: tuple[str, ...]
    """Text keys of what is for information only."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one reading of a batch: `refusal` is empty where it was accepted."""

    task: TaskId
    refusal: Refusal | None


def clean(tx: Transaction, desk: Desk, subject: Subject, limit: int = MOST) -> list[Clean]:
    """The clean readings that wait for this clerk's groups or for themselves, the most urgent first."""
    waiting = (
        desk.visibility.tasks(subject)
        .where(
            Task.state == "open",
            Task.element == VERIFY_READING,
            or_(Task.assignee_id.is_(None), Task.assignee_id == subject.account),
        )
        .add_columns(Case.reference)
        .order_by(Task.due_at, Task.id)
        .limit(limit * 5)
    )
    found = (_clean(task, reference) for task, reference in tx.session.execute(waiting))
    return [each for each in found if each is not None][:limit]


def accept(
    uow: UnitOfWork, desk: Desk, subject: Subject, door: Door, chosen: Sequence[tuple[TaskId, int]], now: datetime
) -> list[Done]:
    """Accept each of these readings in the version it was shown in; one that cannot be is named and the rest goes on.

    Each is taken and completed by the clerk like any other task, so that each has its own line in its case's history.
    """
    with uow.view() as tx:
        shown = {each.task for each in clean(tx, desk, subject)}
    return [
        _accept(uow, desk, subject, door, task, version, now) if task in shown else Done(task, NotClean(str(task)))
        for task, version in chosen[:MOST]
    ]


def _accept(
    uow: UnitOfWork, desk: Desk, subject: Subject, door: Door, task: TaskId, version: int, now: datetime
) -> Done:
    try:
        taken = claims.claim(uow, desk, subject, door, task, now, version)
        answers = Submitted({"decision": [ACCEPT]}, version=taken)
        claims.complete(uow, desk, subject, door, task, answers, now)
    except Refusal as refusal:
        return Done(task, refusal)
    return Done(task, None)


def _clean(task: Task, reference: str) -> Clean | None:
    context = from_json(task.context)
    if not isinstance(context, dict):
        return None
    flags = context.get("flags")
    marked = [flag for flag in flags if isinstance(flag, dict)] if isinstance(flags, list) else []
    if not isinstance(flags, list) or any(flag.get("severity") != INFO for flag in marked):
        return None
    return _told(task, reference, context.get("reading"), marked)


def _told(task: Task, reference: str, reading: Value, marked: Sequence[Mapping[str, Value]]) -> Clean | None:
    match reading:
        case {
            "serial": str() as serial,
            "unit": str() as unit,
            "value": Decimal() as value,
            "read_at": date() as read_at,
            "consumption": Decimal() as consumption,
            **rest,
        }:
            expected = rest.get("expected")
            return Clean(
                task=TaskId(task.id),
                version=task.version,
                reference=reference,
                serial=serial,
                unit=unit,
                value=value,
                read_at=read_at,
                consumption=consumption,
                expected=expected if isinstance(expected, Decimal) else None,
                notes=tuple(str(flag.get("text", "")) for flag in marked),
            )
    return None


def chosen(written: Sequence[str]) -> list[tuple[TaskId, int]]:
    """Tasks and versions as a page sends them: `<id>:<version>`; anything else is left out."""
    found = []
    for each in written:
        key, _, version = each.partition(":")
        try:
            found.append((TaskId(UUID(key)), int(version)))
        except ValueError:
            continue
    return found
