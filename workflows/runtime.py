"""What running cases needs besides a transaction: definitions, handlers, and a way to wake the workers."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial

from akta.ids import JobId, TenantId
from storage.unit_of_work import Transaction
from workflows.calendars import Calendars
from workflows.definitions import Definitions
from workflows.handlers import Handlers

Send = Callable[[TenantId, JobId], None]
"""Tells a worker that a job is due. It may fail or be lost: the tick sends again what is due."""

_log = logging.getLogger("akta.jobs")


@dataclass(frozen=True)
class Runtime:
    definitions: Definitions
    handlers: Handlers
    send: Send
    calendars: Calendars = field(default_factory=Calendars)

    def send_after_commit(self, tx: Transaction, jobs: Iterable[JobId]) -> None:
        """Send the jobs once their rows are durable; a broken broker must not undo what a person did."""
        for job in jobs:
            tx.after_commit(partial(self.send_now, tx.tenant, job))

    def send_now(self, tenant: TenantId, job: JobId) -> bool:
        """Send one job; False when the broker did not take it."""
        try:
            self.send(tenant, job)
        except Exception as failure:
            _log.warning("job %s was not sent (%s); the tick sends it again", job, type(failure).__name__)
            return False
        return True
