"""Conditions that are followed: choices that exclude each other, and flows no data takes."""

from collections.abc import Collection

from bpmn import model
from bpmn.model import Element
from bpmn.soundness import Defect, Verdict, analyse
from tests.bpmn.models import bpmn, flow, node


def sets(**names: Collection[str]) -> "dict[str, Collection[str]]":
    return dict(names)


def verdict(conditions: dict[str, str], written: dict[str, Collection[str]], default: str = "") -> Verdict:
    """Large amounts go to the supervisor as well: a first gateway decides, a second one joins or does not."""
    inside = [
        node("startEvent", "s"),
        node("userTask", "enter"),
        node("exclusiveGateway", "first", **({"default": default} if default else {})),
        node("userTask", "large"),
        node("userTask", "small"),
        node("exclusiveGateway", "met"),
        node("userTask", "between"),
        node("exclusiveGateway", "second"),
        node("userTask", "largely"),
        node("userTask", "smally"),
        node("endEvent", "e"),
        node("endEvent", "f"),
        flow("s", "enter"),
        flow("enter", "first"),
        flow("first", "large", conditions.get("large", "")),
        flow("first", "small", conditions.get("small", "")),
        flow("large", "met"),
        flow("small", "met"),
        flow("met", "between"),
        flow("between", "second"),
        flow("second", "largely", conditions.get("largely", "")),
        flow("second", "smally", conditions.get("smally", "")),
        flow("largely", "e"),
        flow("smally", "f"),
    ]

    def writes(element: Element) -> Collection[str]:
        return written.get(element.id, ())

    return analyse(model.read(bpmn("".join(inside))), writes)


AMOUNT = {
    "large": "=amount &gt; 100",
    "small": "=amount &lt;= 100",
    "largely": "=amount &gt; 100",
    "smally": "=amount &lt;= 100",
}


def defects(found: Verdict) -> set[tuple[Defect, tuple[str, ...]]]:
    return {(defect.defect, defect.elements) for defect in found.defects}


def test_conditions_that_cover_everything_leave_nothing_dead() -> None:
    assert verdict(AMOUNT, sets(enter=["amount"])).sound


def test_a_condition_that_those_before_it_leave_nothing_is_never_taken() -> None:
    shadowed = {**AMOUNT, "small": "=amount &gt; 200"}
    found = defects(verdict(shadowed, sets(enter=["amount"])))
    assert (Defect.NEVER_TAKEN, ("first-small",)) in found
    assert (Defect.DEAD, ("small",)) in found


def test_what_was_decided_once_stays_decided_until_it_is_set_again() -> None:
    narrow = {**AMOUNT, "small": '=amount &lt; 0 and kind = "x"', "smally": "=amount &gt;= 0 and amount &lt;= 100"}
    found = defects(verdict(narrow, sets(enter=["amount"])))
    assert (Defect.NEVER_TAKEN, ("second-smally",)) in found
    assert not defects(verdict(narrow, sets(enter=["amount"], between=["amount"])))


def test_a_join_whose_branches_are_chosen_together_does_not_wait_for_ever() -> None:
    inside = (
        node("startEvent", "s") + node("userTask", "enter") + node("parallelGateway", "fork")
        + node("exclusiveGateway", "left") + node("exclusiveGateway", "right") + node("userTask", "a")
        + node("userTask", "b") + node("parallelGateway", "join") + node("endEvent", "e")
        + node("endEvent", "no1") + node("endEvent", "no2")
        + flow("s", "enter") + flow("enter", "fork") + flow("fork", "left") + flow("fork", "check")
        + node("userTask", "check") + flow("check", "right")
        + flow("left", "a", "=signed = true") + flow("left", "no1", "=signed != true")
        + flow("right", "b", "=signed = true") + flow("right", "no2", "=signed != true")
        + flow("a", "join") + flow("b", "join") + flow("join", "e")
    )  # fmt: skip
    process = model.read(bpmn(inside))
    assert {defect.defect for defect in analyse(process).defects} == {Defect.DEADLOCK}
    assert analyse(process, lambda element: ["signed"] if element.id == "enter" else ()).sound
    again = analyse(process, lambda element: ["signed"] if element.id in ("enter", "a") else ())
    assert {defect.defect for defect in again.defects} == {Defect.DEADLOCK}


def test_a_condition_that_computes_can_turn_out_either_way() -> None:
    computed = {**AMOUNT, "small": "=amount + fee &gt; 100"}
    assert verdict(computed, sets(enter=["amount"])).sound
