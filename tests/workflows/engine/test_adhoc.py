"""Ad-hoc sub-processes: parts started by hand."""

import pytest

from tests.workflows.engine.cases import Driver
from tests.workflows.engine.models import Model, each, error, message, zeebe
from workflows import engine
from workflows.engine import FinishParts, StartPart


def desk(until: str = "", extension: str = "", **attributes: str) -> Model:
    model = Model(ask="=1").start()
    tail = f"<bpmn:completionCondition>{until}</bpmn:completionCondition>" if until else ""
    with model.sub("desk", tag="adHocSubProcess", extension=extension, tail=tail, attributes=attributes) as inner:
        inner.user("call").user("visit").user("report").path("visit", "report")
    return model.user("after").end().path("start", "desk", "after", "end")


def start(case: Driver, part: str) -> engine.Outcome:
    return case.do(StartPart(case.token("desk", "parts"), part, {}))


def test_the_parts_that_can_be_started_are_those_no_flow_leads_to() -> None:
    case = Driver(desk())
    (choice,) = case.last.choices
    assert [part.place.element for part in choice.parts] == ["call", "visit"]
    assert (choice.one_at_a_time, choice.finished_by_hand) == (False, True)
    assert case.stands() == ["desk"]


def test_parts_are_started_by_hand_in_any_order_and_again_until_a_person_ends_it() -> None:
    case = Driver(desk())
    for part in ("visit", "call", "call"):
        start(case, part)
    assert case.waits() == ["call:task", "call:task", "desk:parts", "visit:task"]
    with pytest.raises(engine.NotPossible, match="still in work"):
        case.do(FinishParts(case.token("desk")))
    for element in ("visit", "report", "call", "call"):
        case.complete(element)
    assert case.waits() == ["desk:parts"]
    outcome = case.do(FinishParts(case.token("desk")))
    assert len(outcome.closed) == 1
    assert case.waits() == ["after:task"]


def test_a_completion_condition_ends_it_and_cancels_the_rest() -> None:
    case = Driver(desk("=done"), done=False)
    with pytest.raises(engine.NotPossible, match="by itself"):
        case.do(FinishParts(case.token("desk")))
    start(case, "visit")
    start(case, "call")
    case.complete("call", done=True)
    assert case.waits() == ["after:task"]


def test_a_completion_condition_may_wait_for_the_rest() -> None:
    case = Driver(desk("=done", cancelRemainingInstances="false"), done=False)
    start(case, "call")
    start(case, "call")
    case.complete("call", done=True)
    assert case.waits() == ["call:task", "desk:parts"]
    case.complete("call")
    assert case.waits() == ["after:task"]


def test_parts_may_have_to_come_one_after_the_other() -> None:
    case = Driver(desk(ordering="Sequential"))
    start(case, "call")
    with pytest.raises(engine.NotPossible, match="one after the other"):
        start(case, "visit")
    case.complete("call")
    start(case, "visit")
    assert case.waits() == ["desk:parts", "visit:task"]


def test_parts_the_model_names_start_at_once_and_end_it_when_they_are_done() -> None:
    case = Driver(desk(extension=zeebe("adHoc", activeElementsCollection="=parts")), parts=["call", "visit"])
    assert case.waits() == ["call:task", "desk:parts", "visit:task"]
    for element in ("call", "visit", "report"):
        case.complete(element)
    assert case.waits() == ["after:task"]
    none = Driver(desk(extension=zeebe("adHoc", activeElementsCollection="=parts")), parts=[])
    assert none.waits() == ["after:task"]


@pytest.mark.parametrize("parts", [["report"], ["nowhere"], "call", [1], None])
def test_parts_that_are_none_stop_it(parts: object) -> None:
    case = Driver(desk(extension=zeebe("adHoc", activeElementsCollection="=parts")), parts=parts)
    assert case.waits() == ["desk:stopped"]


@pytest.mark.parametrize("part", ["report", "nowhere", "after"])
def test_only_a_part_can_be_started(part: str) -> None:
    with pytest.raises(engine.NotPossible):
        start(Driver(desk()), part)


def test_a_part_gets_variables_and_its_errors_go_outwards() -> None:
    model = desk().boundary("failed", "desk", error("E")).user("mend").path("failed", "mend", "end")
    model.errors = ["E"]
    case = Driver(model)
    case.do(StartPart(case.token("desk"), "call", {"why": "asked"}))
    assert case.last.tasks[0].context["why"] == "asked"
    case.fail("call", "E")
    assert case.waits() == ["mend:task"]


def test_a_border_ends_it_with_all_its_parts() -> None:
    case = Driver(desk().boundary("asked", "desk", message("ask")).path("asked", "after"))
    start(case, "call")
    case.deliver("asked")
    assert case.waits() == ["after:task"]


def test_an_ad_hoc_sub_process_runs_for_each_item() -> None:
    model = Model().start()
    tail = "<bpmn:completionCondition>=true</bpmn:completionCondition>"
    with model.sub("desk", tag="adHocSubProcess", head=each("=rows", "item"), tail=tail) as inner:
        inner.user("call")
    case = Driver(model.end().path("start", "desk", "end"), rows=[1, 2])
    for _ in range(2):
        start(case, "call")
        case.complete("call")
    assert case.ended == "end"
