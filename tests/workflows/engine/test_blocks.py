"""Random models in any order of events: as the token game has it, and as SpiffWorkflow where that is right."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.engine.blocks import Block, Drawing, blocks
from tests.workflows.engine.cases import Driver
from tests.workflows.engine.stock import Stock, in_python
from tests.workflows.engine.tokengame import Game, Wait

AROUND = (
    *("row", "both", "choice", "some", "twice", "sub", "each", "guarded"),
    *("failed", "escalated", "terminated", "listened", "undone", "deal"),
)
LEAVES = ("task", "many", "again", "noticed", "race")


def happen(case: Driver, wait: Wait) -> None:
    match wait.kind:
        case "timer":
            case.wait(hours=2).fire(wait.element)
        case "message":
            case.deliver(wait.element)
        case "signal":
            case.signal(wait.name)
        case _:
            case.complete(wait.element)


def completed(case: Driver) -> Counter[str]:
    """How often each task was completed."""
    return Counter(s.place.element for s in case.steps if s.kind == "completed" and s.place.type == "userTask")


def play(block: Block, data: st.DataObject) -> None:
    drawing = Drawing()
    model = drawing.whole(block)
    case, game = Driver(model, **drawing.variables), Game(model.xml(), drawing.variables)
    happened: Counter[str] = Counter()
    for _ in range(300):
        assert case.waits() == sorted(f"{wait.element}:{wait.kind}" for wait in game.waits())
        assert bool(case.ended) == game.ended
        assert completed(case) == game.completed
        assert {name: case.variables[name] for name in drawing.variables} == game.variables
        if game.ended:
            break
        # What does not interrupt could happen for ever.
        waits = [wait for wait in game.waits() if wait.kind == "task" or happened[wait.element] < 3]
        chosen = data.draw(st.sampled_from(waits or game.waits()))
        happened[chosen.element] += 1
        happen(case, chosen)
        game.happen(chosen)
    assert game.ended


@settings(max_examples=15, deadline=None)
@given(block=blocks(AROUND, LEAVES), data=st.data())
def test_everything_happens_as_in_the_token_game(block: Block, data: st.DataObject) -> None:
    play(block, data)


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(block=blocks(AROUND, LEAVES), data=st.data())
def test_everything_happens_as_in_the_token_game_at_length(block: Block, data: st.DataObject) -> None:
    play(block, data)


LIKE_STOCK = ("row", "both", "choice", "sub", "guarded", "failed", "escalated", "terminated")


def goes_alike(wait: Wait, happened: Counter[str]) -> bool:
    """SpiffWorkflow has timers by the clock on the wall, and what does not interrupt only once."""
    return wait.kind == "task" or (wait.kind != "timer" and not happened[wait.element])


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(block=blocks(LIKE_STOCK, LEAVES), data=st.data())
def test_the_same_tasks_are_open_as_in_spiffworkflow_after_every_step(block: Block, data: st.DataObject) -> None:
    drawing = Drawing()
    model = drawing.whole(block)
    ours, stock = Driver(model, **drawing.variables), Stock(in_python(model.xml()), drawing.variables)
    game = Game(model.xml(), drawing.variables)
    happened: Counter[str] = Counter()
    while not ours.ended:
        assert sorted(place.element for kind, place in ours.open.values() if kind == "task") == stock.open()
        assert not stock.ended
        chosen = data.draw(st.sampled_from([wait for wait in game.waits() if goes_alike(wait, happened)]))
        happened[chosen.element] += 1
        happen(ours, chosen)
        stock.happen(chosen.element if chosen.kind == "task" else f"event {chosen.name}")
        game.happen(chosen)
    assert stock.ended
