"""A worker that forks, as in production: run as a process of its own by the tests."""

import os
import sys
from collections.abc import Mapping
from datetime import datetime

from akta.ids import JobId, TenantId
from bpmn.values import Value
from storage.database import Database
from storage.unit_of_work import Transaction
from tasks import jobs, jobs_celery
from tests.workflows.house import ANY
from workflows.definitions import Definitions
from workflows.handlers import CallContext, Handler, Handlers
from workflows.runtime import Runtime


def stamp(_tx: Transaction, _context: CallContext, _values: Mapping[str, Value]) -> Mapping[str, Value]:
    return {"stamp": "ok"}


def main(url: str, broker: str, now: str) -> None:
    celery = jobs_celery.app(broker)

    def make() -> jobs_celery.Perform:
        database = Database(url)
        handlers = Handlers(Handler("stamp", "Stamp", ANY, ANY, local=stamp))
        runtime = Runtime(Definitions(), handlers, jobs_celery.Sender(celery))

        def perform(tenant: TenantId, job: JobId) -> object:
            return jobs.perform(database, runtime, tenant, job, datetime.fromisoformat(now))

        return perform

    jobs_celery.serve_in_children(celery, make)
    jobs_celery.work(celery, concurrency=2, ready=lambda: os.write(1, b"ready\n"))


if __name__ == "__main__":
    main(*sys.argv[1:])
