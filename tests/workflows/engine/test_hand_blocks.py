"""Random models changed by hand at random: a case is always whole, or says that it cannot be changed this way."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.engine.blocks import Block, Drawing, blocks
from tests.workflows.engine.cases import Driver
from tests.workflows.engine.test_blocks import AROUND, LEAVES
from workflows import engine
from workflows.engine import Modify, NotPossible, SkipToken, StartBefore


def a_change(case: Driver, data: st.DataObject) -> engine.Command:
    """Any token skipped or taken away, a token put in front of anything, or the next thing that can happen."""
    tokens = engine.tokens(case.definition, case.state or b"")
    elements = sorted(name for flow in case.definition.flows.values() for name in flow.task_specs)
    token = data.draw(st.sampled_from(tokens)).token
    match data.draw(st.sampled_from(["skip", "cancel", "put", "move", "go"])):
        case "skip":
            return SkipToken(token)
        case "cancel":
            return Modify((token,))
        case "put":
            return Modify(start=(StartBefore(data.draw(st.sampled_from(elements))),))
        case "move":
            return Modify((token,), (StartBefore(data.draw(st.sampled_from(elements))),))
    return next_thing(case)


def next_thing(case: Driver) -> engine.Command:
    token = min(case.open)
    kind, place = case.open[token]
    match kind:
        case "task":
            return engine.CompleteTask(token)
        case "message":
            return engine.Deliver(token)
        case "timer":
            case.wait(hours=2)
            return engine.FireTimer(token)
        case "signal":
            awaited = {found.token: found.text for found in engine.tokens(case.definition, case.state or b"")}
            return engine.DeliverSignal(awaited[token])
    raise AssertionError(f"{kind} at {place.element}")


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(block=blocks(AROUND, LEAVES), data=st.data())
def test_whatever_is_changed_by_hand_the_case_stays_whole(block: Block, data: st.DataObject) -> None:
    drawing = Drawing()
    case = Driver(drawing.whole(block), **drawing.variables)
    for _ in range(15):
        if case.ended or not case.open:
            break
        with suppress(NotPossible):
            case.do(a_change(case, data))
    stands = engine.tokens(case.definition, case.state or b"")
    assert bool(case.ended) == (not stands), "a case has tokens until it ends, and none after"
    for found in stands:
        assert found.waits_for != "inside" or any(inner.within == found.token for inner in stands)
