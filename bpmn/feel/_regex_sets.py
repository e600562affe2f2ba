"""Sets of characters in regular expressions, as XML Schema names them."""

import unicodedata
from collections.abc import Callable

CharSet = Callable[[str], bool]

_BLOCKS = {
    "BasicLatin": (0x0000, 0x007F),
    "Latin-1Supplement": (0x0080, 0x00FF),
    "LatinExtended-A": (0x0100, 0x017F),
    "LatinExtended-B": (0x0180, 0x024F),
    "Greek": (0x0370, 0x03FF),
    "GreekandCoptic": (0x0370, 0x03FF),
    "Cyrillic": (0x0400, 0x04FF),
    "GeneralPunctuation": (0x2000, 0x206F),
    "CurrencySymbols": (0x20A0, 0x20CF),
}
_CATEGORIES = frozenset(
    ("L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps")
) | frozenset(("Pe", "Pi", "Pf", "Po", "Z", "Zs", "Zl", "Zp", "S", "Sm", "Sc", "Sk", "So", "C", "Cc", "Cf", "Co", "Cn"))


def _digit(character: str) -> bool:
    return unicodedata.category(character) == "Nd"


def _word(character: str) -> bool:
    return unicodedata.category(character)[0] not in "PZC"


def _space(character: str) -> bool:
    return character in " \t\n\r"


def _name_start(character: str) -> bool:
    return character in "_:" or character.isalpha()


def _name_part(character: str) -> bool:
    return character in "_:.-\u00b7" or character.isalnum() or unicodedata.category(character)[0] == "M"


_NAMED = {"d": _digit, "w": _word, "s": _space, "i": _name_start, "c": _name_part}


def negated(inner: CharSet) -> CharSet:
    """Everything but these."""
    return lambda character: not inner(character)


def named(letter: str) -> CharSet | None:
    """The set of `\\d`, `\\W` and their like."""
    found = _NAMED.get(letter.lower())
    return found if found is None or letter.islower() else negated(found)


def property_set(name: str) -> CharSet | None:
    """The set of `\\p{Lu}` or `\\p{IsBasicLatin}`."""
    if name.startswith("Is"):
        block = _BLOCKS.get(name[2:])
        return None if block is None else lambda character: block[0] <= ord(character) <= block[1]
    if name not in _CATEGORIES:
        return None
    return lambda character: unicodedata.category(character).startswith(name)


def one(wanted: str, ignore_case: bool) -> CharSet:
    """A single character."""
    if not ignore_case:
        return lambda character: character == wanted
    folded = {wanted, wanted.lower(), wanted.upper()}
    return lambda character: character in folded or character.lower() in folded or character.upper() in folded


def span(low: str, high: str, ignore_case: bool) -> CharSet:
    """All characters from one to another."""
    if not ignore_case:
        return lambda character: low <= character <= high

    def inside(character: str) -> bool:
        return any(low <= variant <= high for variant in (character, character.lower(), character.upper()))

    return inside


def union(sets: list[CharSet]) -> CharSet:
    """What is in one of them."""
    return sets[0] if len(sets) == 1 else lambda character: any(inside(character) for inside in sets)


def without(inner: CharSet, outer: CharSet) -> CharSet:
    """What is in the first and not in the second."""
    return lambda character: inner(character) and not outer(character)


def any_but_line_ends(character: str) -> bool:
    """What a dot matches."""
    return character not in "\n\r"


def anything(character: str) -> bool:
    """What a dot matches with the flag `s`."""
    return True
