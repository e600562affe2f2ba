"""Two closures of one process, compiled: what cases ran on, and what they are to be tried on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from akta.languages import language
from bpmn import forms
from bpmn.bundle import Bundle
from bpmn.calendars import Calendar
from bpmn.values import Value
from workflows.engine import Definition

Values = Mapping[str, Value]


@dataclass(frozen=True)
class Closure:
    """A process with all it calls, by key; `definition` is what the engine runs."""

    definition: Definition
    bundles: Mapping[str, Bundle]


@dataclass(frozen=True)
class Pair:
    """Before and after, and what both runs are given alike.

    Attributes:
        main: the key of the bundle cases begin with.
        local: an instant on the clocks of the utility.
        gives_nothing: whether a handler answers nothing that a process could use.
    """

    main: str
    before: Closure
    after: Closure
    calendar: Calendar | None
    local: Callable[[datetime], datetime]
    gives_nothing: Callable[[str], bool]

    def unanswered(self, place: str, before: str, after: str, values: Values, known: Values, now: datetime) -> set[str]:
        """Fields of the form after that answers given to the form before leave open, or answer in a way it refuses.

        Args:
            place: the key of the bundle the task is in; `before` and `after` are the ids of its form.
        """
        if not after:
            return set()
        old, new = self.before.bundles.get(place), self.after.bundles[place]
        if old is not None and before and old.files[f"forms/{before}.form"] == new.files[f"forms/{after}.form"]:
            return set()
        was = _errors(old, before, values, known, now) if old is not None and before else set()
        return _errors(new, after, values, known, now) - was

    def start_unanswered(self, values: Values, now: datetime) -> set[str]:
        """The same of the form with which the case began."""
        old, new = self.before.bundles[self.main].settings.start, self.after.bundles[self.main].settings.start
        if old is None or new is None or not (old.form and new.form):
            return set()
        return self.unanswered(self.main, old.form, new.form, values, {}, now)


def _errors(bundle: Bundle, form: str, values: Values, known: Values, now: datetime) -> set[str]:
    sent = {key: forms.typed(value) for key, value in values.items()}
    texts, words = bundle.texts("en"), language("en")
    return set(bundle.forms[form].accept(sent, known, texts=texts, language=words, now=now).errors)
