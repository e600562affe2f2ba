"""What a person may do to a running case: set variables, skip steps, move tokens, give timers other times."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.workflows.engine.cases import NOW, Driver
from tests.workflows.engine.models import Model, message, timer
from workflows import engine
from workflows.engine import Modify, Reschedule, SkipToken, StartBefore


def two_tasks() -> Model:
    return Model().start().user("a", outputs={"out": "=answer"}).user("b").end().path("start", "a", "b", "end")


def nested() -> Model:
    model = Model(ask="=1").start().user("before").user("after").end()
    with model.sub("sub", inputs={"local": "=n + 1"}) as inner:
        inner.start("s2").user("one").user("two").end("e2").path("s2", "one", "two", "e2")
        with model.sub("handler", handler=True) as handler:
            handler.start("asked", message("ask")).user("answer").end("e3").path("asked", "answer", "e3")
    return model.path("start", "before", "sub", "after", "end")


def moved(case: Driver, start: StartBefore, *cancel: str) -> engine.Outcome:
    return case.do(Modify(tuple(case.token(element) for element in cancel), (start,)))


def test_variables_of_the_case_are_set_and_new_ones_made() -> None:
    case = Driver(two_tasks(), n=1)
    case.set(n=2, m=[1])
    assert case.variables == {"n": Decimal(2), "m": [Decimal(1)]}
    assert case.waits() == ["a:task"]


def test_variables_seen_by_a_token_are_set_where_it_sees_them() -> None:
    model = Model().start().user("a", inputs={"local": "=1"}, outputs={"seen": "=local"}).end()
    case = Driver(model.path("start", "a", "end"), n=1)
    case.set("a", local=2, n=3)
    assert case.variables == {"n": Decimal(3)}
    case.complete("a")
    assert case.variables["seen"] == 2


def test_a_skipped_task_asks_no_output_mapping_and_what_was_given_is_written() -> None:
    case = Driver(two_tasks())
    outcome = case.do(SkipToken(case.token("a"), {"found": Decimal(1)}))
    assert case.waits() == ["b:task"]
    assert len(outcome.closed) == 1
    assert case.variables == {"found": Decimal(1)}


def test_a_step_that_stopped_can_be_skipped() -> None:
    model = Model().start().catch("wait", timer("=deadline")).user("b").end().path("start", "wait", "b", "end")
    case = Driver(model)
    outcome = case.do(SkipToken(case.token("wait", "stopped")))
    assert case.waits() == ["b:task"]
    assert outcome.closed or outcome.resumed


def test_a_gateway_that_stopped_needs_to_be_told_its_flow() -> None:
    model = Model().start().xor("x").user("a").user("b").end().flow("start", "x").flow("x", "a", "ok", "to-a")
    case = Driver(model.flow("x", "b", "not(ok)", "to-b").path("a", "end").path("b", "end"))
    token = case.token("x", "stopped")
    for flow in ("", "nowhere"):
        with pytest.raises(engine.NotPossible):
            case.do(SkipToken(token, {}, flow))
    case.do(SkipToken(token, {}, "to-b"))
    assert case.waits() == ["b:task"]


def test_only_a_gateway_is_told_a_flow() -> None:
    case = Driver(two_tasks())
    with pytest.raises(engine.NotPossible):
        case.do(SkipToken(case.token("a"), {}, "flow-1"))


def test_a_join_and_a_listener_are_not_skipped_but_a_listener_that_stopped_is_given_up() -> None:
    model = Model().start().both("fork").user("a").user("b").both("join").end()
    model.boundary("late", "b", timer("PT1H")).boundary("never", "b", timer("=nothing")).path("late", "end")
    model.path("never", "end")
    case = Driver(model.path("start", "fork", "a", "join", "end").path("fork", "b", "join"))
    case.complete("a")
    joined = max(step.token for step in case.steps if step.place.element == "join")
    for token in (joined, case.token("late")):
        with pytest.raises(engine.NotPossible):
            case.do(SkipToken(token))
    case.do(SkipToken(case.token("never", "stopped")))
    assert case.waits() == ["b:task", "late:timer"]


def test_the_winner_of_a_race_can_be_chosen_by_skipping() -> None:
    model = Model(paid="=1").start().race("gate").catch("paid", message("paid")).catch("late", timer("P1D")).end()
    case = Driver(model.path("start", "gate", "paid", "end").path("gate", "late", "end"))
    case.do(SkipToken(case.token("late")))
    assert case.ended == "end"


def test_a_whole_sub_process_can_be_skipped() -> None:
    case = Driver(nested(), n=1)
    case.complete("before")
    host = next(step.token for step in case.steps if step.place.element == "sub")
    case.do(SkipToken(host))
    assert case.waits() == ["after:task"]


def test_a_token_is_moved() -> None:
    case = Driver(two_tasks())
    moved(case, StartBefore("b", {"why": "asked"}), "a")
    assert case.waits() == ["b:task"]
    assert case.variables == {"why": "asked"}


def test_a_token_moves_into_a_sub_process_that_did_not_run_and_its_events_listen() -> None:
    case = Driver(nested(), n=1)
    moved(case, StartBefore("two"), "before")
    assert case.waits() == ["asked:message", "two:task"]
    assert case.last.tasks[0].context["local"] == 2
    case.complete("two")
    assert case.waits() == ["after:task"]


def test_a_token_moves_inside_and_out_of_the_sub_process_that_runs() -> None:
    case = Driver(nested(), n=1)
    case.complete("before")
    moved(case, StartBefore("two"), "one")
    assert case.waits() == ["asked:message", "two:task"]
    moved(case, StartBefore("after"), "two")
    assert case.waits() == ["after:task"]
    case.complete("after")
    assert case.ended == "end"


def test_a_second_token_may_be_put_in_and_the_case_ends_when_both_are_done() -> None:
    case = Driver(two_tasks())
    case.do(Modify(start=(StartBefore("a"), StartBefore("b"))))
    assert case.waits() == ["a:task", "a:task", "b:task"]
    for element in ("a", "b", "a", "b", "b"):
        case.complete(element)
    assert case.ended == "end"


def test_taking_the_last_token_away_ends_the_case() -> None:
    case = Driver(two_tasks())
    case.do(Modify((case.token("a"),)))
    assert case.ended == "p"
    assert case.waits() == []


def test_tokens_move_in_a_called_process_only_while_it_runs() -> None:
    main = Model().start().user("first").call("c", "child").end().path("start", "first", "c", "end")
    child = Model("child").start().user("x").user("y").end("done").path("start", "x", "y", "done")
    case = Driver(main, child)
    with pytest.raises(engine.NotPossible, match="does not run"):
        case.do(Modify(start=(StartBefore("y", bundle="child"),)))
    case.complete("first")
    moved(case, StartBefore("y", bundle="child"), "x")
    case.complete("y")
    assert case.ended == "end"


def test_of_several_running_sub_processes_one_has_to_be_named() -> None:
    model = Model().start().both("fork")
    with model.sub("sub") as inner:
        inner.start("s2").user("one").user("two").end("e2").path("s2", "one", "two", "e2")
    case = Driver(model.end().path("start", "fork", "sub", "end").path("fork", "sub"))
    with pytest.raises(engine.NotPossible, match="2 times"):
        case.do(Modify(start=(StartBefore("two"),)))
    host = next(step.token for step in case.steps if step.place.element == "sub")
    case.do(Modify(start=(StartBefore("two", within=host),)))
    assert case.waits() == ["one:task", "one:task", "two:task"]


@pytest.mark.parametrize("element", ["nowhere", "late", "join", "Start", "End", ""])
def test_a_token_is_put_only_where_one_can_stand(element: str) -> None:
    model = Model().start().both("fork").user("a").user("b").both("join").end().boundary("late", "a", timer("P1D"))
    case = Driver(model.path("start", "fork", "a", "join", "end").path("fork", "b", "join").path("late", "end"))
    with pytest.raises(engine.NotPossible):
        case.do(Modify(start=(StartBefore(element),)))


def test_moving_a_token_that_is_gone_is_refused() -> None:
    case = Driver(two_tasks())
    token = case.token("a")
    case.complete("a")
    with pytest.raises(engine.NoSuchToken):
        case.do(Modify((token,)))


def test_waiting_timers_get_other_due_times_and_fire_then() -> None:
    model = Model().start().catch("wait", timer("PT1H")).end().path("start", "wait", "end")
    case = Driver(model)
    later = NOW + timedelta(days=3)
    outcome = case.do(Reschedule({case.token("wait"): later}))
    assert [timer.due_at for timer in outcome.timers] == [later]
    with pytest.raises(engine.NotDue):
        case.wait(hours=2).fire("wait")
    case.wait(days=3).fire("wait")
    assert case.ended == "end"


def test_only_timers_have_a_due_time() -> None:
    case = Driver(two_tasks())
    with pytest.raises(engine.NoSuchToken):
        case.do(Reschedule({case.token("a"): NOW}))
