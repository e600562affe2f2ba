"""A form that would not mean here what it says is named with its component."""

from typing import Any

import pytest

from bpmn import forms
from tests.bpmn.forms.building import field, options, source


def codes(*components: dict[str, Any], **more: Any) -> set[tuple[str, str]]:
    return {(problem.code, problem.component) for problem in forms.read(source(*components, **more)).problems()}


@pytest.mark.parametrize("kind", ["html", "iframe", "dynamiclist", "taglist", "button", "expression", "image"])
def test_an_unsupported_component_is_named(kind: str) -> None:
    assert codes(field(kind, "x")) == {("unsupported-component", "x")}


@pytest.mark.parametrize(
    ("component", "code"),
    [
        (field("textfield", "x", conditional={"hide": "=1 +"}), "expression"),
        (field("textfield", "x", readonly=True, properties={"value": "=]"}), "expression"),
        (field("textfield", "x", label="=name"), "computed-property"),
        (field("textfield", "x", description="Hello {{name}}"), "computed-property"),
        (field("textfield", "x", validate={"maxLength": "=3"}), "computed-property"),
        (field("textfield", "x", validate={"pattern": "(?=a)"}), "pattern"),
        (field("textfield", "x", validate={"pattern": "["}), "pattern"),
        (field("textfield", "x", validate={"validationType": "iban"}), "unknown-value"),
        (field("textfield", "x", validate={"min": 3}), "unknown-property"),
        (field("textfield", "x", surprise=1), "unknown-property"),
        (field("textfield", "x", readonly=True, validate={"required": True}), "required-readonly"),
        (field("textfield", "x", properties={"equals": "nobody"}), "equals"),
        (field("textfield", "a.b"), "key"),
        (field("number", "x", validate={"min": "many"}), "wrong-value"),
        (field("number", "x", validate={"min": 3, "max": 1}), "limits"),
        (field("number", "x", serializeToString=True), "unknown-value"),
        (field("datetime", "x", subtype="time"), "unknown-value"),
        (field("radio", "x"), "no-options"),
        (field("radio", "x", values=options("a", "a")), "option-twice"),
        (field("select", "x", valuesExpression="=list"), "unknown-property"),
        ({"type": "group", "id": "x", "path": "inner", "components": []}, "unknown-value"),
        ({"type": "text", "id": "x", "text": "<b>bold</b>"}, "markup"),
        ({"type": "table", "id": "x", "columns": [{"key": "a"}]}, "no-rows"),
    ],
)
def test_what_would_be_misread_is_named(component: dict[str, Any], code: str) -> None:
    assert code in {found for found, _ in codes(component)}


def test_a_key_used_twice_is_named() -> None:
    assert ("key-twice", "x") in codes(field("textfield", "x"), field("number", "x"))


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b"[" * 100_000,
        b'{"id":"x"}',
        b'{"components":[]}',
        b'{"id":"x","components":[1]}',
        b'{"id":"' + b"x" * 81 + b'","components":[]}',
        b'{"id":"x","components":[{"type":"number","validate":{"min":NaN}}]}',
    ],
)
def test_what_is_no_form_is_refused(broken: bytes) -> None:
    with pytest.raises(forms.FormError):
        forms.read(broken)


def test_a_form_is_not_endless() -> None:
    with pytest.raises(forms.FormError, match="more than 500"):
        forms.read(source(*(field("textfield", f"k{i}") for i in range(501))))
    deep: dict[str, Any] = field("textfield", "x")
    for level in range(9):
        deep = {"type": "group", "id": f"g{level}", "components": [deep]}
    with pytest.raises(forms.FormError, match="nested"):
        forms.read(source(deep))


def test_wrongly_typed_values_never_break_the_reading() -> None:
    odd: list[Any] = [None, 1, "x", [], {}, True]
    for name in (
        "validate",
        "properties",
        "conditional",
        "appearance",
        "values",
        "columns",
        "label",
        "key",
        "multiple",
    ):
        for value in odd:
            for kind in ("textfield", "select", "table", "number"):
                forms.read(source({"type": kind, "id": "x", name: value})).problems()
