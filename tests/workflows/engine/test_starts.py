"""How a case begins: plainly, by a message, a signal or the clock."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.workflows.engine.cases import NOW, Driver
from tests.workflows.engine.models import Model, message, signal, timer
from workflows import engine


def several() -> Model:
    model = Model(order="=order").start().start("ordered", message("order"), outputs={"number": "=order.id"})
    model.start("called", signal("alarm")).start("yearly", timer("P1Y")).user("a").end()
    for start in ("start", "ordered", "called", "yearly"):
        model.flow(start, "a")
    return model.path("a", "end")


def test_a_definition_says_how_its_cases_begin() -> None:
    starts = engine.compile(several().source()).starts
    assert [(start.place.element, start.kind, start.name) for start in starts] == [
        ("start", "plain", ""),
        ("ordered", "message", "order"),
        ("called", "signal", "alarm"),
        ("yearly", "timer", ""),
    ]
    assert starts[3].due(NOW) == NOW + timedelta(days=365)
    assert starts[0].due(NOW) is None


@pytest.mark.parametrize("element", ["", "start", "called", "yearly"])
def test_a_case_begins_at_the_start_it_is_told_and_nowhere_else(element: str) -> None:
    definition = engine.compile(several().source())
    outcome = engine.advance(definition, None, engine.Start({"n": Decimal(1)}, element), now=NOW)
    assert [step.place.element for step in outcome.steps] == [element or "start"] * 2 + ["a"]
    assert outcome.variables == {"n": 1}


def test_what_a_message_brings_can_be_mapped_when_it_begins_a_case() -> None:
    definition = engine.compile(several().source())
    outcome = engine.advance(definition, None, engine.Start({"order": {"id": Decimal(7)}}, "ordered"), now=NOW)
    assert outcome.variables == {"number": 7}


@pytest.mark.parametrize("element", ["a", "nowhere"])
def test_a_case_begins_at_no_other_element(element: str) -> None:
    with pytest.raises(engine.NotPossible):
        engine.advance(engine.compile(several().source()), None, engine.Start({}, element), now=NOW)


def test_a_process_without_a_plain_start_begins_only_by_name_and_is_not_called() -> None:
    child = Model("child", order="=1").start("ordered", message("order")).user("a").end().path("ordered", "a", "end")
    with pytest.raises(engine.NotPossible):
        Driver(child)
    main = Model().start().call("c", "child").end().path("start", "c", "end")
    with pytest.raises(engine.NotRunnable, match="no plain start"):
        engine.compile(main.source(), [child.source()])


def test_a_receive_task_can_begin_a_case() -> None:
    model = Model(order="=order.id").add(
        "receiveTask", "r", attributes={"messageRef": "message-order", "instantiate": "true"}
    )
    definition = engine.compile(model.user("a").end().path("r", "a", "end").source())
    assert [(start.place.element, start.kind, start.name) for start in definition.starts] == [("r", "message", "order")]
    outcome = engine.advance(definition, None, engine.Start({"order": {"id": Decimal(7)}}, "r"), now=NOW)
    assert [task.place.element for task in outcome.tasks] == ["a"]
    assert outcome.variables == {"order": {"id": 7}}
    assert outcome.awaited == ()


def test_an_event_gateway_can_begin_a_case_with_any_of_its_events() -> None:
    model = Model(order="=1").add("eventBasedGateway", "gate", attributes={"instantiate": "true"})
    model.catch("ordered", message("order")).catch("called", signal("alarm")).user("a").user("b").end()
    model.path("gate", "ordered", "a", "end").path("gate", "called", "b", "end")
    definition = engine.compile(model.source())
    assert [(start.kind, start.name) for start in definition.starts] == [("message", "order"), ("signal", "alarm")]
    outcome = engine.advance(definition, None, engine.Start({}, "called"), now=NOW)
    assert [task.place.element for task in outcome.tasks] == ["b"]
    assert outcome.awaited_signals == ()


def test_the_clock_begins_cases_again_and_again() -> None:
    model = Model().start("often", timer("R3/P1D", "timeCycle")).end().path("often", "end")
    (start,) = engine.compile(model.source()).starts
    first = start.due(NOW)
    assert first == NOW + timedelta(days=1)
    assert start.due(NOW, first, 1) == NOW + timedelta(days=2)
    assert start.due(NOW, NOW + timedelta(days=9, hours=1), 2) == NOW + timedelta(days=10)
    assert start.due(NOW, first, 3) is None
    once = engine.compile(Model().start("once", timer("P1D")).end().path("once", "end").source()).starts[0]
    assert once.due(NOW, first, 1) is None


def test_two_plain_starts_are_refused() -> None:
    with pytest.raises(engine.NotRunnable, match="another plain start"):
        engine.compile(Model().start().start("again").end().path("start", "end").path("again", "end").source())


def test_the_name_of_a_message_that_begins_a_case_is_no_expression() -> None:
    model = Model(order="=1").start("ordered", message("order")).end().path("ordered", "end")
    source = engine.ProcessSource("p", "h", model.xml().replace(b'name="order"', b'name="=n"'))
    with pytest.raises(engine.NotRunnable, match="plain text"):
        engine.compile(source)
