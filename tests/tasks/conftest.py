"""Fixtures of the desk: the permit bundle deployed, jobs performed on demand, a source and an entry check."""

from collections.abc import Mapping
from datetime import datetime

import pytest

from akta.languages import Language
from akta.subjects import Subject
from bpmn.values import Value
from storage.database import Database
from storage.tenants import Tenant
from storage.unit_of_work import Transaction
from tasks.desk import Desk, EntryCheck, Source
from tests.workflows import toys
from tests.workflows.house import House

TAKEN_PLOT = "Z 9"


def plots(_tx: Transaction, _subject: Subject, _now: datetime) -> Mapping[str, Value]:
    return {"plots": ["A 7", "B 2"]}


def plot_free(
    _tx: Transaction, _subject: Subject, values: Mapping[str, Value], language: Language, _now: datetime
) -> Mapping[str, str]:
    return {"plot": f"Plot {TAKEN_PLOT} is taken ({language.code})."} if values["plot"] == TAKEN_PLOT else {}


@pytest.fixture
def house(database: Database, tenant: Tenant) -> House:
    return House(database, tenant)


@pytest.fixture
def town(house: House, now: datetime) -> House:
    """A house with the permit bundle deployed."""
    house.deploy(toys.permit(), now=now)
    return house


@pytest.fixture
def desk(house: House) -> Desk:
    return desk_of(house)


def desk_of(house: House) -> Desk:
    return Desk.of(house.runtime, house.visibility, [Source("plots", plots)], [EntryCheck("plot-free", plot_free)])
