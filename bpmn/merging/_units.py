"""Documents as units: everything that has an id is one, with what is its own, apart from the units inside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

ROOT = "/"
"""The unit of the document itself."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What an element says itself, without the units inside it; `text` is the same for somebody who has to choose.

    `refers` are the ids without which it has no meaning, `shared` are lines that both sides may add to, and a `quiet`
    one says only where something is drawn, which nobody is asked about.
    """

    parent: str
    own: str
    name: str
    text: str
    refers: frozenset[str] = frozenset()
    shared: tuple[str, ...] = ()
    quiet: bool = False


@dataclass(frozen=True)
class Units:
    """All units of a document by id, and the order of those inside each."""

    units: Mapping[str, Unit]
    inside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Reader(Protocol):
    """Reads a kind of document as units, and writes units as a document again."""

    def read(self, content: bytes) -> Units:
        """
        Raises:
            ValueError: the document cannot be read, or names two elements the same.
        """
        ...

    def write(self, units: Units) -> bytes: ...
