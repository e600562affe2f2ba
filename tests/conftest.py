"""Fixtures every test may use: both databases, a utility, a clock, and the real services behind them.

A service that cannot be had skips its tests and is listed at the end; with CI=true it fails them.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import MetaData

from akta.clock import SetClock
from akta.ids import TenantId, new_id
from storage import migrate, schema
from storage.database import Database
from storage.files import Files
from storage.files.folder import FolderFiles
from storage.files.s3 import S3Files
from storage.tenants import Tenant
from storage.unit_of_work import UnitOfWork
from tests import services

T = TypeVar("T")

NOT_TESTED = "not tested here: "


# Services


def serving(start: Callable[[], AbstractContextManager[T]]) -> Iterator[T]:
    """Run a service for a session fixture, or skip (in CI: fail) what needs it."""
    service = start()
    try:
        running = service.__enter__()
    except services.Missing as missing:
        if missing.required and os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(f"{NOT_TESTED}{missing}")
    try:
        yield running
    finally:
        service.__exit__(None, None, None)


REAL = {"postgres", "redis_server", "rclone", "minio", "smtp_server", "libreoffice"}
"""Fixtures that start a server, or LibreOffice."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a server, so that the fast part of the suite can leave it out."""
    for item in items:
        parameters = getattr(getattr(item, "callspec", None), "params", {})
        if REAL.intersection(getattr(item, "fixturenames", ())) or {"postgresql", "rclone", "minio"}.intersection(
            value for value in parameters.values() if isinstance(value, str)
        ):
            item.add_marker("services")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", ())]
    reasons = [text.partition(NOT_TESTED)[2].rstrip("')") for text in skipped if NOT_TESTED in text]
    if reasons:
        terminalreporter.section("NOT TESTED: services that cannot be had here", sep="!", red=True, bold=True)
        for reason in sorted(set(reasons)):
            terminalreporter.line(f"{reasons.count(reason):5} tests: {reason}", red=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[services.Postgres]:
    yield from serving(services.postgres)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    for running in serving(services.redis):
        yield running.url


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """A real Redis, emptied."""
    import redis

    with redis.Redis.from_url(redis_server) as client:
        client.flushall()
    return redis_server


@pytest.fixture(scope="session")
def rclone() -> Iterator[services.S3Server]:
    yield from serving(services.rclone)


@pytest.fixture(scope="session")
def minio() -> Iterator[services.S3Server]:
    yield from serving(services.minio)


@pytest.fixture
def s3(rclone: services.S3Server) -> services.S3Server:
    """A real S3 server that is there on every machine."""
    return rclone


@pytest.fixture(scope="session")
def libreoffice() -> Iterator[str]:
    yield from serving(services.libreoffice)


@pytest.fixture(scope="session")
def smtp_server() -> Iterator[services.SmtpSink]:
    yield from serving(services.smtp)


@pytest.fixture
def smtp(smtp_server: services.SmtpSink) -> services.SmtpSink:
    """A real SMTP server that keeps its mails, emptied."""
    smtp_server.mails.clear()
    smtp_server.refuse, smtp_server.delay = False, 0
    return smtp_server


# Databases


def all_tables() -> MetaData:
    """The tables of storage and, where it is there, of the utility."""
    if find_spec("heating.schema") is not None:
        import_module("heating.schema")
    return schema.metadata()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    database = Database(f"sqlite:///{path}")
    migrate.upgrade(database)
    database.close()
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: services.Postgres) -> str:
    name = postgres.create()
    database = Database(postgres.url(name))
    migrate.upgrade(database)
    database.close()
    return name


@pytest.fixture(scope="session")
def sqlite_spares() -> list[Database]:
    """Databases of tests that are over; one that is used again has its statements compiled already."""
    return []


@pytest.fixture
def sqlite_database(
    sqlite_template: Path, sqlite_spares: list[Database], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """A SQLite database with every table and no row."""
    database = sqlite_spares.pop() if sqlite_spares else Database(f"sqlite:///{tmp_path_factory.mktemp('db')}/akta.db")
    path = Path(str(database.engine.url.database))
    shutil.copyfile(sqlite_template, path)
    yield database
    database.close()
    for rest in ("-wal", "-shm"):
        path.with_name(path.name + rest).unlink(missing_ok=True)
    sqlite_spares.append(database)


@pytest.fixture(scope="session")
def postgres_spares() -> list[Database]:
    """Databases emptied after a test, for the next one."""
    return []


@pytest.fixture
def postgres_database(
    postgres: services.Postgres, postgres_template: str, postgres_spares: list[Database]
) -> Iterator[Database]:
    """A PostgreSQL database with every table and no row."""
    database = postgres_spares.pop() if postgres_spares else Database(postgres.url(postgres.create(postgres_template)))
    yield database
    database.close()
    name = str(database.engine.url.database)
    if postgres.emptied(name, list(all_tables().tables)):
        postgres_spares.append(database)
    else:
        postgres.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """A fresh database with every table, once of each kind."""
    name = "sqlite_database" if request.param == "sqlite" else "postgres_database"
    found: Database = request.getfixturevalue(name)
    return found


@pytest.fixture
def tenant(database: Database) -> Tenant:
    """A utility of its own."""
    return add_tenant(database, "UKA", "Tepelná Ukázka s.r.o.")


@pytest.fixture
def other_tenant(database: Database) -> Tenant:
    """A second utility, to show that nothing of it is seen."""
    return add_tenant(database, "MIN", "Minta cég (1)", country="HU", language="en", currency="HUF")


def add_tenant(
    database: Database, code: str, name: str, *, country: str = "CZ", language: str = "cs", currency: str = "CZK"
) -> Tenant:
    row = Tenant(
        id=new_id(),
        code=code,
        name=name,
        country=country,
        language=language,
        zone="Europe/Prague" if country == "CZ" else "Europe/Budapest",
        currency=currency,
        phone="+420 000 000 000",
        dispatch_phone="+420 000 000 111",
        email=f"office@{code.lower()}.example.org",
    )
    with database.across_tenants() as session:
        session.add(row)
    return row


@pytest.fixture
def uow(database: Database, tenant: Tenant) -> UnitOfWork:
    return database.unit_of_work(TenantId(tenant.id))


# Time and files


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def clock(now: datetime) -> SetClock:
    return SetClock(now)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """A store of files in a local folder."""
    return FolderFiles(tmp_path / "files")


@pytest.fixture(params=["folder", "rclone", "minio"])
def every_files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    """A store of files, once of each kind: folder, rclone's S3 server, MinIO."""
    if request.param == "folder":
        return FolderFiles(tmp_path / "files")
    server: services.S3Server = request.getfixturevalue(request.param)
    return s3_files(server)


def s3_files(server: services.S3Server) -> S3Files:
    """A bucket of its own on a server."""
    bucket = f"akta-{new_id().hex[-12:]}"
    store = S3Files(server.endpoint, server.access_key, server.secret_key, bucket, secure=False, region=server.region)
    store.prepare()
    return store
