"""Messages from outside a case: to everyone who awaits them by key, or to one case."""

from datetime import datetime

from sqlalchemy import select

from akta.ids import CaseId, TokenId
from akta.subjects import Actor
from storage.cases import Case, Subscription
from storage.unit_of_work import Transaction
from workflows import _stepping
from workflows.engine.commands import Variables
from workflows.engine.outcome import ThrownMessage
from workflows.runtime import Runtime


def correlate(
    tx: Transaction,
    runtime: Runtime,
    message: str,
    correlation: str,
    variables: Variables,
    by: Actor,
    now: datetime,
) -> list[CaseId]:
    """Deliver a message to every case that awaits it under this key; gives the cases it reached (none is no error).

    Cases are locked in id order; what they throw is delivered in the same transaction.

    Raises:
        MessageStorm: the messages thrown never come to an end.
    """
    return _stepping.route(tx, runtime, [ThrownMessage(message, correlation, variables)], by, now)


def awaits(tx: Transaction, case_id: CaseId, message: str) -> bool:
    """Whether the case waits for this message now."""
    found = select(Subscription.id).where(Subscription.case_id == case_id, Subscription.message == message)
    return tx.session.scalar(found.limit(1)) is not None


def deliver(
    tx: Transaction,
    runtime: Runtime,
    case_id: CaseId,
    message: str,
    variables: Variables,
    by: Actor,
    now: datetime,
) -> bool:
    """Deliver a message to one case, whatever key it awaits it under; False when it does not wait for it.

    Raises:
        NotFound: there is no such case.
        MessageStorm: the messages thrown never come to an end.
    """
    tx.locked(Case, case_id)
    found = select(Subscription.token, Subscription.correlation).order_by(Subscription.token)
    found = found.where(Subscription.case_id == case_id, Subscription.message == message)
    awaited = tx.session.execute(found).first()
    if awaited is None:
        return False
    thrown = ThrownMessage(message, awaited.correlation, variables)
    further = _stepping.deliver(tx, runtime, case_id, TokenId(awaited.token), thrown, by, now)
    _stepping.route(tx, runtime, further, by, now)
    return True
