"""Timers that repeat: how often, from when, over a change of the clocks, and after a long sleep."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.engine.cases import NOW, Driver
from tests.workflows.engine.models import Model, timer
from workflows import engine
from workflows.engine._cycles import cycle, stored
from workflows.engine._errors import Stuck

PRAGUE = ZoneInfo("Europe/Prague")


def reminding(text: str) -> Model:
    model = Model().start().user("a").end().boundary("late", "a", timer(text, "timeCycle"), interrupts=False)
    return model.service("note").path("start", "a", "end").path("late", "note", "end")


def due(case: Driver) -> datetime:
    (wait,) = [wait for wait in engine.tokens(case.definition, case.last.state) if wait.waits_for == "timer"]
    assert wait.due_at is not None
    return wait.due_at


def test_a_border_reminds_so_many_times_and_then_no_more() -> None:
    case = Driver(reminding("R3/PT1H"))
    for count in (1, 2, 3):
        assert due(case) == NOW + timedelta(hours=count)
        case.wait(hours=1).fire("late")
        assert case.waits().count("note:call") == count
    assert "late:timer" not in case.waits()


def test_a_border_reminds_for_ever_until_its_activity_is_done() -> None:
    case = Driver(reminding("R/PT1H"))
    for _ in range(10):
        case.wait(hours=1).fire("late")
    assert "late:timer" in case.waits()
    case.complete("a")
    assert "late:timer" not in case.waits()


def test_lateness_does_not_add_up() -> None:
    case = Driver(reminding("R/PT1H"))
    case.wait(minutes=75).fire("late")
    assert due(case) == NOW + timedelta(hours=2)


def test_a_case_asleep_for_a_year_is_reminded_once_and_then_at_the_next_time() -> None:
    case = Driver(reminding("R/PT1H"))
    case.wait(days=365, minutes=20).fire("late")
    assert case.waits().count("note:call") == 1
    assert due(case) == NOW + timedelta(days=365, hours=1)


def test_what_was_missed_does_not_use_up_a_number_of_times() -> None:
    case = Driver(reminding("R2/PT1H"))
    case.wait(days=30).fire("late")
    case.wait(hours=1).fire("late")
    assert case.waits().count("note:call") == 2
    assert "late:timer" not in case.waits()


def test_nine_o_clock_stays_nine_o_clock_when_the_clocks_change() -> None:
    case = Driver(reminding("R/2026-03-27T09:00:00@Europe/Prague/P1D"))
    seen = []
    for _ in range(4):
        seen.append(due(case))
        case.now = due(case)
        case.fire("late")
    assert [moment.astimezone(PRAGUE).hour for moment in seen] == [9, 9, 9, 9]
    assert [moment.hour for moment in seen] == [8, 8, 7, 7]


def test_hours_pass_as_they_are_over_a_change_of_the_clocks() -> None:
    slots = cycle("R/2026-03-28T09:00:00@Europe/Prague/PT24H", NOW)
    assert slots.slot(1) - slots.slot(0) == timedelta(hours=24)
    assert slots.slot(1).astimezone(PRAGUE).hour == 10


def test_a_time_the_clocks_leave_out_is_the_one_after_it_and_one_they_repeat_is_the_first() -> None:
    spring = cycle("R/2026-03-28T02:30:00@Europe/Prague/P1D", NOW)
    assert spring.slot(1) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    autumn = cycle("R/2026-10-24T02:30:00@Europe/Prague/P1D", NOW)
    assert autumn.slot(1) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_months_end_where_they_end() -> None:
    slots = cycle("R/2026-01-31T12:00:00Z/P1M", NOW)
    assert [slots.slot(number).day for number in range(4)] == [31, 28, 31, 30]


def test_a_beginning_in_the_future_is_the_first_time_and_one_in_the_past_is_not_made_up_for() -> None:
    case = Driver(reminding("R/2026-04-01T09:00:00Z/P1D"))
    assert due(case) == datetime(2026, 4, 1, 9, tzinfo=UTC)
    assert due(Driver(reminding("R/2020-01-01T10:00:00Z/P1D"))) == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert due(Driver(reminding("R/2020-01-01T09:00:00Z/P1D"))) == NOW


def test_a_repeating_timer_may_come_from_an_expression() -> None:
    model = reminding('="R/" + string(duration("PT2H"))')
    assert due(Driver(model)) == NOW + timedelta(hours=2)
    assert Driver(reminding("=wrong"), wrong="every monday").waits() == ["a:task", "late:stopped"]


def test_an_event_sub_process_can_come_again_by_the_clock() -> None:
    model = Model().start().user("a").end().path("start", "a", "end")
    with model.sub("handler", handler=True) as inner:
        inner.add("startEvent", "begin", body=timer("R/PT1H", "timeCycle"), attributes={"isInterrupting": "false"})
        inner.user("note").end("e2").path("begin", "note", "e2")
    case = Driver(model)
    for count in (1, 2):
        case.wait(hours=1).fire("begin")
        assert case.waits().count("note:task") == count


def test_a_suspended_repeating_timer_keeps_the_rest_of_its_time() -> None:
    case = Driver(reminding("R3/PT1H"))
    later = due(case) + timedelta(days=7)
    case.do(engine.Reschedule({case.token("late"): later}))
    case.wait(days=7, hours=1).fire("late")
    assert due(case) == later + timedelta(hours=1)


@pytest.mark.parametrize(
    "text", ["R/P", "R/PT", "3/PT1H", "R/PT1H/PT1H/PT1H", "R-1/PT1H", "R/9999-99-99T00:00:00Z/P1D"]
)
def test_what_is_no_repeating_interval_is_refused(text: str) -> None:
    with pytest.raises(Stuck):
        cycle(text, NOW)


def test_a_time_beyond_all_calendars_stops() -> None:
    with pytest.raises(Stuck, match="out of reach"):
        cycle("R/P9999Y", NOW).after(NOW)


@given(
    hours=st.integers(0, 24 * 365 * 40),
    zone=st.sampled_from(["Europe/Prague", "UTC", "America/St_Johns"]),
    step=st.sampled_from(["P1D", "P1M", "PT1H", "P1Y", "P1W", "PT90M", "P1DT1H", "P2M3D"]),
    late=st.timedeltas(timedelta(0), timedelta(days=900)),
)
def test_the_next_time_is_the_first_one_later_and_survives_being_stored(
    hours: int, zone: str, step: str, late: timedelta
) -> None:
    begin = datetime(2000, 1, 1, 2, 30, tzinfo=UTC) + timedelta(hours=hours)
    slots = cycle(f"R/{begin.replace(tzinfo=None).isoformat()}@{zone}/{step}", NOW)
    moment = slots.slot(0) + late
    found = slots.after(moment)
    assert found > moment
    number = next(number for number in range(30_000) if slots.slot(number) == found)
    assert number == 0 or slots.slot(number - 1) <= moment
    assert stored(slots.written()).after(moment) == found
