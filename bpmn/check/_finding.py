"""One reason why a bundle should not, or must not, be deployed; and what the check is told of the world around it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from bpmn import dmn, model
from bpmn.bundle import Bundle


@dataclass(frozen=True, slots=True)
class Finding:
    """`element` is the id of an element, flow, form or file; `message` is a sentence for the process owner.

    An error keeps the bundle from being deployed, a warning does not.
    """

    code: str
    severity: Literal["error", "warning"]
    element: str
    message: str


def error(code: str, element: str, message: str) -> Finding:
    return Finding(code, "error", element, message)


def warning(code: str, element: str, message: str) -> Finding:
    return Finding(code, "warning", element, message)


@dataclass(frozen=True)
class Checked:
    """The bundle under check, and everything it may refer to."""

    bundle: Bundle
    called: Mapping[str, Bundle]
    handlers: Collection[str]
    groups: Collection[str]
    placeholders: Callable[[bytes], set[str]]
    sources: Collection[str]
    entry_checks: Collection[str]
    gives: Mapping[str, Collection[str]] | None
    """The names each handler returns, where known."""

    @property
    def model(self) -> model.Process:
        return self.bundle.model

    @cached_property
    def closure(self) -> tuple[Bundle, ...]:
        """The bundle and every bundle it calls, directly or not, as far as they are there."""
        found: dict[str, Bundle] = {self.bundle.key: self.bundle}
        waiting = [self.bundle]
        while waiting:
            for key in sorted(waiting.pop().calls - found.keys()):
                if key in self.called:
                    found[key] = self.called[key]
                    waiting.append(found[key])
        return tuple(found.values())

    @cached_property
    def decisions(self) -> Mapping[str, dmn.Decisions | dmn.DmnError]:
        """What each DMN file of the bundle holds, or why it cannot be read."""
        found: dict[str, dmn.Decisions | dmn.DmnError] = {}
        for name, content in self.bundle.decisions.items():
            try:
                found[name] = dmn.read(content)
            except dmn.DmnError as problem:
                found[name] = problem
        return found
