"""Many timers due at once on PostgreSQL: `python -m benchmarks.timers [--quick] [--database URL]`.

Passes of the tick fire them, as its process does while there are more, beside a client that takes user steps. The row
says how many were fired a second, that none was fired twice, and what became of the steps' 95th percentile.
"""

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from multiprocessing import get_context
from time import perf_counter, time

from sqlalchemy import func, select

from benchmarks import clients, postgres, steps
from benchmarks.clients import Clients
from benchmarks.measuring import tell
from benchmarks.steps import NOW, TABLES
from storage.cases import Case, HistoryEntry, Position, Timer
from storage.cases import CaseState as State
from tasks import tick
from tests.workflows import toys
from tests.workflows.engine.models import Model, timer

LATER = NOW + timedelta(hours=2)
MANY, FEW = 100_000, 2_000


def fire(url: str, begin: float) -> tuple[int, float]:
    """Pass after pass until nothing is due; how many were fired, in how many seconds."""
    house = steps.house_of(url)
    me, fired = tick.owner(), 0
    while time() < begin:
        pass
    begun = perf_counter()
    while (done := tick.once(house.database, house.runtime, me, LATER)) is not None and done.more:
        fired += done.fired
    taken = perf_counter() - begun
    house.database.close()
    return fired + (done.fired if done is not None else 0), taken


def measure(url: str, count: int) -> dict[str, object]:
    house = steps.install(url)
    steps.fill(house, 1_000, TABLES)
    model = Model("sleeper").start().catch("sleep", timer("PT1H")).end()
    house.deploy(toys.toy(model.path("start", "sleep", "end")), now=NOW)
    house.start("sleeper", NOW)
    steps.fill(house, count - 1, (Case, State, Timer, Position, HistoryEntry), "sleeper")
    with Clients(1) as user, ProcessPoolExecutor(1, mp_context=get_context("spawn")) as worker:
        user.work(steps.work, url, 1, 0, seconds=1.0)
        alone = clients.rate(user.work(steps.work, url, 1, 0, seconds=3.0), 3.0)
        firing = worker.submit(fire, url, time() + 2.0)
        beside = clients.rate(user.work(steps.work, url, 1, 0, seconds=5.0), 5.0)
        fired, seconds = firing.result()
    with house.uow.view() as tx:
        told = tx.session.scalar(select(func.count()).where(HistoryEntry.kind == "timer-fired"))
        left = tx.session.scalar(select(func.count()).select_from(Timer))
    house.database.close()
    if (fired, told, left) != (count, count, 0):
        raise RuntimeError(f"of {count} timers {fired} were fired, {told} times, and {left} are left")
    return {
        "row": "timers due at once",
        "timers": count,
        "timers_per_second": round(count / seconds),
        "steps_p95_alone_ms": round(alone.p95, 2),
        "steps_p95_beside_ms": round(beside.p95, 2),
        "steps_p95_times": round(beside.p95 / alone.p95, 2),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.timers", description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{FEW} timers instead of {MANY}")
    parser.add_argument("--database", default="", help="an empty PostgreSQL database; a server of its own unless given")
    given = parser.parse_args(arguments)
    with postgres.server(given.database) as url:
        tell("timers", measure(url, FEW if given.quick else MANY))
    return 0


if __name__ == "__main__":
    sys.exit(main())
