"""What is found wrong with an expression when the types of its variables are known, and how types are called."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches

from akta.languages import N_, Sentence, sentence
from bpmn.types._types import Limits, ListOf, Plain, Shape, Type

_NAMES = {
    "Null": N_("nothing"),
    "number": N_("a number"),
    "string": N_("a text"),
    "boolean": N_("yes or no"),
    "date": N_("a date"),
    "time": N_("a time"),
    "date and time": N_("a date with a time"),
    "days and time duration": N_("a duration in days"),
    "years and months duration": N_("a duration in months"),
    "list": N_("a list"),
    "context": N_("a group of values"),
    "range": N_("a range"),
    "function": N_("a function"),
}
_TOLD = 6
"""Values of an enumeration that a sentence names."""


@dataclass(frozen=True, slots=True)
class Misuse:
    """`at` is the offset in the text of the expression. `certain` ones can never have been meant."""

    code: str
    at: int
    sentence: Sentence
    certain: bool = True


def kinds_said(kinds: Iterable[str]) -> Sentence:
    """What a value of one of these kinds is called, in the order people know them."""
    return _either([sentence(words) for kind, words in _NAMES.items() if kind in kinds])


def _either(parts: Sequence[Sentence]) -> Sentence:
    whole = parts[0] if parts else sentence(N_("nothing"))
    for part in parts[1:]:
        whole = sentence(N_("%(one)s or %(other)s"), one=whole, other=part)
    return whole


def said(type_: Type) -> Sentence:
    """What a type is called in a sentence to a process owner; null is not mentioned beside other kinds."""
    shapes = type_.solid.shapes if type_.solid.shapes else type_.shapes
    if shapes is None:
        return sentence(N_("anything"))
    return _either([_shape_said(shape) for shape in shapes])


def _shape_said(shape: Shape) -> Sentence:
    match shape:
        case Plain(kind, frozenset() as values) if kind in ("string", "number", "boolean") and values:
            return _values_said(values)
        case Plain("number", None, Limits(low, high)) if low is not None or high is not None:
            return _limits_said(low, high)
        case ListOf(item) if item.solid.shapes and len(item.solid.shapes) == 1:
            return sentence(N_("a list, each item %(item)s"), item=said(item))
    return sentence(_NAMES[shape.kind])


def _limits_said(low: Decimal | None, high: Decimal | None) -> Sentence:
    if high is None:
        return sentence(N_("a number from %(low)s"), low=low)
    if low is None:
        return sentence(N_("a number up to %(high)s"), high=high)
    return sentence(N_("a number from %(low)s to %(high)s"), low=low, high=high)


def _values_said(values: Iterable[str | Decimal]) -> Sentence:
    written = sorted(written_value(value) for value in values)
    if len(written) == 1:
        return sentence("%(value)s", value=written[0])
    more = ", …" if len(written) > _TOLD else ""
    return sentence(N_("one of %(values)s"), values=", ".join(written[:_TOLD]) + more)


def written_value(value: str | Decimal | bool) -> str:
    """A value as FEEL writes it, cut to what a sentence can hold."""
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= 60 else f'"{value[:59]}…"'
    return str(value).lower() if isinstance(value, bool) else str(value)


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that looks most like this one; empty when none does."""
    candidates = sorted(known)[:2_000]
    same = [candidate for candidate in candidates if _plain(candidate) == _plain(name)]
    turned = [candidate for candidate in candidates if sorted(candidate) == sorted(name)]
    found = same or turned or get_close_matches(name[:200], candidates, n=1, cutoff=0.7)
    return found[0] if found else ""


def _plain(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())
