"""Legal clocks: stopped and started with the time they had left, extended on a ground the law gives."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from akta.ids import CaseId
from storage.cases import Timer
from storage.database import Database
from storage.unit_of_work import ChangedMeanwhile
from tests.conftest import add_tenant
from tests.workflows import toys
from tests.workflows.house import BY, House
from workflows import calendars, deadlines, queries, suspension, timers
from workflows.calendars import Kept, OwnDay

GROUNDS = {"supplement": "§ 35: the applicant was asked for a supplement"}


@pytest.fixture
def watched(house: House, now: datetime) -> House:
    house.deploy(toys.watched(), toys.working_days(), now=now)
    with house.uow.begin() as tx:
        calendars.keep(tx, Kept("cz", grounds=GROUNDS))
    return house


@pytest.fixture
def sqlite_watched(sqlite_database: Database, now: datetime) -> House:
    tenant = add_tenant(sqlite_database, "UKA", "Tepelná Ukázka s.r.o.")
    made = House(sqlite_database, tenant)
    made.deploy(toys.watched(), now=now)
    with made.uow.begin() as tx:
        calendars.keep(tx, Kept("cz", grounds=GROUNDS))
    return made


def clock(house: House, case: CaseId) -> Timer:
    with house.uow.view() as tx:
        (found,) = deadlines.of_case(tx, case)
        return found


def clock_id(house: House, case: CaseId) -> UUID:
    return clock(house, case).id


def due(house: House, at: datetime) -> int:
    with house.database.across_tenants() as session:
        return len(timers.due(session, at))


def test_a_stopped_clock_does_not_run_and_keeps_its_time(watched: House, now: datetime) -> None:
    case = watched.start("watched", now)
    with watched.uow.begin() as tx:
        deadlines.stop(tx, clock_id(watched, case), "supplement", BY, now + timedelta(days=4))
    assert due(watched, now + timedelta(days=500)) == 0
    with watched.uow.begin() as tx:
        deadlines.start(tx, watched.runtime, clock_id(watched, case), BY, now + timedelta(days=100))
    assert clock(watched, case).due_at == now + timedelta(days=110)
    assert watched.task(case).due_at == now + timedelta(days=106)
    assert due(watched, now + timedelta(days=110)) == 1
    with watched.uow.view() as tx:
        told = {line.kind: line for line in queries.history(tx, case)}
    assert told["clock-stopped"].data == {"ground": GROUNDS["supplement"], "left": 10 * 24 * 3600}
    assert told["clock-started"].data["stood"] == 96 * 24 * 3600


def test_a_clock_stops_only_on_a_ground_the_law_gives_and_only_once(watched: House, now: datetime) -> None:
    timer = clock_id(watched, watched.start("watched", now))
    with pytest.raises(deadlines.NoGround), watched.uow.begin() as tx:
        deadlines.stop(tx, timer, "too much to do", BY, now)
    with pytest.raises(deadlines.ClockRuns), watched.uow.begin() as tx:
        deadlines.start(tx, watched.runtime, timer, BY, now)
    with watched.uow.begin() as tx:
        deadlines.stop(tx, timer, "supplement", BY, now)
    with pytest.raises(deadlines.ClockStopped), watched.uow.begin() as tx:
        deadlines.stop(tx, timer, "supplement", BY, now)
    with pytest.raises(deadlines.ClockStopped), watched.uow.begin() as tx:
        deadlines.set_due(tx, watched.runtime, timer, now, BY, now)
    with pytest.raises(ChangedMeanwhile), watched.uow.begin() as tx:
        deadlines.start(tx, watched.runtime, timer, BY, now, version=1)


@pytest.mark.parametrize(
    ("days", "working", "until"),
    [(30, False, "2026-04-15T10:30:00+02:00"), (10, True, "2026-03-30T10:30:00+02:00")],
)
def test_an_extension_keeps_the_time_of_the_day_over_a_change_of_the_clocks(
    days: int, working: bool, until: str, watched: House, now: datetime
) -> None:
    case = watched.start("watched", now)
    with watched.uow.begin() as tx:
        timer = clock_id(watched, case)
        deadlines.extend(tx, watched.runtime, timer, "supplement", days, BY, now, working=working)
    # Due on 16 March at 10:30 at the utility, before summer time began.
    assert clock(watched, case).due_at == datetime.fromisoformat(until)


@pytest.mark.parametrize("days", [0, -1, 10**9])
def test_an_extension_has_a_sensible_length(days: int, watched: House, now: datetime) -> None:
    timer = clock_id(watched, watched.start("watched", now))
    with pytest.raises(deadlines.OutOfReach), watched.uow.begin() as tx:
        deadlines.extend(tx, watched.runtime, timer, "supplement", days, BY, now)


def test_a_clock_can_be_ended_by_hand(watched: House, now: datetime) -> None:
    case = watched.start("watched", now)
    with watched.uow.begin() as tx:
        deadlines.set_due(tx, watched.runtime, clock_id(watched, case), now - timedelta(days=1), BY, now)
    with watched.database.across_tenants() as session:
        (timer,) = timers.due(session, now)
    assert timers.fire(watched.uow, watched.runtime, timer, now)
    assert watched.case(case).outcome == "granted-by-law"


STEPS = st.lists(st.tuples(st.sampled_from(["stop", "start", "suspend", "resume"]), st.integers(0, 5)), max_size=10)


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_used_and_remaining_time_are_the_allowed_time_whatever_is_stopped(
    sqlite_watched: House, now: datetime, steps: list[tuple[str, int]]
) -> None:
    house, at, used = sqlite_watched, now, timedelta()
    case = house.start("watched", now)
    running = {"clock": True, "case": True}
    for verb, days in steps:
        spent = timedelta(days=days)
        at, used = at + spent, used + (spent if all(running.values()) else timedelta())
        _do(house, case, verb, at, running)
    if not running["case"]:
        _do(house, case, "resume", at, running)
    if not running["clock"]:
        _do(house, case, "start", at, running)
    assert clock(house, case).due_at - at == timedelta(days=14) - used


def _do(house: House, case: CaseId, verb: str, at: datetime, running: dict[str, bool]) -> None:
    timer = clock_id(house, case)
    with house.uow.begin() as tx:
        match verb:
            case "stop" if running["clock"]:
                deadlines.stop(tx, timer, "supplement", BY, at)
                running["clock"] = False
            case "start" if not running["clock"] and running["case"]:
                deadlines.start(tx, house.runtime, timer, BY, at)
                running["clock"] = True
            case "suspend" if running["case"]:
                suspension.suspend(tx, case, BY, at)
                running["case"] = False
            case "resume" if not running["case"]:
                suspension.resume(tx, house.runtime, case, BY, at)
                running["case"] = True


def test_a_model_counts_working_days_by_the_calendar_of_its_utility(watched: House, now: datetime) -> None:
    before_easter = datetime(2026, 3, 31, 9, 0, tzinfo=now.tzinfo)
    case = watched.start("working-days", before_easter)
    assert clock(watched, case).due_at.date().isoformat() == "2026-04-09"
    with watched.uow.begin() as tx:
        days = (OwnDay(date(2026, 4, 1), False, "Inventory"),)
        calendars.keep(tx, Kept("cz", version=1, days=days))
    later = watched.start("working-days", before_easter)
    assert clock(watched, later).due_at.date().isoformat() == "2026-04-10"
    assert clock(watched, case).due_at.date().isoformat() == "2026-04-09"


def test_a_calendar_changed_meanwhile_is_not_overwritten(watched: House) -> None:
    with pytest.raises(ChangedMeanwhile), watched.uow.begin() as tx:
        calendars.keep(tx, Kept("pl"))
    with pytest.raises(calendars.NoSuchCountry), watched.uow.begin() as tx:
        calendars.keep(tx, Kept("xx", version=1))
