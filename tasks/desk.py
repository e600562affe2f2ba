"""What the use cases of this floor are given once: the runtime, the doors of visibility, and the ports from above."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from akta import languages
from akta.errors import Invalid
from akta.languages import Language
from akta.subjects import Subject
from bpmn.bundle import Bundle
from bpmn.values import Value
from storage.tenants import Tenant
from storage.unit_of_work import Transaction
from storage.visibility import Visibility
from workflows.runtime import Runtime


class Unacceptable(Invalid):
    """Answers of a form that cannot be taken. `shown` is what to draw the form with again."""

    def __init__(self, fields: Mapping[str, str], shown: Mapping[str, Value]) -> None:
        super().__init__(fields=fields)
        self.shown = dict(shown)


Provide = Callable[[Transaction, Subject, datetime], Mapping[str, Value]]
Check = Callable[[Transaction, Subject, Mapping[str, Value], Language, datetime], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Source:
    """Data of the utility that a form offers to choose from, such as the customer's own meters."""

    name: str
    provide: Provide


@dataclass(frozen=True, slots=True)
class EntryCheck:
    """A check of a form's answers against the utility's data: sentences (in the given language) by field."""

    name: str
    check: Check


@dataclass(frozen=True)
class Desk:
    """The desk at which people work: everything a use case needs beside its transaction and its subject."""

    runtime: Runtime
    visibility: Visibility
    sources: Mapping[str, Source]
    checks: Mapping[str, EntryCheck]

    @classmethod
    def of(
        cls,
        runtime: Runtime,
        visibility: Visibility,
        sources: Iterable[Source] = (),
        checks: Iterable[EntryCheck] = (),
    ) -> "Desk":
        return cls(
            runtime, visibility, {source.name: source for source in sources}, {check.name: check for check in checks}
        )

    def sourced(
        self, tx: Transaction, bundle: Bundle, place: str, subject: Subject, now: datetime
    ) -> Mapping[str, Value]:
        """What the sources of one place (`start` or a user task's id) give this subject."""
        given: dict[str, Value] = {}
        for name in bundle.settings.sources.get(place, ()):
            given |= self.sources[name].provide(tx, subject, now)
        return given

    def complaints(
        self,
        tx: Transaction,
        bundle: Bundle,
        place: str,
        subject: Subject,
        answers: Mapping[str, Value],
        language: Language,
        now: datetime,
    ) -> Mapping[str, str]:
        """What the entry check of one place finds wrong, by field."""
        name = bundle.settings.checks.get(place, "")
        return self.checks[name].check(tx, subject, answers, language, now) if name else {}


def speaking(tx: Transaction, code: str) -> Language:
    """A language in the utility's own time zone."""
    return languages.language(code, tx.get(Tenant, tx.tenant).zone)
