"""Timers fire what is due, each in its own transaction, once."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from akta.ids import IncidentId
from storage.cases import Case, Incident, Timer
from storage.database import Database
from tasks import jobs
from tests.workflows import toys
from tests.workflows.house import BY, House
from workflows import engine, incidents, queries, timers
from workflows.timers import DueTimer


@pytest.fixture
def patient(house: House, now: datetime) -> House:
    house.deploy(toys.patient(), toys.permit(), now=now)
    return house


def due(database: Database, at: datetime) -> list[DueTimer]:
    with database.across_tenants() as session:
        return timers.due(session, at)


def test_a_timer_fires_when_it_is_due_and_only_once(patient: House, now: datetime) -> None:
    case_id = patient.start("patient", now)
    later = now + timedelta(days=3)
    assert due(patient.database, later - timedelta(seconds=1)) == []
    (timer,) = due(patient.database, later)
    assert timers.fire(patient.uow, patient.runtime, timer, later)
    assert not timers.fire(patient.uow, patient.runtime, timer, later)
    assert patient.case(case_id).outcome == "waited"
    with patient.uow.view() as tx:
        fired = [line for line in queries.history(tx, case_id) if line.kind == "timer-fired"]
        assert [(line.element, line.door, line.data["due"]) for line in fired] == [
            ("three-days", "timer", later.isoformat())
        ]


def test_a_timer_is_not_fired_before_its_time(patient: House, now: datetime) -> None:
    patient.start("patient", now)
    (timer,) = due(patient.database, now + timedelta(days=3))
    assert not timers.fire(patient.uow, patient.runtime, timer, now)


def test_a_boundary_timer_ends_the_task_it_watches(patient: House, now: datetime) -> None:
    case_id = patient.start("permit", now, plot="A")
    jobs.run_due(patient.database, patient.runtime, now)
    patient.complete(case_id, now, verdict="ask")
    later = now + timedelta(days=14)
    (timer,) = due(patient.database, later)
    assert timers.fire(patient.uow, patient.runtime, timer, later)
    assert patient.case(case_id).outcome == "lapsed"
    assert [task.element for task in patient.tasks(case_id, "cancelled")] == ["supplement"]


def test_a_completed_task_takes_its_timer_along(patient: House, now: datetime) -> None:
    case_id = patient.start("permit", now, plot="A")
    jobs.run_due(patient.database, patient.runtime, now)
    patient.complete(case_id, now, verdict="ask")
    patient.complete(case_id, now, plot="B")
    assert due(patient.database, now + timedelta(days=30)) == []


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # on SQLite only one writes at a time
def test_a_busy_case_is_left_for_the_next_pass(patient: House, now: datetime) -> None:
    case_id = patient.start("patient", now)
    later = now + timedelta(days=3)
    (timer,) = due(patient.database, later)
    with patient.uow.begin() as tx:
        tx.locked(Case, case_id)
        assert not timers.fire(patient.uow, patient.runtime, timer, later)
    assert timers.fire(patient.uow, patient.runtime, timer, later)


def test_a_firing_that_breaks_off_becomes_an_incident_and_is_tried_later(
    patient: House, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = patient.start("patient", now)
    later = now + timedelta(days=3)
    (timer,) = due(patient.database, later)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the engine broke off at redis://akta:hunter2@cache")

    with monkeypatch.context() as broken_engine:
        broken_engine.setattr(engine, "advance", broken)
        assert not timers.fire(patient.uow, patient.runtime, timer, later)
        assert not timers.fire(patient.uow, patient.runtime, timer, later)
    assert due(patient.database, later) == []
    with patient.uow.view() as tx:
        (incident,) = incidents.of_case(tx, case_id)
        assert incident.cause == "RuntimeError: the engine broke off at redis://…@cache"
    with patient.uow.begin() as tx:
        incidents.retry(tx, patient.runtime, IncidentId(incident.id), BY, later)
    (again,) = due(patient.database, later)
    assert timers.fire(patient.uow, patient.runtime, again, later)
    with patient.uow.view() as tx:
        assert tx.session.scalars(select(Timer)).all() == []
        assert [found.resolved_by for found in tx.session.scalars(select(Incident))] == ["Test"]


def test_a_timer_that_repeats_keeps_one_row_and_what_was_missed_is_not_made_up_for(house: House, now: datetime) -> None:
    house.deploy(toys.reminded(), now=now)
    case_id = house.start("reminded", now)
    for late, following in (
        (timedelta(hours=1), timedelta(hours=2)),
        (timedelta(hours=30, minutes=5), timedelta(hours=31)),
    ):
        (timer,) = due(house.database, now + late)
        assert timers.fire(house.uow, house.runtime, timer, now + late)
        assert due(house.database, now + late) == []
        assert due(house.database, now + following - timedelta(seconds=1)) == []
        assert len(due(house.database, now + following)) == 1
    assert [task.element for task in house.tasks(case_id)] == ["act"]
