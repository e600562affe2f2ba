"""Fixtures of whole journeys: an office on each database, copied from one that was set up once."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from akta.clock import SetClock
from tests import services
from tests.journeys import installations, office
from tests.journeys.installations import Installation
from tests.journeys.office import Office

TODAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def _set_up(database_url: str, folder: Path) -> None:
    """Samples and shipped bundles, as the demo has them on its first day."""
    clock = SetClock(TODAY)
    akta = office.build(database_url, folder, clock)
    Office.opened(akta, clock)
    akta.close()


@pytest.fixture(scope="session")
def office_on_sqlite(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("office")
    path = folder / "akta.db"
    shutil.copyfile(sqlite_template, path)
    _set_up(f"sqlite:///{path}", folder)
    return path


@pytest.fixture(scope="session")
def office_on_postgres(
    postgres: services.Postgres, postgres_template: str, tmp_path_factory: pytest.TempPathFactory
) -> str:
    name = postgres.create(postgres_template)
    _set_up(postgres.url(name), tmp_path_factory.mktemp("office"))
    return name


@pytest.fixture
def sqlite_office_url(office_on_sqlite: Path, tmp_path: Path) -> str:
    path = tmp_path / "akta.db"
    shutil.copyfile(office_on_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_office_url(postgres: services.Postgres, office_on_postgres: str) -> Iterator[str]:
    name = postgres.create(office_on_postgres)
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def uka(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    """The Czech utility of the samples, on each database."""
    name = "sqlite_office_url" if request.param == "sqlite" else "postgres_office_url"
    clock = SetClock(TODAY)
    akta = office.build(request.getfixturevalue(name), tmp_path / "files", clock)
    yield Office.opened(akta, clock)
    akta.close()


@pytest.fixture
def sqlite_office(sqlite_office_url: str, tmp_path: Path) -> Iterator[Callable[[str], Office]]:
    """Opens one of the sample utilities by its code, for what comes out alike whatever the database."""
    clock = SetClock(TODAY)
    akta = office.build(sqlite_office_url, tmp_path / "files", clock)
    yield lambda code: Office.opened(akta, clock, code)
    akta.close()


@pytest.fixture(scope="session")
def first_day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the demo keeps once it has made its sample data."""
    folder = tmp_path_factory.mktemp("first-day")
    with installations.demo(folder):
        return folder / "demo"


@pytest.fixture(scope="module")
def demo(first_day: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A demo on its first day, for the tests of one module."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copytree(first_day, folder / "demo")
    with installations.demo(folder) as running:
        yield running
