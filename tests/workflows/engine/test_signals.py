"""Signals: thrown to everyone, caught in the flow, on borders and by event sub-processes."""

import pytest

from tests.workflows.engine.cases import Driver
from tests.workflows.engine.models import Model, signal
from workflows import engine


def test_a_thrown_signal_is_reported_with_its_mapped_variables() -> None:
    model = Model().start().throw("call", signal("alarm"), inputs={"level": "=n + 1"}).end("end", signal("over"))
    case = Driver(model.path("start", "call", "end"), n=1)
    assert [(thrown.signal, dict(thrown.variables)) for thrown in case.last.thrown_signals] == [
        ("alarm", {"level": 2}),
        ("over", {}),
    ]


def test_a_signal_reaches_every_token_that_awaits_it() -> None:
    model = Model().start().both("fork").catch("one", signal("alarm")).catch("two", signal("alarm")).user("a").end()
    for element in ("one", "two", "a"):
        model.path("fork", element, "end")
    case = Driver(model.path("start", "fork"))
    assert sorted(awaited.signal for awaited in case.last.awaited_signals) == ["alarm", "alarm"]
    outcome = case.signal("alarm", level=3)
    assert case.waits() == ["a:task"]
    assert len(outcome.closed) == 2
    assert case.variables == {"level": 3}
    with pytest.raises(engine.NoSuchToken):
        case.signal("alarm")


def test_a_signal_on_a_border_that_does_not_interrupt_can_come_again() -> None:
    model = Model().start().user("a").end().boundary("warned", "a", signal("alarm"), interrupts=False).user("note")
    case = Driver(model.path("start", "a", "end").path("warned", "note", "end"))
    for count in (1, 2):
        case.signal("alarm")
        assert case.waits() == ["a:task", *["note:task"] * count, "warned:signal"]


def test_a_token_that_an_earlier_one_took_away_does_not_get_the_signal() -> None:
    model = Model().start()
    with model.sub("sub") as inner:
        inner.start("s2").catch("inside", signal("alarm")).user("never").end("e2").path("s2", "inside", "never", "e2")
    model.end().boundary("out", "sub", signal("alarm")).path("start", "sub", "end").path("out", "end")
    case = Driver(model)
    case.signal("alarm")
    assert case.ended == "end"
    assert "entered never" not in case.trace()


def test_an_event_sub_process_can_begin_with_a_signal() -> None:
    model = Model().start().user("a").end().path("start", "a", "end")
    with model.sub("handler", handler=True) as inner:
        inner.start("begin", signal("alarm")).user("settle").end("e2").path("begin", "settle", "e2")
    case = Driver(model)
    case.signal("alarm", level=1)
    assert case.waits() == ["settle:task"]
    assert case.variables == {"level": 1}
