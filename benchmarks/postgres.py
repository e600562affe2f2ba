"""A PostgreSQL server of our own for a benchmark, rows copied in bulk, and the floor: a bare psycopg transaction."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter
from uuid import UUID

import psycopg
from sqlalchemy import Connection, Table, text

from tests import services

AS_IN_PRODUCTION = {
    "fsync": "on",
    "full_page_writes": "on",
    "wal_level": "replica",
    "autovacuum": "on",
    "shared_buffers": "512MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
}
"""Beside these, commits wait for the disk only with `--durable`: a disk says nothing about us or about its peers."""

NEW_ID = (
    "(lpad(to_hex((extract(epoch from now()) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(n % 4096), 3, '0')"
    " || '8' || substr(md5({seed} || n), 1, 15))::uuid"
)
"""A key in the order of time, as ours are, that depends on a row's number."""


@contextmanager
def server(url: str = "", durable: bool = False) -> Iterator[str]:
    """The URL of an empty database: the one given, or one of a server that lasts as long as the block."""
    if url:
        yield url
        return
    with services.postgres(**AS_IN_PRODUCTION, synchronous_commit="on" if durable else "off") as running:
        yield running.url(running.create())


def copies(connection: Connection, table: Table, count: int, changed: Mapping[str, str], which: str) -> None:
    """Copy one row so many times. `changed` are columns in SQL, with the number of the copy as `n`."""
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    values = ", ".join(changed.get(column.name, f't."{column.name}"') for column in table.columns)
    source = f"(select * from {table.name} where {which} limit 1) t, generate_series(1, {count}) n"  # noqa: S608 - all of it is the benchmark's own
    connection.execute(text(f"insert into {table.name} ({columns}) select {values} from {source}"))  # noqa: S608 - as above


def key(seed: str) -> str:
    """The key of the copy with number `n`, the same for the same seed."""
    return NEW_ID.format(seed=f"'{seed}'")


class Floor:
    """The least a step can be: lock a row, update its 5 kB, insert three rows, commit."""

    content = bytes(range(256)) * 20

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url, autocommit=True)
        found = self.connection.execute("select id from floor_cases order by random()").fetchall()
        self.rows: list[UUID] = [row[0] for row in found]

    def step(self, number: int) -> None:
        found = self.rows[number % len(self.rows)]
        with self.connection.transaction(), self.connection.cursor() as cursor:
            cursor.execute("select content from floor_cases where id = %s for update", (found,))
            cursor.fetchone()
            cursor.execute("update floor_cases set content = %s where id = %s", (self.content, found))
            for kind in ("task", "history", "job"):
                cursor.execute("insert into floor_rows (case_id, kind, text) values (%s, %s, %s)", (found, kind, kind))


def prepare_floor(url: str, rows: int = 500) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("create table floor_cases (id uuid primary key, content bytea not null)")
        connection.execute(
            "create table floor_rows (id bigserial primary key, case_id uuid not null references floor_cases, "
            "kind text not null, text text not null)"
        )
        connection.execute(
            "insert into floor_cases select gen_random_uuid(), '\\x00' from generate_series(1, %s)", (rows,)
        )


def timed(step: Callable[[int], object], seconds: float) -> list[float]:
    """How long each step took, in milliseconds."""
    taken: list[float] = []
    begun = last = perf_counter()
    while last - begun < seconds:
        step(len(taken))
        now = perf_counter()
        taken.append((now - last) * 1000)
        last = now
    return taken
