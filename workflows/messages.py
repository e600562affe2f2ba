"""Messages from outside a case: to everyone who awaits them by key, to one case, or to whoever awaits them later."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select
from sqlalchemy.orm import Session

from akta import subjects
from akta.errors import Conflict
from akta.ids import CaseId, TenantId, TokenId
from akta.languages import N_
from akta.subjects import Actor, Door
from storage.cases import Case, Parcel, Subscription
from storage.unit_of_work import ChangedMeanwhile, Transaction, UnitOfWork
from workflows import _record, causes
from workflows._round import MOST_HOPS, Round, of_parcel, on_its_way
from workflows.engine.commands import Variables
from workflows.runtime import Runtime
from workflows.sent import MESSAGE, SIGNAL, Sent

MOST_FAILURES = 3
RETRY = (timedelta(minutes=1), timedelta(minutes=10))

_log = logging.getLogger("akta.messages")


class AlreadySent(Conflict):
    """A message with this id is on its way."""

    title = N_("A message with this id was sent before and is still on its way.")


@dataclass(frozen=True, slots=True)
class Due:
    """A parcel that can be delivered now."""

    tenant: TenantId
    parcel: UUID


def correlate(
    tx: Transaction,
    runtime: Runtime,
    message: str,
    correlation: str,
    variables: Variables,
    by: Actor,
    now: datetime,
    *,
    ttl: timedelta | None = None,
    message_id: str | None = None,
) -> list[CaseId]:
    """Deliver a message to every case that awaits it under this key, and begin those that begin with it.

    Gives the cases it reached in this transaction (none is no error). Cases are locked in id order; what they throw is
    delivered in the same transaction, as far as one transaction may go; the tick does the rest. With `ttl` a message
    that nobody awaits waits that long for the first who does.

    Raises:
        AlreadySent: one with this id is on its way.
    """
    if message_id is not None and on_its_way(tx, message_id):
        raise AlreadySent(message_id)
    act = Round(tx, runtime, by, now)
    act.send(Sent(message, correlation, variables, ttl=ttl, message_id=message_id))
    return act.reached


def broadcast(
    tx: Transaction, runtime: Runtime, signal: str, variables: Variables, by: Actor, now: datetime
) -> list[CaseId]:
    """Give a signal to every case of the utility that awaits it, and begin those that begin with it.

    Gives the cases it reached in this transaction; the tick takes it to the others.
    """
    act = Round(tx, runtime, by, now)
    act.send(Sent(signal, variables=variables, kind=SIGNAL))
    return act.reached


def awaits(tx: Transaction, case_id: CaseId, message: str) -> bool:
    """Whether the case waits for this message now."""
    found = select(Subscription.id).where(*_awaited(case_id, message))
    return tx.session.scalar(found.limit(1)) is not None


def _awaited(case_id: CaseId, message: str) -> tuple[ColumnElement[bool], ...]:
    return Subscription.case_id == case_id, Subscription.kind == MESSAGE, Subscription.message == message


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
    """
    tx.locked(Case, case_id)
    found = select(Subscription.token, Subscription.correlation).order_by(Subscription.token)
    found = found.where(*_awaited(case_id, message))
    awaited = tx.session.execute(found).first()
    if awaited is None:
        return False
    sent = Sent(message, awaited.correlation, variables, case=case_id, token=TokenId(awaited.token))
    Round(tx, runtime, by, now).send(sent)
    return True


def due(session: Session, now: datetime, limit: int = 200) -> list[Due]:
    """Parcels of every tenant that can be delivered: handed over, or kept and awaited by now. Drops the expired."""
    session.execute(delete(Parcel).where(Parcel.due_at.is_(None), Parcel.expires_at <= now))
    awaited = exists().where(
        Subscription.tenant_id == Parcel.tenant_id,
        Subscription.kind == Parcel.kind,
        Subscription.message == Parcel.message,
        Subscription.correlation == Parcel.correlation,
    )
    ready = or_(Parcel.due_at <= now, and_(Parcel.due_at.is_(None), Parcel.case_id.is_(None), awaited))
    found = select(Parcel.tenant_id, Parcel.id).where(ready, Parcel.failures < MOST_FAILURES)
    return [Due(TenantId(tenant), parcel) for tenant, parcel in session.execute(found.order_by(Parcel.id).limit(limit))]


def relay(uow: UnitOfWork, runtime: Runtime, parcel: Due, now: datetime) -> bool:
    """Deliver one parcel; False when it is gone or in other hands. One that breaks off is tried again, then shown."""
    try:
        with uow.begin() as tx:
            return _relay(tx, runtime, parcel.parcel, now)
    except ChangedMeanwhile:
        return False
    except Exception as failure:
        _log.exception("parcel %s broke off", parcel.parcel)
        with uow.begin() as tx:
            _failed(tx, parcel.parcel, causes.in_words(failure), now)
        return False


class MessageStorm(Exception):
    """The processes keep sending each other messages without end; the models have to be mended."""


def _relay(tx: Transaction, runtime: Runtime, parcel_id: UUID, now: datetime) -> bool:
    wanted = select(Parcel).where(Parcel.id == parcel_id).with_for_update(skip_locked=True)
    parcel = tx.session.scalar(wanted, execution_options={"populate_existing": True})
    if parcel is None:
        return False
    if parcel.hops > MOST_HOPS:
        raise MessageStorm(f"{parcel.message} led to messages without end")
    sent, hops = of_parcel(parcel), parcel.hops
    tx.session.delete(parcel)
    tx.session.flush()
    Round(tx, runtime, subjects.system(tx.tenant).acting(Door.TIMER), now, hops).send(sent)
    return True


def _failed(tx: Transaction, parcel_id: UUID, cause: str, now: datetime) -> None:
    """Try again later; in the end it waits for a person, in the first case that awaits it."""
    parcel = tx.find(Parcel, parcel_id)
    if parcel is None:
        return
    awaiting = select(Subscription).where(
        Subscription.kind == parcel.kind,
        Subscription.message == parcel.message,
        Subscription.correlation == parcel.correlation,
    )
    if parcel.case_id is not None:
        awaiting = awaiting.where(Subscription.case_id == parcel.case_id)
    first = tx.session.scalars(awaiting.order_by(Subscription.case_id).limit(1)).first()
    case = None if first is None else tx.locked(Case, first.case_id)
    parcel.failures += 1
    parcel.error = cause
    parcel.due_at = now + RETRY[min(parcel.failures, len(RETRY)) - 1]
    if parcel.failures < MOST_FAILURES or case is None or first is None:
        return
    trouble = _record.Trouble("message", first.token, first.element, first.process, cause, parcel=parcel.id)
    _record.incident(tx, case, trouble, subjects.system(tx.tenant).acting(Door.TIMER), now)
