"""Where variables live, and that they survive saving whatever they are called and whatever they hold."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from bpmn.values import YearsMonths
from tests.workflows.engine.cases import Driver
from tests.workflows.engine.models import Model


def two(**maps: dict[str, str]) -> Model:
    return Model().start().user("a", **maps).user("b").end().path("start", "a", "b", "end")  # type: ignore[arg-type]


def test_without_mappings_all_results_reach_the_case() -> None:
    case = Driver(two(), x=1)
    case.complete("a", x=2, y=3)
    assert case.variables == {"x": Decimal(2), "y": Decimal(3)}


def test_with_output_mappings_only_these_are_written() -> None:
    case = Driver(two(outputs={"sum": "=x + answer", "flat": "answer"}), x=1)
    case.complete("a", answer=4, other=5)
    assert case.variables == {"x": Decimal(1), "sum": Decimal(5), "flat": "answer"}


def test_input_mappings_are_local_to_their_task() -> None:
    model = Model().start().service("s", inputs={"twice": "=x * 2", "more": "=twice + 1", "text": "plain"}).end()
    case = Driver(model.path("start", "s", "end"), x=4, secret="s")
    assert case.last.calls[0].input == {"twice": Decimal(8), "more": Decimal(9), "text": "plain"}
    case.answer("s", result="r")
    assert case.variables == {"x": Decimal(4), "secret": "s", "result": "r"}


def test_a_task_sees_its_own_inputs_and_the_case() -> None:
    case = Driver(two(inputs={"x": "=x + 1"}), x=1, y=2)
    assert case.last.tasks[0].context == {"x": Decimal(2), "y": Decimal(2)}


def test_nested_targets_build_and_extend_contexts_without_touching_the_old_one() -> None:
    case = Driver(two(outputs={"person.name": "=name", "person.address.city": "=city"}), person={"age": 30})
    case.complete("a", name="Anežka", city="Ukázkov")
    assert case.variables["person"] == {"age": Decimal(30), "name": "Anežka", "address": {"city": "Ukázkov"}}


def sub() -> Model:
    model = Model().start()
    with model.sub("sub", inputs={"n": "=n + 1"}, outputs={"out": "=n"}) as inner:
        inner.start("s2").user("inside").end("e2").path("s2", "inside", "e2")
    return model.user("after").end().path("start", "sub", "after", "end")


def test_a_sub_process_changes_the_innermost_variable_of_that_name() -> None:
    case = Driver(sub(), n=1, m=1)
    assert case.last.tasks[0].context == {"n": Decimal(2), "m": Decimal(1)}
    case.complete("inside", n=7, m=8, fresh=9)
    assert case.variables == {"n": Decimal(1), "m": Decimal(8), "fresh": Decimal(9), "out": Decimal(7)}


def child() -> Model:
    return Model("child").start().user("inside").end().path("start", "inside", "end")


def test_a_called_process_has_variables_of_its_own_and_gives_all_back() -> None:
    model = Model().start().call("call", "child").user("after").end().path("start", "call", "after", "end")
    case = Driver(model, child(), n=1)
    assert case.last.tasks[0].context == {"n": Decimal(1)}
    assert case.stands() == ["call", "inside"]
    assert [place.bundle for place in case.last.positions] == ["p", "child"]
    case.complete("inside", n=2, r=3)
    assert case.variables == {"n": Decimal(2), "r": Decimal(3)}


def test_a_call_can_give_only_its_inputs_and_take_only_its_outputs() -> None:
    flags = {"propagateAllParentVariables": "false", "propagateAllChildVariables": "false"}
    model = Model().start()
    model.call("call", "child", flags, inputs={"given": "=n + 1"}, outputs={"taken": "=r + given"})
    case = Driver(model.user("after").end().path("start", "call", "after", "end"), child(), n=1, secret="s")
    assert case.last.tasks[0].context == {"given": Decimal(2)}
    case.complete("inside", r=3, noise=4)
    assert case.variables == {"n": Decimal(1), "secret": "s", "taken": Decimal(5)}


def test_a_call_that_takes_nothing_back_leaves_the_case_as_it_was() -> None:
    model = Model().start().call("call", "child", {"propagateAllChildVariables": "false"}).user("after").end()
    case = Driver(model.path("start", "call", "after", "end"), child(), n=1)
    case.complete("inside", n=2)
    assert case.variables == {"n": Decimal(1)}


def test_calls_nest() -> None:
    middle = Model("middle").start().call("deep", "child", outputs={"up": "=r"}).end().path("start", "deep", "end")
    model = Model().start().call("call", "middle", outputs={"top": "=up"}).user("after").end()
    case = Driver(model.path("start", "call", "after", "end"), middle, child())
    case.complete("inside", r=3)
    assert case.variables == {"top": Decimal(3)}
    assert case.stands() == ["after"]


def test_equal_ids_in_two_processes_do_not_meet() -> None:
    def nested(key: str) -> Model:
        model = Model(key).start()
        with model.sub("sub") as inner:
            inner.start("s2").user(f"in-{key}").end("e2").path("s2", f"in-{key}", "e2")
        return model

    model = nested("p").call("call", "child").end().path("start", "sub", "call", "end")
    case = Driver(model, nested("child").end().path("start", "sub", "end"))
    case.complete("in-p")
    assert case.waits() == ["in-child:task"]
    case.complete("in-child")
    assert case.ended == "end"


HOSTILE = {
    "typename": "timedelta",
    "__class__": {"typename": "Decimal", "value": "1"},
    "__init__": ["n", "5"],
    "data": {"": "", "n": ["s", 1, 2, 3]},
    "tokens": [["t", "2020-01-01"]],
    "ě š č": "\u0000\u2028",
}


def test_hostile_names_and_look_alike_values_come_back_as_they_were() -> None:
    case = Driver(two(), **HOSTILE)
    case.complete("a", **{"typename": {"typename": "uuid"}, "__dict__": {}})
    expected = {**HOSTILE, "typename": {"typename": "uuid"}, "__dict__": {}}
    expected["data"] = {"": "", "n": ["s", Decimal(1), Decimal(2), Decimal(3)]}
    assert case.variables == expected


@pytest.mark.parametrize(
    "value",
    [
        Decimal("12345678901234567890.123456789"),
        Decimal("1E-20"),
        date(2014, 11, 10),
        time(7, 30),
        datetime(2014, 11, 10, 12, tzinfo=UTC),
        timedelta(days=1, seconds=5, microseconds=7),
        YearsMonths(14),
        [1, [2, [date(2014, 11, 10)]], {"a": None}],
        None,
        False,
    ],
)
def test_every_kind_of_value_survives_every_step(value: object) -> None:
    case = Driver(two(inputs={"local": "=v"}), v=value)
    case.complete("a", w=value)
    assert case.variables["v"] == case.variables["w"]
    assert case.variables["v"] == value


def test_a_value_no_variable_can_hold_is_refused() -> None:
    case = Driver(two())
    with pytest.raises(TypeError, match="float"):
        case.complete("a", x=0.1)
    assert case.waits() == ["a:task"]


def test_a_caller_cannot_change_a_case_through_what_it_passed_in() -> None:
    given = {"list": [Decimal(1)]}
    case = Driver(two(), **given)
    given["list"].append(Decimal(2))
    case.complete("a")
    assert case.variables == {"list": [Decimal(1)]}


def test_a_result_with_the_name_of_an_input_mapping_reaches_the_case() -> None:
    case = Driver(two(inputs={"x": "=x + 1"}), x=1)
    case.complete("a", x=9)
    assert case.variables == {"x": Decimal(9)}
