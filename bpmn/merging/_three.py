"""Three states of a document joined unit by unit."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from enum import StrEnum

from bpmn.merging._units import ROOT, Unit, Units


class Side(StrEnum):
    """Whose text of an element is taken."""

    MINE = "mine"
    THEIRS = "theirs"


class Three:
    """What `theirs` and `mine` make of `base`; `asked` are the ids both changed otherwise and nobody has chosen."""

    def __init__(self, base: Units, theirs: Units, mine: Units, choices: Mapping[str, Side]) -> None:
        self.base, self.theirs, self.mine, self.choices = base, theirs, mine, choices
        self.asked: dict[str, None] = {}
        self._taken: dict[str, Unit] = {}

    def joined(self) -> Units:
        for id_ in dict.fromkeys((*self.theirs.units, *self.mine.units)):
            unit = self._one(id_)
            if unit is not None:
                self._taken[id_] = unit
        while self._mended():
            pass
        return Units(self._taken, {id_: tuple(self._inside(id_)) for id_ in self._taken})

    def sides(self, id_: str) -> tuple[Unit | None, Unit | None]:
        """The unit as mine and as theirs has it."""
        return self.mine.units.get(id_), self.theirs.units.get(id_)

    def _one(self, id_: str) -> Unit | None:
        """The unit as it is to be; None where it is gone."""
        base, (mine, theirs) = self.base.units.get(id_), self.sides(id_)
        if _same(base, theirs):
            found = mine
        elif _same(base, mine) or _same(mine, theirs):
            found = theirs
        elif any(each is not None and each.quiet for each in (base, mine, theirs)):
            found = mine if mine and theirs else None
        else:
            found = self._chosen(id_)
        if found is None or mine is None or theirs is None:
            return found
        return replace(found, shared=tuple(_lines(base, theirs, mine)))

    def _chosen(self, id_: str) -> Unit | None:
        mine, theirs = self.sides(id_)
        if id_ not in self.choices:
            self.asked[id_] = None
        return mine if self.choices.get(id_) is Side.MINE else theirs

    def _mended(self) -> bool:
        """Bring back, or drop, what a removal on one side left without a meaning; says whether anything was."""
        for id_, unit in list(self._taken.items()):
            missing = [each for each in (unit.parent, *sorted(unit.refers)) if each not in self._taken]
            if not missing:
                continue
            back = None if unit.quiet else self._brought_back(missing[0])
            if back is None:
                del self._taken[id_]
            else:
                self._taken[missing[0]] = back
            return True
        return False

    def _brought_back(self, id_: str) -> Unit | None:
        """What one side removed and the other builds on; None where its removal was chosen."""
        mine, theirs = self.sides(id_)
        if mine is None and theirs is None:
            return None
        if id_ in self.choices:
            return mine if self.choices[id_] is Side.MINE else theirs
        self.asked[id_] = None
        return theirs or mine

    def _inside(self, id_: str) -> Iterator[str]:
        """The units inside one: in the order of theirs, each that mine added after what it follows there."""
        order = [each for each in self.theirs.inside.get(id_, ()) if self._is_in(each, id_)]
        before = ROOT
        for each in self.mine.inside.get(id_, ()):
            if self._is_in(each, id_) and each not in order:
                order.insert(order.index(before) + 1 if before in order else 0, each)
            before = each
        yield from order
        yield from (each for each in self._taken if each not in order and self._is_in(each, id_))

    def _is_in(self, id_: str, parent: str) -> bool:
        return id_ != ROOT and id_ in self._taken and self._taken[id_].parent == parent


def _same(one: Unit | None, other: Unit | None) -> bool:
    if one is None or other is None:
        return one is other
    return (one.parent, one.own) == (other.parent, other.own)


def _lines(base: Unit | None, theirs: Unit, mine: Unit) -> Iterator[str]:
    old = base.shared if base else ()
    yield from (line for line in theirs.shared if line in mine.shared or line not in old)
    yield from (line for line in mine.shared if line not in theirs.shared and line not in old)
