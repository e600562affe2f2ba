"""What the second run of a case does otherwise than the first, and because of what."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bpmn.model import Element, Process
from bpmn.values import Value, plain
from workflows.replay._lockstep import Passed, Played, Side, Where

CHOICES = frozenset({"exclusiveGateway", "inclusiveGateway", "eventBasedGateway"})
NOWHERE: Where = ("", "")


class Kind(StrEnum):
    """How a case goes otherwise."""

    PATH = "path"
    """Another way."""
    DATA = "data"
    """It asks for something that was never answered."""
    WAIT = "wait"
    """The same way, but another time to wait."""
    OUTCOME = "outcome"
    """The same way to another end."""
    STOPS = "stops"
    """An expression or mapping fails."""
    UNKNOWN = "unknown"
    """Not to be told: what was recorded does not lead to where the case is, or was erased."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why it goes otherwise.

    `kind`: condition (of the flow to `names[0]`: `was`, `now`), values (of the variables `names`), rules (of the
    tables `names`), lasting (`was`, `now` as ISO 8601), fields (`names` of a form), handler (`names[0]`), gone and
    added (the element is in one version only), nothing.
    """

    kind: str = ""
    names: tuple[str, ...] = ()
    was: str = ""
    now: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which cases go otherwise: where, to which element each run goes on from there, and why."""

    kind: Kind
    where: Where = NOWHERE
    went: str = ""
    goes: str = ""
    reason: Reason = Reason()


@dataclass(frozen=True, slots=True)
class _Mark:
    """A place on the way of a run: passed, or where it waits at the end."""

    where: Where
    waits: bool = False


def difference(played: Played) -> Difference | None:
    """The first thing that is otherwise; None where both runs are alike."""
    return _Compared(played).found()


class _Compared:
    def __init__(self, played: Played) -> None:
        self.before, self.after, self.lacking = played.before, played.after, played.lacking
        self.ours, self.theirs = _marks(played.before), _marks(played.after)

    def found(self) -> Difference | None:
        parted = self._parting()
        at = len(self.theirs) if parted is None else parted
        lacking = next((one for one in self.lacking if one.at <= at and one.assumed), None)
        if lacking is not None:
            return Difference(Kind.DATA, lacking.where, reason=Reason(lacking.kind, lacking.names))
        if parted is not None:
            return self._parted(parted)
        return self._waits()

    def _parting(self) -> int | None:
        """Where the ways part. The same steps in another order, as parallel branches may take, are the same way."""
        for index, (mine, theirs) in enumerate(zip(self.ours, self.theirs, strict=False)):
            if mine != theirs:
                return None if sorted(map(repr, self.ours)) == sorted(map(repr, self.theirs)) else index
        return None if len(self.ours) == len(self.theirs) else min(len(self.ours), len(self.theirs))

    def _parted(self, at: int) -> Difference:
        went, goes = _nth(self.ours, at), _nth(self.theirs, at)
        went, goes = self._reached(self.before, went, goes), self._reached(self.after, goes, went)
        came = self._from(self.after, goes.where, at)
        if goes.waits and goes.where in self._stopped():
            return Difference(Kind.STOPS, goes.where)
        if came is not NOWHERE and came == self._from(self.before, went.where, at) and self._chooses(came):
            return self._chosen(came, at, went.where, goes.where)
        timer = next((one for one in (goes.where, went.where) if self._is_timer(one)), None)
        if timer is not None:
            return Difference(Kind.WAIT, timer, went.where[1], goes.where[1], self._lasting(timer))
        if goes.waits:
            return Difference(Kind.DATA, goes.where, went.where[1], goes.where[1], self._unanswered(goes.where))
        if self._type(self.before, went.where) == self._type(self.after, goes.where) == "endEvent":
            return Difference(Kind.OUTCOME, came, went.where[1], goes.where[1])
        return Difference(Kind.PATH, came, went.where[1], goes.where[1], self._redrawn(went.where, goes.where))

    def _reached(self, side: Side, mark: _Mark, other: _Mark) -> _Mark:
        """Where it came to: an event on the border of an activity says that it came to that activity, unless the other
        run was there too."""
        element = self._element(side, mark.where)
        if element is None or not element.attached_to or element.attached_to == other.where[1]:
            return mark
        return _Mark((mark.where[0], element.attached_to))

    def _stopped(self) -> set[Where]:
        return {(stop.place.bundle, stop.place.element) for stop in self.after.run.open.stopped.values()}

    def _unanswered(self, where: Where) -> Reason:
        call = next((one for one in self.lacking if one.where == where), None)
        return Reason("handler", call.names) if call is not None else Reason("added", (where[1],))

    def _redrawn(self, went: Where, goes: Where) -> Reason:
        if goes is not NOWHERE and self._element(self.before, goes) is None:
            return Reason("added", (goes[1],))
        if went is not NOWHERE and self._element(self.after, went) is None:
            return Reason("gone", (went[1],))
        return Reason()

    # Gateways

    def _chosen(self, gateway: Where, at: int, went: Where, goes: Where) -> Difference:
        reason = self._condition(gateway, goes[1]) or self._decided(gateway, at) or Reason()
        return Difference(Kind.PATH, gateway, went[1], goes[1], reason)

    def _condition(self, gateway: Where, goes: str) -> Reason | None:
        """The first condition at the gateway that reads otherwise; that of the way now taken before all others."""
        old, new = (
            _conditions(self._model(self.before, gateway), gateway[1]),
            _conditions(self._model(self.after, gateway), gateway[1]),
        )
        for target in (goes, *(target for target in new if target != goes)):
            if target in old and target in new and old[target] != new[target]:
                return Reason("condition", (target,), old[target], new[target])
        return None

    def _decided(self, gateway: Where, at: int) -> Reason | None:
        """Tables that decided by other rules, else the variables that the conditions ask for and that differ."""
        tables = tuple(sorted(where[1] for where, rules in self.after.rules.items() if self._other(where, rules)))
        if tables:
            return Reason("rules", tables)
        asked = " ".join(_conditions(self._model(self.after, gateway), gateway[1]).values())
        ours, theirs = _variables(self.before.path, at), _variables(self.after.path, at)
        names = [name for name in {**ours, **theirs} if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", asked)]
        other = tuple(sorted(name for name in names if ours.get(name) != theirs.get(name)))
        return Reason("values", other) if other else None

    def _other(self, where: Where, rules: Sequence[object]) -> bool:
        before = self.before.rules.get(where, ())
        return any(was != now for was, now in zip(before, rules, strict=False))

    # Time

    def _waits(self) -> Difference | None:
        for where, lasting in self.after.waits.items():
            before = self.before.waits.get(where, ())
            if any(was != now for was, now in zip(before, lasting, strict=False)):
                return Difference(Kind.WAIT, where, where[1], where[1], self._lasting(where))
        return None

    def _lasting(self, where: Where) -> Reason:
        """How long it waits there: the first time that differs."""
        before, after = self.before.waits.get(where, []), self.after.waits.get(where, [])
        was, now = next(((a, b) for a, b in zip(before, after, strict=False) if a != b), (_only(before), _only(after)))
        return Reason("lasting", (), _told(was), _told(now)) if was != now else Reason()

    # The models

    def _from(self, side: Side, where: Where, at: int) -> Where:
        """The last element passed from which a flow leads there; of an event on a border, what it is attached to."""
        model, element = self._model(side, where), self._element(side, where)
        if model is None or element is None:
            return side.path[at - 1].where if at else NOWHERE
        sources = {flow.source for flow in model.incoming.get(where[1], ())}
        found = (one.where for one in reversed(side.path[:at]) if one.where[0] == where[0] and one.where[1] in sources)
        return next(found, NOWHERE)

    def _chooses(self, where: Where) -> bool:
        return self._type(self.before, where) in CHOICES and self._type(self.after, where) in CHOICES

    def _is_timer(self, where: Where) -> bool:
        element = self._element(self.after, where) or self._element(self.before, where)
        return element is not None and element.about == "timer"

    def _type(self, side: Side, where: Where) -> str:
        element = self._element(side, where)
        return "" if element is None else element.type

    def _element(self, side: Side, where: Where) -> Element | None:
        model = self._model(side, where)
        return None if model is None else model.elements.get(where[1])

    def _model(self, side: Side, where: Where) -> Process | None:
        bundle = side.closure.bundles.get(where[0])
        return None if bundle is None else bundle.model


def _marks(side: Side) -> list[_Mark]:
    standing = sorted((place.bundle, place.element) for place in side.run.standing)
    return [*(_Mark(one.where) for one in side.path), *(_Mark(where, waits=True) for where in standing)]


def _nth(marks: Sequence[_Mark], at: int) -> _Mark:
    return marks[at] if at < len(marks) else _Mark(NOWHERE)


def _variables(path: Sequence[Passed], at: int) -> Mapping[str, Value]:
    return path[min(at, len(path)) - 1].variables if path and at else {}


def _conditions(model: Process | None, gateway: str) -> dict[str, str]:
    """The conditions of the flows that leave, by where they lead; that of the default is empty."""
    return dict(_flows(model, gateway)) if model is not None else {}


def _flows(model: Process, gateway: str) -> Iterator[tuple[str, str]]:
    for flow in model.outgoing.get(gateway, ()):
        yield flow.target, flow.condition.removeprefix("=").strip()


def _only(lasting: Sequence[timedelta]) -> timedelta | None:
    return lasting[-1] if lasting else None


def _told(lasting: timedelta | None) -> str:
    return "" if lasting is None else str(plain(timedelta(seconds=round(lasting.total_seconds()))))
