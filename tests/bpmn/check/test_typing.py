"""Values that cannot be meant where they stand, told before any case runs."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from bpmn import bundle, check, types
from bpmn.check._finding import Checked
from tests.bpmn.dmn.building import decision, file, table
from tests.bpmn.models import TOML, bpmn, ext, files, flow, node, service, straight, user_task

FORM = {
    "id": "ask",
    "type": "default",
    "components": [
        {"type": "textfield", "key": "name", "id": "f1", "label": "Name", "validate": {"required": True}},
        {"type": "number", "key": "amount", "id": "f2", "label": "Amount", "decimalDigits": 0,
         "validate": {"min": 0, "max": 10}},
        {"type": "radio", "key": "answer", "id": "f3", "label": "Answer",
         "values": [{"label": "Yes", "value": "yes"}, {"label": "No", "value": "no"}]},
        {"type": "datetime", "key": "day", "id": "f4", "dateLabel": "Day"},
        {"type": "checklist", "key": "acts", "id": "f5", "label": "Acts",
         "values": [{"label": "Sign", "value": "sign"}]},
        {"type": "checkbox", "key": "sure", "id": "f6", "label": "Sure"},
    ],
}  # fmt: skip
DECIMAL = {"type": "string", "format": "decimal"}
TAKES = {"work": {"type": "object", "properties": {"count": DECIMAL}, "required": ["count"]}}
GIVES = {
    "work": {
        "type": "object",
        "properties": {
            "result": {
                "type": "object",
                "properties": {"total": DECIMAL, "state": {"enum": ["ok", "late"]}},
                "required": ["total", "state"],
            }
        },
        "required": ["result"],
    }
}


def toy(inside: str, form: Mapping[str, Any] = FORM, **more: bytes | str) -> bundle.Bundle:
    more["forms__ask_DOT_form"] = json.dumps(form)
    return bundle.from_files(files(bpmn(inside), **more))


def findings(of: bundle.Bundle, called: Mapping[str, bundle.Bundle] | None = None) -> list[check.Finding]:
    found = check.check(of, called or {}, ("work",), ("front-desk",), lambda _: {}, gives=GIVES, takes=TAKES)
    beside = ("no-default", "unset-variable", "field-unread")
    return [each for each in found if not each.code.startswith("text-") and each.code not in beside]


def told(of: bundle.Bundle, called: Mapping[str, bundle.Bundle] | None = None) -> list[tuple[str, str, str]]:
    return [(each.code, each.severity, each.element) for each in findings(of, called)]


def script(text: str, result: str = "made", id_: str = "set") -> str:
    escaped = text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return node("scriptTask", id_, ext(f'<zeebe:script expression="={escaped}" resultVariable="{result}"/>'))


def work(**inputs: str) -> str:
    return service("work", "work", {name: f"={text}".replace('"', "&quot;") for name, text in inputs.items()})


def split(condition: str) -> str:
    """A gateway behind a form, with one condition."""
    escaped = condition.replace("<", "&lt;")
    begin = node("startEvent", "begin") + flow("begin", "g") + node("exclusiveGateway", "g", default="g-no")
    ends = node("endEvent", "yes") + node("endEvent", "no")
    return begin + ends + flow("g", "yes", f"={escaped}") + flow("g", "no")


@pytest.mark.parametrize(
    ("condition", "code", "severity"),
    [
        ('answer = "yse"', "always-same", "warning"),
        ("amount > 10", "always-same", "warning"),
        ("amount", "not-boolean", "error"),
        ("amount + name > 3", "wrong-type", "error"),
        ('day > "2026-01-01"', "wrong-type", "error"),
        ("day.yaer = 2026", "no-entry", "error"),
        ('list contains(acts, "x") and anwser = "yes"', "unknown-variable", "error"),
        ("case.number = 3", "no-entry", "error"),
        ('upper case(amount) = "X"', "wrong-argument", "error"),
    ],
)
def test_a_condition_is_looked_at_with_the_types_of_the_form(condition: str, code: str, severity: str) -> None:
    assert told(toy(split(condition))) == [(code, severity, "g-yes")]


@pytest.mark.parametrize(
    "condition",
    ['answer = "yes"', "amount > 9 and sure", "day > today()", 'acts[1] = "sign"', "answer = null", 'channel = "web"',
     'case.reference != "x" and applicant.email = null'],
)  # fmt: skip
def test_what_may_be_meant_passes(condition: str) -> None:
    assert told(toy(split(condition))) == []


def test_a_finding_names_the_line_the_column_and_what_was_meant() -> None:
    (finding,) = findings(toy(split('sure and\n  answer = "yse"')))
    assert finding.message == (
        'g-yes: the condition (line 2, column 10): this can never be true: the left side is one of "no", "yes", the '
        'right side "yse". Did you mean "yes"?'
    )


def test_types_go_through_scripts_mappings_and_calls() -> None:
    parts = (script("amount * 2", "twice", "double"), work(count="twice"), script("result.total + twice"))
    assert told(toy(straight(*parts))) == []
    assert told(toy(straight(script('"x"', "twice", "double"), work(count="twice")))) == [
        ("handler-input", "error", "work")
    ]
    assert told(toy(straight(work(count="1"), script('result.state = "lost"')))) == [("always-same", "warning", "set")]
    assert told(toy(straight(work(count="1"), script("result.stat")))) == [("no-entry", "error", "set")]


def test_a_call_gives_its_handler_what_this_needs() -> None:
    assert told(toy(straight(work(other="1")))) == [("handler-input", "error", "work")]
    assert told(toy(straight(service("work", "work")))) == [("handler-input", "error", "work")]
    assert told(toy(straight(script("3", "count"), service("work", "work")))) == []


def test_a_counter_that_starts_as_null_is_a_number() -> None:
    assert told(toy(straight(script("(if rounds = null then 0 else rounds) + 1", "rounds")))) == []


def test_where_a_message_may_bring_anything_unknown_names_are_doubtful_only() -> None:
    message = node("message", "m", ext('<zeebe:subscription correlationKey="=name"/>'), name="more")
    waiting = node("receiveTask", "wait", messageRef="m")
    model = bpmn(straight(waiting, script("brought + 1")), message)
    of = bundle.from_files(files(model, forms__ask_DOT_form=json.dumps(FORM)))
    assert told(of) == [("unknown-variable", "warning", "set")]
    output = '<zeebe:ioMapping><zeebe:output source="=brought" target="brought"/></zeebe:ioMapping>'
    mapped = node("receiveTask", "wait", ext(output), messageRef="m")
    model = bpmn(straight(mapped, script("brought + 1"), script("lost", id_="x")), message)
    of = bundle.from_files(files(model, forms__ask_DOT_form=json.dumps(FORM)))
    assert told(of) == [("unknown-variable", "error", "x")]


def test_a_called_process_is_typed_with_the_variables_of_its_caller() -> None:
    toml = 'key = "inner"\nretention = "P1Y"\nwork_groups = ["front-desk"]\n'
    model = bpmn(straight(user_task(), script("amount + 1", "more")), id_="inner")
    inner = bundle.from_files(files(model, bundle_DOT_toml=toml, forms__ask_DOT_form=json.dumps(FORM)))
    call = node("callActivity", "call", ext('<zeebe:calledElement processId="inner"/>'))
    assert told(toy(straight(call, script("more + 1"))), {"inner": inner}) == []
    assert told(toy(straight(call, script('more + "x"'))), {"inner": inner}) == [("wrong-type", "error", "set")]
    assert [each for each in told(inner) if each[1] == "error"] == []


def test_a_decision_is_told_with_the_types_where_it_is_made() -> None:
    rules = [['"yes"', "1"], ['"no"', "2"], ["null", "3"]]
    called = node("businessRuleTask", "decide", ext('<zeebe:calledDecision decisionId="d" resultVariable="fee"/>'))
    whole = toy(straight(called, script("fee + 1")), fees_DOT_dmn=file(decision("d", table(["answer"], ["y"], rules))))
    assert told(whole) == []
    typo = file(decision("d", table(["answer"], ["y"], [['"yse"', "1"], ["-", "2"]], "FIRST")))
    found = told(toy(straight(called), fees_DOT_dmn=typo))
    assert found == [("dmn-always-same", "warning", "fees.dmn"), ("dmn-dead-rule", "warning", "fees.dmn")]
    unknown = file(decision("d", table(["anwser"], ["y"], [["-", "1"]], "FIRST")))
    assert ("dmn-unknown-variable", "error", "fees.dmn") in told(toy(straight(called), fees_DOT_dmn=unknown))
    gap = file(decision("d", table(["answer"], ["y"], rules[:1])))
    (only,) = findings(toy(straight(called), fees_DOT_dmn=gap))
    assert (only.code, only.severity) == ("dmn-gap", "error")
    assert 'no rule matches this row: answer: "no"' in only.message


def test_conditions_of_a_form_are_looked_at_with_its_own_fields() -> None:
    hidden = {"conditional": {"hide": '=answer != "on"'}}
    why = {"type": "textfield", "key": "why", "id": "f7", "label": "Why", **hidden}
    shown = {**FORM, "components": [*FORM["components"], why]}
    found = findings(toy(straight(user_task()), shown))
    assert [(each.code, each.element) for each in found] == [("always-same", "ask")]
    assert 'Did you mean "no"?' in found[0].message


def test_the_types_an_element_sees_can_be_asked_for() -> None:
    of = toy(straight(work(count="amount"), user_task()))
    checked = Checked(of, {}, ("work",), (), lambda _: {}, (), (), GIVES, TAKES)
    seen = checked.typing.at(of.model.elements["work"])
    assert seen.variables["count"].kinds == frozenset(("number", "Null"))
    assert seen.variables["answer"] == types.enumeration(["yes", "no"]).optional
    assert "count" not in checked.typing.at(of.model.elements["ask"]).variables
    assert checked.typing.closed


def test_variables_that_never_settle_can_be_anything() -> None:
    of = toy(straight(script("{inner: grown, n: 1}", "grown"), script("grown.inner.inner + 1", id_="x")))
    assert told(of) == []


def test_a_long_process_is_typed_to_its_end() -> None:
    parts = [script(f"x{place} + 1" if place else "amount", f"x{place + 1}", f"s{place}") for place in range(300)]
    assert told(toy(straight(*parts, script('x300 + "a"')))) == [("wrong-type", "error", "set")]


def test_a_process_without_a_start_form_is_left_alone() -> None:
    toml = TOML[: TOML.index("[start]")]
    of = toy(split("whatever + 1 > name.x"), bundle_DOT_toml=toml)
    assert [each for each in told(of) if each[2] == "g-yes"] == []
