"""Readings in numbers: accepting the clean ones together, lists from a file, and trying a changed table."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from akta.errors import Invalid
from akta.languages import N_
from akta.subjects import Kind
from api.dependencies import FormDep, VisitDep, holds_files, needs
from api.pages import frame, staff_rail, wording
from api.problems import problem_of
from api.visits import Visit
from bpmn import dmn
from bpmn.bundle import Bundle
from bpmn.dmn import DmnError, TableCell
from bpmn.texts import Texts
from heating import batches, lists, trials
from heating.batches import Done
from heating.trials import Tried
from people.rights import Act
from storage.unit_of_work import Transaction
from workflows import archives, deployments, releases

router = APIRouter()

NO_FILE = N_("Choose a file: CSV or XLSX with serial number, value and day.")
CELL = "cell-"
STORE, ACTIVATE = "store", "activate"
PAGE = 50


@router.get("/{tenant}/readings/clean", dependencies=[needs(Act.VERIFY_READINGS)])
def clean_readings_page(visit: VisitDep) -> Response:
    return _clean(visit)


@router.post("/{tenant}/readings/clean", dependencies=[needs(Act.VERIFY_READINGS)])
def accept_clean_readings(visit: VisitDep, form: FormDep) -> Response:
    """Accept what is ticked, each as an act of its own; what could not be is named."""
    chosen = batches.chosen(form.values.get("task", []))
    done = batches.accept(visit.uow, visit.services.desk, visit.subject, visit.actor.door, chosen, visit.now)
    return _clean(visit, done)


@router.get("/{tenant}/readings/lists", dependencies=[needs(Act.SEND_READING_LIST)])
def reading_lists_page(visit: VisitDep) -> Response:
    return _show(visit, "reading_lists.html", error="")


@router.post("/{tenant}/readings/lists", dependencies=[holds_files, needs(Act.SEND_READING_LIST)])
def send_reading_list(visit: VisitDep, form: FormDep) -> Response:
    """Read a list and show what of it will be taken and what not; nothing is taken yet."""
    content = form.held.get("list", b"")
    if not content:
        return _show(visit, "reading_lists.html", status=422, error=visit.language.gettext(NO_FILE))
    try:
        made = lists.check(visit.uow, visit.subject, form.get("name") or "list", content, visit.now)
    except Invalid as refusal:
        return _show(visit, "reading_lists.html", status=422, error=problem_of(refusal, visit.language).title)
    return frame.go(visit, f"/readings/lists/{made}")


@router.get("/{tenant}/readings/lists/{reading_list}", dependencies=[needs(Act.SEND_READING_LIST)])
def reading_list_page(
    reading_list: UUID, visit: VisitDep, after: Annotated[int, Query(ge=0)] = 0, good: bool = False
) -> Response:
    """The preview: lines that will not be taken with the reason, then those that will."""
    with visit.uow.view() as tx:
        found = lists.find(tx, visit.subject, reading_list)
        shown = lists.lines_of(tx, reading_list, faulty=not good, after=after, limit=PAGE + 1)
        left = lists.left(tx, reading_list)
    here = f"{frame.base_of(visit)}/readings/lists/{reading_list}"
    more = f"{here}?after={shown[PAGE - 1].number}&good={str(good).lower()}" if len(shown) > PAGE else ""
    faults = {code: visit.language.gettext(words) for code, words in lists.FAULTS.items()}
    return _show(
        visit,
        "reading_list.html",
        list=found,
        lines=shown[:PAGE],
        left=left,
        more=more,
        good=good,
        faults=faults,
        here=here,
    )


@router.post("/{tenant}/readings/lists/{reading_list}/take", dependencies=[needs(Act.SEND_READING_LIST)])
def take_reading_list(reading_list: UUID, visit: VisitDep) -> Response:
    lists.take(visit.uow, visit.services.runtime, visit.subject, visit.actor.door, reading_list, visit.now)
    return frame.go(visit, f"/readings/lists/{reading_list}")


@router.post("/{tenant}/readings/lists/{reading_list}/drop", dependencies=[needs(Act.SEND_READING_LIST)])
def drop_reading_list(reading_list: UUID, visit: VisitDep) -> Response:
    lists.drop(visit.uow, visit.subject, reading_list)
    return frame.go(visit, "/readings/lists")


@router.get("/{tenant}/readings/table", dependencies=[needs(Act.SEE_PROCESSES)])
def plausibility_table_page(visit: VisitDep) -> Response:
    return _table(visit, {})


@router.post("/{tenant}/readings/table", dependencies=[needs(Act.DEPLOY)])
def try_plausibility_table(visit: VisitDep, form: FormDep) -> Response:
    """Try changed cells on last year's readings. With `act` = activate they become the version in use; with `act` =
    store a version that somebody else activates."""
    texts = {key.removeprefix(CELL): values[-1] for key, values in form.values.items() if key.startswith(CELL)}
    return _table(visit, texts, act=form.get("act"), note=form.get("note"))


def _clean(visit: Visit, done: Sequence[Done] = ()) -> Response:
    with visit.uow.view() as tx:
        found = batches.clean(tx, visit.services.desk, visit.subject)
        queues = staff_rail.queues(tx, visit)
        active = deployments.find_active(tx, lists.BUNDLE)
        texts = wording.of_hash(tx, visit, active.content_hash) if active else None
    refused = [problem_of(each.refusal, visit.language).title for each in done if each.refusal is not None]
    notes = {key: texts.text(key) for each in found for key in each.notes} if texts else {}
    return frame.show(
        visit,
        "clean_readings.html",
        rows=found,
        notes=notes,
        accepted=len(done) - len(refused),
        refused=refused,
        acted=bool(done),
        queues=queues,
    )


def _show(visit: Visit, template: str, *, status: int = 200, **data: Any) -> Response:
    """A page of staff or of a customer, whoever sends the list."""
    queues: Any = ()
    if visit.subject.kind is Kind.STAFF:
        with visit.uow.view() as tx:
            queues = staff_rail.queues(tx, visit)
    return frame.show(visit, template, status=status, staff=visit.subject.kind is Kind.STAFF, queues=queues, **data)


def _table(visit: Visit, texts: Mapping[str, str], *, act: str = "", note: str = "") -> Response:
    with visit.uow.view() as tx:
        active = deployments.active(tx, lists.BUNDLE)
        bundle = archives.read(tx, active.content_hash)
        queues = staff_rail.queues(tx, visit)
        changes = {cell.id: texts[cell.id].strip() for cell in _cells(bundle) if _differs(cell, texts)}
        error, after, tried = _tried(visit, tx, bundle, changes)
        texts_of = bundle.texts(visit.language.code)
        second_person = releases.second_person(tx)
    if act in (STORE, ACTIVATE) and after is not None and changes:
        with visit.uow.begin() as tx:
            made = deployments.deploy(
                tx, after, visit.actor, visit.now, gate=visit.services.gate, note=note, activated=act == ACTIVATE
            )
        return frame.go(visit, f"/processes/{made.id}")
    return frame.show(
        visit,
        "plausibility_table.html",
        status=422 if error else 200,
        rules=_rules(_cells(bundle), texts),
        version=active.version,
        changed=bool(changes),
        error=error,
        tried=tried,
        second_person=second_person,
        said={label: _said(label, texts_of) for label in _labels(tried)},
        queues=queues,
    )


def _labels(tried: Tried | None) -> set[str]:
    return {label for one in tried.shown for label in (*one.before, *one.after)} if tried else set()


def _said(label: str, texts: Texts) -> str:
    """A flag as a clerk reads it: its code and its sentence."""
    flag, _, key = label.partition(": ")
    return f"{flag} {texts.text(key) or key}"


def _tried(
    visit: Visit, tx: Transaction, bundle: Bundle, changes: Mapping[str, str]
) -> tuple[str, Bundle | None, Tried | None]:
    if not changes:
        return "", None, None
    try:
        after = trials.changed_bundle(bundle, changes)
        return "", after, trials.compare(tx, bundle, after, visit.today, visit.now)
    except DmnError as wrong:
        return wrong.sentence.said(visit.language.gettext), None, None


def _cells(bundle: Bundle) -> list[TableCell]:
    return [cell for cell in dmn.cells(bundle.files[trials.TABLE]) if cell.id]


def _differs(cell: TableCell, texts: Mapping[str, str]) -> bool:
    return cell.id in texts and texts[cell.id].strip() != cell.text.strip()


def _rules(cells: Sequence[TableCell], texts: Mapping[str, str]) -> list[dict[str, Any]]:
    """The rules with the cells that say something: what a process owner changes."""
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for cell in cells:
        rule = found.setdefault(
            (cell.decision, cell.rule), {"about": cell.about, "decision": cell.decision, "cells": []}
        )
        if (cell.asks and cell.text != dmn.ANY) or (not cell.asks and not cell.text.startswith('"')):
            rule["cells"].append({"id": cell.id, "heading": cell.heading, "text": texts.get(cell.id, cell.text)})
    return list(found.values())
