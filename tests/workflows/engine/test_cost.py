"""What a step costs, counted in calls of functions: with what it does, not with what was before or stands beside it."""

import gc
import sys
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from types import FrameType
from typing import Any

import pytest

from akta.ids import TokenId
from benchmarks import engine_models as models
from benchmarks.engine import Ours, variables
from tests.workflows.engine.models import Model
from workflows import engine

TENFOLD = 10.5
"""Ten times the work may cost ten times as much, and a little for the length of numbers."""


def calls(act: Callable[[], object]) -> int:
    """How many Python functions a second run of `act` calls."""
    act()
    counted = 0

    def count(_frame: FrameType, event: str, _what: Any) -> None:
        nonlocal counted
        counted += event == "call"

    before = sys.getprofile()
    gc.disable()  # its callbacks are functions too
    sys.setprofile(count)
    try:
        act()
    finally:
        sys.setprofile(before)
        gc.enable()
    return counted


def start(model: Model) -> int:
    ours = Ours(model)
    return calls(lambda: ours.start({}))


def answer(ours: Ours, waiting: engine.Outcome) -> int:
    return calls(lambda: ours.answer(waiting.state, waiting.tasks[0].token))


def test_completing_a_task_costs_the_same_in_a_long_case_as_in_a_short_one() -> None:
    costs, sizes = set(), set()
    for tasks in (4, 100, 400):
        ours = Ours(models.row(tasks, waits=2))
        waiting = ours.start({"n": Decimal(0)})
        costs.add(answer(ours, waiting))
        sizes.add(len(waiting.state))
    assert len(costs) == 1
    assert max(sizes) < 250


@pytest.mark.slow
def test_the_start_of_a_long_process_costs_as_much_for_each_task_as_that_of_a_short_one() -> None:
    assert start(models.row(401)) < TENFOLD * start(models.row(41))


@pytest.mark.slow
def test_each_parallel_block_costs_the_same() -> None:
    assert start(models.blocks(50)) < TENFOLD * start(models.blocks(5))


@pytest.mark.slow
def test_a_fork_costs_as_much_for_each_way_however_many_there_are() -> None:
    assert start(models.fork(200)) < TENFOLD * start(models.fork(20))


@pytest.mark.slow
@pytest.mark.parametrize("sequential", [False, True])
def test_each_instance_costs_the_same(sequential: bool) -> None:
    few, many = models.several(30, sequential), models.several(300, sequential)
    assert start(many) < TENFOLD * start(few)


@pytest.mark.slow
def test_each_turn_of_a_loop_costs_the_same() -> None:
    for model in (models.turns, models.looping):
        assert start(model(500)) < TENFOLD * start(model(50))


@pytest.mark.slow
def test_ten_thousand_turns_run_at_the_default_recursion_limit() -> None:
    assert sys.getrecursionlimit() <= 1000
    for model in (models.turns, models.looping):
        outcome = Ours(model(10_000)).start({})
        assert outcome.variables["n"] == 10_000
        assert len(outcome.state) < 250


def test_variables_that_a_step_does_not_touch_are_not_looked_at() -> None:
    ours = Ours(models.row(3))
    with_little, with_much = ours.start({"text": "x"}), ours.start(variables(50_000))
    assert answer(ours, with_much) == answer(ours, with_little)


def test_the_state_of_a_case_that_turns_for_ever_stays_as_small_as_it_was() -> None:
    ours = Ours(models.waiting_turns(50))
    outcome, sizes, costs = ours.start({}), [], []
    while outcome.tasks:
        sizes.append(len(outcome.state))
        state, task = outcome.state, TokenId(outcome.tasks[0].token)
        if outcome.variables["n"] in (10, 40):
            costs.append(calls(partial(ours.answer, state, task)))
        outcome = ours.answer(state, task)
    assert len(sizes) == 50
    assert max(sizes) <= sizes[0] + 5, "no more than the digits of counters"
    assert costs[0] == costs[1]
