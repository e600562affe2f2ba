"""Fixtures of the running cases."""

import pytest

from storage.database import Database
from storage.tenants import Tenant
from tests.conftest import add_tenant
from tests.workflows.house import House


@pytest.fixture
def house(database: Database, tenant: Tenant) -> House:
    return House(database, tenant)


@pytest.fixture
def sqlite_house(sqlite_database: Database) -> House:
    """A house on SQLite alone, for what takes long and is the same on both."""
    return House(sqlite_database, add_tenant(sqlite_database, "UKA", "Tepelná Ukázka s.r.o."))
