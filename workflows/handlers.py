"""The registry of handlers: what a service task can call, with the shape of what goes in and comes out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from akta.ids import CaseId
from akta.subjects import Subject
from bpmn.values import Value
from storage.unit_of_work import Transaction

Schema = Mapping[str, Any]
"""A JSON Schema over plain JSON (decimals and dates as text)."""


class BpmnError(Exception):
    """A handler's answer that the model handles: caught by an error boundary event with the same code."""

    def __init__(self, code: str, message: str = "", variables: Mapping[str, Value] | None = None) -> None:
        super().__init__(message or code)
        self.code = code
        self.variables = dict(variables or {})


class CannotSucceed(Exception):
    """A call failed in a way no further try can mend: it waits for a person at once."""


@dataclass(frozen=True, slots=True)
class CallContext:
    """What a handler may know: the case, the key it must be idempotent on, the time, and who it acts as."""

    case: CaseId
    key: str
    now: datetime
    subject: Subject
    language: str
    """The language of whom the case is about."""


LocalCall = Callable[[Transaction, CallContext, Mapping[str, Value]], Mapping[str, Value]]
RemoteCall = Callable[[CallContext, Mapping[str, Value]], Mapping[str, Value]]


@dataclass(frozen=True, slots=True)
class Handler:
    """A named call. Exactly one of `local` and `remote` is set.

    A local handler writes our own rows inside the transaction that resumes the case. A remote one leaves the
    system: it runs outside any transaction and is idempotent on the call's key.
    """

    name: str
    title: str
    takes: Schema
    gives: Schema
    local: LocalCall | None = None
    remote: RemoteCall | None = None


class Handlers:
    """Handlers by name.

    Raises:
        ValueError: two handlers share a name, or one is neither local nor remote, or both.
    """

    def __init__(self, *handlers: Handler) -> None:
        self._by_name: dict[str, Handler] = {}
        for handler in handlers:
            if handler.name in self._by_name or (handler.local is None) == (handler.remote is None):
                raise ValueError(f"handler {handler.name} is registered wrongly")
            self._by_name[handler.name] = handler

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def __getitem__(self, name: str) -> Handler:
        return self._by_name[name]

    def names(self) -> tuple[str, ...]:
        return tuple(self._by_name)
