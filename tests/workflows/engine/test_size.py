"""What grows, grows with what is done and no faster; nothing needs a deeper stack than Python has."""

import sys

import pytest

from tests.workflows.engine.cases import NOW
from tests.workflows.engine.models import Model, each
from workflows import engine

pytestmark = pytest.mark.slow


def start(model: Model, **variables: object) -> tuple[engine.Definition, engine.Outcome]:
    definition = engine.compile(model.source())
    return definition, engine.advance(definition, None, engine.Start(variables), now=NOW)  # type: ignore[arg-type]


def test_two_thousand_tasks_in_a_row_run_at_the_default_recursion_limit() -> None:
    model = Model().start()
    names = [f"s{number}" for number in range(2000)]
    for name in names:
        model.script(name, "n + 1", "n")
    assert sys.getrecursionlimit() <= 1000
    _, outcome = start(model.user("a").end().path("start", *names, "a", "end"), n=0)
    assert outcome.variables["n"] == 2000
    assert len(outcome.state) < 300


def test_fifty_parallel_blocks_in_a_row_run() -> None:
    model = Model().start()
    before = "start"
    for number in range(50):
        fork, join = f"fork{number}", f"join{number}"
        model.both(fork).both(join).script(f"a{number}", "n + 1", "n").script(f"b{number}", "n + 1", "n")
        model.path(before, fork, f"a{number}", join).path(fork, f"b{number}", join)
        before = join
    _, outcome = start(model.end().path(before, "end"), n=0)
    assert outcome.ended is not None
    assert outcome.variables["n"] == 100


@pytest.mark.parametrize("sequential", [True, False])
def test_a_thousand_instances_run_and_come_back_in_order(sequential: bool) -> None:
    how = each("=for i in 1..1000 return i", "item", "=item * 2", "found", sequential=sequential)
    _, outcome = start(Model().start().script("s", "item", "r", how).user("a").end().path("start", "s", "a", "end"))
    assert outcome.variables["found"] == [number * 2 for number in range(1, 1001)]


def test_a_fork_into_two_hundred_joins_once() -> None:
    model = Model().start().both("fork").both("join").user("a").end().path("start", "fork").path("join", "a", "end")
    for number in range(200):
        model.script(f"s{number}", "n + 1", "n").path("fork", f"s{number}", "join")
    _, outcome = start(model, n=0)
    assert [task.place.element for task in outcome.tasks] == ["a"]
    assert outcome.variables["n"] == 200
