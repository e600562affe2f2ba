"""The office every test of the utility works in."""

from datetime import datetime

import pytest

from storage.unit_of_work import UnitOfWork
from tests.heating.office import Office


@pytest.fixture
def office(uow: UnitOfWork, now: datetime) -> Office:
    return Office(uow, now)
