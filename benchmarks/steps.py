"""A user's step as a whole transaction on PostgreSQL: `python -m benchmarks.steps [--quick] [--database URL]`.

Lock, advance, state, task closed, task opened, position, history, commit; beside it, in turns, the floor: a bare
psycopg transaction that locks a row, updates its 5 kB and inserts three rows. `of_floor` is our rate as a share of the
floor's. Then bytes of WAL and of tables for a step, and the same with more open cases.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from itertools import count
from typing import Any

from sqlalchemy import event, text

from akta.ids import CaseId, TokenId, new_id
from benchmarks import clients, engine_models, postgres
from benchmarks.clients import Clients
from benchmarks.measuring import tell
from benchmarks.postgres import copies, key
from storage import migrate
from storage.base import Base
from storage.cases import Case, CaseState, HistoryEntry, Position
from storage.database import Database
from storage.tasks import Task
from storage.tenants import Tenant
from tests.workflows import toys
from tests.workflows.house import BY, House
from workflows import cases
from workflows.cases import Evidence
from workflows.engine.commands import CompleteTask

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ENDLESS = 10**9
KEY = "p"
TABLES: Sequence[type[Base]] = (Case, CaseState, Task, Position, HistoryEntry)
TENANT = {
    "code": "BEN",
    "name": "Benchmark",
    "country": "CZ",
    "language": "cs",
    "zone": "Europe/Prague",
    "currency": "CZK",
    "phone": "",
    "dispatch_phone": "",
    "email": "office@ben.example.org",
}


def install(url: str) -> House:
    """A migrated database with one utility, one process and one open case of it, to be copied."""
    database = Database(url)
    migrate.upgrade(database)
    tenant = Tenant(id=new_id(), **TENANT)
    with database.across_tenants() as session:
        session.add(tenant)
    house = House(database, tenant)
    # Two user tasks in each turn of an endless loop: a step closes one, opens the other, and the case stays as it is.
    house.deploy(toys.toy(engine_models.two_desks(ENDLESS, toys.groups(toys.GROUP))), now=NOW)
    house.start(KEY, NOW, n=Decimal(0))
    return house


def house_of(url: str) -> House:
    database = Database(url)
    with database.view_across_tenants() as session:
        return House(database, session.query(Tenant).one())


def fill(house: House, more: int, tables: Sequence[type[Base]], bundle: str = KEY) -> None:
    """So many copies of the first case on a bundle, with its rows in these tables."""
    with house.uow.view() as tx:
        first = tx.session.query(Case.id).where(Case.bundle == bundle).order_by(Case.id).limit(1).scalar()
    seed = new_id().hex
    case, own = key(f"case {seed}"), f"'BEN-{seed[-8:]}-' || n"
    with house.database.engine.begin() as connection:
        for kind in tables:
            changed, which = {"id": key(f"{kind.__tablename__} {seed}"), "case_id": case}, f"case_id = '{first}'"
            if kind in (Case, CaseState):
                changed, which = {"id": case, "reference": f"left({own}, 20)", "submission_key": own}, f"id = '{first}'"
            copies(connection, Base.metadata.tables[kind.__tablename__], more, changed, which)
    with house.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))


class Worker:
    """One client with cases of its own, taken from all over the table."""

    def __init__(self, url: str, number: int, of: int) -> None:
        self.house = house_of(url)
        self.numbers = count()
        found = text(
            "select case_id, token from tasks where state = 'open'"
            " and mod(hashtext(case_id::text)::bigint + 2147483648, :of) = :number"
            " order by md5(case_id::text) limit 500"
        )
        with self.house.database.engine.connect() as connection:
            self.open = [(row.case_id, row.token) for row in connection.execute(found, {"of": of, "number": number})]

    def step(self, _: int = 0) -> None:
        place = next(self.numbers) % len(self.open)
        case, token = self.open[place]
        self.open[place] = (case, self.complete(CaseId(case), TokenId(token)))

    def complete(self, case: CaseId, token: TokenId) -> int:
        evidence = Evidence({"form": "check"}, {"answers": {"verdict": "grant", "note": "as applied for"}})
        with self.house.uow.begin() as tx:
            outcome = cases.advance(tx, self.house.runtime, case, CompleteTask(token), BY, NOW, evidence=evidence)
        return outcome.tasks[0].token


@cache
def _worker(url: str, number: int, of: int, _cases: int) -> Worker:
    return Worker(url, number, of)


@cache
def _floor(url: str, _number: int) -> postgres.Floor:
    return postgres.Floor(url)


def work(url: str, of: int, there: int, number: int, seconds: float) -> list[float]:
    """Take steps for so long, as one of so many clients."""
    return postgres.timed(_worker(url, number, of, there).step, seconds)


def _bare(url: str, number: int, seconds: float) -> list[float]:
    return postgres.timed(_floor(url, number).step, seconds)


def compared(url: str, crowd: Clients, there: int, rounds: int, seconds: float) -> dict[str, object]:
    """Steps and the floor in turns, with so many open cases."""
    crowd.work(work, url, crowd.count, there, seconds=0.3)
    crowd.work(_bare, url, seconds=0.3)
    ours: list[list[float]] = []
    bare: list[list[float]] = []
    for _ in range(rounds):
        ours += crowd.work(work, url, crowd.count, there, seconds=seconds)
        bare += crowd.work(_bare, url, seconds=seconds)
    mine, least = clients.rate(ours, rounds * seconds), clients.rate(bare, rounds * seconds)
    return {
        "row": "steps",
        "clients": crowd.count,
        "open_cases": there,
        "steps_per_second": round(mine.per_second),
        "p50_ms": round(mine.p50, 2),
        "p95_ms": round(mine.p95, 2),
        "floor_per_second": round(least.per_second),
        "floor_p50_ms": round(least.p50, 2),
        "of_floor": round(mine.per_second / least.per_second, 2),
        "p50_to_floor": round(mine.p50 / least.p50, 1),
    }


def statements(house: House) -> list[str]:
    """What a step says to the database."""
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(" ".join(statement.split()))

    worker = Worker(house.database.url, 0, 1)
    worker.step()
    event.listen(worker.house.database.engine, "before_cursor_execute", note)
    worker.step()
    worker.house.database.close()
    return said


def written(house: House, steps: int) -> dict[str, object]:
    """Bytes of WAL, and of tables with their indexes, for a step."""
    worker = Worker(house.database.url, 0, 1)
    with house.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("checkpoint"))

        def told(what: str) -> int:
            return int(connection.scalar(text(f"select {what}")))

        where, size = told("pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')"), told(_SIZE)
        for _ in range(steps):
            worker.step()
        wal = told("pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')") - where
        grown = told(_SIZE) - size
    worker.house.database.close()
    return {"row": "bytes", "steps": steps, "wal_bytes": wal // steps, "table_bytes": grown // steps}


_SIZE = f"sum(pg_total_relation_size(t::regclass)) from unnest(array{[kind.__tablename__ for kind in TABLES]}) t"


def rows(url: str, crowd: Sequence[int], sizes: Sequence[int], rounds: int, steps: int) -> Iterator[dict[str, object]]:
    house = install(url)
    postgres.prepare_floor(url)
    there = 0
    fill(house, 2_000, TABLES)
    said = statements(house)
    yield {"row": "statements", "statements": len(said), "said": [each[:60] for each in said]}
    yield written(house, steps)
    for size in sizes:
        if size > there:
            fill(house, size - there, TABLES)
            there = size
        for clients_ in crowd:
            with Clients(clients_) as processes:
                yield compared(url, processes, there, rounds, 1.0)
    house.database.close()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.steps", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="up to 10 000 open cases, one and four clients")
    parser.add_argument("--database", default="", help="an empty PostgreSQL database; a server of its own unless given")
    parser.add_argument("--cases", type=int, default=1_000_000, help="up to so many open cases")
    given = parser.parse_args(arguments)
    sizes = [0, 10_000] if given.quick else [size for size in (0, 10_000, 200_000, 1_000_000) if size <= given.cases]
    with postgres.server(given.database) as url:
        for row in rows(url, (1, 4), sizes, 2 if given.quick else 8, 2_000 if given.quick else 20_000):
            tell("steps", row)
    return 0


if __name__ == "__main__":
    sys.exit(main())
