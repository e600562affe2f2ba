"""Working days of four countries: by rule, by decree, and by the utility's own days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpmn.calendars import LONGEST, Calendar, TooFar, easter, holidays, orthodox_easter

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
COUNTRIES = st.sampled_from(["", "cz", "hu", "md", "pl"])


@pytest.mark.parametrize(
    ("year", "western", "eastern"),
    [(2019, "04-21", "04-28"), (2024, "03-31", "05-05"), (2025, "04-20", "04-20"), (2038, "04-25", "04-25")],
)
def test_easter_is_found_by_both_rules(year: int, western: str, eastern: str) -> None:
    assert easter(year) == date.fromisoformat(f"{year}-{western}")
    assert orthodox_easter(year) == date.fromisoformat(f"{year}-{eastern}")


@pytest.mark.parametrize(
    ("country", "day", "works"),
    [
        ("cz", "2026-04-03", False),  # Good Friday
        ("cz", "2026-04-06", False),  # Easter Monday
        ("cz", "2015-04-03", True),  # before it was one
        ("cz", "2026-11-17", False),
        ("pl", "2026-06-04", False),  # Corpus Christi
        ("pl", "2024-12-24", True),
        ("pl", "2025-12-24", False),
        ("pl", "2026-04-03", True),  # Good Friday is none in Poland
        ("hu", "2026-05-25", False),  # Whit Monday
        ("hu", "2026-08-08", True),  # a Saturday, worked for 21 August
        ("hu", "2026-08-21", False),
        ("hu", "2025-12-13", True),
        ("hu", "2026-12-12", False),
        ("hu", "2026-12-24", False),
        ("md", "2026-04-13", False),  # Orthodox Easter Monday
        ("md", "2026-04-20", False),
        ("md", "2026-01-07", False),
        ("", "2026-12-25", True),  # no country, no holidays
        ("", "2026-12-26", False),
    ],
)
def test_days_are_worked_as_the_law_of_the_country_says(country: str, day: str, works: bool) -> None:
    assert Calendar(country).works(date.fromisoformat(day)) is works


def test_holidays_have_names_in_order() -> None:
    found = holidays("hu", 2026)
    assert list(found) == sorted(found)
    assert found[date(2026, 10, 23)] == "1956-os forradalom"
    assert holidays("xx", 2026) == {}


def test_the_own_days_of_a_utility_go_before_every_rule() -> None:
    own = {date(2026, 8, 8): False, date(2026, 12, 25): True}
    calendar = Calendar("hu", own)
    assert not calendar.works(date(2026, 8, 8))
    assert calendar.works(date(2026, 12, 25))


@pytest.mark.parametrize(
    ("country", "start", "count", "end"),
    [
        ("cz", "2026-03-31", 5, "2026-04-09"),  # over Easter
        ("pl", "2026-04-30", 3, "2026-05-06"),  # over two holidays and a weekend
        ("hu", "2026-08-05", 3, "2026-08-08"),  # ends on a swapped Saturday
        ("hu", "2026-08-19", 1, "2026-08-24"),  # over a long weekend
        ("md", "2026-04-09", 2, "2026-04-14"),
        ("cz", "2026-04-07", -1, "2026-04-02"),
        ("cz", "2026-04-03", 0, "2026-04-07"),
    ],
)
def test_worked_examples(country: str, start: str, count: int, end: str) -> None:
    assert Calendar(country).add(date.fromisoformat(start), count) == date.fromisoformat(end)


@given(COUNTRIES, DAYS, st.integers(-300, 300))
def test_adding_and_counting_agree(country: str, start: date, count: int) -> None:
    calendar = Calendar(country)
    end = calendar.add(start, count)
    assert calendar.works(end)
    if count > 0:
        assert calendar.between(start, end) == count
    if count < 0:
        assert calendar.between(start - timedelta(days=1), end - timedelta(days=1)) == count


@given(COUNTRIES, DAYS, DAYS, DAYS)
def test_counts_of_parts_add_up(country: str, one: date, two: date, three: date) -> None:
    calendar = Calendar(country)
    assert calendar.between(one, two) + calendar.between(two, three) == calendar.between(one, three)


def test_nobody_counts_for_ever() -> None:
    with pytest.raises(TooFar):
        Calendar("cz").add(date(2026, 1, 1), LONGEST + 1)
    with pytest.raises(TooFar):
        Calendar("cz").between(date(1900, 1, 1), date(2026, 1, 1))
    never = Calendar("", dict.fromkeys((date(2026, 1, 1) + timedelta(days=n) for n in range(400)), False))
    assert never.add(date(2026, 1, 1), 1) == date(2027, 2, 5)
