"""Merging three states of a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

WHOLE = ""
"""The element that stands for the file as a whole."""


class Side(StrEnum):
    """Whose text of an element is taken."""

    MINE = "mine"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Conflict:
    """An element that both sides changed, each otherwise, as each has it; empty text: that side removed it."""

    element: str
    name: str
    mine: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Merged:
    """What comes of both; `conflicts` are left to choose, and until then `content` has them as they are in theirs."""

    content: bytes | None
    conflicts: tuple[Conflict, ...] = ()


def merge(
    path: str, base: bytes | None, theirs: bytes | None, mine: bytes | None, choices: Mapping[str, Side] | None = None
) -> Merged:
    """What `theirs` and `mine` make of `base` together. None is a file that is not there.

    Args:
        path: the file's path in its bundle; its ending says how it is read.
        choices: whose text to take, by element.
    """
    chosen = (choices or {}).get(WHOLE)
    if theirs == mine or base == mine or chosen is Side.THEIRS:
        return Merged(theirs)
    if base == theirs or chosen is Side.MINE:
        return Merged(mine)
    return Merged(theirs, (Conflict(WHOLE, path, "", ""),))
