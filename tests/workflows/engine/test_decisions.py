"""Decision tables inside the engine, with what they decided on record."""

from decimal import Decimal

import pytest

from tests.workflows.engine.cases import Driver
from tests.workflows.engine.models import Model, zeebe
from workflows import engine

TABLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="http://example.org">
  <decision id="fee" name="Fee"><decisionTable id="t" hitPolicy="{policy}">
    <input id="i1"><inputExpression id="e1" typeRef="number"><text>days</text></inputExpression></input>
    <output id="o1" name="fee" typeRef="number"/>
    <rule id="r1"><inputEntry id="a"><text>&lt; 10</text></inputEntry>
      <outputEntry id="b"><text>0</text></outputEntry></rule>
    <rule id="r2"><inputEntry id="c"><text>{second}</text></inputEntry>
      <outputEntry id="f"><text>12.5</text></outputEntry></rule>
  </decisionTable></decision>
</definitions>"""


def deciding(policy: str = "UNIQUE", second: str = "&gt;= 10") -> Model:
    called = zeebe("calledDecision", decisionId="fee", resultVariable="due")
    model = Model().start().add("businessRuleTask", "decide", called).user("a").end()
    model.decisions = {"fee.dmn": TABLE.format(policy=policy, second=second).encode()}
    return model.path("start", "decide", "a", "end")


def test_a_business_rule_task_takes_the_value_of_its_decision() -> None:
    case = Driver(deciding(), days=12)
    assert case.variables["due"] == Decimal("12.5")
    assert case.waits() == ["a:task"]


def test_what_was_decided_by_which_rule_is_a_step() -> None:
    case = Driver(deciding(), days=12)
    (step,) = [step for step in case.steps if step.kind == "decided"]
    assert step.place.element == "decide"
    assert step.data["decision"] == "fee"
    assert step.data["version"] == "hash-of-p"
    assert step.data["matched"] == [2]
    assert step.data["inputs"] == {"days": "12"}


def test_two_rules_that_match_under_unique_stop_the_token() -> None:
    case = Driver(deciding(second="&gt; 5"), days=7)
    assert case.waits() == ["decide:stopped"]
    assert "fee" in str(case.last.stopped[0].cause)


def test_a_business_rule_task_may_call_a_handler_instead() -> None:
    model = Model().start().add("businessRuleTask", "ask", zeebe("taskDefinition", type="rules")).end()
    case = Driver(model.path("start", "ask", "end"))
    assert case.waits() == ["ask:call"]


def test_a_table_that_cannot_be_read_keeps_the_model_from_running() -> None:
    model = deciding()
    model.decisions = {"fee.dmn": b"<nothing/>"}
    with pytest.raises(engine.NotRunnable) as caught:
        engine.compile(model.source())
    assert caught.value.reasons[0].name == "fee.dmn"
