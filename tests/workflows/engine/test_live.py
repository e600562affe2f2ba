"""The tree of live tasks runs SpiffWorkflow's own specifications, with their variables in `task.data`, as it does."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.engine.blocks import Block, Drawing, blocks
from tests.workflows.engine.models import Model
from tests.workflows.engine.stock import Stock, in_python

AROUND = ("row", "both", "choice", "some", "sub", "each", "guarded", "failed", "escalated", "terminated")
LOOPS = ("row", "choice", "twice", "sub", "each", "guarded", "listened")
"""In loops the package lets joins go on too early."""
LEAVES = ("task", "many", "again", "noticed", "race")


def together(xml: bytes, variables: dict[str, Any], data: st.DataObject) -> tuple[Stock, Stock]:
    """Both to the end, or as far as the package goes, with the same things happening to both."""
    plain, live = Stock(xml, variables), Stock(xml, variables, live=True)
    for number in range(100):
        assert live.seen() == plain.seen()
        assert live.awaited() == plain.awaited()
        assert live.ended == plain.ended
        choices = [*plain.open(), *plain.awaited()]
        if plain.ended or not choices:
            break
        chosen = data.draw(st.sampled_from(choices))
        # Who of several at once writes a variable last is anybody's guess, so each has its own.
        for case in (plain, live):
            case.happen(chosen, **{f"of_{chosen.split()[-1]}": number})
    return plain, live


def play(block: Block, data: st.DataObject) -> None:
    drawing = Drawing()
    plain, live = together(in_python(drawing.whole(block).xml()), drawing.variables, data)
    if plain.ended:
        assert live.data == plain.data


@settings(max_examples=15, deadline=None)
@given(block=blocks(AROUND, LEAVES), data=st.data())
def test_the_same_is_open_with_the_same_data_after_every_step(block: Block, data: st.DataObject) -> None:
    play(block, data)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(block=blocks(AROUND, LEAVES) | blocks(LOOPS, LEAVES), data=st.data())
def test_the_same_is_open_with_the_same_data_after_every_step_at_length(block: Block, data: st.DataObject) -> None:
    play(block, data)


def test_instances_have_their_items_and_a_called_process_gets_and_gives_data() -> None:
    for_each = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopDataInputRef>meters</bpmn:loopDataInputRef>"
        "<bpmn:loopDataOutputRef>readings</bpmn:loopDataOutputRef><bpmn:inputDataItem id='meter'/>"
        "<bpmn:outputDataItem id='reading'/></bpmn:multiInstanceLoopCharacteristics>"
    )
    model = Model().start().user("read", body=for_each).user("sum")
    model.add("callActivity", "check", attributes={"calledElement": "q"}).end().path(
        "start", "read", "sum", "check", "end"
    )
    called = Model("q").start("qs").user("look").end("qe").path("qs", "look", "qe").xml()
    inner = called[called.index(b"<bpmn:process") : called.index(b"</bpmn:process>") + len(b"</bpmn:process>")]
    xml = model.xml().replace(b"</bpmn:definitions>", inner + b"</bpmn:definitions>")
    plain, live = (Stock(xml, {"meters": ["a", "b"]}, live=live) for live in (False, True))
    for name, variables in (
        ("read", {"reading": 1}),
        ("read", {"reading": 2}),
        ("sum", {"all": 3}),
        ("look", {"ok": 1}),
    ):
        assert live.seen() == plain.seen()
        for case in (plain, live):
            case.complete(name, **variables)
    assert plain.ended
    assert live.ended
    assert live.data == plain.data
    assert live.data["readings"] == [1, 2]


def a_loop(rounds: int) -> bytes:
    model = Model().start().xor("again").script("count", "=n + 1", "n").xor("more", default="out").end()
    model.path("start", "again", "count", "more").flow("more", "again", f"n < {rounds}").flow(
        "more", "end", ident="out"
    )
    return in_python(model.xml())


@pytest.mark.slow
def test_a_loop_leaves_nothing_behind_and_is_not_given_up_where_the_package_stops() -> None:
    plain, live = (Stock(a_loop(340), {"n": 0}, live=live) for live in (False, True))
    assert live.ended
    assert live.data["n"] == 340
    assert len(live.workflow.tasks) <= 2
    assert plain.workflow.last_task.data["n"] < 340, "it looks no deeper than a thousand tasks"


def test_a_join_in_a_loop_waits_for_this_round() -> None:
    model = Model().start().xor("again").both("fork").user("a").user("b").both("join").user("after")
    model.script("count", "=n + 1", "n").xor("more", default="out").end()
    model.path("start", "again", "fork", "a", "join", "after", "count", "more").path("fork", "b", "join")
    model.flow("more", "again", "n < 2").flow("more", "end", ident="out")
    plain, live = (Stock(in_python(model.xml()), {"n": 0}, live=live) for live in (False, True))
    for name in ("a", "b", "after", "b"):
        for case in (plain, live):
            case.complete(name)
    assert live.open() == ["a"]
    assert plain.open() == ["a", "after"], "what came in the first round counts again"
