"""A town that lets garden plots, and a year of its cases: what each of them was given, and how it went."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from sqlalchemy import select

from akta.ids import CaseId, TokenId, new_id
from bpmn.bundle import Bundle
from bpmn.values import Value
from storage.cases import Timer
from storage.jobs import Job
from storage.tasks import Task
from storage.unit_of_work import Transaction
from tests.workflows import toys
from tests.workflows.engine.models import Model, timer
from tests.workflows.house import BY, House
from workflows import candidates, cases
from workflows.engine.commands import Command, CompleteCall, CompleteTask, FireTimer
from workflows.replay import Report, replay


@dataclass(frozen=True)
class Rules:
    """What a version of the process says; each field is one thing somebody could change."""

    large: str = "area > 100"
    patience: str = "P14D"
    due: str = "P2D"
    stamp: str = "stamp"
    asks: tuple[str, ...] = ()
    survey_asks: tuple[str, ...] = ()
    second: bool = False
    refused: str = "refused"
    sum: str = "area * rate"


def garden(rules: Rules = Rules()) -> Bundle:
    """Apply for a plot: it is stamped, large ones are surveyed, a clerk decides within some days or it lapses."""
    model = Model("garden")
    model.start().service("stamp", rules.stamp, inputs={"plot": "=plot"}, outputs={"rate": "=rate"})
    model.script("sum-up", f"={rules.sum}", "sum").xor("size", default="to-review")
    model.user("survey", toys.groups(toys.GROUP) + toys.form("survey"))
    model.user("review", toys.groups(toys.GROUP) + toys.form("review") + toys.due(f'=duration("{rules.due}")'))
    model.boundary("too-late", "review", timer(rules.patience)).xor("verdict", default="to-refused")
    model.service("tell", "notify", inputs={"mail": '="granted"'})
    model.end("granted").end(rules.refused).end("lapsed")
    model.path("start", "stamp", "sum-up", "size").flow("size", "survey", f"={rules.large}")
    model.flow("size", "review", ident="to-review").path("survey", "review")
    before = "review"
    if rules.second:
        model.user("second", toys.groups(toys.GROUP)).path("review", "second")
        before = "second"
    model.path(before, "verdict").flow("verdict", "tell", '=verdict = "grant"')
    model.flow("verdict", rules.refused, ident="to-refused").path("tell", "granted").path("too-late", "lapsed")
    asked = [toys.text_field(key, required=True) for key in rules.asks]
    surveyed = [toys.text_field(key, required=True) for key in rules.survey_asks]
    files = {
        "forms/review.form": toys.schema("review", toys.choice("verdict", "grant", "refuse"), *asked),
        "forms/survey.form": toys.schema("survey", toys.text_field("note"), *surveyed),
    }
    return toys.toy(model, files=files)


@dataclass(frozen=True)
class Story:
    """What happened in one case: its area and rate, how far it came, after how many days the clerk answered."""

    area: int
    rate: int = 2
    verdict: str = "grant"
    days: int = 1
    until: str = "end"
    """`stamp`, `survey`, `review`: it still waits there; `late`: nobody decided in time; `end`."""

    @property
    def large(self) -> bool:
        return self.area > 100


def stories(number: int, seed: int = 12) -> Iterator[Story]:
    """Many stories, the same for the same seed."""
    dice = Random(seed)
    for _ in range(number):
        area = dice.randint(1, 300)
        until = dice.choices(("end", "late", "review", "stamp"), (6, 2, 1, 1))[0]
        yield Story(area, dice.randint(1, 5), dice.choice(("grant", "refuse")), dice.randint(1, 13), until)


def live(house: House, story: Story, now: datetime, tx: Transaction) -> CaseId:
    """Let one story happen in a real case, as workers, clerks and the tick would."""
    values: dict[str, Value] = {"area": Decimal(story.area), "plot": f"plot {story.area}"}
    new = cases.NewCase("garden", "web", "en", new_id().hex, now, values, title="A garden")
    case = CaseId(cases.start(tx, house.runtime, new, BY, now).id)
    if story.until == "stamp":
        return case
    _do(tx, house, case, CompleteCall(_token(tx, Job, case), {"rate": Decimal(story.rate)}), now)
    if story.large:
        now += timedelta(days=1)
        _do(tx, house, case, CompleteTask(_token(tx, Task, case), {"note": "measured"}), now)
    if story.until == "review":
        return case
    if story.until == "late":
        _do(tx, house, case, FireTimer(_token(tx, Timer, case)), now + timedelta(days=14, seconds=3))
        return case
    now += timedelta(days=story.days)
    _do(tx, house, case, CompleteTask(_token(tx, Task, case), {"verdict": story.verdict}), now)
    if story.verdict == "grant":
        _do(tx, house, case, CompleteCall(_token(tx, Job, case), {}), now)
    return case


def lived(house: House, told: Mapping[str, Story] | list[Story], now: datetime) -> dict[CaseId, Story]:
    """Cases in which these stories happened, one a minute."""
    every = list(told.values()) if isinstance(told, Mapping) else told
    found: dict[CaseId, Story] = {}
    for start in range(0, len(every), 50):
        with house.uow.begin() as tx:
            for place, story in enumerate(every[start : start + 50], start):
                found[live(house, story, now + timedelta(minutes=place), tx)] = story
    return found


def replayed(house: House, candidate: Bundle, now: datetime, closed: int = 2_000) -> Report:
    with house.uow.view() as tx:
        return replay(tx, house.runtime, candidates.of_bundle(tx, candidate), now, closed)


def changed(**rules: object) -> Bundle:
    """The process with one thing changed."""
    return garden(replace(Rules(), **rules))  # type: ignore[arg-type]  # whichever rule the test names


def _do(tx: Transaction, house: House, case: CaseId, command: Command, now: datetime) -> None:
    cases.advance(tx, house.runtime, case, command, BY, now)


def _token(tx: Transaction, kind: type[Task | Job | Timer], case: CaseId) -> TokenId:
    found = select(kind.token).where(kind.case_id == case)
    if not issubclass(kind, Timer):
        found = found.where(kind.state.in_(("open", "waiting")))
    return TokenId(tx.session.scalars(found).one())
