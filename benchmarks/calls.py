"""From a commit to the service call it asked for: `python -m benchmarks.calls [--quick] [--database URL]`.

Cases start one after the other; a Celery worker in a thread of this process, with Redis between, performs the call of
each. The row says how long it took from the end of the transaction to the handler.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from queue import Queue
from time import perf_counter

from akta.ids import JobId, TenantId, new_id
from benchmarks import postgres, steps
from benchmarks.measuring import part, tell
from benchmarks.steps import NOW
from bpmn.values import Value
from tasks import jobs, jobs_celery
from tasks.jobs_celery import WorkerThread
from tests import services
from tests.workflows import toys
from tests.workflows.engine.models import Model
from tests.workflows.house import BY
from workflows import cases
from workflows.cases import NewCase

PATIENCE = 20.0
"""Seconds until a call is given up."""
WARM = 5


def _note(times: list[float]) -> None:
    times.append(perf_counter())


def measure(url: str, broker: str, count: int) -> dict[str, object]:
    house = steps.install(url)
    house.deploy(toys.toy(Model("caller").start().service("s", "flaky").end().path("start", "s", "end")), now=NOW)
    called: Queue[float] = Queue()

    def note() -> Mapping[str, Value]:
        called.put(perf_counter())
        return {}

    def perform(tenant: TenantId, job: JobId) -> None:
        jobs.perform(house.database, house.runtime, tenant, job, NOW)

    house.flaky.then = note
    celery = jobs_celery.app(broker)
    jobs_celery.serve(celery, perform)
    object.__setattr__(house.runtime, "send", jobs_celery.Sender(celery))
    worker = WorkerThread(celery).begin()
    taken: list[float] = []
    for number in range(count + WARM):
        committed: list[float] = []
        with house.uow.begin() as tx:
            # Of what follows a commit this comes first, before the job is sent.
            tx.after_commit(partial(_note, committed))
            cases.start(tx, house.runtime, _new(), BY, NOW)
        at = called.get(timeout=PATIENCE)
        if number >= WARM:
            taken.append((at - committed[0]) * 1000)
    worker.finish()
    house.database.close()
    row = {"p50_ms": round(part(taken, 0.5), 1), "p95_ms": round(part(taken, 0.95), 1)}
    return {"row": "commit to call", "calls": count, **row}


def _new() -> NewCase:
    key = new_id().hex
    return NewCase(bundle="caller", channel="web", language="en", submission_key=key, received_at=NOW)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calls", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="100 calls instead of 1 000")
    parser.add_argument("--database", default="", help="an empty PostgreSQL database; a server of its own unless given")
    given = parser.parse_args(arguments)
    with postgres.server(given.database) as url, services.redis() as broker:
        tell("calls", measure(url, broker.url, 100 if given.quick else 1_000))
    return 0


if __name__ == "__main__":
    sys.exit(main())
