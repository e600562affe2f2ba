"""Forms, texts and answers for the tests of forms."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from akta.languages import Language, language
from bpmn import forms
from bpmn.texts import Texts

NOW = datetime(2014, 11, 10, 23, 30, tzinfo=UTC)
"""Half past midnight of 11 November in Prague."""
ENGLISH: Language = language("en")
CZECH: Language = language("cs")
NO_TEXTS = Texts("en", {}, {})


def field(kind: str, key: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "key": key, "id": f"id-{key}", "label": key.capitalize(), **more}


def required(kind: str, key: str, **rules: Any) -> dict[str, Any]:
    return field(kind, key, validate={"required": True, **rules})


def options(*values: str) -> list[dict[str, str]]:
    return [{"value": value, "label": value.capitalize()} for value in values]


def source(*components: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"id": "test", "type": "default", "components": components, **more}).encode()


def form(*components: dict[str, Any]) -> forms.Form:
    read = forms.read(source(*components))
    assert not read.problems()
    return read


def accept(
    of: forms.Form,
    sent: Mapping[str, Any],
    known: Mapping[str, Any] | None = None,
    speech: Language = ENGLISH,
    texts: Texts = NO_TEXTS,
    **sources: Any,
) -> forms.Answers:
    listed = {key: value if isinstance(value, list) else [value] for key, value in sent.items()}
    return of.accept(listed, known or {}, texts=texts, language=speech, now=NOW, sources=sources)


def one(component: dict[str, Any], sent: Any, speech: Language = ENGLISH) -> Any:
    """The value of the only field, which must have been taken."""
    answers = accept(form(component), {component["key"]: sent}, speech=speech)
    assert not answers.errors
    return answers.values[component["key"]]


def complaint(component: dict[str, Any], sent: Any, speech: Language = ENGLISH) -> str:
    """What is said about the only field, which must not have been taken."""
    key = component["key"]
    answers = accept(form(component), {key: sent} if sent is not None else {}, speech=speech)
    assert key not in answers.values
    return answers.errors[key]
