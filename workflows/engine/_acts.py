"""Gives a command to the tokens it is for."""

from collections.abc import Mapping
from datetime import UTC, datetime

from akta.ids import TokenId
from akta.languages import N_, sentence
from bpmn.values import Kept
from workflows.engine import _hand
from workflows.engine._catching import Catching
from workflows.engine._errors import NoSuchToken, NotDue, NotPossible, Stuck
from workflows.engine._outwards import raise_error
from workflows.engine._running import Case, Token
from workflows.engine._scopes import Scope, own, write
from workflows.engine.commands import (
    Cancel,
    Command,
    CompleteCall,
    CompleteTask,
    Deliver,
    DeliverSignal,
    FinishParts,
    FireTimer,
    Modify,
    Reschedule,
    Retry,
    SetVariables,
    SkipToken,
    Start,
    StartPart,
    ThrowError,
    Variables,
)


def do(case: Case, command: Command) -> int | None:
    """Give the command to its token; the token's id when it was a retry."""
    match command:
        case Start(variables, element):
            _start(case, variables, element)
        case CompleteTask() | CompleteCall() | ThrowError():
            _come_back(case, command)
        case Deliver() | DeliverSignal() | FireTimer():
            _happen(case, command)
        case Retry(token):
            return _retry(case, token)
        case Cancel():
            _cancel(case)
        case _:
            _by_hand(case, command)
    return None


def _come_back(case: Case, command: CompleteTask | CompleteCall | ThrowError) -> None:
    match command:
        case CompleteTask(token, variables):
            _finish(_offering(case, token, "task"), variables)
        case CompleteCall(token, variables):
            _finish(_offering(case, token, "call"), variables)
        case ThrowError(token, code, message, variables):
            _throw(_offering(case, token, "task", "call"), code, message, variables)


def _happen(case: Case, command: Deliver | DeliverSignal | FireTimer) -> None:
    match command:
        case Deliver(token, variables):
            waiting = _offering(case, token, "message")
            waiting.task_spec.caught(waiting, own(variables))
        case DeliverSignal(signal, variables):
            _signal(case, signal, variables)
        case FireTimer(token):
            _fire(_offering(case, token, "timer"))


def _by_hand(case: Case, command: SetVariables | SkipToken | Modify | StartPart | FinishParts | Reschedule) -> None:
    match command:
        case SetVariables(variables, token):
            maps = case.maps() if token is None else _token(case, token).maps()
            for name, value in own(variables).items():
                write(maps, name, value)
        case SkipToken(token, variables, flow):
            _hand.skip(_token(case, token), own(variables), flow)
        case Modify(cancel, start):
            _hand.modify(case, [_token(case, token) for token in cancel], start)
        case StartPart(token, element, variables):
            choice = _offering(case, token, "parts")
            choice.task_spec.start_part(choice, element, own(variables))
        case FinishParts(token):
            choice = _offering(case, token, "parts")
            choice.task_spec.finish_parts(choice)
        case Reschedule(due):
            _reschedule(case, due)


def _reschedule(case: Case, due: Mapping[TokenId, datetime]) -> None:
    for token, instant in due.items():
        if instant.tzinfo is None:
            raise ValueError("the engine needs an aware time")
        waiting = _offering(case, token, "timer")
        waiting.task_spec.rearm(waiting, instant.astimezone(UTC))


def _start(case: Case, variables: Variables, element: str) -> None:
    spec = case.spec
    start = spec.task_specs[spec.first] if spec.first and element in ("", spec.first) else spec.starts.get(element)
    if start is None:
        if element:
            raise NotPossible(N_("no case begins at %(element)s"), element=element)
        raise NotPossible(N_("no case begins without a reason"))
    given: Scope = {}
    if start.gives:
        given = own(variables)
    else:
        # Event sub-processes that listen from the start see them.
        case.variables = Kept.of(variables)
    case.open()
    if isinstance(start, Catching):
        token = case.put(start)
        token.step("entered")
        if start.enter(token):
            start.proceed(token, given)
    else:
        case.start_at(start, given)


def _cancel(case: Case) -> None:
    if case.completed:
        raise NoSuchToken("the case has ended")
    case.last = case.spec.place
    case.cancel_tokens()
    case.completed = True


def _token(case: Case, ident: TokenId) -> Token:
    if ident not in case.tokens:
        raise NoSuchToken
    return case.tokens[ident]


def _offering(case: Case, ident: TokenId, *kinds: str) -> Token:
    token = _token(case, ident)
    if token.offer is None or token.offer.kind not in kinds:
        raise NoSuchToken
    return token


def _signal(case: Case, signal: str, variables: Variables) -> None:
    """Those that wait when it comes get it; one that an earlier of them took away does not."""
    waiting = [token for _, token in sorted(case.tokens.items()) if token.awaits_signal(signal)]
    if not waiting:
        raise NoSuchToken
    for token in waiting:
        if token.id in case.tokens and token.awaits_signal(signal):
            token.task_spec.caught(token, own(variables))


def _finish(token: Token, variables: Variables) -> None:
    token.result = own(variables)
    token.complete()


def _fire(token: Token) -> None:
    if token.offer is not None and token.offer.due is not None and token.offer.due > token.case.act.now:
        raise NotDue
    token.task_spec.caught(token, {})


def _throw(token: Token, code: str, message: str, variables: Variables) -> None:
    try:
        raise_error(token, code, own(variables))
    except Stuck as stuck:
        said = sentence("%(problem)s: %(message)s", problem=stuck.cause, message=message) if message else stuck.cause
        token.halt("run", Stuck(said))


def _retry(case: Case, ident: TokenId) -> int:
    token = case.tokens.get(ident)
    if token is None or token.stop is None:
        raise NoSuchToken
    token.retry()
    return token.id
