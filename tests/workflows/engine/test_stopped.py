"""Tokens that an expression stopped: named, kept, retried from where they stopped."""

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest

from akta.errors import Conflict
from tests.workflows.engine.cases import NOW, Driver
from tests.workflows.engine.models import Model, timer, zeebe
from workflows import engine

HOSTILE = (
    "2 ** 999999999",
    '__import__("os").getpid()',
    "x.__class__.__mro__",
    "x.__class__",
    "().__class__",
    '"{0.__class__}".format(x)',
    "x.typename",
)


def test_a_condition_that_is_neither_true_nor_false_stops_at_its_gateway() -> None:
    model = Model().start().user("a").xor("x", default="else").user("b").end().path("start", "a", "x")
    model.flow("x", "b", "n + 1").flow("x", "end", ident="else").path("b", "end")
    case = Driver(model, n=1)
    case.complete("a")
    (stopped,) = case.last.stopped
    assert stopped.place.element == "x"
    assert "neither true nor false" in str(stopped.cause)
    assert case.stands() == ["x"]


def test_no_true_condition_and_no_default_stops_until_a_retry_finds_one() -> None:
    model = Model().start().both("fork").user("fix").xor("x").user("b").end().path("start", "fork", "x")
    model.path("fork", "fix", "end").flow("x", "b", "ok").flow("x", "end", "not(ok)").path("b", "end")
    case = Driver(model, ok=Decimal(1))
    assert case.waits() == ["fix:task", "x:stopped"]
    case.retry("x")
    assert case.waits() == ["fix:task", "x:stopped"]
    assert case.last.resumed == ()
    case.complete("fix", ok=True)
    case.retry("x")
    assert case.waits() == ["b:task"]
    assert "entered x" in case.trace()
    assert case.trace().count("entered x") == 1


def test_a_timer_without_a_time_stops_before_anything_is_armed() -> None:
    model = Model().start().both("fork").user("fix").catch("wait", timer("=deadline")).end()
    case = Driver(model.path("start", "fork", "fix", "end").path("fork", "wait", "end"))
    assert case.waits() == ["fix:task", "wait:stopped"]
    case.complete("fix", deadline="P1D")
    case.retry("wait")
    assert case.waits() == ["wait:timer"]


def test_a_user_task_whose_groups_make_no_sense_stops_and_is_offered_after_a_retry() -> None:
    described = zeebe("assignmentDefinition", candidateGroups="=groups")
    model = Model().start().both("fork").user("fix").user("a", described).end()
    case = Driver(model.path("start", "fork", "fix", "end").path("fork", "a", "end"), groups=7)
    assert case.waits() == ["a:stopped", "fix:task"]
    case.complete("fix", groups=["metering"])
    outcome = case.retry("a")
    assert outcome.tasks[0].candidate_groups == ("metering",)
    assert outcome.closed == ()


def test_a_failed_output_mapping_keeps_the_answers_for_the_retry() -> None:
    grow = "=if ready then answer else for i in 1..1000000 return for j in 1..1000 return i * j"
    model = Model().start().both("fork").user("fix").user("a", outputs={"out": grow}).end()
    case = Driver(model.path("start", "fork", "fix", "end").path("fork", "a", "end"), ready=False)
    token = case.token("a")
    outcome = case.complete("a", answer="kept")
    assert case.waits() == ["a:stopped", "fix:task"]
    assert outcome.closed == (token,), "the task itself is done"
    case.complete("fix", ready=True)
    case.retry("a")
    assert case.ended == "end"
    assert case.variables["out"] == "kept"


def scripted(expression: str) -> Model:
    return Model().start().script("s", expression, "r").user("a").end().path("start", "s", "a", "end")


@pytest.mark.parametrize("expression", HOSTILE)
def test_a_hostile_expression_is_refused_or_stops_or_gives_null(expression: str) -> None:
    with suppress(engine.NotRunnable):
        case = Driver(scripted(expression), x="text")
        assert case.waits() == ["s:stopped"] or case.variables["r"] is None


def test_an_expression_without_end_stops_its_token() -> None:
    case = Driver(scripted("for i in 1..1000000 return for j in 1..1000000 return i"))
    assert case.waits() == ["s:stopped"]


@pytest.mark.slow
def test_the_expressions_of_one_step_share_an_allowance_and_a_retry_has_a_fresh_one() -> None:
    model = Model().start().script("work", "count(for i in 1..200000 return n)", "n").xor("done", default="round")
    model.user("a").end().path("start", "work", "done").flow("done", "work", ident="round").flow("done", "a", "n = 0")
    case = Driver(model.path("a", "end"), n=1)
    assert case.waits() == ["work:stopped"]
    assert 5 < len(case.last.steps) < 100, "some rounds, though each of them is within the limits"
    assert len(case.retry("work").steps) > 5


def test_commands_for_tokens_that_do_not_wait_for_them_are_refused() -> None:
    model = Model(paid="=1").start().both("fork").user("a").service("s").catch("t", timer("PT1H")).end()
    model.catch("m", '<bpmn:messageEventDefinition messageRef="message-paid"/>')
    for name in ("a", "s", "t", "m"):
        model.path("fork", name, "end")
    case = Driver(model.path("start", "fork"))
    tokens = {name: case.token(name) for name in ("a", "s", "t", "m")}
    makers = {
        "a": engine.CompleteTask,
        "s": engine.CompleteCall,
        "t": engine.FireTimer,
        "m": engine.Deliver,
    }
    for name, make in makers.items():
        for other, token in tokens.items():
            if other != name:
                with pytest.raises(engine.NoSuchToken):
                    case.do(make(token))
    with pytest.raises(engine.NoSuchToken):
        case.do(engine.Retry(tokens["a"]))
    with pytest.raises(engine.NoSuchToken):
        case.do(engine.ThrowError(tokens["t"], "X"))
    token = tokens["a"]
    case.complete("a")
    with pytest.raises(engine.NoSuchToken):
        case.do(engine.CompleteTask(token))


def test_token_numbers_are_never_used_again() -> None:
    model = Model().start().xor("again").user("a").xor("more", default="out").end().path("start", "again", "a", "more")
    case = Driver(model.flow("more", "again", "true").flow("more", "end", ident="out"))
    seen = set()
    for _ in range(5):
        token = case.token("a")
        assert token not in seen
        seen.add(token)
        case.complete("a")


def test_a_case_starts_once_and_needs_a_start() -> None:
    case = Driver(Model().start().user("a").end().path("start", "a", "end"))
    with pytest.raises(Conflict):
        case.do(engine.Start())
    with pytest.raises(Conflict):
        engine.advance(case.definition, None, engine.Cancel(), now=NOW)
    with pytest.raises(ValueError, match="aware"):
        engine.advance(case.definition, None, engine.Start(), now=NOW.replace(tzinfo=None))


@pytest.mark.parametrize("text", ['duration("P1D")', "today()", "secret", "P2W", "2026-02-30", "P" + "9" * 5000 + "D"])
def test_a_text_in_a_variable_is_a_date_or_a_duration_and_never_run(text: str) -> None:
    model = Model().start().catch("wait", timer("=deadline")).end().path("start", "wait", "end")
    case = Driver(model, deadline=text, secret=date(2026, 5, 1))
    assert case.waits() == ["wait:stopped"]
    assert "no date, time or duration" in str(case.last.stopped[0].cause)


@pytest.mark.parametrize("far", ['duration("P999999999D")', 'duration("P9999Y")', '"soon"', "17", "null"])
def test_a_time_that_cannot_be_stops_its_token(far: str) -> None:
    case = Driver(Model().start().catch("wait", timer(f"={far}")).end().path("start", "wait", "end"))
    assert case.waits() == ["wait:stopped"]


def test_a_number_too_long_to_write_is_no_key() -> None:
    caught = '<bpmn:messageEventDefinition messageRef="message-paid"/>'
    model = Model(paid="=key").start().catch("wait", caught).end().path("start", "wait", "end")
    assert Driver(model, key=Decimal("1E+999999")).waits() == ["wait:stopped"]


def test_a_stopped_token_says_why_its_value_is_null() -> None:
    model = Model().start().xor("x", default="else").user("b").end().path("start", "x")
    model.flow("x", "b", 'n > "text"').flow("x", "end", ident="else").path("b", "end")
    assert "(" in str(Driver(model, n=1).last.stopped[0].cause)


ENDLESS = "for i in 1..1000000 return for j in 1..1000 return i * j"


def test_a_failed_input_mapping_stops_before_anything_is_offered() -> None:
    model = Model().start().both("fork").user("fix")
    model.user("a", inputs={"local": f"=if ready then 1 else {ENDLESS}"}).end().boundary("late", "a", timer("P1D"))
    case = Driver(model.path("start", "fork", "fix", "end").path("fork", "a", "end").path("late", "end"), ready=False)
    assert case.waits() == ["a:stopped", "fix:task"]
    case.complete("fix", ready=True)
    case.retry("a")
    assert case.waits() == ["a:task", "late:timer"]
    assert case.last.tasks[0].context["local"] == 1


def test_a_border_that_could_not_be_armed_is_armed_by_a_retry() -> None:
    model = Model().start().both("fork").user("fix").user("a").end().boundary("late", "a", timer("=deadline"))
    case = Driver(model.path("start", "fork", "fix", "end").path("fork", "a", "end").path("late", "end"))
    assert case.waits() == ["a:task", "fix:task", "late:stopped"]
    case.complete("fix", deadline="P1D")
    case.retry("late")
    assert case.waits() == ["a:task", "late:timer"]


def test_a_stopped_token_is_closed_with_its_scope() -> None:
    model = Model().start()
    with model.sub("sub") as inner:
        inner.start("s2").script("s", ENDLESS, "r").end("e2").path("s2", "s", "e2")
    model.end().boundary("late", "sub", timer("P1D")).path("start", "sub", "end").path("late", "end")
    case = Driver(model).wait(days=1)
    assert case.waits() == ["late:timer", "s:stopped"]
    assert len(case.fire("late").closed) == 2
    assert case.ended == "end"
