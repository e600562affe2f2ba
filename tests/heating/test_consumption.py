"""What readings say, on F3 and on anything else."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heating import consumption
from heating.consumption import Point, Used
from heating.samples import minta

F3 = consumption.series(
    Point(*minta.F3.opening, "opening"), [Point(on, value, "normal") for on, value in minta.F3.readings], 5
)


def test_f3_gives_the_consumptions_of_the_seed() -> None:
    assert [used.consumption for used in F3] == [4, 3, 4, 2, 3, 5]
    assert sum(used.consumption for used in F3) == 21


def test_without_last_year_the_mean_per_day_is_expected() -> None:
    days = (date(2014, 10, 31) - date(2014, 4, 30)).days
    wanted = (Decimal(21) / days * 30).quantize(consumption.PLACES)
    assert consumption.expected(F3, date(2014, 10, 31), date(2014, 11, 30)) == wanted


def test_the_same_month_last_year_is_expected_if_it_is_known() -> None:
    found = consumption.expected(F3, date(2015, 9, 30), date(2015, 10, 31))
    assert found == Decimal(5)


def test_two_readings_are_too_few_to_expect_anything() -> None:
    assert consumption.expected(F3[:2], date(2014, 6, 30), date(2014, 7, 31)) is None


def test_nothing_is_expected_between_days_in_the_wrong_order() -> None:
    assert consumption.expected(F3, date(2014, 10, 31), date(2014, 10, 31)) is None


@pytest.mark.parametrize(
    ("last", "value", "candidate"),
    [
        ("99998", "4", True),
        ("99998", "20000", False),
        ("1073", "4", False),
        ("99998", "99999", False),
        ("90000", "10000", True),
    ],
)
def test_a_meter_may_have_passed_zero_only_from_near_its_end(last: str, value: str, candidate: bool) -> None:
    assert consumption.rollover_candidate(Decimal(last), Decimal(value), 5) is candidate


def test_a_lower_processed_reading_means_the_meter_passed_zero() -> None:
    opening = Point(date(2026, 1, 31), Decimal(99_998), "opening")
    [used] = consumption.series(opening, [Point(date(2026, 2, 28), Decimal(4), "normal")], 5)
    assert used.consumption == 6


@pytest.mark.parametrize(
    ("value", "meant"),
    [("1703", "1073"), ("1037", "1073"), ("10730", "1073"), ("107.3", "1073"), ("1999", None)],
)
def test_a_slip_of_the_pen_is_undone(value: str, meant: str | None) -> None:
    """F3's personas: 1703 and 1037 for 1073; a shifted decimal mark; nothing that would be below the last value."""
    last = Point(date(2014, 9, 30), Decimal(1068), "normal")
    found = consumption.slips(Decimal(value), last, Decimal("3.5"), 5)
    near = [each.value for each in found if each.consumption <= 7]
    assert near == ([Decimal(meant)] if meant else [])


def test_without_an_expectation_no_slip_is_guessed() -> None:
    assert consumption.slips(Decimal(1703), Point(date(2014, 9, 30), Decimal(1068), "normal"), None, 5) == []


@given(st.decimals(0, 99_999, places=3), st.decimals(0, 99_999, places=3))
def test_what_was_meant_is_never_what_was_written_and_never_below_the_last(last: Decimal, value: Decimal) -> None:
    found = consumption.slips(value, Point(date(2026, 1, 1), last, "normal"), Decimal(4), 5)
    assert all(each.value != value and each.consumption == each.value - last >= 0 for each in found)


def test_a_reading_below_an_estimate_gives_back_and_one_below_a_reading_went_round() -> None:
    february = Point(date(2026, 2, 28), Decimal(1070), "self")
    for kind, used in (("estimated", -10), ("normal", 99_990)):
        [found] = consumption.series(Point(date(2026, 1, 31), Decimal(1080), kind), [february], 5)
        assert found.consumption == used


def test_heat_is_expected_by_degree_days() -> None:
    """2 GJ a day and 0.05 GJ a degree day give back exactly what they made."""
    degrees = {date(2025, month, 1): Decimal(value) for month, value in ((10, 248), (11, 390), (12, 527))}
    ends = [date(2025, 9, 30), date(2025, 10, 31), date(2025, 11, 30), date(2025, 12, 31)]

    def between(since: date, until: date) -> Decimal | None:
        return degrees.get(until.replace(day=1)) if until.month < 12 or until.day == 31 else None

    history = []
    for since, until in pairwise(ends):
        heat, days = degrees[until.replace(day=1)], (until - since).days
        history.append(Used(until, Decimal(0), "normal", Decimal(2) * days + Decimal("0.05") * heat, days))
    degrees[date(2026, 1, 1)] = Decimal(600)
    assert consumption.expected_heat(history, between, date(2025, 12, 31), date(2026, 1, 31)) == 92
    assert consumption.expected_heat(history[:2], between, date(2025, 12, 31), date(2026, 1, 31)) is None


def test_a_month_ends_on_its_last_day() -> None:
    ends = [consumption.month_end(date(year, month, 14)) for year, month in ((2026, 2), (2024, 2), (2026, 12))]
    assert ends == [date(2026, 2, 28), date(2024, 2, 29), date(2026, 12, 31)]


steps = st.lists(st.tuples(st.integers(1, 60), st.integers(0, 90_000)), min_size=1, max_size=20)


@given(steps, st.integers(0, 99_999))
def test_consumption_is_what_the_wheels_turned(turned: list[tuple[int, int]], start: int) -> None:
    on, total, points = date(2020, 1, 1), start, []
    for days, used in turned:
        on, total = on + timedelta(days=days), total + used
        points.append(Point(on, Decimal(total % 100_000), "normal"))
    found = consumption.series(Point(date(2020, 1, 1), Decimal(start), "opening"), points[::-1], 5)
    assert [used.consumption for used in found] == [used for _, used in turned]
    assert [used.days for used in found] == [days for days, _ in turned]


def test_a_day_without_length_gives_no_rate() -> None:
    same = [Used(date(2026, 1, 1), Decimal(1), "normal", Decimal(1), 0)] * 3
    assert consumption.expected(same, date(2026, 1, 1), date(2026, 1, 31)) is None
