"""Replaying past cases on a candidate, and what came of it, grouped by what is otherwise."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from akta.ids import CaseId
from bpmn.bundle import Bundle
from storage.bundles import Deployment
from storage.tenants import Tenant
from storage.unit_of_work import Transaction
from workflows import calendars, definitions, engine
from workflows.candidates import Candidate
from workflows.replay import _record
from workflows.replay._differences import Difference, Kind, difference
from workflows.replay._lockstep import Played, Unrepeatable, play
from workflows.replay._pair import Closure, Pair
from workflows.replay._record import RecordedCase
from workflows.runtime import Runtime

CLOSED = 200
"""Closed cases that are replayed unless somebody asks for more."""
MOST_CLOSED = 2_000


@dataclass(frozen=True, slots=True)
class Replayed:
    """One case that goes otherwise: where it ended and would end, empty while it is open."""

    case: CaseId
    reference: str
    ended: str
    would_end: str


@dataclass(frozen=True, slots=True)
class Group:
    """Cases that go otherwise in the same way."""

    difference: Difference
    cases: tuple[Replayed, ...]

    @property
    def other_ends(self) -> int:
        """How many of them would end otherwise."""
        return sum(1 for one in self.cases if one.ended != one.would_end)


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a replay: how many cases went the same way, and the others in groups, the largest first."""

    cases: int
    same: int
    groups: tuple[Group, ...]


def replay(
    tx: Transaction,
    runtime: Runtime,
    candidate: Candidate,
    now: datetime,
    closed: int = CLOSED,
) -> Report:
    """Run what was recorded of past cases on a candidate; nothing is written, called or sent.

    All open cases and the last `closed` closed ones that ran on a version of this process, or called one, are run
    twice: on their own version, which has to come to what was recorded, and with the candidate in its place.

    Raises:
        NotRunnable: the engine does not run the candidate.
    """
    pairs = _Pairs(tx, runtime, candidate)
    ids = _record.chosen(tx, list(pairs.deployments.values()), min(max(closed, 0), MOST_CLOSED))
    found: dict[Difference, list[Replayed]] = {}
    same = 0
    for case in _record.read(tx, ids):
        other, told = compared(pairs.of(case), case, now)
        if other is None:
            same += 1
        else:
            found.setdefault(other, []).append(told)
    groups = sorted((Group(one, tuple(cases)) for one, cases in found.items()), key=lambda group: -len(group.cases))
    return Report(len(ids), same, tuple(groups))


def compared(pair: Pair | None, case: RecordedCase, now: datetime) -> tuple[Difference | None, Replayed]:
    """What one case does otherwise, if anything; without a pair its own version cannot be run any more."""
    try:
        if pair is None:
            raise Unrepeatable
        played = play(pair, case, now)
    except Unrepeatable:
        return Difference(Kind.UNKNOWN), Replayed(case.id, case.reference, case.ended, "")
    return difference(played), Replayed(case.id, case.reference, *_ends(played))


def _ends(played: Played) -> tuple[str, str]:
    ends = (side.run.ended for side in (played.before, played.after))
    before, after = ("" if end is None else end.element for end in ends)
    return before, after


class _Pairs:
    """The pair for each deployment on which cases of the process run; made when the first case needs it."""

    def __init__(self, tx: Transaction, runtime: Runtime, tried: Candidate) -> None:
        self._tx, self._runtime, self._candidate, self._called = tx, runtime, tried.bundle, tried.called
        candidate = tried.bundle
        self._tenant = tx.get(Tenant, tx.tenant)
        self._calendar = calendars.calendar(tx)
        self._made: dict[UUID, Pair | None] = {}
        self._after: dict[str, Closure] = {}
        every = tx.session.scalars(select(Deployment)).all()
        self.deployments = {one.id: one for one in every if candidate.key in (one.key, *one.closure)}
        if candidate.key not in {one.key for one in self.deployments.values()}:
            self._closure(candidate, tried.called)

    def of(self, case: RecordedCase) -> Pair | None:
        if case.deployment not in self._made:
            self._made[case.deployment] = self._pair(self.deployments[case.deployment])
        return self._made[case.deployment]

    def _pair(self, deployment: Deployment) -> Pair | None:
        known = self._runtime.definitions
        own, called = known.with_called(self._tx, deployment)
        try:
            before = Closure(known.for_deployment(self._tx, deployment), {own.key: own, **called})
        except engine.NotRunnable:
            return None
        return Pair(
            main=own.key,
            before=before,
            after=self._with_candidate(deployment, own, called),
            calendar=self._calendar,
            local=self._local(),
            gives_nothing=self._gives_nothing,
        )

    def _with_candidate(self, deployment: Deployment, own: Bundle, called: Mapping[str, Bundle]) -> Closure:
        """The candidate, or what calls it with the candidate in its place."""
        if own.key == self._candidate.key:
            return self._closure(self._candidate, self._called)
        together = {**self._called, **called, self._candidate.key: self._candidate}
        return self._closure(own, together, deployment.closure_hash)

    def _closure(self, main: Bundle, called: Mapping[str, Bundle], name: str = "") -> Closure:
        if name not in self._after:
            sources = [definitions.source(one) for key, one in called.items() if key != main.key]
            definition = engine.compile(definitions.source(main), sources)
            self._after[name] = Closure(definition, {main.key: main, **called})
        return self._after[name]

    def _local(self) -> Callable[[datetime], datetime]:
        return self._tenant.local

    def _gives_nothing(self, handler: str) -> bool:
        known = self._runtime.handlers
        return handler in known and not known[handler].gives.get("properties")
