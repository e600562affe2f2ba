"""Scenarios played in the engine: they pass, or say what came instead."""

from functools import cache
from types import MappingProxyType

import pytest

from akta import bootstrap
from bpmn import bundle
from bpmn.bundle import Bundle
from bpmn.model import Element
from tasks import rehearsals
from tasks.rehearsals import Rehearsed

GIVEN = """
given:
  variables: {meter: m1, value: 864.7, read_at: 2026-03-01, comment: null}
  calls:
    notify: {sent: true}
    register-reading:
      reading: {id: r1, meter_id: m1, serial: UK-1001, unit: m3, kind: hot_water, value: 864.7, read_at: 2026-03-01,
        last_value: 861.3, last_date: 2026-02-01, last_kind: customer, days: 28, consumption: 3.4, expected: 3.2,
        per_day: 0.12, digits: 5, rollover_candidate: false, slips: [], idle: 0, last_times: 1, unchecked: 2,
        meter_state: installed, calibration_expired: false, duplicate: false, photo: new, in_window: true, history: []}
"""
REJECTS = "steps: [{answer: verify-reading, with: {decision: reject, reason: No.}}]\n"


@cache
def shipped() -> dict[str, Bundle]:
    return {each.key: each for each in bootstrap.shipped()}


def called(read: Bundle) -> dict[str, Bundle]:
    return bundle.closure(read, shipped().get)


def playing(story: str, key: str = "meter-reading") -> Rehearsed:
    """One scenario in the place of those the bundle has."""
    plain = {path: content for path, content in shipped()[key].files.items() if not path.startswith("scenarios/")}
    read = Bundle(MappingProxyType({**plain, "scenarios/story.yaml": f"name: A story\n{story}".encode()}))
    (played,) = rehearsals.rehearse(read, called(read))
    return played


def problems(story: str) -> list[str]:
    return [str(problem) for problem in playing(story).problems]


def test_a_story_that_comes_out_as_told_has_no_problems() -> None:
    assert problems(f"{GIVEN}{REJECTS}expect: {{end: rejected, mails: [rejected], documents: []}}") == []


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (f"{REJECTS}expect: {{end: billed}}", "It ends with rejected, not as expected."),
        ("steps: []\nexpect: {end: billed}", "It does not end; it waits at verify-reading."),
        (f"{REJECTS}expect: {{end: rejected, passed: [post]}}", "It does not pass post when it should."),
        (f"{REJECTS}expect: {{end: rejected, avoided: [reject]}}", "It passes reject, which it should not."),
        (f"{REJECTS}expect: {{end: rejected, mails: []}}", "Mails sent: rejected"),
        (f"{REJECTS}expect: {{end: rejected, documents: [invoice]}}", "Letters written: -"),
        (f"{REJECTS}expect: {{end: rejected, variables: {{reading.unit: kWh}}}}", "reading.unit is m3, not kWh."),
        ("steps: [{answer: post}]\nexpect: {end: billed}", "Nothing waits for post; the case waits at verify-reading."),
        (
            "steps: [{answer: verify-reading}]\nexpect: {end: billed}",
            "verify-reading does not take decision: Choose one of the answers.",
        ),
        (
            "steps: [{answer: verify-reading, with: {decision: accept, colour: red}}]\nexpect: {end: billed}",
            "The form of verify-reading does not ask for colour then.",
        ),
        ("steps: [{message: billing-run-taken}]\nexpect: {end: billed}", "Nothing waits for billing-run-taken"),
        (f"{REJECTS[:-2]}, {{wait: P1D}}]\nexpect: {{end: rejected}}", "The case ends with rejected before"),
    ],
)
def test_a_story_that_comes_out_otherwise_says_how(told: str, said: str) -> None:
    (problem, *_) = problems(GIVEN + told)
    assert problem.startswith(said)


def test_an_expression_that_fails_is_told_with_its_place() -> None:
    (problem,) = problems("given: {calls: {register-reading: {}}}\nsteps: []\nexpect: {waiting: [verify-reading]}")
    assert "stops at" in problem or "does not wait" in problem


def test_a_text_that_is_no_scenario_is_a_problem_of_its_file() -> None:
    assert problems("expect: {}") == ["It cannot be read: expect says neither an end nor what is waited for."]


@pytest.mark.parametrize("key", ["meter-reading", "portal-access"])
def test_the_scenarios_of_a_flagship_come_to_every_end_and_pass_every_element(key: str) -> None:
    read = shipped()[key]
    played = rehearsals.rehearse(read, called(read))
    assert [(each.file, str(problem)) for each in played for problem in each.problems] == []
    passed = {element for each in played for bundle_key, element in each.passed if bundle_key == key}
    assert [
        element.id for element in read.model.elements.values() if _counts(element) and element.id not in passed
    ] == []


def _counts(element: Element) -> bool:
    return not element.event_subprocess
