"""DMN decisions: tables, expressions and what they require, read from XML and made with FEEL."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

from bpmn.dmn._cells import ANY, TableCell, cells, changed
from bpmn.dmn._decisions import Analysed, Decided, Decisions, Explained
from bpmn.dmn._domains import written
from bpmn.dmn._errors import DmnError
from bpmn.dmn._kept import Kept
from bpmn.dmn._model import Model
from bpmn.dmn._problems import Problem
from bpmn.dmn._read import model
from bpmn.dmn._why import Told

__all__ = [
    "ANY",
    "Analysed",
    "Decided",
    "Decisions",
    "DmnError",
    "Explained",
    "Problem",
    "TableCell",
    "Told",
    "cells",
    "changed",
    "read",
    "written",
]


def _read(xml: bytes, others: Sequence[bytes]) -> Decisions:
    source = model(xml)
    return Decisions(source, list(_readable(others)) if source.imports else [])


def _readable(others: Sequence[bytes]) -> Iterator[Model]:
    """One that cannot be read is told where it is read itself; here it is only not there to import."""
    for other in others:
        with suppress(DmnError):
            yield model(other)


_kept = Kept(_read)


def read(xml: bytes, others: Sequence[bytes] = ()) -> Decisions:
    """The decisions of a DMN file (1.1 to 1.5). `others` are files it may import; what it does not reach is ignored.

    What was read lately is kept by its content.

    Raises:
        DmnError: the file cannot be read. What can be read but is wrong is told by `problems()`.
    """
    return _kept(xml, others)
