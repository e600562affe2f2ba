"""The database: engine, sessions, and units of work for one tenant."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from time import monotonic
from typing import Any

import orjson
from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from akta import alphabets
from akta.ids import TenantId
from akta.languages import NAMES
from storage.changes import Changes
from storage.unit_of_work import READING, UnitOfWork, confine, reading

RESTED = 1.0
"""Seconds after which a connection of the pool is asked whether it still lives."""

_RESTS_SINCE = "akta rests since"


def _dumps(value: object) -> str:
    return orjson.dumps(value).decode()


class Database:
    """One PostgreSQL or SQLite database.

    `url` is an SQLAlchemy URL: `postgresql://…` (psycopg 3) or `sqlite:///path`.
    """

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        self.url = url
        embedded = make_url(url).get_backend_name() == "sqlite"
        options: dict[str, Any] = {} if embedded else {"pool_size": pool_size, "max_overflow": 4, "pool_use_lifo": True}
        self.engine: Engine = create_engine(url, json_serializer=_dumps, json_deserializer=orjson.loads, **options)
        if embedded:
            _prepare_sqlite(self.engine)
        else:
            _ping_the_rested(self.engine)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        self.changes = Changes("" if embedded else _address(url))
        confine(self._sessions)

    @property
    def embedded(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    def unit_of_work(self, tenant: TenantId) -> UnitOfWork:
        return UnitOfWork(self._sessions, tenant, self.changes)

    @contextmanager
    def across_tenants(self) -> Iterator[Session]:
        """A transaction that sees and writes every tenant, for the doors only: setting up, sweeping jobs."""
        with self._sessions() as session, session.begin():
            yield session

    @contextmanager
    def view_across_tenants(self) -> Iterator[Session]:
        """The same for reading only, such as finding a tenant by its code: takes no write lock."""
        with reading(self._sessions(autoflush=False)) as session:
            yield session

    def ready(self) -> None:
        """Raises when the database does not answer."""
        with self.engine.connect().execution_options(**{READING: True}) as connection:
            connection.execute(text("select 1"))

    def close(self) -> None:
        self.changes.close()
        self.engine.dispose()


def _ping_the_rested(engine: Engine) -> None:
    """Ask a connection that has rested whether it still lives, before it is used again. One that was in use a moment
    ago is not asked: that would be a way to the server and back in every transaction."""

    @event.listens_for(engine, "checkin")
    def _left(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info[_RESTS_SINCE] = monotonic()

    @event.listens_for(engine, "checkout")
    def _taken(connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
        since = record.info.get(_RESTS_SINCE)
        if since is not None and monotonic() - since > RESTED and not _lives(engine, connection):
            raise DisconnectionError


def _lives(engine: Engine, connection: DBAPIConnection) -> bool:
    try:
        return engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error:
        return False


def _address(url: str) -> str:
    """The address of a PostgreSQL server as its own client reads it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _lower(text: str | None) -> str | None:
    """SQLite's own knows no letters but those of English."""
    return text if text is None else str(text).lower()


def _prepare_sqlite(engine: Engine) -> None:
    """WAL, foreign keys, alphabets, and BEGIN IMMEDIATE, without which pysqlite silently loses updates."""

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in ("busy_timeout = 15000", "journal_mode = wal", "foreign_keys = on", "synchronous = normal"):
            connection.execute(f"pragma {pragma}")
        connection.create_function("lower", 1, _lower, deterministic=True)
        for language in NAMES:
            connection.create_collation(alphabets.collation(language), partial(alphabets.compared, language=language))

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get(READING, False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
