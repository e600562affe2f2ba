"""The stored state: no code in it, no definition, a format, and the same bytes for the same case."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import orjson
import pytest
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

from tests.workflows.engine.cases import NOW, Driver
from tests.workflows.engine.models import Model, message, timer, zeebe
from workflows import engine
from workflows.engine import _codec


def waiting() -> Driver:
    return Driver(Model().start().user("a").end().path("start", "a", "end"), n=1)


def test_a_restored_case_cannot_run_python() -> None:
    driver = waiting()
    case = _codec.load(driver.definition, driver.last.state, NOW)
    assert isinstance(case, BpmnWorkflow)
    (token,) = case.tokens.values()
    python = '__import__("os").getpid()'
    for attempt in (case.script_engine.evaluate, case.script_engine.execute):
        with pytest.raises(RuntimeError, match="no Python"):
            attempt(token, python)
    for attempt in (case.script_engine.environment.evaluate, case.script_engine.environment.execute):
        with pytest.raises(RuntimeError, match="no Python"):
            attempt(python, {})
    with pytest.raises(AttributeError):
        case.script_engine = None


def test_a_condition_in_python_never_reaches_an_interpreter() -> None:
    model = Model().start().user("a").xor("x", default="no").end("yes").end().path("start", "a", "x")
    model.flow("x", "yes", '__import__("os").getpid() > 0').flow("x", "end", ident="no")
    try:
        driver = Driver(model)
    except engine.NotRunnable:
        return
    driver.complete("a")
    assert driver.ended != "yes"


def test_the_state_holds_no_definition_and_is_small() -> None:
    assert len(waiting().last.state) < 250


def test_a_state_of_another_format_is_refused() -> None:
    driver = waiting()
    stored = orjson.loads(driver.last.state)
    stored["format"] = 99
    with pytest.raises(ValueError, match="format 99"):
        engine.places(driver.definition, orjson.dumps(stored))


def test_a_state_on_elements_the_definition_lacks_is_refused() -> None:
    driver = waiting()
    other = engine.compile(Model().start().user("b").end().path("start", "b", "end").source())
    with pytest.raises(ValueError, match="no element a"):
        engine.places(other, driver.last.state)


def test_a_definition_serves_many_cases_and_is_not_changed_by_them() -> None:
    driver = waiting()
    before = {name: dict(flow.task_specs) for name, flow in driver.definition.flows.items()}
    one = engine.advance(driver.definition, None, engine.Start({"n": Decimal(1)}), now=NOW)
    driver.complete("a")
    two = engine.advance(driver.definition, None, engine.Start({"n": Decimal(1)}), now=NOW)
    assert one == two
    assert before == {name: dict(flow.task_specs) for name, flow in driver.definition.flows.items()}


def test_one_definition_serves_many_threads() -> None:
    definition = waiting().definition

    def live(number: int) -> object:
        first = engine.advance(definition, None, engine.Start({"n": Decimal(number)}), now=NOW)
        (task,) = first.tasks
        return engine.advance(definition, first.state, engine.CompleteTask(task.token), now=NOW).variables["n"]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(live, range(200))) == [Decimal(number) for number in range(200)]


def test_an_interruption_forgets_who_came_to_the_joins() -> None:
    model = Model(stop="=1").start().both("fork").user("a").user("b").both("join").end()
    model.path("start", "fork", "a", "join", "end").path("fork", "b", "join")
    with model.sub("handler", handler=True) as inner:
        inner.start("begin", message("stop")).user("settle").end("e2").path("begin", "settle", "e2")
    driver = Driver(model)
    driver.complete("a")
    assert orjson.loads(driver.last.state)["flows"][0]["arrivals"] != {}
    driver.deliver("begin")
    assert orjson.loads(driver.last.state)["flows"][0]["arrivals"] == {}


def test_the_zone_of_now_decides_which_day_is_today_and_nothing_else() -> None:
    model = Model().start().script("stamp", "now()", "at").both("fork").catch("late", timer('duration("P1M")'))
    model.user("a", zeebe("taskSchedule", dueDate='=date("2026-07-01")')).both("join").end()
    definition = engine.compile(model.path("start", "stamp", "fork", "a", "join", "end").path("fork", "late").source())
    summer = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    here, there = (
        engine.advance(definition, None, engine.Start(), now=now)
        for now in (summer, summer.astimezone(ZoneInfo("Europe/Prague")))
    )
    assert here == there
    assert here.state == there.state
    day = engine.compile(Model().start().script("s", "today()", "day").user("a").path("start", "s", "a").source())
    for zone, expected in (("UTC", date(2026, 6, 30)), ("Europe/Prague", date(2026, 7, 1))):
        outcome = engine.advance(day, None, engine.Start(), now=summer.astimezone(ZoneInfo(zone)))
        assert outcome.variables == {"day": expected}
