"""Activities that run several times: for each item, so many times, while a condition holds."""

from decimal import Decimal

import pytest

from tests.workflows.engine.cases import Driver
from tests.workflows.engine.models import Model, each, error, escalation, loop, message, timer
from workflows import engine
from workflows.engine import Modify, SkipToken, StartBefore


def asked(how: str, **io: dict[str, str]) -> Model:
    model = Model().start().add("userTask", "a", body=how, **io).user("after").end()  # type: ignore[arg-type]
    return model.path("start", "a", "after", "end")


def item_of(task: engine.OpenedTask) -> object:
    return task.context["item"]


def test_parallel_instances_are_open_at_once_each_with_its_item() -> None:
    case = Driver(asked(each("=rows", "item")), rows=["x", None, {"n": 3}])
    assert [item_of(task) for task in case.last.tasks] == ["x", None, {"n": 3}]
    assert [task.context["loopCounter"] for task in case.last.tasks] == [1, 2, 3]
    for _ in range(3):
        case.complete("a")
    assert case.waits() == ["after:task"]
    assert "item" not in case.variables


def test_sequential_instances_come_one_after_the_other_and_null_items_count() -> None:
    case = Driver(asked(each("=rows", "item", sequential=True)), rows=["x", None, "y"])
    seen = []
    while case.waits() == ["a:task"]:
        seen.append(item_of(case.last.tasks[0]))
        case.complete("a")
    assert seen == ["x", None, "y"]
    assert case.waits() == ["after:task"]


@pytest.mark.parametrize("sequential", [True, False])
def test_outputs_are_collected_in_the_order_of_the_items(sequential: bool) -> None:
    how = each("=rows", "item", "=item + extra", "sums", sequential=sequential)
    case = Driver(asked(how, outputs={"ignored": "=1"}), rows=[1, 2, 3])
    for number in (2, 1, 0):
        waiting = sorted(token for token, (_, place) in case.open.items() if place.element == "a")
        case.do(engine.CompleteTask(waiting[0 if sequential else number], {"extra": Decimal(10)}))
    assert case.variables["sums"] == [11, 12, 13]


def test_an_empty_collection_is_done_at_once_with_an_empty_output() -> None:
    case = Driver(asked(each("=rows", "item", "=item", "found")), rows=[])
    assert case.waits() == ["after:task"]
    assert case.variables["found"] == []


def test_so_many_instances_without_items() -> None:
    case = Driver(asked(each(cardinality="n + 1")), n=2)
    assert case.waits() == ["a:task"] * 3


@pytest.mark.parametrize("n", [-1, "two", Decimal("1.5"), 20_000, None])
def test_a_number_of_instances_that_makes_no_sense_stops(n: object) -> None:
    assert Driver(asked(each(cardinality="n")), n=n).waits() == ["a:stopped"]


@pytest.mark.parametrize("rows", [None, 7, "abc", {"a": 1}])
def test_a_collection_that_is_no_list_stops(rows: object) -> None:
    case = Driver(asked(each("=rows", "item")), rows=rows)
    assert case.waits() == ["a:stopped"]
    case.set(rows=[1])
    case.retry("a")
    assert case.waits() == ["a:task"]


@pytest.mark.parametrize("names", ["number", "nr"])
def test_a_completion_condition_ends_the_rest(names: str) -> None:
    until = f"{names}OfCompletedInstances / {names}OfInstances >= 0.5 and {names}OfActiveInstances = 2"
    case = Driver(asked(each("=rows", "item", "=item", "found", until=until)), rows=[1, 2, 3, 4])
    case.complete("a")
    assert case.waits() == ["a:task"] * 3
    outcome = case.complete("a")
    assert case.waits() == ["after:task"]
    assert len(outcome.closed) == 3
    assert case.variables["found"] == [1, 2, None, None]


def test_a_completion_condition_sees_what_the_instance_brought() -> None:
    case = Driver(asked(each("=rows", "item", until="=refused", sequential=True)), rows=[1, 2, 3])
    case.complete("a", refused=False)
    case.complete("a", refused=True)
    assert case.waits() == ["after:task"]


def test_a_completion_condition_that_cannot_be_told_stops_the_instance() -> None:
    case = Driver(asked(each("=rows", "item", until="=refused")), rows=[1, 2])
    case.complete("a", refused=7)
    assert case.waits() == ["a:stopped", "a:task"]
    case.do(engine.SkipToken(case.token("a", "stopped")))
    case.complete("a", refused=False)
    assert case.waits() == ["after:task"]


def test_each_instance_has_mappings_of_its_own() -> None:
    how = each("=rows", "item", "=double", "all")
    case = Driver(asked(how, inputs={"double": "=item * 2"}, outputs={"last": "=double"}), rows=[1, 2])
    assert [task.context["double"] for task in case.last.tasks] == [2, 4]
    case.complete("a")
    case.complete("a")
    assert case.variables["all"] == [2, 4]
    assert case.variables["last"] == 4


def test_a_call_for_each_item_gets_all_it_sees() -> None:
    model = Model().start().service("s", body=each("=rows", "item", "=answer", "answers")).end()
    case = Driver(model.path("start", "s", "end"), rows=["x", "y"], n=1)
    assert [(call.input["item"], call.input["n"]) for call in case.last.calls] == [("x", 1), ("y", 1)]
    case.answer("s", answer="X")
    case.answer("s", answer="Y")
    assert case.variables["answers"] == ["X", "Y"]


def test_sub_processes_and_called_processes_run_for_each_item() -> None:
    model = Model().start()
    with model.sub("sub", head=each("=rows", "item", sequential=True)) as inner:
        inner.start("s2").user("one").call("c", "child", outputs={"seen": "=seen"}).end("e2")
        inner.path("s2", "one", "c", "e2")
    child = Model("child").start().script("s", "item * 10", "seen").end().path("start", "s", "end")
    case = Driver(model.end().path("start", "sub", "end"), child, rows=[1, 2])
    case.complete("one")
    assert case.variables["seen"] == 10
    case.complete("one")
    assert case.ended == "end"
    assert case.variables["seen"] == 20


def test_a_border_interrupts_all_instances_together() -> None:
    model = (
        asked(each("=rows", "item")).boundary("late", "a", timer("P1D")).user("remind").path("late", "remind", "end")
    )
    case = Driver(model, rows=[1, 2, 3])
    assert case.waits() == ["a:task"] * 3 + ["late:timer"]
    case.complete("a")
    assert len(case.wait(days=1).fire("late").closed) == 3
    assert case.waits() == ["remind:task"]


def test_an_error_in_one_instance_ends_all_of_them() -> None:
    model = asked(each("=rows", "item")).boundary("failed", "a", error("E")).user("mend").path("failed", "mend", "end")
    model.errors = ["E"]
    case = Driver(model, rows=[1, 2, 3])
    case.fail("a", "E")
    assert case.waits() == ["mend:task"]


def test_an_instance_taken_away_by_hand_counts_and_one_skipped_brings_nothing() -> None:
    case = Driver(asked(each("=rows", "item", "=item", "found", sequential=True)), rows=[1, 2, 3])
    case.do(Modify((case.token("a"),)))
    case.do(SkipToken(case.token("a")))
    case.complete("a")
    assert case.variables["found"] == [None, None, 3]
    assert case.waits() == ["after:task"]


def test_no_single_instance_can_be_put_in_by_hand() -> None:
    model = Model().start().user("first")
    with model.sub("sub", head=each("=rows", "item")) as inner:
        inner.start("s2").user("one").end("e2").path("s2", "one", "e2")
    case = Driver(model.end().path("start", "first", "sub", "end"), rows=[1, 2])
    with pytest.raises(engine.NotPossible, match="all of it"):
        case.do(Modify(start=(StartBefore("one"),)))
    case.do(Modify(start=(StartBefore("sub"),)))
    assert case.waits() == ["first:task", "one:task", "one:task"]


def test_an_event_sub_process_interrupts_one_instance_only() -> None:
    model = Model(stop="=item").start()
    with model.sub("sub", head=each("=rows", "item")) as inner:
        inner.start("s2").user("one").end("e2").path("s2", "one", "e2")
        with inner.sub("handler", handler=True) as handler:
            handler.start("begin", message("stop")).user("settle").end("e3").path("begin", "settle", "e3")
    case = Driver(model.end().path("start", "sub", "end"), rows=["x", "y"])
    assert sorted(awaited.correlation for awaited in case.last.awaited) == ["x", "y"]
    case.deliver("begin")
    assert case.waits() == ["begin:message", "one:task", "settle:task"]


def test_an_escalation_leaves_an_instance_by_a_border_that_does_not_interrupt() -> None:
    model = Model().start()
    with model.sub("sub", head=each("=rows", "item")) as inner:
        inner.start("s2").throw("up", escalation("E"), inputs={"what": "=item"}).user("one").end("e2")
        inner.path("s2", "up", "one", "e2")
    model.boundary("told", "sub", escalation("E"), interrupts=False).user("note").end().path("told", "note", "end")
    case = Driver(model.path("start", "sub", "end"), rows=[1, 2])
    assert case.waits() == ["note:task", "note:task", "one:task", "one:task"]
    assert case.variables["what"] == 2


def test_a_loop_turns_while_its_condition_holds_tested_after_each_turn() -> None:
    case = Driver(asked(loop("again")), again=False)
    case.complete("a", again=True)
    assert case.waits() == ["a:task"]
    assert case.last.tasks[0].context["loopCounter"] == 2
    case.complete("a", again=False)
    assert case.waits() == ["after:task"]


def test_a_loop_tested_before_may_not_turn_at_all() -> None:
    assert Driver(asked(loop("again", before=True)), again=False).waits() == ["after:task"]
    case = Driver(asked(loop("again", before=True)), again=True)
    case.complete("a", again=False)
    assert case.waits() == ["after:task"]


def test_a_loop_with_a_maximum_ends_there() -> None:
    case = Driver(asked(loop("true", "2")))
    for _ in range(2):
        case.complete("a")
    assert case.waits() == ["after:task"]


def test_a_loop_whose_condition_cannot_be_told_stops_and_goes_on_when_it_can() -> None:
    case = Driver(asked(loop("again")))
    case.complete("a")
    assert case.waits() == ["a:stopped"]
    case.set(again=False)
    case.retry("a")
    assert case.waits() == ["after:task"]


def test_repeated_activities_say_in_history_that_their_body_is_no_task() -> None:
    case = Driver(asked(each("=rows", "item")), rows=[1])
    types = [step.place.type for step in case.steps if step.place.element == "a"]
    assert types == ["multiInstanceBody", "userTask"]


@pytest.mark.slow
def test_a_loop_of_ten_thousand_turns_runs_at_the_default_recursion_limit() -> None:
    model = Model().start().script("count", "n + 1", "n", loop("n < 10000")).user("a").end()
    case = Driver(model.path("start", "count", "a", "end"), n=0)
    assert case.variables["n"] == 10_000
    assert len(case.last.state) < 300
