"""Inclusive gateways: all flows whose condition holds, and a join that waits for whoever can still come."""

import pytest

from tests.workflows.engine.cases import Driver
from tests.workflows.engine.models import Model, message, timer
from workflows import engine


def forked(**more: str) -> Model:
    model = Model(**more).start().some("split", default="else").user("a").user("b").user("c").some("join").user("after")
    model.end().flow("start", "split").flow("split", "a", "n > 0").flow("split", "b", "n > 1")
    model.flow("split", "c", ident="else")
    return model.path("a", "join").path("b", "join").path("c", "join").path("join", "after", "end")


@pytest.mark.parametrize(("n", "open_"), [(0, ["c"]), (1, ["a"]), (2, ["a", "b"])])
def test_every_flow_whose_condition_holds_is_taken_else_the_default(n: int, open_: list[str]) -> None:
    case = Driver(forked(), n=n)
    assert case.waits() == [f"{element}:task" for element in open_]
    for element in open_:
        assert case.waits() != ["after:task"]
        case.complete(element)
    assert case.waits() == ["after:task"]


def test_no_condition_and_no_default_stops_until_told() -> None:
    model = Model().start().some("split").user("a").user("b").end().flow("start", "split")
    model.flow("split", "a", "n > 0", "to-a").flow("split", "b", "n > 1", "to-b").path("a", "end").path("b", "end")
    case = Driver(model, n=0)
    assert case.waits() == ["split:stopped"]
    with pytest.raises(engine.NotPossible):
        case.do(engine.SkipToken(case.token("split"), {}, "to-a elsewhere"))
    case.do(engine.SkipToken(case.token("split"), {}, "to-a to-b"))
    assert case.waits() == ["a:task", "b:task"]


def test_a_join_waits_for_a_call_upstream_that_another_gateway_may_send_elsewhere() -> None:
    model = Model().start().both("fork").user("a").service("s").xor("which", default="away").some("join").user("after")
    model.end().end("gone").path("start", "fork", "a", "join", "after", "end").path("fork", "s", "which")
    model.flow("which", "join", "come").flow("which", "gone", ident="away")
    case = Driver(model)
    case.complete("a")
    assert case.stands() == ["join", "s"]
    case.answer("s", come=False)
    assert case.waits() == ["after:task"]


def test_a_join_waits_for_a_token_inside_a_sub_process_and_behind_a_border() -> None:
    model = Model().start().both("fork").user("a").some("join").user("after").end()
    with model.sub("sub") as inner:
        inner.start("s2").user("one").end("e2").path("s2", "one", "e2")
    model.end("gone").boundary("late", "sub", timer("P1D")).user("remind")
    model.path("start", "fork", "a", "join", "after", "end").path("fork", "sub", "gone").path("late", "remind", "join")
    case = Driver(model)
    case.complete("a")
    assert case.waits() == ["late:timer", "one:task"]
    case.wait(days=1).fire("late")
    case.complete("remind")
    assert case.waits() == ["after:task"]


def test_a_token_in_a_loop_that_leads_past_the_join_first_is_not_waited_for() -> None:
    model = Model().start().xor("again").some("split", default="on").user("a").user("b").some("join")
    model.xor("more", default="out").end().path("start", "again", "split").flow("split", "a", "true")
    model.flow("split", "b", ident="on").path("a", "join").path("b", "join").path("join", "more")
    model.flow("more", "again", "n < 2").flow("more", "end", ident="out")
    case = Driver(model, n=1)
    case.complete("a", n=2)
    assert case.ended == "end"


def test_a_join_in_a_loop_joins_in_every_round() -> None:
    model = Model().start().xor("again").some("split", default="on").user("a").user("b").user("c").some("join")
    model.xor("more", default="out").end().path("start", "again", "split").flow("split", "a", "n > 0")
    model.flow("split", "b", "n > 1").flow("split", "c", ident="on")
    for element in "abc":
        model.path(element, "join")
    model.path("join", "more").flow("more", "again", "n > 0").flow("more", "end", ident="out")
    case = Driver(model, n=2)
    case.complete("a")
    case.complete("b", n=1)
    assert case.waits() == ["a:task"]
    case.complete("a", n=0)
    assert case.ended == "end"


def test_two_tokens_by_one_flow_go_through_a_join_one_after_the_other() -> None:
    model = Model().start().both("fork").xor("merge").some("split", default="on").user("a").user("b").some("join").end()
    model.path("start", "fork", "merge", "split").path("fork", "merge").flow("split", "a", "true").path("a", "join")
    model.flow("split", "b", ident="on").path("b", "join").user("after").path("join", "after", "end")
    case = Driver(model)
    case.complete("a")
    assert case.waits() == ["a:task", "after:task"]
    case.complete("a")
    assert case.waits() == ["after:task", "after:task"]


def test_a_token_that_came_by_one_flow_is_not_held_up_by_one_that_can_reach_that_flow_too() -> None:
    """BPMN 2.0, 13.4.3: a token that can reach a flow which has one already does not count."""
    model = Model().start().both("fork").xor("merge").xor("which", default="left").some("join").user("after").end()
    model.user("a").user("b").path("start", "fork", "a", "merge").path("fork", "b", "merge").path("merge", "which")
    model.flow("which", "join", "right", "to-right").flow("which", "join", ident="left").path("join", "after", "end")
    case = Driver(model, right=False)
    case.complete("a")
    assert case.waits() == ["after:task", "b:task"]


def test_an_interruption_forgets_who_waited_at_an_inclusive_join() -> None:
    model = forked(stop="=1")
    with model.sub("handler", handler=True) as inner:
        inner.start("begin", message("stop")).user("settle").end("e2").path("begin", "settle", "e2")
    case = Driver(model, n=2)
    case.complete("a")
    case.deliver("begin")
    assert case.waits() == ["settle:task"]
    case.complete("settle")
    assert case.ended is not None
