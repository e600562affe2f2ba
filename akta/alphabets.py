"""Alphabets: words as they are searched, without marks and case, and as each language sorts them."""

import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache

_LONE = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe"})
"""Letters whose mark Unicode does not take off."""

_ORDERS: Mapping[str, str] = {
    "cs": "a b c č d e f g h ch i j k l m n o p q r ř s š t u v w x y z ž",
    "hu": "a b c cs d dz dzs e f g gy h i j k l ly m n ny o ö p q r s sz t ty u ü v w x y z zs",
    "pl": "a ą b c ć d e ę f g h i j k l ł m n ń o ó p q r s ś t u v w x y z ź ż",
    "ro": "a ă â b c d e f g h i î j k l m n o p q r s ș t ț u v w x y z",
}
"""Letters that count as their own, in their order; every other mark decides only between words otherwise equal."""

_SAME: Mapping[str, Mapping[str, str]] = {
    "hu": {"ő": "ö", "ű": "ü"},
    "ro": {"ş": "ș", "ţ": "ț"},
}
"""Letters that sort as another one: long vowels, and the cedilla that stands for a comma below (domain.md §5)."""

SortKey = tuple[tuple[tuple[int, str], ...], str]


@lru_cache(maxsize=20_000)
def folded(text: str) -> str:
    """What is searched instead of the text: no case, no marks, one space between words."""
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_LONE)
    return " ".join("".join(mark for mark in plain if not unicodedata.combining(mark)).split())


@lru_cache(maxsize=20_000)
def sort_key(text: str, language: str) -> SortKey:
    """What to sort by: letters in the order of the language, figures before letters, marks and case last."""
    whole = unicodedata.normalize("NFC", text)
    letters, longest = _letters(language)
    same = _SAME.get(language, {})
    plain = "".join(same.get(letter, letter) for letter in whole.casefold())
    found: list[tuple[int, str]] = []
    place = 0
    while place < len(plain):
        for length in range(min(longest, len(plain) - place), 0, -1):
            rank = letters.get(plain[place : place + length])
            if rank is not None:
                found.append((rank, ""))
                place += length
                break
        else:
            base = folded(plain[place])
            found.append((letters.get(base[:1], 0), "" if base[:1] in letters else base))
            place += 1
    return tuple(found), whole.swapcase()


@cache
def _letters(language: str) -> tuple[Mapping[str, int], int]:
    order = _ORDERS.get(language, "a b c d e f g h i j k l m n o p q r s t u v w x y z").split()
    return {letter: place for place, letter in enumerate(order, 1)}, max(map(len, order))


def collation(language: str) -> str:
    """Name of the order of a language in both databases: PostgreSQL brings it, SQLite is taught it."""
    return f"{language}-x-icu"


def compared(one: str, other: str, language: str) -> int:
    """-1, 0 or 1, as a database wants it."""
    first, second = sort_key(one, language), sort_key(other, language)
    return (first > second) - (first < second)
