"""Running one recorded case on two versions at once: on its own exactly as it was, on the other as far as that goes.

What happened by itself in the first run (an answer, a message, a timer that both have) happens in the second at the
same moment, wherever the second waits for it. Timers that only the second has fire when they are due.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, Protocol, TypeVar

from akta.errors import Conflict
from akta.ids import TokenId
from bpmn.values import Value
from workflows.dry_runs import PASSED, DryRun
from workflows.engine import (
    Cancel,
    Command,
    CompleteCall,
    CompleteTask,
    Deliver,
    DeliverSignal,
    FinishParts,
    FireTimer,
    Modify,
    Outcome,
    Place,
    Reschedule,
    Retry,
    SetVariables,
    SkipToken,
    Start,
    StartPart,
    ThrowError,
)
from workflows.replay._pair import Closure, Pair
from workflows.replay._record import CLOCK_STOPPED, RESUMED, SUSPENDED, Act, RecordedCase

Where = tuple[str, str]
"""Process and element."""
MOST_FIRINGS = 200
"""Timers of one case that fire by themselves; a cycle would fire for ever."""
SAME_TIME = timedelta(seconds=1)
Answer = CompleteTask | CompleteCall | ThrowError | Deliver


class Placed(Protocol):
    """Something that waits somewhere."""

    @property
    def place(self) -> Place: ...


P = TypeVar("P", bound=Placed)


@dataclass(frozen=True, slots=True)
class Passed:
    """An element that was passed, and the case's variables then."""

    where: Where
    type: str
    variables: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Lacking:
    """Something the record has no answer for: fields of a form, or the answer of a handler.

    `at` is how many elements had been passed. `assumed`: the run went on with what was answered before.
    """

    where: Where
    kind: Literal["fields", "handler"]
    names: tuple[str, ...]
    at: int
    assumed: bool = True


class Side:
    """One of the two runs, with the way it went, how long it waited where, and which rules decided."""

    def __init__(self, closure: Closure, pair: Pair) -> None:
        self.run = DryRun(closure.definition, pair.calendar)
        self.closure = closure
        self.path: list[Passed] = []
        self.waits: dict[Where, list[timedelta]] = {}
        self.rules: dict[Where, list[object]] = {}

    def do(self, command: Command, now: datetime) -> Outcome:
        outcome = self.run.do(command, now)
        for step in outcome.steps:
            where = (step.place.bundle, step.place.element)
            if step.kind in PASSED:
                self.path.append(Passed(where, step.place.type, outcome.variables))
            elif step.kind == "decided":
                self.rules.setdefault(where, []).append(step.data.get("matched"))
        if not isinstance(command, Reschedule):
            for timer in outcome.timers:
                self.waits.setdefault(_where(timer), []).append(timer.due_at - now)
            for task in outcome.tasks:
                if task.due_at is not None:
                    self.waits.setdefault(_where(task), []).append(task.due_at - now)
        return outcome


class Unrepeatable(Exception):
    """The record does not lead to where the case is, or not all of it is there any more."""


@dataclass(frozen=True)
class Played:
    """Both runs of one case, and what the record could not answer in the second."""

    before: Side
    after: Side
    lacking: tuple[Lacking, ...]


def play(pair: Pair, case: RecordedCase, now: datetime) -> Played:
    """Run a recorded case on both versions, until the present.

    Raises:
        Unrepeatable: its own version does not come to what was recorded.
    """
    return _Play(pair, case).until(now)


class _Play:
    def __init__(self, pair: Pair, case: RecordedCase) -> None:
        self.pair, self.case = pair, case
        self.before, self.after = Side(pair.before, pair), Side(pair.after, pair)
        self.lacking: list[Lacking] = []
        self.left: list[tuple[Where, Answer]] = []
        """Answers the second run has not come to ask for yet."""
        self.told: dict[tuple[str, str], Answer] = {}
        """What handlers answered, by their name and what they were asked."""
        self.halted: datetime | None = None
        self.stopped: set[Where] = set()
        self.firings = 0

    def until(self, now: datetime) -> Played:
        if not self.case.whole:
            raise Unrepeatable
        for act in self.case.acts:
            self._own_timers(act.at)
            self._about_time(act)
            if act.command is not None:
                self._act(act.command, self.pair.local(act.at), moved=act.kind == RESUMED)
        self._check()
        self._own_timers(now)
        for call in self.after.run.open.calls.values():
            if _where(call) not in {_where(other) for other in self.before.run.open.calls.values()}:
                self._lack(_where(call), "handler", {call.handler}, assumed=False)
        return Played(self.before, self.after, tuple(self.lacking))

    def _check(self) -> None:
        run = self.before.run
        ended = run.ended.element if run.ended is not None else ""
        standing = {(place.bundle, place.element) for place in run.standing}
        cancelled = bool(self.case.acts) and isinstance(self.case.acts[-1].command, Cancel)
        if standing != self.case.standing or (ended != self.case.ended and not cancelled):
            raise Unrepeatable

    def _act(self, command: Command, now: datetime, *, moved: bool) -> None:
        """Do it in the first run, and what it is there in the second, unless its times were `moved` already."""
        live = self.after.run.ended is None and not moved
        wanted = self._counterpart(command, now) if live else None
        asked = self._asked(command)
        try:
            self.before.do(command, now)
        except (Conflict, ValueError) as broken:
            raise Unrepeatable from broken
        if asked is not None and isinstance(command, CompleteCall | ThrowError):
            self.told[asked] = command
        if wanted is not None:
            self._try(wanted, now)
        self._settle(now)

    def _asked(self, command: Command) -> tuple[str, str] | None:
        call = self.before.run.open.calls.get(getattr(command, "token", TokenId(0)))
        return None if call is None else (call.handler, repr(sorted(call.input.items())))

    def _try(self, command: Command, now: datetime) -> bool:
        if self.after.run.ended is not None:
            return False
        try:
            self.after.do(command, now)
        except (Conflict, ValueError):
            return False
        return True

    def _settle(self, now: datetime) -> None:
        """Give the second run what it has come to ask for: answers given before it did, and those handlers gave to
        the same question elsewhere."""
        again = True
        while again and self.after.run.ended is None:
            again = any(self._late(index, now) for index in range(len(self.left))) or self._known_calls(now)

    def _late(self, index: int, now: datetime) -> bool:
        where, command = self.left[index]
        token = next(iter(_at(_waiting_for(command, self.after.run), where)), None)
        if token is None or not self._try(replace(command, token=token), now):
            return False
        del self.left[index]
        return True

    def _known_calls(self, now: datetime) -> bool:
        here = {_where(call) for call in self.before.run.open.calls.values()}
        for token, call in self.after.run.open.calls.items():
            if _where(call) in here:
                continue
            told = self.told.get((call.handler, repr(sorted(call.input.items()))))
            if told is not None:
                return self._try(replace(told, token=token), now)
            if self.pair.gives_nothing(call.handler):
                return self._try(CompleteCall(token), now)
        return False

    # What a command is in the second run

    def _counterpart(self, command: Command, now: datetime) -> Command | None:
        ours, theirs = self.before.run.open, self.after.run.open
        match command:
            case Start():
                lacking = self.pair.start_unanswered(command.variables, now)
                self._lack((self.pair.main, ""), "fields", lacking)
                return command
            case CompleteTask() | CompleteCall() | ThrowError() | Deliver():
                return self._answer(command, now)
            case FireTimer(token):
                peer = _peer(token, ours.timers, theirs.timers)
                return FireTimer(peer) if peer is not None and self._shared(peer) else None
            case Retry(token):
                peer = _peer(token, ours.stopped, theirs.stopped)
                return None if peer is None else Retry(peer)
            case StartPart(token) | FinishParts(token):
                peer = _peer(token, ours.choices, theirs.choices)
                return None if peer is None else replace(command, token=peer)
            case Reschedule():
                return self._moved(command)
            case SetVariables(token=None) | Cancel() | DeliverSignal():
                return command
        return self._by_hand(command)

    def _answer(self, command: Answer, now: datetime) -> Command | None:
        mine, theirs = _waiting_for(command, self.before.run), _waiting_for(command, self.after.run)
        if command.token not in mine:
            return None
        where = _where(mine[command.token])
        peer = _peer(command.token, mine, theirs)
        if peer is None and isinstance(command, Deliver):
            name = self.before.run.open.messages[command.token].message
            peer = next((t for t, one in self.after.run.open.messages.items() if one.message == name), None)
        if peer is None:
            self.left.append((where, command))
            return None
        if isinstance(command, CompleteTask):
            was, task = self.before.run.open.tasks[command.token], self.after.run.open.tasks[peer]
            lacking = self.pair.unanswered(where[0], was.form, task.form, command.variables, task.context, now)
            self._lack(where, "fields", lacking)
        if isinstance(command, CompleteCall):
            old, new = self.before.run.open.calls[command.token].handler, self.after.run.open.calls[peer].handler
            self._lack(where, "handler", {new} - {old})
        return replace(command, token=peer)

    def _lack(self, where: Where, kind: Literal["fields", "handler"], names: set[str], *, assumed: bool = True) -> None:
        if names:
            self.lacking.append(Lacking(where, kind, tuple(sorted(names)), len(self.after.path), assumed))

    def _by_hand(self, command: SetVariables | SkipToken | Modify) -> Command | None:
        mine = {one.token: one for one in self.before.run.tokens()}
        theirs = {one.token: one for one in self.after.run.tokens()}

        def peer(token: TokenId | None) -> TokenId | None:
            return None if token is None else _peer(token, mine, theirs)

        if isinstance(command, Modify):
            gone = tuple(found for token in command.cancel if (found := peer(token)) is not None)
            start = tuple(replace(one, within=peer(one.within)) for one in command.start)
            return Modify(gone, start)
        found = peer(command.token)
        return None if found is None else replace(command, token=found)

    # Time

    def _shared(self, token: TokenId) -> bool:
        """Whether the first run has the same timer: then it fires when that one did."""
        timer = self.after.run.open.timers[token]
        return any(
            abs(other.due_at - timer.due_at) < SAME_TIME
            for other in self.before.run.open.timers.values()
            if _where(other) == _where(timer)
        )

    def _own_timers(self, until: datetime) -> None:
        """Fire what only the second run has, each when it is due."""
        while self.halted is None and self.after.run.ended is None and self.firings < MOST_FIRINGS:
            timers = self.after.run.open.timers.values()
            due = [timer for timer in timers if timer.due_at <= until and _where(timer) not in self.stopped]
            own = [timer for timer in due if not self._shared(timer.token)]
            if not own:
                return
            timer = min(own, key=lambda one: one.due_at)
            self.firings += 1
            if not self._try(FireTimer(timer.token), self.pair.local(timer.due_at)):
                return
            self._settle(self.pair.local(timer.due_at))

    def _about_time(self, act: Act) -> None:
        if act.kind == SUSPENDED:
            self.halted = act.at
        elif act.kind == CLOCK_STOPPED:
            self.stopped.add(act.place)
        elif act.kind == RESUMED and self.halted is not None:
            stood, self.halted = act.at - self.halted, None
            due = {token: timer.due_at + stood for token, timer in self.after.run.open.timers.items()}
            if due:
                self._try(Reschedule(due), self.pair.local(act.at))

    def _moved(self, command: Reschedule) -> Command | None:
        """Clocks given another time: the same in the second run, or, where it runs otherwise, later by as much."""
        due: dict[TokenId, datetime] = {}
        for token, until in command.due.items():
            mine = self.before.run.open.timers.get(token)
            peer = _peer(token, self.before.run.open.timers, self.after.run.open.timers)
            if mine is None or peer is None:
                continue
            self.stopped.discard(_where(mine))
            theirs = self.after.run.open.timers[peer]
            shared = abs(theirs.due_at - mine.due_at) < SAME_TIME or abs(theirs.due_at - until) < SAME_TIME
            due[peer] = until if shared else theirs.due_at + (until - mine.due_at)
        return Reschedule(due) if due else None


def _where(one: Placed) -> Where:
    return one.place.bundle, one.place.element


def _at(waiting: Mapping[TokenId, P], where: Where) -> list[TokenId]:
    return [token for token, one in waiting.items() if _where(one) == where]


def _peer(token: TokenId, mine: Mapping[TokenId, P], theirs: Mapping[TokenId, P]) -> TokenId | None:
    """The token that waits at the same place in the other run: of several the one with the same turn."""
    if token not in mine:
        return None
    where = _where(mine[token])
    turn, there = _at(mine, where).index(token), _at(theirs, where)
    return there[turn] if turn < len(there) else None


def _waiting_for(command: Answer, run: DryRun) -> Mapping[TokenId, Placed]:
    match command:
        case CompleteTask():
            return run.open.tasks
        case CompleteCall():
            return run.open.calls
        case Deliver():
            return run.open.messages
    return {**run.open.tasks, **run.open.calls}
