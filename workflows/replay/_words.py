"""What a difference is called in sentences; what elements are called is for the reader to say."""

from collections.abc import Callable
from datetime import timedelta

from akta.languages import N_, Language, Sentence, sentence
from bpmn import feel
from workflows.replay._differences import Difference, Kind, Reason

Name = Callable[[str, str], str]
"""What an element is called, from its process and id."""
NOTHING = N_("nothing more")

_HEADS = {
    Kind.PATH: N_("After “%(where)s” they would go on to “%(goes)s”, not to “%(went)s”."),
    Kind.OUTCOME: N_("They would end with “%(goes)s”, not with “%(went)s”."),
    Kind.STOPS: N_("They would stop at “%(where)s”: an expression fails there."),
    Kind.UNKNOWN: N_(
        "It cannot be told: what was recorded has been erased, or the version they run on cannot run any more."
    ),
}
_DATA = {
    "fields": N_("“%(where)s” would ask for what was never answered: %(names)s."),
    "handler": N_("“%(where)s” would call %(names)s, which was never asked in these cases."),
}
_WAITING = N_("They would wait at “%(where)s”, for which nothing was recorded.")
_BEGINNING = N_("The form at the beginning would ask for what was never answered: %(names)s.")
_SAME_WAY = N_("They would wait another time at “%(where)s”.")
_OTHER_TIME = N_("Because of another time at “%(where)s” they would go on to “%(goes)s”, not to “%(went)s”.")
_REASONS = {
    "condition": N_("The condition for “%(target)s” was “%(was)s” and is “%(now)s”."),
    "values": N_("Other values there: %(names)s."),
    "rules": N_("Other rules decide: %(names)s."),
    "lasting": N_("It was %(was)s and is %(now)s."),
    "gone": N_("“%(names)s” is not in this version."),
    "added": N_("“%(names)s” is only in this version."),
}


def head(one: Difference, name: Name) -> Sentence:
    """How the cases go otherwise."""
    process, where = one.where
    said = {"where": name(process, where), "went": _named(one.went, process, name)}
    said["goes"] = _named(one.goes, process, name)
    match one.kind:
        case Kind.DATA if one.reason.kind == "fields" and not where:
            text = _BEGINNING
        case Kind.DATA:
            text = _DATA.get(one.reason.kind, _WAITING)
        case Kind.WAIT:
            text = _SAME_WAY if one.went == one.goes else _OTHER_TIME
        case _:
            text = _HEADS[one.kind]
    return sentence(text, **said, names=", ".join(one.reason.names))


def why(one: Difference, name: Name, words: Language) -> Sentence | None:
    """Because of what, where that can be told and was not said already."""
    reason, process = one.reason, one.where[0]
    if reason.kind not in _REASONS:
        return None
    named = [name(process, each) if reason.kind in ("rules", "gone", "added") else each for each in reason.names]
    was, now = _values(reason, words)
    names = ", ".join(named)
    target = name(process, reason.names[0]) if reason.kind == "condition" else ""
    return sentence(_REASONS[reason.kind], names=names, target=target, was=was, now=now)


def _named(element: str, process: str, name: Name) -> str | Sentence:
    return name(process, element) if element else sentence(NOTHING)


def _values(reason: Reason, words: Language) -> tuple[str, str]:
    if reason.kind != "lasting":
        return reason.was or "–", reason.now or "–"
    return _lasting(reason.was, words), _lasting(reason.now, words)


def _lasting(text: str, words: Language) -> str:
    lasting = feel.days_of(text) if text else None
    return "–" if not isinstance(lasting, timedelta) else words.lasting(lasting)
