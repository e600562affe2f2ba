"""Sequence, choice, fork and join, loops, sub-processes and calls."""

from datetime import date
from decimal import Decimal

import pytest

from akta.ids import TokenId
from tests.workflows.engine.cases import NOW, Driver
from tests.workflows.engine.models import TERMINATE, Model, timer, zeebe
from workflows import engine
from workflows.engine import _codec, _running


def test_a_case_waits_at_a_user_task_and_ends_after_it() -> None:
    case = Driver(Model().start().user("a").end("done").path("start", "a", "done"))
    assert case.waits() == ["a:task"]
    assert case.stands() == ["a"]
    case.complete("a", answer="yes")
    assert case.ended == "done"
    assert case.variables == {"answer": "yes"}
    assert case.trace() == [
        *("entered start", "completed start", "entered a"),
        *("completed a", "entered done", "completed done"),
    ]


def test_a_user_task_says_who_when_and_with_which_form() -> None:
    described = (
        zeebe("formDefinition", formId="check")
        + zeebe("assignmentDefinition", assignee="=clerk", candidateGroups="front-desk, metering")
        + zeebe("taskSchedule", dueDate='=date and time("2026-03-09T12:00:00Z")')
        + zeebe("priorityDefinition", priority="=10 + 5")
    )
    case = Driver(Model().start().user("a", described).end().path("start", "a", "end"), clerk="zofka")
    (task,) = case.last.tasks
    assert (task.form, task.assignee, task.priority) == ("check", "zofka", 15)
    assert task.candidate_groups == ("front-desk", "metering")
    assert task.due_at is not None
    assert task.due_at.isoformat() == "2026-03-09T12:00:00+00:00"
    assert task.context == {"clerk": "zofka"}
    assert task.place == engine.Place("p", "hash-of-p", "a", "a", "userTask")


@pytest.mark.parametrize("text", ["P7D", '=duration("P7D")', 'duration("P7D")', "=date(due)", "2026-03-09T09:00:00Z"])
def test_a_due_date_may_be_a_duration_an_instant_or_a_day(text: str) -> None:
    model = Model().start().user("a", zeebe("taskSchedule", dueDate=text)).end().path("start", "a", "end")
    due = Driver(model, due=date(2026, 3, 9)).last.tasks[0].due_at
    assert due is not None
    assert due.date() == date(2026, 3, 9)


def test_candidate_groups_may_be_computed() -> None:
    described = zeebe("assignmentDefinition", candidateGroups='=if big then ["supervision"] else "front-desk"')
    model = Model().start().user("a", described).end().path("start", "a", "end")
    assert Driver(model, big=True).last.tasks[0].candidate_groups == ("supervision",)
    assert Driver(model, big=False).last.tasks[0].candidate_groups == ("front-desk",)


def test_a_service_task_asks_for_a_call_and_takes_its_result() -> None:
    headers = (
        zeebe("taskDefinition", type="make", retries="5")
        + "<zeebe:taskHeaders>"
        + zeebe("header", key="k", value="v")
        + "</zeebe:taskHeaders>"
    )
    case = Driver(
        Model().start().add("serviceTask", "s", headers).user("a").end().path("start", "s", "a", "end"), contract="C1"
    )
    (call,) = case.last.calls
    assert (call.handler, call.retries, call.headers, call.input) == ("make", 5, {"k": "v"}, {"contract": "C1"})
    case.answer("s", slot={"no": 2})
    assert case.variables["slot"] == {"no": Decimal(2)}
    assert case.waits() == ["a:task"]


def choice() -> Model:
    model = Model().start().xor("x", default="else").user("low").user("high").user("other").end().path("start", "x")
    model.flow("x", "low", "n < 10").flow("x", "high", "=n < 100").flow("x", "other", ident="else")
    return model.path("low", "end").path("high", "end").path("other", "end")


@pytest.mark.parametrize(("n", "where"), [(5, "low"), (50, "high"), (500, "other")])
def test_an_exclusive_gateway_takes_the_first_true_flow_in_order_of_the_model(n: int, where: str) -> None:
    assert Driver(choice(), n=n).stands() == [where]


def test_a_fork_runs_both_sides_and_the_join_waits_for_both() -> None:
    model = Model().start().both("fork").user("a").user("b").both("join").user("c").end()
    model.path("start", "fork", "a", "join", "c", "end").path("fork", "b", "join")
    case = Driver(model)
    assert case.waits() == ["a:task", "b:task"]
    case.complete("b")
    assert case.stands() == ["a", "join"]
    case.complete("a")
    assert case.waits() == ["c:task"]
    case.complete("c")
    assert case.ended == "end"


def test_two_tokens_on_one_flow_do_not_make_a_join_fire() -> None:
    model = Model().start().both("fork").xor("merge").user("late").both("join").user("after").end()
    model.path("start", "fork").path("fork", "merge").path("fork", "merge").path("merge", "join")
    model.path("fork", "late", "join", "after", "end")
    case = Driver(model)
    assert case.stands() == ["join", "late"]
    case.complete("late")
    assert case.stands() == ["after", "join"], "the second token of the same flow goes on waiting"


def test_several_flows_between_the_same_two_gateways_count_one_by_one() -> None:
    model = Model().start().both("fork").both("join").end()
    model.path("start", "fork", "join").path("fork", "join").path("fork", "join").path("join", "end")
    assert Driver(model).ended == "end"


def loop(turns: str) -> Model:
    model = Model().start().xor("again").script("count", "n + 1", "n").xor("more", default="out").end()
    model.path("start", "again", "count", "more").flow("more", "again", turns).flow("more", "end", ident="out")
    return model


def test_a_loop_of_1500_rounds_runs() -> None:
    case = Driver(loop("n < 1500"), n=0)
    assert case.ended == "end"
    assert case.variables == {"n": Decimal(1500)}


def test_a_loop_with_a_fork_inside_joins_correctly_in_every_round() -> None:
    model = Model().start().xor("again").both("fork").script("one", "n + 1", "n").user("two").both("join")
    model.xor("more", default="out").end()
    model.path("start", "again", "fork", "one", "join", "more").path("fork", "two", "join")
    model.flow("more", "again", "n < 4").flow("more", "end", ident="out")
    case = Driver(model, n=0)
    for _ in range(4):
        assert case.stands() == ["join", "two"]
        case.complete("two")
    assert case.ended == "end"


def test_a_loop_with_a_user_task_keeps_the_state_as_small_as_it_was() -> None:
    model = Model().start().xor("again").user("a").xor("more", default="out").end()
    model.path("start", "again", "a", "more").flow("more", "again", "not(done)").flow("more", "end", ident="out")
    case = Driver(model, done=False)
    first = case.last.state
    for _ in range(30):
        case.complete("a", done=False)
    assert len(case.last.state) <= len(first) + 4, "only the token's number may grow"


def test_a_loop_that_never_waits_stops_with_a_reason_and_can_be_retried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_running, "STEP_BUDGET", 1000)
    case = Driver(loop("true"), n=0)
    (stopped,) = case.last.stopped
    assert "steps without waiting" in str(stopped.cause)
    before = case.variables["n"]
    case.retry(stopped.place.element)
    assert case.variables["n"] > before
    assert case.last.stopped


@pytest.mark.parametrize("tag", ["task", "manualTask"])
def test_tasks_done_outside_any_system_are_passed(tag: str) -> None:
    case = Driver(Model().start().add(tag, "t").user("a").end().path("start", "t", "a", "end"))
    assert case.waits() == ["a:task"]
    assert "completed t" in case.trace()


def test_the_other_pools_of_a_collaboration_are_black_boxes() -> None:
    model = Model().start().user("a").end().path("start", "a", "end")
    pools = (
        '<bpmn:collaboration id="c"><bpmn:participant id="us" name="Us" processRef="p"/>'
        '<bpmn:participant id="them" name="Them" processRef="theirs"/><bpmn:participant id="box" name="Box"/>'
        '<bpmn:messageFlow id="m" sourceRef="box" targetRef="a"/></bpmn:collaboration>'
        '<bpmn:process id="theirs" isExecutable="false"><bpmn:complexGateway id="x"/></bpmn:process>'
    )
    xml = model.xml().replace(b"<bpmn:process", pools.encode() + b"<bpmn:process", 1)
    definition = engine.compile(engine.ProcessSource("p", "h", xml))
    outcome = engine.advance(definition, None, engine.Start(), now=NOW)
    assert [task.place.element for task in outcome.tasks] == ["a"]


def test_a_sub_process_runs_inside_and_the_case_goes_on_after_it() -> None:
    model = Model().start()
    with model.sub("sub") as inner:
        inner.start("s2").user("inside").end("e2").path("s2", "inside", "e2")
    model.user("after").end().path("start", "sub", "after", "end")
    case = Driver(model, n=1)
    assert case.stands() == ["inside"]
    case.complete("inside", n=2, new=3)
    assert case.variables == {"n": Decimal(2), "new": Decimal(3)}
    assert case.stands() == ["after"]


def test_terminate_ends_its_own_scope_and_nothing_more() -> None:
    model = Model().start()
    with model.sub("sub") as inner:
        inner.start("s2").both("fork").user("left").user("right").end("kill", TERMINATE).end("e2")
        inner.path("s2", "fork", "left", "kill").path("fork", "right", "e2")
    model.user("after").end().path("start", "sub", "after", "end")
    case = Driver(model)
    case.complete("left")
    assert case.stands() == ["after"]
    assert case.waits() == ["after:task"]
    assert "cancelled right" in case.trace()


def test_terminate_in_the_process_ends_the_case() -> None:
    model = Model().start().both("fork").user("left").user("right").end("kill", TERMINATE).end()
    model.path("start", "fork", "left", "kill").path("fork", "right", "end")
    case = Driver(model)
    case.complete("left")
    assert case.ended == "kill"
    assert not case.open


def test_the_case_ends_at_the_end_event_reached_last() -> None:
    model = Model().start().both("fork").user("left").user("right").end("first").end("second")
    model.path("start", "fork", "left", "first").path("fork", "right", "second")
    case = Driver(model)
    case.complete("right")
    assert case.ended is None
    case.complete("left")
    assert case.ended == "first"


def test_cancel_closes_everything_and_ends_the_case_at_its_process() -> None:
    model = Model().start()
    with model.sub("sub") as inner:
        inner.start("s2").both("fork").user("a").service("s").end("e2")
        inner.path("s2", "fork", "a", "e2").path("fork", "s", "e2")
    model.end().path("start", "sub", "end").boundary("late", "sub", timer("P1D"))
    case = Driver(model)
    assert case.waits() == ["a:task", "late:timer", "s:call"]
    outcome = case.do(engine.Cancel())
    assert len(outcome.closed) == 3
    assert outcome.ended is not None
    assert (outcome.ended.element, outcome.ended.type) == ("p", "process")
    with pytest.raises(engine.NoSuchToken):
        case.do(engine.Cancel())


def test_five_hundred_elements_in_a_row_compile_and_run() -> None:
    model = Model().start().end()
    names = [f"m{number}" for number in range(500)]
    for name in names:
        model.add("manualTask", name)
    model.path("start", *names, "end")
    assert Driver(model).ended == "end"


def test_a_fork_of_two_hundred_joins() -> None:
    model = Model().start().both("fork").both("join").end().path("start", "fork").path("join", "end")
    for number in range(200):
        model.user(f"u{number}").path("fork", f"u{number}", "join")
    definition = engine.compile(model.source())
    state = engine.advance(definition, None, engine.Start(), now=NOW).state
    for token in sorted(_codec.load(definition, state, NOW).tokens):
        outcome = engine.advance(definition, state, engine.CompleteTask(TokenId(token)), now=NOW)
        state = outcome.state
    assert outcome.ended is not None


def test_a_finished_call_leaves_nothing_behind_even_in_a_loop() -> None:
    child = Model("child").start().user("inside").end().path("start", "inside", "end")
    model = Model().start().xor("again").call("call", "child").xor("more", default="out").end()
    model.path("start", "again", "call", "more").flow("more", "again", "not(done)").flow("more", "end", ident="out")
    case = Driver(model, child, done=False)
    first = case.last.state
    for _ in range(20):
        case.complete("inside", done=False)
    assert len(case.last.state) <= len(first) + 8, "only the tokens' numbers may grow"
    case.complete("inside", done=True)
    assert case.ended == "end"
