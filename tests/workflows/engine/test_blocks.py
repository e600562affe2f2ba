"""Random models in any order of events: as the token game has it, and as SpiffWorkflow where that is right."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from tests.workflows.engine.blocks import Block, Drawing, blocks
from tests.workflows.engine.cases import Driver
from tests.workflows.engine.models import Model
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


class Stock:
    """The same model on SpiffWorkflow as it comes."""

    def __init__(self, model: Model, variables: dict[str, Any]) -> None:
        parser = BpmnParser()
        # Its conditions are Python.
        xml = model.xml().replace(b"<bpmn:loopCondition>true<", b"<bpmn:loopCondition>True<")
        parser.add_bpmn_xml(etree.fromstring(xml))
        self.workflow = BpmnWorkflow(parser.get_spec("p"), parser.get_subprocess_specs("p"))
        self.workflow.task_tree.data.update(variables)
        self.workflow.do_engine_steps()

    def _tasks(self) -> list[Any]:
        ready = self.workflow.get_tasks(state=TaskState.READY, manual=True)
        return sorted(ready, key=lambda task: task.task_spec.name)

    def open(self) -> list[str]:
        return [task.task_spec.bpmn_id for task in self._tasks()]

    def complete(self, name: str) -> None:
        next(task for task in self._tasks() if task.task_spec.bpmn_id == name).run()
        self.workflow.do_engine_steps()


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(block=blocks(("row", "both", "choice", "sub"), ("task", "many", "again")), data=st.data())
def test_the_same_tasks_are_open_as_in_spiffworkflow_after_every_step(block: Block, data: st.DataObject) -> None:
    drawing = Drawing()
    model = drawing.whole(block)
    ours, stock = Driver(model, **drawing.variables), Stock(model, drawing.variables)
    while not ours.ended:
        waiting = sorted(place.element for _, place in ours.open.values())
        assert waiting == sorted(stock.open())
        chosen = data.draw(st.sampled_from(waiting))
        ours.complete(chosen)
        stock.complete(chosen)
    assert stock.workflow.is_completed()
