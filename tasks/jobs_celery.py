"""Celery carries the ids of jobs to workers; the database stays the truth, so a lost or doubled message is no harm."""

import logging
import os
from collections.abc import Callable
from threading import Event, Thread
from time import monotonic
from typing import Any
from uuid import UUID

from celery import Celery
from celery.apps.worker import Worker as CommandWorker
from celery.signals import worker_ready
from celery.worker import WorkController

from akta.ids import JobId, TenantId

TASK = "akta.perform"
QUEUE = "akta"
SOFT_LIMIT = 180
HARD_LIMIT = 240
"""Seconds a job may take; both shorter than a job's lease (`tasks.jobs.LEASE`)."""
VISIBILITY = 600
"""Seconds after which Redis hands an unacknowledged message out again; longer than the longest job."""
MEMORY = "memory://"

Perform = Callable[[TenantId, JobId], object]

_log = logging.getLogger("akta.worker")


def app(url: str, patience: float = 10.0) -> Celery:
    """A Celery application for one broker: `memory://` inside one process, or `redis://…`.

    `patience`: seconds until a broker that has stopped answering is given up; somebody at a page waits for it.
    """
    made = Celery("akta", broker=url, set_as_current=False)
    made.conf.update(
        task_default_queue=QUEUE,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        task_time_limit=HARD_LIMIT,
        task_soft_time_limit=SOFT_LIMIT,
        task_serializer="json",
        accept_content=["json"],
        worker_prefetch_multiplier=1,
        worker_soft_shutdown_timeout=30,
        worker_cancel_long_running_tasks_on_connection_loss=True,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        broker_connection_retry_on_startup=True,
        broker_connection_timeout=2,
        broker_transport_options=_transport(url, patience),
        enable_utc=True,
    )
    return made


def _transport(url: str, patience: float) -> dict[str, Any]:
    if url.startswith(MEMORY):
        return {"polling_interval": 0.05}
    return {"visibility_timeout": VISIBILITY, "socket_connect_timeout": 2, "socket_timeout": patience}


def serve(celery: Celery, perform: Perform) -> None:
    """Register the one task of a worker: it performs a job named by its ids. For a worker in this process."""

    @celery.task(name=TASK, shared=False)
    def run(*, tenant: str, job: str, **_: object) -> None:
        perform(TenantId(UUID(tenant)), JobId(UUID(job)))


def serve_in_children(celery: Celery, make: Callable[[], Perform]) -> None:
    """Register the one task of a worker that forks. Each child makes its own `Perform` when it first needs it:
    connections and locks that were in use while it was forked are not its own."""
    made: dict[int, Perform] = {}

    def perform(tenant: TenantId, job: JobId) -> object:
        child = os.getpid()
        if child not in made:
            made[child] = make()
        return made[child](tenant, job)

    serve(celery, perform)


class BrokerAway(ConnectionError):
    """The broker did not answer a moment ago; nobody waits for it now."""


class Sender:
    """A `workflows.runtime.Send` that gives up soon: the tick sends again what did not go.

    After a failure it does not ask the broker for a few seconds, so that a broken one does not slow every act.
    """

    def __init__(self, celery: Celery, patience: float = 5.0) -> None:
        self._celery, self._patience = celery, patience
        self._away_until = 0.0

    def __call__(self, tenant: TenantId, job: JobId) -> None:
        """Raises BrokerAway, or what the broker's client raises."""
        if monotonic() < self._away_until:
            raise BrokerAway
        try:
            self._celery.send_task(TASK, kwargs={"tenant": str(tenant), "job": str(job)}, queue=QUEUE, retry=False)
        except Exception:
            self._away_until = monotonic() + self._patience
            raise


def work(celery: Celery, concurrency: int = 2, ready: Callable[[], object] = lambda: None) -> None:
    """Work with so many children until told to end (SIGTERM): the `akta work` of production.

    `ready` is called once the children are forked: the time to start threads in this process.
    """
    celery.set_default()

    def is_ready(**_: object) -> None:
        ready()

    worker_ready.connect(is_ready, weak=False)
    try:
        CommandWorker(
            app=celery,
            concurrency=concurrency,
            loglevel="INFO",
            quiet=True,
            redirect_stdouts=False,
            without_mingle=True,
            without_gossip=True,
        ).start()
    finally:
        worker_ready.disconnect(is_ready)


class WorkerThread(Thread):
    """A worker in a thread of this process, for the demo and for tests."""

    def __init__(self, celery: Celery) -> None:
        super().__init__(name="akta-worker", daemon=True)
        self._celery = celery
        self._ready = Event()
        self._worker: WorkController | None = None

    def run(self) -> None:
        self._celery.set_default()
        self._celery.set_current()
        worker = WorkController(
            app=self._celery,
            pool_cls="solo",
            concurrency=1,
            without_heartbeat=True,
            without_mingle=True,
            without_gossip=True,
            ready_callback=lambda _: self._ready.set(),
        )
        self._worker = worker
        worker.start()

    def begin(self, timeout: float = 10.0) -> "WorkerThread":
        """Start and wait until it takes work."""
        self.start()
        if not self._ready.wait(timeout):
            raise RuntimeError("the worker did not start")
        return self

    def finish(self, timeout: float = 10.0) -> None:
        """End after the present job."""
        if self._worker is not None:
            self._worker.stop()
        self.join(timeout)
        if self.is_alive():
            _log.warning("the worker thread did not end in time")
