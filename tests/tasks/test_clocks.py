"""A process stops and starts its own legal clocks; silence then takes as long as the law says."""

from datetime import datetime, timedelta

import pytest

from akta.ids import CaseId
from storage.database import Database
from storage.tenants import Tenant
from tasks import clocks, jobs
from tests.workflows import toys
from tests.workflows.house import House
from workflows import calendars, deadlines, incidents, timers
from workflows.definitions import Definitions
from workflows.handlers import Handlers
from workflows.runtime import Runtime


@pytest.fixture
def house(database: Database, tenant: Tenant, now: datetime) -> House:
    runtime = Runtime(Definitions(), Handlers(), lambda _tenant, _job: None)
    made = House(database, tenant, *clocks.handlers(runtime))
    made.deploy(toys.asked_back(), now=now)
    return made


def due(house: House, case: CaseId) -> datetime:
    with house.uow.view() as tx:
        return deadlines.named(tx, case, "silence").due_at


def run(house: House, now: datetime) -> None:
    jobs.run_due(house.database, house.runtime, now)


def test_the_time_an_applicant_takes_does_not_count(house: House, now: datetime) -> None:
    with house.uow.begin() as tx:
        calendars.keep(tx, calendars.Kept("cz", grounds={"law": "§ 35"}))
    case = house.start("asked-back", now)
    run(house, now + timedelta(days=2))
    with house.database.across_tenants() as session:
        assert timers.due(session, now + timedelta(days=90)) == []
    house.complete(case, now + timedelta(days=50))
    run(house, now + timedelta(days=50))
    assert due(house, case) == now + timedelta(days=62)
    assert house.task(case).element == "decide"
    with house.database.across_tenants() as session:
        (timer,) = timers.due(session, now + timedelta(days=62))
    assert timers.fire(house.uow, house.runtime, timer, now + timedelta(days=62))
    assert house.case(case).outcome == "granted-by-law"


def test_a_ground_the_law_does_not_give_is_an_incident(house: House, now: datetime) -> None:
    case = house.start("asked-back", now)
    run(house, now)
    with house.uow.view() as tx:
        (incident,) = incidents.of_case(tx, case)
    assert (incident.element, incident.cause.partition(":")[0]) == ("halt", "NoGround")
    assert due(house, case) == now + timedelta(days=14)
