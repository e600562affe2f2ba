"""Merging three states of a file of a bundle."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from bpmn.merging._json import FormReader
from bpmn.merging._three import Side, Three
from bpmn.merging._units import Reader
from bpmn.merging._xml import XmlReader

WHOLE = ""
"""The element that stands for the file as a whole."""
READERS: Mapping[str, Reader] = {".bpmn": XmlReader(), ".dmn": XmlReader(), ".form": FormReader()}


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
    path: str,
    base: bytes | None,
    theirs: bytes | None,
    mine: bytes | None,
    choices: Mapping[str, Side] | None = None,
) -> Merged:
    """What `theirs` and `mine` make of `base` together. None is a file that is not there.

    Args:
        path: the file's path in its bundle; its ending says how it is read. Models, decisions and forms are joined
            element by element; every other file, and one that cannot be read, is taken whole from one side.
        choices: whose text to take, by element.
    """
    chosen = choices or {}
    if theirs == mine or base == mine or chosen.get(WHOLE) is Side.THEIRS:
        return Merged(theirs)
    if base == theirs or chosen.get(WHOLE) is Side.MINE:
        return Merged(mine)
    reader = READERS.get(PurePosixPath(path).suffix)
    if reader is not None and base is not None and theirs is not None and mine is not None:
        try:
            return _joined(reader, base, theirs, mine, chosen)
        except ValueError:
            pass  # one of them cannot be read: somebody has to take one as it stands
    return Merged(theirs, (Conflict(WHOLE, path, "", ""),))


def _joined(reader: Reader, base: bytes, theirs: bytes, mine: bytes, choices: Mapping[str, Side]) -> Merged:
    three = Three(reader.read(base), reader.read(theirs), reader.read(mine), choices)
    content = reader.write(three.joined())
    return Merged(content, tuple(_conflict(three, id_) for id_ in three.asked))


def _conflict(three: Three, id_: str) -> Conflict:
    mine, theirs = three.sides(id_)
    named = mine or theirs
    return Conflict(
        element=id_,
        name=named.name if named else id_,
        mine=mine.text if mine else "",
        theirs=theirs.text if theirs else "",
    )
