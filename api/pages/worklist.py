"""Lists of tasks: a queue or a kept view, searched, filtered and sorted, as rows beside a task or as a table."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from akta.alphabets import sort_key
from akta.ids import TaskId
from akta.languages import N_
from api.pages import frame, staff_rail, wording
from api.pages.addresses import query
from api.pages.staff_rail import QUEUES
from api.visits import Visit
from people import groups
from storage.unit_of_work import Transaction
from tasks import columns, inbox, saved_views
from tasks.columns import Cell
from tasks.inbox import After, Order, Row, Wanted
from workflows import deployments

SUBJECT = N_("Subject")
HEADINGS: tuple[tuple[Order | None, str, str], ...] = (
    (Order.STEP, "what", N_("Task")),
    (Order.PERSON, "person", N_("Person")),
    (None, "title", SUBJECT),
    (Order.REFERENCE, "case", N_("Case")),
    (Order.SINCE, "since", N_("Since")),
    (Order.DUE, "due", N_("Due")),
    (None, "with", N_("With")),
)
"""The columns of every table of tasks: what each sorts by, its name in the stylesheet, its words. In a list of one
kind of case all have one subject, and it is left out."""


@dataclass(frozen=True)
class Named:
    """The list in front of the clerk."""

    key: str
    label: str
    empty: str


@dataclass(frozen=True)
class WorkRow:
    url: str
    current: bool
    name: str
    person: str
    title: str
    reference: str
    since: datetime
    due_at: datetime | None
    holder: str
    suspended: bool
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True)
class Heading:
    """A column's heading. `sorted`: ascending, descending, or nothing; `url` sorts by it, if it can."""

    label: str
    name: str
    url: str = ""
    sorted: str = ""
    numeric: bool = False


@dataclass(frozen=True)
class Choice:
    """An answer of a filter."""

    value: str
    label: str
    chosen: bool


def shown(
    tx: Transaction, visit: Visit, wanted: Wanted, after: str = "", current: Row | None = None, view: UUID | None = None
) -> dict[str, Any]:
    """A list with everything its page needs. The task in hand stays in the list it was taken from, on top where it
    has left the queue by that."""
    found = inbox.page(tx, visit.frame, wanted, after=_place(after, wanted.order))
    listed = current is None or any(row.id == current.id for row in found.rows)
    rows = found.rows if current is None or listed else (current, *found.rows)
    words = wording.of_cases(tx, visit, (row.case_id for row in rows))
    cells = columns.of(tx, visit.services.desk, visit.frame, rows) if wanted.process and current is None else {}
    more = columns.headings(cells)
    base, here = frame.base_of(visit), None if current is None else current.id
    kinds = {} if current else inbox.processes(tx, visit.frame, wanted.queue)
    chosen = next((one for one in saved_views.of(tx, visit.subject) if one.id == view), None)
    return {
        "queue": _named(visit, wanted, chosen),
        "queues": staff_rail.queues(tx, visit, None if chosen else wanted.queue, view),
        "view": chosen,
        "wanted": wanted,
        "total": None if current else _total(tx, visit, wanted, kinds),
        "list_query": query(wanted),
        "list_url": f"{base}/inbox?{query(wanted)}",
        "plain_url": f"{base}/inbox?{query(Wanted(wanted.queue))}",
        "rows": [_row(tx, visit, row, words[row.case_id].title, wanted, here, cells, more) for row in rows],
        "headings": _headings(visit, wanted, more),
        "processes": _processes(tx, visit, wanted, kinds),
        "groups": _groups(visit, wanted),
        "sorts": _sorts(visit, wanted),
        "older": f"{base}/inbox?{query(wanted, after=found.next.written())}" if found.next else "",
    }


def _row(
    tx: Transaction,
    visit: Visit,
    row: Row,
    title: str,
    wanted: Wanted,
    current: TaskId | None,
    cells: Any,
    more: tuple[Cell, ...],
) -> WorkRow:
    name = wording.of_hash(tx, visit, row.bundle_hash).element(row.element).name or row.name
    own = {cell.label: cell for cell in cells.get(row.id, ())}
    return WorkRow(
        url=f"{frame.base_of(visit)}/tasks/{row.id}?{query(wanted)}",
        current=row.id == current,
        name=name,
        person=row.person,
        title=title,
        reference=row.reference,
        since=row.since,
        due_at=row.due_at,
        holder=row.assignee or staff_rail.who(visit, row),
        suspended=row.suspended_at is not None,
        cells=tuple(own.get(heading.label) for heading in more),
    )


def _headings(visit: Visit, wanted: Wanted, more: tuple[Cell, ...]) -> tuple[Heading, ...]:
    _, base = visit.language.gettext, frame.base_of(visit)
    made = []
    for order, name, label in HEADINGS:
        if label == SUBJECT and wanted.process:
            continue
        here = order is wanted.order
        turned = replace(wanted, order=order or Order.DUE, descending=here and not wanted.descending)
        way = ("descending" if wanted.descending else "ascending") if here else ""
        made.append(Heading(_(label), name, f"{base}/inbox?{query(turned)}" if order else "", way))
    place = len(made) - 3
    return (*made[:place], *(Heading(cell.label, "more", numeric=cell.numeric) for cell in more), *made[place:])


def _named(visit: Visit, wanted: Wanted, view: saved_views.View | None) -> Named:
    _ = visit.language.gettext
    for key, label, _icon, empty in QUEUES:
        if key is wanted.queue:
            return Named(key.value, view.name if view else _(label), _(empty))
    return Named(wanted.queue.value, view.name if view else _(staff_rail.ALL_TASKS), _(staff_rail.NO_TASKS))


def _total(tx: Transaction, visit: Visit, wanted: Wanted, kinds: Mapping[str, int]) -> int:
    """How many tasks the list has; counted once more only where the kinds of case do not tell."""
    if wanted.search or wanted.group:
        return inbox.count(tx, visit.frame, wanted)
    return kinds.get(wanted.process, 0) if wanted.process else sum(kinds.values())


def _processes(tx: Transaction, visit: Visit, wanted: Wanted, kinds: Mapping[str, int]) -> list[Choice]:
    """The kinds of case in this queue, in the order of the reader's language."""
    if not kinds and not wanted.process:
        return []
    found = {one.key: one for one in deployments.actives(tx)}
    names = {
        key: wording.of_deployment(tx, visit, found[key]).title or key if key in found else key
        for key in dict.fromkeys([*kinds, *([wanted.process] if wanted.process else [])])
    }
    ordered = sorted(names, key=lambda key: sort_key(names[key], visit.language.code))
    return [Choice(key, names[key], key == wanted.process) for key in ordered]


def _groups(visit: Visit, wanted: Wanted) -> list[Choice]:
    _ = visit.language.gettext
    own = sorted(visit.subject.groups & groups.CASE_WORKERS)
    names = {name: _(groups.NAMES[name]) for name in own}
    ordered = sorted(names, key=lambda name: sort_key(names[name], visit.language.code))
    return [Choice(name, names[name], name == wanted.group) for name in ordered]


def _sorts(visit: Visit, wanted: Wanted) -> list[Choice]:
    _ = visit.language.gettext
    return [
        Choice(order.value, _(label), order is wanted.order) for order, _name, label in HEADINGS if order is not None
    ]


def _place(text: str, order: Order) -> After | None:
    try:
        return After.read(text, order) if text else None
    except ValueError:
        return None
