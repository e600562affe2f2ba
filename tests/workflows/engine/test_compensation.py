"""Compensation: handlers of what was done, the last first; transactions that are given up."""

import pytest

from tests.workflows.engine.cases import Driver
from tests.workflows.engine.models import CANCEL, Model, compensate, each, error, message
from workflows import engine


def booked(*throw: str) -> Model:
    """Book a then b, then undo."""
    model = Model().start().user("a", inputs={"mine": "=n"}).user("b").throw("undo", *throw or (compensate(),))
    model.user("after").end().undo("undo-a", "a").undo("undo-b", "b")
    return model.path("start", "a", "b", "undo", "after", "end")


def test_handlers_run_the_last_first_and_the_thrower_waits() -> None:
    case = Driver(booked(), n=1)
    case.complete("a")
    case.complete("b")
    assert case.waits() == ["undo-b:task"]
    case.complete("undo-b")
    assert case.waits() == ["undo-a:task"]
    assert case.last.tasks[0].context["mine"] == 1, "a handler sees the variables its activity had"
    case.complete("undo-a", refunded=True)
    assert case.waits() == ["after:task"]
    assert case.variables["refunded"] is True
    case.complete("after")
    assert case.ended == "end"


def test_one_activity_is_compensated_by_name() -> None:
    case = Driver(booked(compensate("a")), n=1)
    case.complete("a")
    case.complete("b")
    assert case.waits() == ["undo-a:task"]
    case.complete("undo-a")
    assert case.waits() == ["after:task"]


def test_what_was_not_done_is_not_compensated_and_nothing_twice() -> None:
    model = Model().start().user("a").throw("first", compensate()).throw("again", compensate()).user("b").end()
    case = Driver(model.undo("undo-a", "a").undo("undo-b", "b").path("start", "a", "first", "again", "b", "end"))
    case.complete("a")
    case.complete("undo-a")
    assert case.waits() == ["b:task"]


def test_an_activity_done_in_a_loop_is_compensated_once_for_each_time() -> None:
    model = Model().start().xor("again").user("a").xor("more", default="out").end("end", compensate())
    model.undo("undo-a", "a").path("start", "again", "a", "more").flow("more", "again", "go")
    case = Driver(model.flow("more", "end", ident="out"))
    for go in (True, True, False):
        case.complete("a", go=go)
    for _ in range(3):
        assert case.waits() == ["undo-a:task"]
        case.complete("undo-a")
    assert case.ended == "end"


def nested() -> Model:
    model = Model().start().user("first").throw("undo", compensate()).user("after").end()
    with model.sub("sub", inputs={"local": "=n + 1"}) as inner:
        inner.start("s2").user("one").user("two").end("e2").path("s2", "one", "two", "e2")
        inner.undo("undo-one", "one").undo("undo-two", "two")
    return model.undo("undo-first", "first").path("start", "first", "sub", "undo", "after", "end")


def test_the_inside_of_a_sub_process_is_compensated_in_its_place() -> None:
    case = Driver(nested(), n=1)
    for element in ("first", "one", "two"):
        case.complete(element)
    for element in ("undo-two", "undo-one"):
        assert case.waits() == [f"{element}:task"]
        assert case.last.tasks[0].context["local"] == 2
        case.complete(element)
    assert case.waits() == ["undo-first:task"]
    case.complete("undo-first")
    assert case.waits() == ["after:task"]


def test_a_sub_process_with_a_handler_of_its_own_is_compensated_by_that() -> None:
    case = Driver(nested().undo("undo-sub", "sub"), n=1)
    for element in ("first", "one", "two"):
        case.complete(element)
    assert case.waits() == ["undo-sub:task"]


def test_instances_are_compensated_together_by_the_handler_of_their_activity_or_each_inside() -> None:
    model = Model().start().user("a", body=each("=rows", "item"))
    with model.sub("sub", head=each("=rows", "item", sequential=True)) as inner:
        inner.start("s2").user("one").end("e2").path("s2", "one", "e2").undo("undo-one", "one")
    model.throw("undo", compensate()).end().undo("undo-a", "a").path("start", "a", "sub", "undo", "end")
    case = Driver(model, rows=[1, 2])
    for element in ("a", "a", "one", "one"):
        case.complete(element)
    seen = []
    while case.waits() == ["undo-one:task"]:
        seen.append(case.last.tasks[0].context["item"])
        case.complete("undo-one")
    assert seen == [2, 1]
    case.complete("undo-a")
    assert case.ended == "end"


def test_a_handler_that_fails_is_caught_outwards() -> None:
    model = Model().start()
    with model.sub("sub") as inner:
        inner.start("s2").user("a").end("e2", compensate()).undo("undo-a", "a").path("s2", "a", "e2")
    model.end().boundary("failed", "sub", error("E")).user("mend").path("start", "sub", "end")
    model.errors = ["E"]
    case = Driver(model.path("failed", "mend", "end"))
    case.complete("a")
    case.fail("undo-a", "E")
    assert case.waits() == ["mend:task"]


def test_an_event_sub_process_compensates_what_its_surroundings_did() -> None:
    model = Model(stop="=1").start().user("a").user("b").end().undo("undo-a", "a").path("start", "a", "b", "end")
    with model.sub("handler", handler=True) as inner:
        inner.start("begin", message("stop")).throw("undo", compensate()).user("settle").end("e2")
        inner.path("begin", "undo", "settle", "e2")
    case = Driver(model)
    case.complete("a")
    case.deliver("begin")
    assert case.waits() == ["undo-a:task"]
    case.complete("undo-a")
    assert case.waits() == ["settle:task"]


def test_a_called_process_is_compensated_by_the_handler_of_its_call_and_not_inside() -> None:
    child = Model("child").start().user("one").end().undo("undo-one", "one").path("start", "one", "end")
    main = Model().start().call("c", "child").throw("undo", compensate()).end().undo("undo-c", "c")
    case = Driver(main.path("start", "c", "undo", "end"), child)
    case.complete("one")
    assert case.waits() == ["undo-c:task"]


def test_a_handler_can_be_skipped_and_the_thrower_goes_on() -> None:
    case = Driver(booked(), n=1)
    case.complete("a")
    case.complete("b")
    case.do(engine.SkipToken(case.token("undo-b")))
    case.complete("undo-a")
    assert case.waits() == ["after:task"]


def transaction(*, outer: bool = False) -> Model:
    model = Model(stop="=1").start()
    with model.sub("deal", tag="transaction") as inner:
        inner.start("s2").both("fork").user("a").xor("ok", default="no").end("e2").end("off", CANCEL).user("other")
        inner.path("s2", "fork", "a", "ok").flow("ok", "e2", "yes").flow("ok", "off", ident="no")
        inner.path("fork", "other", "e2").undo("undo-a", "a").undo("undo-other", "other")
    model.end().boundary("left", "deal", CANCEL).user("sorry").path("start", "deal").path("left", "sorry", "end")
    if outer:
        return model.throw("later", compensate()).path("deal", "later", "end")
    return model.path("deal", "end")


def test_a_cancelled_transaction_ends_what_runs_undoes_what_was_done_and_leaves_by_its_border() -> None:
    case = Driver(transaction())
    case.complete("a", yes=False)
    assert case.waits() == ["undo-a:task"]
    assert "cancelled other" in case.trace()
    case.complete("undo-a")
    assert case.waits() == ["sorry:task"]
    case.complete("sorry")
    assert case.ended == "end"


def test_a_transaction_in_which_nothing_was_done_is_left_at_once() -> None:
    model = Model().start()
    with model.sub("deal", tag="transaction") as inner:
        inner.start("s2").end("off", CANCEL).path("s2", "off")
    case = Driver(
        model.end()
        .boundary("left", "deal", CANCEL)
        .user("sorry")
        .path("start", "deal", "end")
        .path("left", "sorry", "end")
    )
    assert case.waits() == ["sorry:task"]


def test_a_transaction_that_went_well_can_be_compensated_later() -> None:
    case = Driver(transaction(outer=True))
    case.complete("a", yes=True)
    case.complete("other")
    assert case.waits() == ["undo-other:task"]
    case.complete("undo-other")
    case.complete("undo-a")
    assert case.ended == "end"


@pytest.mark.parametrize("head", ["", each("=rows")])
def test_a_transaction_is_a_sub_process_to_everything_else(head: str) -> None:
    model = Model().start()
    with model.sub("deal", tag="transaction", head=head) as inner:
        inner.start("s2").user("a").end("e2").path("s2", "a", "e2")
    case = Driver(model.end().path("start", "deal", "end"), rows=[1])
    case.complete("a")
    assert case.ended == "end"
