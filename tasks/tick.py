"""The tick: fires what is due and re-sends what was lost; one process of an installation does it at a time."""

import logging
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from threading import Event, Thread

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from akta.clock import Clock
from akta.ids import DeploymentId, TenantId, new_id
from akta.subjects import Door, system
from documents import uploads
from storage.database import Database
from storage.files import Files
from storage.jobs import Lease
from storage.tenants import Tenant
from storage.unit_of_work import UnitOfWork
from tasks import jobs, start_drafts
from workflows import deployments, messages, passages, schedules, timers
from workflows.runtime import Runtime

NAME = "tick"
LEASE = timedelta(seconds=60)
EVERY = 5.0
"""Seconds between two passes."""
TIDYING = timedelta(hours=1)

_log = logging.getLogger("akta.tick")


@dataclass(frozen=True)
class Ticked:
    """What one pass did."""

    fired: int = 0
    sent: int = 0
    relayed: int = 0
    begun: int = 0
    more: bool = False
    """It fired as many timers as one pass may, or nearly: others wait that are due already."""


def owner() -> str:
    """A name for this process that no other has."""
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{new_id().hex[-8:]}"


def once(database: Database, runtime: Runtime, me: str, now: datetime, limit: int = 200) -> Ticked | None:
    """One pass: fire due timers and deliver messages that were handed over, each in its own transaction, then send due
    jobs. None when another holds the lease. What breaks off is logged and leaves the rest of the pass alone."""
    with database.across_tenants() as session:
        if not _hold(session, me, now):
            return None
        due_timers = timers.due(session, now, limit)
    fired = sum(
        _apart(partial(timers.fire, database.unit_of_work(timer.tenant), runtime, timer, now)) for timer in due_timers
    )
    with database.across_tenants() as session:
        parcels = messages.due(session, now, limit)
    relayed = sum(
        _apart(partial(messages.relay, database.unit_of_work(parcel.tenant), runtime, parcel, now))
        for parcel in parcels
    )
    _releases(database, now)
    begun = _schedules(database, runtime, now)
    with database.across_tenants() as session:
        due_jobs = jobs.due(session, now, limit)
    sent = sum(runtime.send_now(tenant, job) for tenant, job in due_jobs)
    return Ticked(fired, sent, relayed, begun, more=2 * fired > limit)


def _releases(database: Database, now: datetime) -> None:
    """Make versions active whose moment has come."""
    with database.view_across_tenants() as session:
        ripe = deployments.planned(session, now)
    for tenant, deployment in ripe:
        _apart(partial(_activate, database.unit_of_work(tenant), deployment, now))


def _activate(uow: UnitOfWork, deployment: DeploymentId, now: datetime) -> bool:
    with uow.begin() as tx:
        return deployments.activate_planned(tx, deployment, system(tx.tenant).acting(Door.TIMER), now)


def _schedules(database: Database, runtime: Runtime, now: datetime) -> int:
    """Look at the starts of versions just put to use, then begin the cases that the clock begins."""
    with database.view_across_tenants() as session:
        fresh = schedules.unseen(session)
    for one in fresh:
        _apart(partial(schedules.arm, database.unit_of_work(one.tenant), runtime, one.id, now))
    with database.view_across_tenants() as session:
        ripe = schedules.due(session, now)
    return sum(
        _apart(partial(schedules.begin, database.unit_of_work(one.tenant), runtime, one.id, now)) for one in ripe
    )


def _apart(act: Callable[[], bool]) -> bool:
    try:
        return act()
    except Exception:
        _log.exception("an act of the tick broke off")
        return False


def tidy(database: Database, files: Files, now: datetime) -> int:
    """Remove what nobody waits for any more: drafts that have expired, uploads whose form never came. How many uploads
    there were."""
    with database.across_tenants() as session:
        tenants = session.scalars(select(Tenant.id)).all()
    units = [database.unit_of_work(TenantId(tenant)) for tenant in tenants]
    for uow in units:
        start_drafts.sweep(uow, now)
        passages.sweep(uow, now)
    return sum(uploads.sweep(uow, files, now) for uow in units)


def release(database: Database, me: str) -> None:
    """Give the lease back, so that another process need not wait for its end."""
    with database.across_tenants() as session:
        session.execute(delete(Lease).where(Lease.name == NAME, Lease.owner == me))


def _hold(session: Session, me: str, now: datetime) -> bool:
    mine = update(Lease).where(Lease.name == NAME, or_(Lease.owner == me, Lease.until <= now))
    taken = session.execute(mine.values(owner=me, until=now + LEASE).returning(Lease.name)).first()
    if taken is not None:
        return True
    row = {"name": NAME, "owner": me, "until": now + LEASE}
    postgres = session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert(Lease) if postgres else sqlite.insert(Lease)
    made = insert.values(row).on_conflict_do_nothing().returning(Lease.name)
    return session.execute(made).first() is not None


class Tick(Thread):
    """A thread that ticks until it is stopped. A pass that breaks off is logged; the next one comes all the same.

    With `files` it also tidies up once an hour.
    """

    def __init__(
        self,
        database: Database,
        runtime: Runtime,
        clock: Clock,
        every: float = EVERY,
        files: Files | None = None,
        beat: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(name="akta-tick", daemon=True)
        self._database, self._runtime, self._clock, self._every = database, runtime, clock, every
        self._files, self._beat = files, beat
        self._tidied: datetime | None = None
        self._ended = Event()
        self._me = owner()

    def run(self) -> None:
        while not self._ended.is_set():
            more = False
            try:
                more = self._pass(self._clock.now())
                self._beat()
            except Exception:
                _log.exception("a pass of the tick broke off")
            if not more:
                self._ended.wait(self._every)

    def _pass(self, now: datetime) -> bool:
        """Whether the next one is not to be waited for."""
        done = once(self._database, self._runtime, self._me, now)
        if done is not None and self._files is not None:
            self._tidy(self._files, now)
        return done is not None and done.more

    def _tidy(self, files: Files, now: datetime) -> None:
        if self._tidied is None or now - self._tidied >= TIDYING:
            tidy(self._database, files, now)
            self._tidied = now

    def stop(self, timeout: float = 10.0) -> None:
        """End after the present pass and give the lease back."""
        self._ended.set()
        if self.is_alive():
            self.join(timeout)
        release(self._database, self._me)
