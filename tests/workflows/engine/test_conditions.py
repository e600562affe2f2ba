"""Conditions that are waited for, links, and escalations."""

import pytest

from tests.workflows.engine.cases import Driver
from tests.workflows.engine.models import Model, condition, escalation, link
from workflows import engine


def test_a_condition_is_waited_for_until_something_makes_it_true() -> None:
    model = Model().start().both("fork").user("a").user("b").catch("full", condition("n > 1")).user("after").end()
    model.path("start", "fork", "a", "end").path("fork", "b", "end").path("fork", "full", "after", "end")
    case = Driver(model, n=0)
    assert case.stands() == ["a", "b", "full"]
    case.complete("a", n=1)
    assert "full" in case.stands()
    case.complete("b", n=2)
    assert case.waits() == ["after:task"]


def test_a_condition_that_holds_already_is_not_waited_for() -> None:
    case = Driver(Model().start().catch("c", condition("n = 1")).end().path("start", "c", "end"), n=1)
    assert case.ended == "end"


def test_a_condition_comes_true_by_hand() -> None:
    case = Driver(Model().start().catch("c", condition("n = 1")).end().path("start", "c", "end"), n=0)
    (wait,) = engine.tokens(case.definition, case.last.state)
    assert (wait.waits_for, wait.text) == ("condition", "n = 1")
    case.set(n=1)
    assert case.ended == "end"


def test_a_condition_on_a_border_interrupts() -> None:
    model = Model().start().both("fork").user("a").user("b").end().boundary("full", "a", condition("n > 1")).user("c")
    case = Driver(model.path("start", "fork", "a", "end").path("fork", "b", "end").path("full", "c", "end"), n=0)
    case.complete("b", n=2)
    assert case.waits() == ["c:task"]


def test_a_condition_that_does_not_interrupt_comes_again_only_after_it_was_false() -> None:
    model = Model().start().user("a").end().boundary("full", "a", condition("n > 1"), interrupts=False).user("note")
    case = Driver(model.path("start", "a", "end").path("full", "note", "end"), n=0)
    for n, notes in ((2, 1), (3, 1), (0, 1), (2, 2)):
        case.set(n=n)
        assert case.waits() == ["a:task"] + ["note:task"] * notes


def test_a_condition_can_begin_an_event_sub_process() -> None:
    model = Model().start().user("a").end().path("start", "a", "end")
    with model.sub("handler", handler=True) as inner:
        inner.start("begin", condition("n > 1")).user("settle").end("e2").path("begin", "settle", "e2")
    case = Driver(model, n=0)
    case.set(n=2)
    assert case.waits() == ["settle:task"]


def test_a_condition_can_win_a_race() -> None:
    model = Model().start().race("gate").catch("one", condition("n = 1")).catch("two", condition("n = 2")).user("a")
    model.user("b").end().path("start", "gate", "one", "a", "end").path("gate", "two", "b", "end")
    case = Driver(model, n=0)
    case.set(n=2)
    assert case.waits() == ["b:task"]


def test_a_condition_that_costs_too_much_stops_its_token() -> None:
    endless = "for i in 1..1000000 return for j in 1..1000 return i * j"
    model = Model().start().catch("c", condition(f"if n = 0 then false else {endless}")).end().path("start", "c", "end")
    case = Driver(model, n=0)
    case.set(n=1)
    assert case.waits() == ["c:stopped"]
    case.set(n=0)
    case.retry("c")
    assert case.stands() == ["c"]
    assert case.waits() == []


def test_a_link_leads_from_every_place_that_throws_it_to_the_one_that_catches_it() -> None:
    model = Model().start().xor("x", default="else").user("a").throw("one", link("L")).throw("two", link("L"))
    model.catch("on", link("L")).user("after").end().path("start", "x").flow("x", "a", "n = 1").path("a", "one")
    model.flow("x", "two", ident="else").path("on", "after", "end")
    case = Driver(model, n=0)
    assert case.waits() == ["after:task"]
    again = Driver(model, n=1)
    again.complete("a")
    assert again.waits() == ["after:task"]
    assert again.trace()[-4:] == ["completed one", "entered on", "completed on", "entered after"]


def inside(boundary: bool = True, interrupts: bool = True, code: str = "E") -> Model:
    model = Model().start()
    with model.sub("sub") as inner:
        inner.start("s2").throw("up", escalation("E"), inputs={"what": "=n"}).user("one").end("e2")
        inner.path("s2", "up", "one", "e2")
    model.end().user("note")
    if boundary:
        model.boundary("told", "sub", escalation(code), interrupts=interrupts).path("told", "note", "end")
    else:
        model.path("sub", "note")
    return model.path("start", "sub").path("sub" if boundary else "note", "end")


def test_an_escalation_that_interrupts_ends_what_it_came_from() -> None:
    case = Driver(inside(), n=1)
    assert case.waits() == ["note:task"]
    assert case.variables["what"] == 1


@pytest.mark.parametrize("code", ["E", ""])
def test_an_escalation_that_does_not_interrupt_runs_beside(code: str) -> None:
    assert Driver(inside(interrupts=False, code=code), n=1).waits() == ["note:task", "one:task"]


def test_an_escalation_nobody_catches_is_nothing() -> None:
    case = Driver(inside(boundary=False), n=1)
    assert case.waits() == ["one:task"]
    assert case.last.stopped == ()


def test_an_escalation_end_event_reaches_the_caller_of_a_process() -> None:
    main = Model().start().call("c", "child").end().boundary("told", "c", escalation("E"), interrupts=False)
    child = Model("child").start().end("done", escalation("E")).path("start", "done")
    case = Driver(main.user("note").path("start", "c", "end").path("told", "note", "end"), child)
    assert case.waits() == ["note:task"]


@pytest.mark.parametrize("interrupts", ["true", "false"])
def test_an_escalation_can_begin_an_event_sub_process(interrupts: str) -> None:
    model = Model().start().throw("up", escalation("E")).user("a").end().path("start", "up", "a", "end")
    with model.sub("handler", handler=True) as inner:
        inner.add("startEvent", "begin", body=escalation("E"), attributes={"isInterrupting": interrupts})
        inner.user("settle").end("e2").path("begin", "settle", "e2")
    waits = ["settle:task"] if interrupts == "true" else ["a:task", "settle:task"]
    assert Driver(model).waits() == waits
