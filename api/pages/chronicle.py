"""History in words: every kind of line as a person reads it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from akta.languages import N_, Language, unpacked
from api.pages.wording import Wording
from workflows.queries import Line

WORDS: Mapping[str, tuple[str, str]] = {
    "case-started": ("inbox", N_("Received")),
    "case-ended": ("circle-check", N_("Case closed")),
    "case-cancelled": ("ban", N_("Case cancelled")),
    "task-opened": ("clock", N_("Task opened:")),
    "task-claimed": ("user-check", N_("Task taken:")),
    "task-released": ("undo-2", N_("Task given back:")),
    "task-completed": ("check", N_("Task completed:")),
    "task-cancelled": ("x", N_("Task no longer needed:")),
    "call-completed": ("settings", N_("Done by the system:")),
    "call-cancelled": ("x", N_("No longer needed:")),
    "call-failed": ("triangle-alert", N_("Did not succeed:")),
    "result-dropped": ("x", N_("Result came too late:")),
    "error-thrown": ("git-branch", N_("Went another way:")),
    "timer-fired": ("hourglass", N_("The day came:")),
    "message-received": ("message-square", N_("Event arrived:")),
    "signal-received": ("message-square", N_("Event arrived:")),
    "message-sent": ("send", N_("Event sent")),
    "event-awaited": ("hourglass", N_("Waits for:")),
    "event-happened": ("circle-dot", N_("Happened:")),
    "process-called": ("arrow-right", N_("Part begun:")),
    "process-returned": ("corner-down-left", N_("Part finished:")),
    "process-cancelled": ("x", N_("Part broken off:")),
    "end-reached": ("circle-check", N_("Way ended:")),
    "step-done": ("check", N_("Step done:")),
    "step-retried": ("rotate-ccw", N_("Tried again:")),
    "step-skipped": ("arrow-right", N_("Skipped by hand:")),
    "variables-set": ("settings", N_("Data changed by hand")),
    "tokens-moved": ("git-branch", N_("Moved by hand")),
    "part-started": ("arrow-right", N_("Part begun:")),
    "parts-finished": ("check", N_("Parts finished")),
    "timers-moved": ("clock", N_("Dates moved")),
    "decided": ("table", N_("Decided by table:")),
    "incident-opened": ("triangle-alert", N_("Stopped at:")),
    "signal-sent": ("send", N_("Signal sent")),
    "handed-to-office": ("arrow-right", N_("Handed to an office:")),
    "case-suspended": ("ban", N_("Suspended")),
    "case-resumed": ("play", N_("Resumed")),
    "case-begun-again": ("rotate-ccw", N_("Begun again")),
    "call-answered": ("pen-line", N_("Answered by hand:")),
    "call-edited": ("pen-line", N_("Values changed:")),
    "clock-stopped": ("hourglass", N_("Clock stopped:")),
    "clock-started": ("play", N_("Clock runs on:")),
    "clock-extended": ("calendar-clock", N_("More time:")),
    "clock-set": ("calendar-clock", N_("Another day:")),
    "incident-resolved": ("check", N_("Goes on after a stop:")),
}
DOORS: Mapping[str, str] = {
    "page": N_("on a page"),
    "rest": N_("by interface"),
    "job": N_("by the system"),
    "timer": N_("by the clock"),
    "cli": N_("on the command line"),
}
ACTORS: Mapping[str, str] = {
    "customer": N_("customer"),
    "case-link": N_("applicant by link"),
    "anonymous": N_("applicant"),
    "system": N_("Akta"),
}
FACTS: Mapping[str, str] = {
    "error": N_("Error"),
    "office": N_("Office"),
    "ground": N_("Ground in law"),
    "again": N_("Begun again from"),
    "as": N_("Begun again as"),
}
"""What else a line says of an act, by its key."""
_UNKNOWN = ("circle", N_("Noted:"))
_WHO_FOR_PEOPLE = frozenset({"page", "rest", "cli"})


@dataclass(frozen=True)
class Told:
    """A line of history ready to be written down."""

    icon: str
    words: str
    what: str
    at: datetime
    who: str
    door: str
    reason: str
    details: tuple[tuple[str, str], ...]


def tell(lines: Sequence[Line], words: Wording) -> list[Told]:
    """The lines, newest first."""
    return [_told(line, words) for line in reversed(lines)]


def _told(line: Line, words: Wording) -> Told:
    language = words.language
    icon, sentence = WORDS.get(line.kind, _UNKNOWN)
    name = str(line.data.get("name") or "")
    what = words.step(line.process, line.element, name) if line.element else ""
    door = language.gettext(DOORS[line.door]) if line.door in _WHO_FOR_PEOPLE else ""
    return Told(
        icon=icon,
        words=language.gettext(sentence),
        what=what,
        at=line.at,
        who=line.actor or language.gettext(ACTORS.get(line.actor_kind, "")),
        door=door,
        reason=line.reason,
        details=tuple(_details(line, words)),
    )


def _details(line: Line, words: Wording) -> list[tuple[str, str]]:
    if line.kind == "incident-opened":
        cause = unpacked(line.data.get("told") or line.data.get("cause", ""))
        return [(words.language.gettext(N_("Cause")), cause.said(words.language.gettext))]
    facts = [(words.language.gettext(label), _fact(line.data[key])) for key, label in FACTS.items() if key in line.data]
    if facts:
        return facts
    answers = (line.personal or {}).get("answers")
    if isinstance(answers, Mapping):
        return [(_label(words, key), _written(value, words.language)) for key, value in answers.items() if value]
    if line.kind == "decided":
        rules = line.data.get("matched") or line.data.get("rules") or []
        listed = ", ".join(str(rule) for rule in rules) if isinstance(rules, list) else str(rules)
        return [(words.language.gettext(N_("Rules that decided")), listed)] if listed else []
    return []


def _fact(value: Any) -> str:
    return ", ".join(str(part) for part in value) if isinstance(value, list) else str(value)


def _label(words: Wording, key: str) -> str:
    for name, texts in words.texts.items():
        for form in words.bundles[name].forms:
            if label := texts.field(form, key).label:
                return label
    return key


def _written(value: Any, language: Language) -> str:
    if isinstance(value, bool):
        return language.gettext(N_("yes")) if value else language.gettext(N_("no"))
    if isinstance(value, Mapping):
        return str(value.get("name") or ", ".join(_written(item, language) for item in value.values()))
    if isinstance(value, list):
        return ", ".join(_written(item, language) for item in value)
    return str(value)
