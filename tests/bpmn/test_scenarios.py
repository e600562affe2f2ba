"""Reading scenarios: plain values, exact numbers, and a reason for everything that does not belong."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from bpmn import scenarios
from bpmn.scenarios import ScenarioError

WHOLE = b"""
name: A reading is taken
given:
  now: 2026-03-02T09:00:00Z
  start: reported
  variables: {value: 864.7, read_at: 2026-03-01, count: 3}
  calls:
    look-up: {found: true}
    post: [{error: FULL}, {id: x}]
  sources: {meters: [{value: m1, label: One}]}
steps:
  - answer: verify
    with: {decision: accept}
  - wait: P1DT2H
  - message: taken
    with: {invoice: i1}
  - signal: closed
  - error: LATE
    at: verify
expect:
  end: billed
  waiting: [verify]
  passed: [verify, post]
  avoided: [reject]
  documents: []
  mails: [billed]
  variables: {ledger.value: 864.7}
"""


def test_a_scenario_is_read_whole() -> None:
    found = scenarios.read(WHOLE)
    assert found.begins == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert found.start == "reported"
    assert found.variables == {"value": Decimal("864.7"), "read_at": date(2026, 3, 1), "count": Decimal(3)}
    assert found.calls["post"] == ({"error": "FULL"}, {"id": "x"})
    assert [step.what for step in found.steps] == ["answer", "wait", "message", "signal", "error"]
    assert found.steps[1].lasting == timedelta(days=1, hours=2)
    assert (found.steps[4].of, found.steps[4].code) == ("verify", "LATE")
    assert found.expected.documents == ()
    assert found.expected.passed == ("verify", "post")


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (b"- a list", "it must be a table"),
        (b"name: x\nexpect: {}\nsteps: []", "neither an end nor"),
        (b"name: x\nexpect: {end: e}\nsteps: {a: 1}", "steps must be a list"),
        (b"name: x\nexpect: {end: e}\nsteps: [{wait: soon}]", "steps.1 must be a duration"),
        (b"name: x\nexpect: {end: e}\nsteps: [{answer: a, wait: P1D}]", "steps.1 must have one of"),
        (b"name: x\nexpect: {end: e}\nsteps: [{answer: a, whit: {}}]", "steps.1.whit is not known"),
        (b"name: x\nexpect: {end: e, ends: f}", "expect.ends is not known"),
        (b"name: x\nexpect: {end: [e]}", "expect.end must be a text"),
        (b"name: x\ngiven: {now: today}\nexpect: {end: e}", "given.now must be a date with a time"),
        (b"name: x\ngiven: {calls: {a: 1}}\nexpect: {end: e}", "given.calls.a must be a table"),
        (b"name: &a x\ngiven: {start: *a}\nexpect: {end: e}", "anchors are not allowed"),
        (b"name: !!python/object/apply:os.system [ls]", "not YAML"),
        (b"name: [" * 2000, "not YAML"),
        (b"\xff", "not YAML"),
        (b"x" * (scenarios.LARGEST + 1), "larger than"),
    ],
)
def test_what_is_no_scenario_is_refused_with_the_reason(wrong: bytes, reason: str) -> None:
    with pytest.raises(ScenarioError, match=reason):
        scenarios.read(wrong)
