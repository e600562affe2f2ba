"""One command to one case, and the messages it throws to others, in one transaction."""

from collections import deque
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select

from akta.errors import Conflict
from akta.ids import CaseId, TokenId
from akta.languages import N_
from akta.subjects import Actor
from storage.cases import Case, CaseState, Subscription
from storage.tenants import Tenant
from storage.unit_of_work import Transaction
from workflows import _record, engine
from workflows.engine.commands import Command, Deliver
from workflows.engine.outcome import Outcome, ThrownMessage
from workflows.history import Evidence
from workflows.runtime import Runtime

DELIVERIES = 200
"""How many messages one act may set going, through however many cases."""


class CaseClosed(Conflict):
    """The case has ended; nothing more can be done in it."""

    title = N_("This case is closed.")


class MessageStorm(Conflict):
    """Cases keep sending each other messages; the models have to be mended."""

    title = N_("The processes keep sending each other messages without end.")


def take(
    tx: Transaction,
    runtime: Runtime,
    case_id: CaseId,
    command: Command,
    by: Actor,
    now: datetime,
    evidence: Evidence | None = None,
) -> Outcome:
    """Lock the case, take it one command further, record that, and deliver what it throws.

    Raises:
        NotFound: there is no such case.
        CaseClosed: it has ended.
        NoSuchToken: nothing waits there for this command any more.
        MessageStorm: the messages never come to an end.
    """
    case = tx.locked(Case, case_id)
    outcome = _one(tx, runtime, case, command, by, now, evidence or Evidence())
    route(tx, runtime, outcome.thrown, by, now)
    return outcome


def route(tx: Transaction, runtime: Runtime, thrown: Sequence[ThrownMessage], by: Actor, now: datetime) -> list[CaseId]:
    """Deliver messages to whoever awaits them, and what those throw in turn; gives the cases reached, in order."""
    reached: list[CaseId] = []
    waiting = deque(thrown)
    left = DELIVERIES
    while waiting:
        message = waiting.popleft()
        for case_id in _subscribers(tx, message):
            for token in _tokens(tx, tx.locked(Case, case_id), message):
                left -= 1
                if left < 0:
                    raise MessageStorm(message.message)
                waiting.extend(deliver(tx, runtime, case_id, token, message, by, now))
                reached.append(case_id)
    return reached


def deliver(
    tx: Transaction,
    runtime: Runtime,
    case_id: CaseId,
    token: TokenId,
    message: ThrownMessage,
    by: Actor,
    now: datetime,
) -> Sequence[ThrownMessage]:
    """Deliver to one token of a locked case; nothing happens when an earlier delivery ended its wait."""
    case = tx.get(Case, case_id)
    awaited = select(Subscription.id).where(Subscription.case_id == case_id, Subscription.token == token)
    if case.state == "closed" or tx.session.scalar(awaited) is None:
        return ()
    command = Deliver(token, message.variables)
    return _one(tx, runtime, case, command, by, now, Evidence(data={"message": message.message})).thrown


def _one(
    tx: Transaction, runtime: Runtime, case: Case, command: Command, by: Actor, now: datetime, evidence: Evidence
) -> Outcome:
    if case.state == "closed":
        raise CaseClosed(case.reference)
    # Both in one statement; before its start a case has no state.
    read = select(Tenant, CaseState.content).outerjoin(CaseState, CaseState.case_id == case.id)
    tenant, state = tx.session.execute(read.where(Tenant.id == tx.tenant)).one()
    definition = runtime.definitions.for_case(tx, case)
    # Expressions ask for today(), which is the utility's day; nothing else depends on the zone.
    outcome = engine.advance(definition, state, command, now=tenant.local(now))
    jobs = _record.record(tx, case, command, outcome, by, now, evidence)
    runtime.send_after_commit(tx, jobs)
    return outcome


def _subscribers(tx: Transaction, message: ThrownMessage) -> list[CaseId]:
    """Cases that await the message, in id order: the order in which they are locked."""
    found = select(Subscription.case_id).where(*_awaits(message)).distinct().order_by(Subscription.case_id)
    return [CaseId(case_id) for case_id in tx.session.scalars(found)]


def _tokens(tx: Transaction, case: Case, message: ThrownMessage) -> list[TokenId]:
    found = select(Subscription.token).where(Subscription.case_id == case.id, *_awaits(message))
    return [TokenId(token) for token in tx.session.scalars(found.order_by(Subscription.token))]


def _awaits(message: ThrownMessage) -> tuple[ColumnElement[bool], ...]:
    key = _record.correlation_key(message.correlation)
    return Subscription.message == message.message, Subscription.correlation == key
