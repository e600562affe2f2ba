"""The pure step: a definition, a state and a command in, an outcome out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from akta.errors import Conflict
from akta.ids import TokenId
from akta.languages import Sentence
from bpmn import feel
from bpmn.calendars import Calendar
from workflows.engine import _codec
from workflows.engine._acts import do
from workflows.engine._definition import Definition
from workflows.engine._errors import NoSuchToken
from workflows.engine._expressions import Act
from workflows.engine._running import Case, Token
from workflows.engine._subprocesses import CallActivity
from workflows.engine.commands import Command, Start, Variables
from workflows.engine.outcome import Outcome, Place, StandingToken, StoppedToken


def advance(
    definition: Definition,
    state: bytes | None,
    command: Command,
    now: datetime,
    calendar: Calendar | None = None,
) -> Outcome:
    """Take a case one command further, until everything in it waits.

    `state` is None exactly for `Start`. The same arguments always give the same outcome. The zone of `now` decides
    which day `today()` is for expressions, and nothing else. `calendar` is what they count working days by.

    Raises:
        NoSuchToken: the token is gone, or does not wait for this.
        NotPossible: what was asked for by hand cannot be done there.
        NotDue: the timer's time is later than `now`.
        Conflict: a case is started twice, or a command is given before the start.
        TypeError: a variable has a value that variables cannot hold.
        ValueError: `now` is naive, or the state is none of this definition.
    """
    if now.tzinfo is None:
        raise ValueError("the engine needs an aware time")
    if isinstance(command, Start) != (state is None):
        raise Conflict("a case starts once, before anything else")
    case = _codec.new(definition, now) if state is None else _codec.load(definition, state, now)
    case.act = Act(now, feel.Allowance(calendar))
    before, stood = _waiting(case), _positions(case)
    retried = do(case, command)
    case.drain()
    return _outcome(case, before, stood, retried)


def places(definition: Definition, state: bytes) -> tuple[Place, ...]:
    """Where the tokens of a stored case stand."""
    return _positions(_codec.load(definition, state, datetime.min.replace(tzinfo=UTC)))


def variables(definition: Definition, state: bytes, token: TokenId | None = None) -> Variables:
    """A stored case's own variables (root scope), or all that one of its tokens sees.

    Raises:
        NoSuchToken: the token is gone.
    """
    case = _codec.load(definition, state, datetime.min.replace(tzinfo=UTC))
    if token is None:
        return case.variables or {}
    if token not in case.tokens:
        raise NoSuchToken
    return dict(case.tokens[token].visible())


def tokens(definition: Definition, state: bytes) -> tuple[StandingToken, ...]:
    """Every token of a stored case, oldest first."""
    case = _codec.load(definition, state, datetime.min.replace(tzinfo=UTC))
    return tuple(_standing(case, token) for _, token in sorted(case.tokens.items()))


def _standing(case: Case, token: Token) -> StandingToken:
    waits: str = "others" if token.offer is None else token.offer.kind
    if token.stop is not None:
        waits = "stopped"
    elif token.offer is None and token.id in case.subprocesses:
        waits = "inside"
    around = token.workflow.parent_task_id
    within = None if around is None else TokenId(around)
    due = None if token.offer is None else token.offer.due
    return StandingToken(TokenId(token.id), token.place, waits, token.listening, within, due, *_about(token))


def _about(token: Token) -> tuple[str, str]:
    """What a token waits for in words, and the key of its message."""
    if token.stop is not None:
        return str(token.stop.cause), ""
    if token.offer is None:
        return "", ""
    if token.offer.kind == "condition":
        return token.task_spec.event.holds.text, ""
    return token.offer.message, token.offer.key


@dataclass(frozen=True, slots=True)
class _Waits:
    """What a token waited for at one moment."""

    offer: str
    """The kind of its offer, if it had one."""
    stopped: bool


def _waiting(case: Case) -> Mapping[int, _Waits]:
    return {
        ident: _Waits(
            offer="" if token.offer is None else token.offer.kind,
            stopped=token.stop is not None,
        )
        for ident, token in sorted(case.tokens.items())
    }


def _outcome(case: Case, before: Mapping[int, _Waits], stood: tuple[Place, ...], retried: int | None) -> Outcome:
    after, journal = _waiting(case), case.journal
    nothing = _Waits(offer="", stopped=False)
    closed = [
        ident
        for ident, was in before.items()
        if (was.offer and not after.get(ident, nothing).offer) or (was.stopped and ident not in after)
    ]
    stopped = [
        ident
        for ident, now in after.items()
        if now.stopped and (ident == retried or not before.get(ident, nothing).stopped)
    ]
    return Outcome(
        state=_codec.save(case),
        variables=case.variables or {},
        positions=_positions(case),
        stood=stood,
        tasks_kept=sum(was.offer == after.get(ident, nothing).offer == "task" for ident, was in before.items()),
        tasks=tuple(task for task in journal.tasks if _open(case, task.token)),
        calls=tuple(call for call in journal.calls if _open(case, call.token)),
        timers=tuple(timer for timer in journal.timers if _open(case, timer.token)),
        awaited=tuple(message for message in journal.awaited if _open(case, message.token)),
        awaited_signals=tuple(signal for signal in journal.awaited_signals if _open(case, signal.token)),
        awaited_conditions=tuple(one for one in journal.awaited_conditions if _open(case, one.token)),
        choices=tuple(choice for choice in journal.choices if _open(case, choice.token)),
        closed=tuple(TokenId(ident) for ident in closed),
        waited={TokenId(ident): before[ident].offer for ident in closed},
        thrown=tuple(journal.thrown),
        thrown_signals=tuple(journal.thrown_signals),
        steps=tuple(journal.steps),
        stopped=tuple(_stopped(case.tokens[ident]) for ident in stopped),
        resumed=() if retried is None or retried in stopped else (TokenId(retried),),
        ended=case.last if case.completed else None,
    )


def _open(case: Case, token: TokenId) -> bool:
    found = case.tokens.get(token)
    return found is not None and found.offer is not None


def _stopped(token: Token) -> StoppedToken:
    return StoppedToken(TokenId(token.id), token.place, token.stop.cause if token.stop else Sentence(""))


def _positions(case: Case) -> tuple[Place, ...]:
    """Where the case stands: not the events that listen beside it, nor sub-processes whose inside says it better."""
    return tuple(token.place for _, token in sorted(case.tokens.items()) if not token.listening and _stands(token))


def _stands(token: Token) -> bool:
    inside = token.case.subprocesses.get(token.id)
    return inside is None or isinstance(token.task_spec, CallActivity) or not inside.alive()
