"""One reason why a bundle should not, or must not, be deployed; and what the check is told of the world around it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any, Literal

from akta.languages import Language, Sentence
from bpmn import dmn, model, types
from bpmn.bundle import Bundle, closure
from bpmn.check._typing import Typing, typing
from bpmn.model import Element

Severity = Literal["error", "warning"]
Schema = Mapping[str, Any]
Places = Mapping[tuple[str, ...], bool]
"""What a letter reads: the steps of each path, `[]` being each item of a list; and whether it always does."""


@dataclass(frozen=True, slots=True)
class Fix:
    """One change of the model after which what was found is gone: a patch that `bpmn.corrections` makes.

    `type` exchanges the type of an element, `name` one name for another in its expressions, `id` the id of the process;
    `condition` takes the condition of a flow away, `interrupting` lets an event interrupt, `binding` lets a call take
    the deployed version.
    """

    change: Literal["type", "name", "id", "condition", "interrupting", "binding"]
    element: str
    value: str = ""
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """`element` is the id of an element, flow, form or file; `message` is the sentence in English.

    An error keeps the bundle from being deployed, a warning does not. `text` is the msgid of the sentence and `params`
    fill its places; both are empty for a sentence of another floor, which has no translation.

    `elements` are all that it concerns, `path` the ids of elements and flows of a shortest way from the start to where
    it shows, and `fix` a change of the model that mends it.
    """

    code: str
    severity: Severity
    element: str
    message: str
    text: str = ""
    params: tuple[tuple[str, object], ...] = ()
    elements: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    fix: Fix | None = None

    def said(self, language: Language) -> str:
        """The sentence in the language of who reads it, with every reason in it that has a translation."""
        return Sentence(self.text, self.params).said(language.gettext) if self.text else self.message

    def fields(self, message: str = "") -> dict[str, Any]:
        """Everything of it for a program, in plain values; `message` stands in for the English sentence."""
        return {
            "code": self.code,
            "severity": self.severity,
            "element": self.element,
            "message": message or self.message,
            "elements": list(self.elements),
            "path": list(self.path),
            "fix": None if self.fix is None else asdict(self.fix),
        }


def finding(code: str, severity: Severity, element: str, text: str, params: Mapping[str, object]) -> Finding:
    """A finding whose English sentence is put together from its msgid."""
    given = tuple((name, value if isinstance(value, Sentence) else str(value)) for name, value in params.items())
    return Finding(code, severity, element, str(Sentence(text, given)), text, given)


def error(code: str, element: str, text: str, **params: object) -> Finding:
    return finding(code, "error", element, text, params)


def warning(code: str, element: str, text: str, **params: object) -> Finding:
    return finding(code, "warning", element, text, params)


def mended(found: Finding, fix: Fix) -> Finding:
    """The finding with a change that mends it."""
    return replace(found, fix=fix)


def named(element: Element) -> str:
    """How a sentence calls an element: by its name with the id, or by the id."""
    return f'"{element.name}" ({element.id})' if element.name else element.id


@dataclass(frozen=True)
class Checked:
    """The bundle under check, and everything it may refer to."""

    bundle: Bundle
    called: Mapping[str, Bundle]
    handlers: Collection[str]
    groups: Collection[str]
    placeholders: Callable[[bytes], Places]
    sources: Collection[str]
    entry_checks: Collection[str]
    gives: Mapping[str, Schema]
    takes: Mapping[str, Schema]
    """JSON Schemas of what handlers return and take, where known."""

    @property
    def model(self) -> model.Process:
        return self.bundle.model

    @cached_property
    def typing(self) -> Typing:
        """The variables of the process."""
        return typing(self.bundle, self)

    def given(self, handler: str) -> types.Type | None:
        """What a handler gives; None when it is not known."""
        return types.of_schema(self.gives[handler]) if handler in self.gives else None

    def decision(self, bundle: Bundle, decision: str) -> dmn.Decisions | None:
        """The decisions of a bundle among which this one is; None when it is not there or cannot be read."""
        readable = (each for each in self._decisions_of(bundle).values() if isinstance(each, dmn.Decisions))
        return next((each for each in readable if decision in each.ids), None)

    @cached_property
    def closure(self) -> tuple[Bundle, ...]:
        """The bundle and every bundle it calls, directly or not, as far as they are there."""
        return self.bundle, *closure(self.bundle, self.called.get).values()

    @cached_property
    def decisions(self) -> Mapping[str, dmn.Decisions | dmn.DmnError]:
        """What each DMN file of the bundle holds, or why it cannot be read."""
        return self._decisions_of(self.bundle)

    @staticmethod
    def _decisions_of(bundle: Bundle) -> Mapping[str, dmn.Decisions | dmn.DmnError]:
        found: dict[str, dmn.Decisions | dmn.DmnError] = {}
        for name, content in bundle.decisions.items():
            try:
                found[name] = dmn.read(content, [other for other in bundle.decisions.values() if other is not content])
            except dmn.DmnError as problem:
                found[name] = problem
        return found
