"""Random block-structured models, in any order of completion: never lost, never stuck, and as SpiffWorkflow has it."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from tests.workflows.engine.cases import Driver
from tests.workflows.engine.models import Model, timer


@dataclass(frozen=True)
class Block:
    kind: str
    inner: tuple["Block", ...] = ()
    chosen: int = 0


def blocks(kinds: tuple[str, ...]) -> st.SearchStrategy[Block]:
    task = st.just(Block("task"))

    def grow(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
        several = st.lists(inner, min_size=2, max_size=3).map(tuple)
        return st.builds(Block, st.sampled_from(kinds), several, st.integers(0, 2))

    return st.recursive(task, grow, max_leaves=8)


class Drawing:
    """Draws a block into a model; each gives the elements where it begins and ends."""

    def __init__(self) -> None:
        self.model = Model()
        self.count = 0
        self.variables: dict[str, Any] = {}

    def name(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"

    def whole(self, block: Block) -> Model:
        self.model.start()
        first, last = self.draw(block)
        return self.model.end().path("start", first).path(last, "end")

    def draw(self, block: Block) -> tuple[str, str]:
        if block.kind == "task":
            name = self.name("task")
            self.model.user(name)
            return name, name
        made: tuple[str, str] = getattr(self, block.kind)(block)
        return made

    def row(self, block: Block) -> tuple[str, str]:
        ends = [self.draw(inner) for inner in block.inner]
        for (_, last), (first, _) in pairwise(ends):
            self.model.path(last, first)
        return ends[0][0], ends[-1][1]

    def both(self, block: Block) -> tuple[str, str]:
        fork, join = self.name("fork"), self.name("join")
        self.model.both(fork).both(join)
        for inner in block.inner:
            first, last = self.draw(inner)
            self.model.path(fork, first).path(last, join)
        return fork, join

    def choice(self, block: Block) -> tuple[str, str]:
        split, merge, default = self.name("split"), self.name("merge"), self.name("default")
        self.model.xor(split, default).xor(merge)
        for number, inner in enumerate(block.inner):
            first, last = self.draw(inner)
            condition = self.name("c")
            self.variables[condition] = number == block.chosen
            final = number == len(block.inner) - 1
            self.model.flow(split, first, "" if final else condition, default if final else "").path(last, merge)
        return split, merge

    def sub(self, block: Block) -> tuple[str, str]:
        name = self.name("sub")
        with self.model.sub(name) as model:
            start, end = self.name("start"), self.name("end")
            model.start(start)
            first, last = self.row(block)
            model.end(end).path(start, first).path(last, end)
        return name, name

    def guarded(self, block: Block) -> tuple[str, str]:
        """A sub-process with a timer that leads past it."""
        name, _ = self.sub(block)
        border, merge = self.name("timer"), self.name("merge")
        self.model.boundary(border, name, timer("PT0S")).xor(merge).path(name, merge).path(border, merge)
        return name, merge

    def twice(self, block: Block) -> tuple[str, str]:
        """A loop of two rounds around the blocks."""
        again, more, out, turn, count = (self.name(kind) for kind in ("again", "more", "out", "turn", "count"))
        self.variables[turn] = 0
        self.model.xor(again).xor(more, out).script(count, f"{turn} + 1", turn)
        first, last = self.row(block)
        self.model.path(again, first).path(last, count, more).flow(more, again, f"{turn} = 1")
        after = self.name("merge")
        self.model.xor(after).flow(more, after, ident=out)
        return again, after


class Stock:
    """The same model on SpiffWorkflow as it comes."""

    def __init__(self, model: Model, variables: dict[str, Any]) -> None:
        parser = BpmnParser()
        parser.add_bpmn_xml(etree.fromstring(model.xml()))
        self.workflow = BpmnWorkflow(parser.get_spec("p"), parser.get_subprocess_specs("p"))
        self.workflow.task_tree.data.update(variables)
        self.workflow.do_engine_steps()

    def open(self) -> list[str]:
        tasks = self.workflow.get_tasks(state=TaskState.READY, manual=True)
        return sorted(task.task_spec.name for task in tasks)

    def complete(self, name: str) -> None:
        tasks = self.workflow.get_tasks(state=TaskState.READY, manual=True)
        next(task for task in tasks if task.task_spec.name == name).run()
        self.workflow.do_engine_steps()


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(block=blocks(("row", "both", "choice", "sub")), data=st.data())
def test_the_same_tasks_are_open_as_in_spiffworkflow_after_every_step(block: Block, data: st.DataObject) -> None:
    drawing = Drawing()
    model = drawing.whole(block)
    ours, stock = Driver(model, **drawing.variables), Stock(model, drawing.variables)
    while not ours.ended:
        waiting = sorted(place.element for _, place in ours.open.values())
        assert waiting == stock.open()
        chosen = data.draw(st.sampled_from(waiting))
        ours.complete(chosen)
        stock.complete(chosen)
    assert stock.workflow.is_completed()


@settings(max_examples=40, deadline=None)
@given(block=blocks(("row", "both", "choice", "sub", "guarded", "twice")), data=st.data())
def test_every_case_ends_whatever_happens_in_whatever_order(block: Block, data: st.DataObject) -> None:
    drawing = Drawing()
    case = Driver(drawing.whole(block), **drawing.variables)
    for _ in range(2000):
        if case.ended:
            break
        kind, place = case.open[data.draw(st.sampled_from(sorted(case.open)))]
        if kind == "timer":
            case.fire(place.element)
        else:
            case.complete(place.element)
    assert case.ended == "end"
    assert not case.open
    entered = [step.token for step in case.steps if step.kind in ("entered", "caught")]
    left = [step.token for step in case.steps if step.kind in ("completed", "cancelled")]
    assert sorted(set(entered)) == sorted(left), "whatever was entered was completed or cancelled, once"
