"""Timers, messages, errors: caught in the flow, on borders, and by event sub-processes."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.workflows.engine.cases import NOW, Driver
from tests.workflows.engine.models import Model, error, message, timer, zeebe
from workflows import engine


def test_a_timer_fires_at_its_due_time_and_not_before() -> None:
    case = Driver(Model().start().catch("wait", timer("PT1H")).end().path("start", "wait", "end"))
    (armed,) = case.last.timers
    assert armed.due_at == NOW + timedelta(hours=1)
    case.wait(minutes=59)
    with pytest.raises(engine.NotDue):
        case.fire("wait")
    case.wait(minutes=1).fire("wait")
    assert case.ended == "end"


@pytest.mark.parametrize(
    ("text", "kind", "due"),
    [
        ("=deadline", "timeDate", datetime(2026, 5, 1, 12, tzinfo=UTC)),
        ('=duration("P1M")', "timeDuration", datetime(2026, 4, 2, 9, tzinfo=UTC)),
        ("P1Y", "timeDuration", datetime(2027, 3, 2, 9, tzinfo=UTC)),
        ('deadline - duration("P1D")', "timeDate", datetime(2026, 4, 30, 12, tzinfo=UTC)),
        ("2026-03-29T02:30:00+01:00", "timeDate", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
    ],
)
def test_a_timer_is_feel_or_iso(text: str, kind: str, due: datetime) -> None:
    model = Model().start().catch("wait", timer(text, kind)).end().path("start", "wait", "end")
    case = Driver(model, deadline=datetime(2026, 5, 1, 12, tzinfo=UTC))
    assert case.last.timers[0].due_at == due


def test_a_message_is_awaited_by_name_and_key_and_brings_variables() -> None:
    model = Model(paid="=invoice.id").start().catch("wait", message("paid")).end().path("start", "wait", "end")
    case = Driver(model, invoice={"id": 17})
    (awaited,) = case.last.awaited
    assert (awaited.message, awaited.correlation) == ("paid", "17")
    case.deliver("wait", amount=Decimal("12.50"))
    assert case.ended == "end"
    assert case.variables["amount"] == Decimal("12.50")
    assert {"message": "paid", "correlation": "17"} in [step.data for step in case.steps if step.kind == "caught"]


def test_a_receive_task_waits_like_a_message_event() -> None:
    model = Model(paid="=1").start().add("receiveTask", "wait", attributes={"messageRef": "message-paid"})
    case = Driver(model.end().path("start", "wait", "end"))
    case.deliver("wait")
    assert case.ended == "end"


def test_a_message_without_a_key_stops_the_token() -> None:
    model = (
        Model(paid="=nobody").start().user("a").catch("wait", message("paid")).end().path("start", "a", "wait", "end")
    )
    case = Driver(model)
    case.complete("a")
    assert case.waits() == ["wait:stopped"]
    assert "correlation key" in str(case.last.stopped[0].cause)


def race() -> Model:
    model = Model(paid="=key").start().race("gate").catch("paid", message("paid")).catch("late", timer("P14D"))
    model.user("thank").user("remind").end()
    return model.path("start", "gate", "paid", "thank", "end").path("gate", "late", "remind", "end")


def test_the_message_wins_the_race_and_the_timer_is_closed() -> None:
    case = Driver(race(), key="k")
    assert case.waits() == ["late:timer", "paid:message"]
    outcome = case.deliver("paid")
    assert case.waits() == ["thank:task"]
    assert len(outcome.closed) == 2


def test_the_timer_wins_the_race_and_the_message_is_closed() -> None:
    case = Driver(race(), key="k").wait(days=14)
    case.fire("late")
    assert case.waits() == ["remind:task"]


def test_two_timers_behind_one_gateway_have_their_own_due_times() -> None:
    model = Model().start().race("gate").catch("one", timer("PT1H")).catch("two", timer("PT2H")).end()
    case = Driver(model.path("start", "gate", "one", "end").path("gate", "two", "end"))
    assert [armed.due_at - NOW for armed in case.last.timers] == [timedelta(hours=1), timedelta(hours=2)]


def guarded(body: str, interrupts: bool = True, **messages: str) -> Model:
    model = Model(**messages).start().user("work").user("aside").end("done").end("left")
    model.boundary("event", "work", body, interrupts)
    return model.path("start", "work", "done").path("event", "aside", "left")


def test_an_interrupting_boundary_timer_takes_the_place_of_its_task() -> None:
    case = Driver(guarded(timer("P3D"))).wait(days=3)
    assert case.waits() == ["event:timer", "work:task"]
    assert case.stands() == ["work"], "what listens is not where the case stands"
    outcome = case.fire("event")
    assert case.waits() == ["aside:task"]
    assert len(outcome.closed) == 2
    assert "cancelled work" in case.trace()
    case.complete("aside")
    assert case.ended == "left"


def test_a_boundary_timer_is_closed_when_its_task_completes() -> None:
    case = Driver(guarded(timer("P3D")))
    outcome = case.complete("work")
    assert len(outcome.closed) == 2
    assert case.ended == "done"


def test_a_boundary_timer_that_does_not_interrupt_fires_once_beside_its_task() -> None:
    case = Driver(guarded(timer("P3D"), interrupts=False)).wait(days=3)
    token = case.token("event")
    outcome = case.fire("event")
    assert [step.kind for step in outcome.steps if step.token == token] == ["caught"]
    assert case.waits() == ["aside:task", "work:task"]
    case.complete("work")
    assert case.ended is None, "the side branch is still open"
    case.complete("aside")
    assert case.ended == "left"


def test_a_boundary_message_that_does_not_interrupt_can_come_again() -> None:
    case = Driver(guarded(message("note"), interrupts=False, note="=1"))
    case.deliver("event", text="one")
    case.deliver("event", text="two")
    assert case.waits() == ["aside:task", "aside:task", "event:message", "work:task"]
    assert case.variables["text"] == "two"
    case.complete("work")
    assert case.waits() == ["aside:task", "aside:task"]


def test_an_interrupting_boundary_message_cancels_everything_inside_a_sub_process() -> None:
    model = Model(stop="=key").start()
    with model.sub("sub") as inner:
        inner.start("s2").both("fork").user("a").service("s").end("e2")
        inner.path("s2", "fork", "a", "e2").path("fork", "s", "e2")
    model.boundary("event", "sub", message("stop")).user("aside").end().path("start", "sub", "end")
    case = Driver(model.path("event", "aside", "end"), key="k")
    outcome = case.deliver("event", why="because")
    assert len(outcome.closed) == 3
    assert case.waits() == ["aside:task"]
    assert case.variables["why"] == "because"


def test_a_key_on_the_border_sees_the_input_mappings_of_its_host() -> None:
    model = Model(stop="=inner").start().user("work", inputs={"inner": "=outer + 1"}).end()
    case = Driver(model.boundary("event", "work", message("stop")).path("start", "work", "end"), outer=1)
    assert case.last.awaited[0].correlation == "2"


def test_an_error_of_a_call_is_caught_on_its_border() -> None:
    model = Model().start().service("s").user("aside").end()
    model.errors = ["FULL", "OTHER"]
    model.boundary("other", "s", error("OTHER")).boundary("any", "s", error()).boundary("full", "s", error("FULL"))
    model.path("start", "s", "end").path("full", "aside", "end").path("any", "end").path("other", "end")
    case = Driver(model)
    outcome = case.fail("s", "FULL", limit=3)
    assert case.waits() == ["aside:task"], "the border that names the code goes before the one that takes all"
    assert case.variables == {"limit": Decimal(3)}
    assert len(outcome.closed) == 1


def test_an_error_nobody_catches_stops_the_token_and_a_retry_repeats_the_call() -> None:
    case = Driver(Model().start().service("s").end().path("start", "s", "end"))
    token = case.token("s")
    outcome = case.fail("s", "FULL")
    assert outcome.closed == (token,)
    assert "FULL" in str(outcome.stopped[0].cause)
    outcome = case.retry("s")
    assert outcome.resumed == (token,)
    assert [call.token for call in outcome.calls] == [token]
    case.answer("s")
    assert case.ended == "end"


def failing_child() -> Model:
    model = Model("child").start().user("inside").end("broken", error("BAD"))
    model.errors = ["BAD"]
    return model.path("start", "inside", "broken")


def test_an_error_end_event_inside_a_called_process_is_caught_on_the_call() -> None:
    model = Model().start().call("sub", "child").user("aside").end().boundary("caught", "sub", error("BAD"))
    model.errors = ["BAD"]
    case = Driver(model.path("start", "sub", "end").path("caught", "aside", "end"), failing_child())
    case.complete("inside")
    assert case.waits() == ["aside:task"]
    assert "cancelled sub" in case.trace()


def test_an_error_end_event_that_nobody_catches_is_an_incident() -> None:
    case = Driver(Model().start().call("sub", "child").end().path("start", "sub", "end"), failing_child())
    case.complete("inside")
    assert case.waits() == ["broken:stopped"]
    case.retry("broken")
    assert case.waits() == ["broken:stopped"]


def test_an_error_goes_outwards_through_sub_processes_until_it_is_caught() -> None:
    model = Model().start()
    model.errors = ["BAD", "OTHER"]
    with model.sub("outer") as outer:
        outer.start("s1")
        with outer.sub("inner") as inner:
            inner.start("s2").user("a").end("e2", error("BAD")).path("s2", "a", "e2")
        outer.boundary("wrong", "inner", error("OTHER")).end("e1").path("s1", "inner", "e1")
    model.boundary("right", "outer", error("BAD")).user("aside").end()
    case = Driver(model.path("start", "outer", "end").path("right", "aside", "end"))
    case.complete("a")
    assert case.waits() == ["aside:task"]


def withdrawable(interrupting: str = "true") -> Model:
    model = Model(withdraw="=key").start().both("fork").user("a").service("s").end()
    model.path("start", "fork", "a", "end").path("fork", "s", "end")
    with model.sub("handler", handler=True) as inner:
        inner.add("startEvent", "begin", body=message("withdraw"), attributes={"isInterrupting": interrupting})
        inner.user("settle").end("withdrawn").path("begin", "settle", "withdrawn")
    return model


def test_an_event_sub_process_interrupts_everything_around_it() -> None:
    case = Driver(withdrawable(), key="k")
    assert case.waits() == ["a:task", "begin:message", "s:call"]
    assert case.stands() == ["a", "s"]
    outcome = case.deliver("begin", why="moved")
    assert case.waits() == ["settle:task"]
    assert len(outcome.closed) == 3
    assert case.variables["why"] == "moved"
    case.complete("settle")
    assert case.ended == "withdrawn"


def test_an_event_sub_process_that_does_not_interrupt_runs_beside_and_again() -> None:
    case = Driver(withdrawable("false"), key="k")
    case.deliver("begin")
    case.deliver("begin")
    assert case.waits() == ["a:task", "begin:message", "s:call", "settle:task", "settle:task"]
    case.complete("a")
    case.answer("s")
    assert case.ended is None
    case.complete("settle")
    case.complete("settle")
    assert case.ended == "withdrawn"


def test_a_listening_event_sub_process_does_not_keep_the_case_open() -> None:
    case = Driver(withdrawable(), key="k")
    case.complete("a")
    outcome = case.answer("s")
    assert case.ended == "end"
    assert len(outcome.closed) == 2


def test_an_event_sub_process_catches_errors_of_its_scope_but_not_its_own() -> None:
    model = Model().start().user("a").end("broken", error("BAD")).path("start", "a", "broken")
    model.errors = ["BAD"]
    with model.sub("handler", handler=True) as inner:
        inner.start("begin", error("BAD")).user("settle").end("again", error("BAD")).path("begin", "settle", "again")
    case = Driver(model)
    case.complete("a")
    assert case.waits() == ["settle:task"]
    case.complete("settle")
    assert case.waits() == ["again:stopped"]


def test_an_event_sub_process_in_a_sub_process_ends_only_that() -> None:
    model = Model().start()
    with model.sub("sub") as outer:
        outer.start("s1").user("a").end("e1").path("s1", "a", "e1")
        with outer.sub("handler", handler=True) as inner:
            inner.start("late", timer("P1D")).user("settle").end("e2").path("late", "settle", "e2")
    model.user("after").end().path("start", "sub", "after", "end")
    case = Driver(model).wait(days=1)
    case.fire("late")
    assert case.waits() == ["settle:task"]
    case.complete("settle")
    assert case.waits() == ["after:task"]


def test_thrown_messages_are_reported_with_name_key_and_mapped_variables() -> None:
    model = Model(done="=number").start().throw("tell", message("done"), inputs={"result": "=amount * 2"})
    model.end("end", message("done"))
    outcome = Driver(model.path("start", "tell", "end"), number="N7", amount=4).last
    assert outcome.thrown == (
        engine.ThrownMessage("done", "N7", {"result": Decimal(8)}),
        engine.ThrownMessage("done", "N7", {}),
    )


def test_a_thrown_message_may_name_a_key_of_its_own() -> None:
    model = Model(done="=number").start()
    model.add(
        "sendTask", "tell", zeebe("publishMessage", correlationKey="=other"), attributes={"messageRef": "message-done"}
    )
    (thrown,) = Driver(model.end().path("start", "tell", "end"), number="N7", other="N8").last.thrown
    assert thrown.correlation == "N8"


def test_a_send_task_throws_a_message_or_calls_a_handler() -> None:
    model = Model(done="=1").start().add("sendTask", "tell", attributes={"messageRef": "message-done"})
    model.add("sendTask", "post", zeebe("taskDefinition", type="post")).end()
    case = Driver(model.path("start", "tell", "post", "end"))
    assert [thrown.message for thrown in case.last.thrown] == ["done"]
    assert case.waits() == ["post:call"]


def test_a_correlation_that_fails_on_a_border_stops_only_the_border() -> None:
    case = Driver(guarded(message("note"), note="=missing"))
    assert case.waits() == ["event:stopped", "work:task"]
    case.complete("work")
    assert case.ended == "done"
    assert not case.open


def test_a_border_interrupts_a_call_with_everything_the_called_process_called() -> None:
    child = Model("child").start().user("inside").end().path("start", "inside", "end")
    middle = Model("middle").start().call("deep", "child").end().path("start", "deep", "end")
    model = Model().start().call("call", "middle").user("aside").end().boundary("late", "call", timer("P1D"))
    case = Driver(model.path("start", "call", "end").path("late", "aside", "end"), middle, child).wait(days=1)
    assert case.waits() == ["inside:task", "late:timer"]
    case.fire("late")
    assert case.waits() == ["aside:task"]
    assert [step for step in case.trace() if "cancelled" in step] == [
        "cancelled call",
        "cancelled deep",
        "cancelled inside",
    ]


def test_a_person_can_end_a_task_with_an_error() -> None:
    model = Model().start().user("a").user("aside").end().boundary("no", "a", error("NO"))
    model.errors = ["NO"]
    case = Driver(model.path("start", "a", "end").path("no", "aside", "end"))
    case.fail("a", "NO")
    assert case.waits() == ["aside:task"]


def test_terminate_in_a_called_process_ends_only_that() -> None:
    child = Model("child").start().both("fork").user("x").user("y").end("kill", "<bpmn:terminateEventDefinition/>")
    child.end().path("start", "fork", "x", "kill").path("fork", "y", "end")
    case = Driver(
        Model().start().call("call", "child").user("after").end().path("start", "call", "after", "end"), child
    )
    case.complete("x")
    assert case.waits() == ["after:task"]


def test_what_an_event_sub_process_caught_can_be_mapped() -> None:
    model = Model(note="=1").start().user("a").end().path("start", "a", "end")
    with model.sub("handler", handler=True) as inner:
        inner.add("startEvent", "begin", body=message("note"), outputs={"kept": "=text"}).end("e2").path("begin", "e2")
    case = Driver(model)
    case.deliver("begin", text="hello", noise=1)
    assert case.ended == "e2"
    assert case.variables == {"kept": "hello"}


def test_a_timer_of_an_event_sub_process_that_does_not_interrupt_fires_once() -> None:
    model = Model().start().user("a").end().path("start", "a", "end")
    with model.sub("handler", handler=True) as inner:
        inner.add("startEvent", "begin", body=timer("P1D"), attributes={"isInterrupting": "false"})
        inner.user("remind").end("e2").path("begin", "remind", "e2")
    case = Driver(model).wait(days=1)
    case.fire("begin")
    assert case.waits() == ["a:task", "remind:task"]


def test_a_starved_join_is_a_place_where_the_case_stands_and_can_be_cancelled() -> None:
    model = Model().start().both("fork").user("a").xor("x", default="away").both("join").end().end("gone")
    model.path("start", "fork", "a", "x").path("fork", "join", "end").flow("x", "join", "go")
    case = Driver(model.flow("x", "gone", ident="away"), go=False)
    case.complete("a")
    assert case.stands() == ["join"]
    assert case.ended is None
    assert case.do(engine.Cancel()).ended is not None
