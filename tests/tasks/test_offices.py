"""A process hands its case to an office; one that the utility does not have is an incident."""

from datetime import datetime

import pytest

from akta.ids import CaseId
from akta.subjects import Kind, Subject
from bpmn.values import Value
from people import offices
from people.groups import SUPERVISION
from storage.cases import Case, HistoryEntry
from storage.database import Database
from storage.tenants import Tenant
from tasks import jobs
from tasks import offices as handing
from tests.workflows import toys
from tests.workflows.engine.models import Model
from tests.workflows.house import House
from workflows import incidents


@pytest.fixture
def house(database: Database, tenant: Tenant, now: datetime) -> House:
    """A process whose answers say which office its case is of."""
    made = House(database, tenant, handing.handler())
    model = Model("routed")
    model.start().service("hand", "hand-to-office", inputs={"office": "=office"}).user(
        "act", toys.groups("front-desk")
    ).end()
    made.deploy(toys.toy(model.path("start", "hand", "act", "end")), now=now)
    with made.uow.begin() as tx:
        offices.name(tx, "north", "Office North")
    return made


def handed(house: House, now: datetime, office: Value) -> Case:
    case = house.start("routed", now, office=office)
    jobs.run_due(house.database, house.runtime, now)
    return house.case(case)


def test_the_case_is_of_the_office_its_process_names_and_history_says_so(house: House, now: datetime) -> None:
    case = handed(house, now, "north")
    assert case.office == "north"
    with house.uow.view() as tx:
        lines = tx.session.query(HistoryEntry).filter_by(case_id=case.id, kind="handed-to-office").all()
        assert [line.data["office"] for line in lines] == ["north"]
        elsewhere = Subject(house.tenant, Kind.STAFF, groups=frozenset({SUPERVISION}), office="south")
        assert tx.session.scalars(house.visibility.cases(elsewhere)).all() == []
    assert handed(house, now, "").office == ""


def test_an_office_that_is_none_is_an_incident(house: House, now: datetime) -> None:
    case = handed(house, now, "nowhere")
    with house.uow.view() as tx:
        (incident,) = incidents.of_case(tx, CaseId(case.id))
    assert incident.cause == "UnknownOffice: there is no office nowhere"
