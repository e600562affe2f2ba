"""Columns a list has for one kind of case: what its forms show of the case, in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from akta.ids import TaskId
from bpmn.values import from_json
from storage.tasks import Task
from storage.unit_of_work import Transaction
from tasks.desk import Desk
from tasks.inbox import Frame, Row

MOST = 3
"""Columns beside those that every list has."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of a case under its label; `numeric` ones are compared down a column."""

    label: str
    text: str
    numeric: bool


def of(tx: Transaction, desk: Desk, frame: Frame, rows: Sequence[Row]) -> Mapping[TaskId, tuple[Cell, ...]]:
    """The first figures that the form of each task shows and does not ask for."""
    tasks = tx.session.scalars(select(Task).where(Task.id.in_([row.id for row in rows])))
    return {TaskId(task.id): _cells(tx, desk, frame, task) for task in tasks}


def headings(cells: Mapping[TaskId, tuple[Cell, ...]]) -> tuple[Cell, ...]:
    """The labels of a table's columns, the most frequent first; different steps of one process may show others."""
    counted: dict[str, list[Cell]] = {}
    for each in cells.values():
        for cell in each:
            counted.setdefault(cell.label, []).append(cell)
    frequent = sorted(counted.values(), key=len, reverse=True)
    return tuple(found[0] for found in frequent[:MOST])


def _cells(tx: Transaction, desk: Desk, frame: Frame, task: Task) -> tuple[Cell, ...]:
    bundle = desk.runtime.definitions.bundle(tx, task.bundle_hash)
    form = bundle.forms.get(task.form)
    if form is None:
        return ()
    context = from_json(task.context)
    known = context if isinstance(context, dict) else {}
    texts = bundle.texts(frame.language.code)
    fields = form.view(known, texts, now=frame.now, language=frame.language)
    shown = (field for field in fields if field.readonly and field.label and field.shown)
    made = (Cell(f.label, " ".join(part for part in (f.shown, f.suffix) if part), _numeric(f.shown)) for f in shown)
    return tuple(cell for cell, _ in zip(made, range(MOST), strict=False))


def _numeric(text: str) -> bool:
    digits = [sign for sign in text if not sign.isspace()]
    return bool(digits) and all(sign.isdigit() or sign in ",.-−" for sign in digits)
