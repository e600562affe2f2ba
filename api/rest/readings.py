"""Readings in numbers: clean ones accepted together, lists from a file, and a changed table tried on past ones."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query
from pydantic import BaseModel, ConfigDict, Field

from akta.errors import Invalid
from akta.ids import TaskId
from akta.languages import N_
from api.dependencies import VisitDep, needs
from api.problems import problem_of
from api.rest.forms import PlainText
from bpmn.dmn import DmnError
from heating import batches, lists, trials
from people.rights import Act
from workflows import archives, deployments

router = APIRouter(tags=["readings"])


class Shown(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class CleanReading(Shown):
    """A reading about which nothing has to be looked at closer."""

    task: UUID
    version: int
    reference: str
    serial: str
    unit: str
    value: Decimal
    read_at: date
    consumption: Decimal
    expected: Decimal | None


class ChosenReading(BaseModel):
    """A clean reading in the version it was shown in."""

    task: UUID
    version: int


class Accepted(BaseModel):
    """What became of one of them; `problem` is empty where it was accepted."""

    task: UUID
    problem: str


class ReadingList(Shown):
    """A list of readings. `state`: checked, taken, dropped."""

    id: UUID
    name: str
    state: str
    good: int
    bad: int
    uploaded_at: datetime
    taken_at: datetime | None


class ListLine(Shown):
    """A line as it came and as it was understood; `fault` says why it is not taken."""

    number: int
    serial: str
    value_written: str
    day_written: str
    value: Decimal | None
    read_at: date | None
    fault: str


class Taken(BaseModel):
    """How many cases were opened by this request."""

    opened: int


class Trial(BaseModel):
    """Other texts in cells of the plausibility table, by the ids of the cells."""

    cells: dict[str, Annotated[str, Field(max_length=500)]] = Field(max_length=1000)


class Differs(Shown):
    serial: str
    unit: str
    read_at: date
    value: Decimal
    consumption: Decimal
    expected: Decimal | None
    before: list[str]
    after: list[str]


class Tried(Shown):
    """What the changed table would flag differently among last year's readings."""

    readings: int
    flagged_before: int
    flagged_after: int
    differing: int
    shown: list[Differs]


class NotATable(Invalid):
    """The changed table cannot be evaluated."""

    title = N_("The table cannot be read like this")


@router.get("/clean-readings", dependencies=[needs(Act.VERIFY_READINGS)])
def list_clean_readings(visit: VisitDep) -> list[CleanReading]:
    """What can be accepted together."""
    with visit.uow.view() as tx:
        return [CleanReading.model_validate(one) for one in batches.clean(tx, visit.services.desk, visit.subject)]


@router.post("/clean-readings/acceptance", dependencies=[needs(Act.VERIFY_READINGS)])
def accept_clean_readings(
    chosen: Annotated[list[ChosenReading], Field(max_length=batches.MOST)], visit: VisitDep
) -> list[Accepted]:
    """Accept them one by one, each as the clerk's own act; one that cannot be is named and the rest goes on."""
    wanted = [(TaskId(one.task), one.version) for one in chosen]
    done = batches.accept(visit.uow, visit.services.desk, visit.subject, visit.actor.door, wanted, visit.now)
    return [
        Accepted(task=one.task, problem="" if one.refusal is None else problem_of(one.refusal, visit.language).title)
        for one in done
    ]


@router.post("/reading-lists", status_code=201, dependencies=[needs(Act.SEND_READING_LIST)])
def send_reading_list(
    content: Annotated[bytes, Body(media_type="application/octet-stream")],
    visit: VisitDep,
    name: Annotated[PlainText, Query(max_length=200)] = "list",
) -> ReadingList:
    """Look through a CSV or XLSX file; nothing is taken yet."""
    made = lists.check(visit.uow, visit.subject, name, content, visit.now)
    return show_reading_list(made, visit)


@router.get("/reading-lists/{reading_list}", dependencies=[needs(Act.SEND_READING_LIST)])
def show_reading_list(reading_list: UUID, visit: VisitDep) -> ReadingList:
    """A list one sent."""
    with visit.uow.view() as tx:
        return ReadingList.model_validate(lists.find(tx, visit.subject, reading_list))


@router.get("/reading-lists/{reading_list}/lines", dependencies=[needs(Act.SEND_READING_LIST)])
def list_reading_list_lines(
    reading_list: UUID, visit: VisitDep, after: Annotated[int, Query(ge=0, le=1_000_000)] = 0
) -> list[ListLine]:
    """Its lines in their order; `after` is the number of the last one of the page before."""
    with visit.uow.view() as tx:
        lists.find(tx, visit.subject, reading_list)
        return [ListLine.model_validate(line) for line in lists.lines_of(tx, reading_list, after=after)]


@router.post("/reading-lists/{reading_list}/taking", dependencies=[needs(Act.SEND_READING_LIST)])
def take_reading_list(reading_list: UUID, visit: VisitDep) -> Taken:
    """Take every line nothing speaks against; each becomes a case that a clerk decides about."""
    runtime, door = visit.services.runtime, visit.actor.door
    return Taken(opened=lists.take(visit.uow, runtime, visit.subject, door, reading_list, visit.now))


@router.post("/plausibility-trials", dependencies=[needs(Act.DEPLOY)])
def try_plausibility_table(trial: Trial, visit: VisitDep) -> Tried:
    """Judge last year's readings by the table in use and by the changed one; nothing is kept."""
    with visit.uow.view() as tx:
        bundle = archives.read(tx, deployments.active(tx, lists.BUNDLE).content_hash)
        try:
            after = trials.changed_bundle(bundle, trial.cells)
            return Tried.model_validate(trials.compare(tx, bundle, after, visit.today, visit.now))
        except DmnError as wrong:
            raise NotATable(str(wrong)) from wrong
