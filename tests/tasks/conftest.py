"""Fixtures of the desk."""

import pytest

from storage.database import Database
from storage.tenants import Tenant
from tests.workflows.house import House


@pytest.fixture
def house(database: Database, tenant: Tenant) -> House:
    return House(database, tenant)
