"""Akta's own functions: working days by the utility's calendar, which comes in as a value."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from bpmn import feel
from bpmn.calendars import Calendar

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def explained(text: str, calendar: Calendar | None) -> feel.Explained:
    return feel.compile(text).explain({}, now=NOW, allowance=feel.Allowance(calendar))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('add working days(date("2026-08-05"), 3)', date(2026, 8, 8)),
        ('add working days(from: date("2026-08-10"), days: -1)', date(2026, 8, 8)),
        ('working days between(date("2026-08-05"), date("2026-08-10"))', 4),
        ('is working day(date("2026-08-20"))', False),
        (
            'string(add working days(date and time("2026-03-27T10:00:00@Europe/Budapest"), 1))',
            "2026-03-30T10:00:00@Europe/Budapest",
        ),
        ('add working days(date("2026-08-05"), 1.5)', None),
        ('add working days(date("2026-08-05"), 10 ** 9)', None),
        ('working days between(date("0001-01-01"), date("9999-12-31"))', None),
        ('add working days("soon", 1)', None),
    ],
)
def test_working_days_are_counted_by_the_calendar(text: str, value: Any) -> None:
    assert explained(text, Calendar("hu")).value == value


def test_without_a_calendar_the_answer_is_null_and_says_so() -> None:
    found = explained('is working day(date("2026-08-08"))', None)
    assert (found.value, found.reasons) == (None, ("is working day: no calendar is known here",))


def test_counting_is_paid_for() -> None:
    text = 'for i in 1..100000 return add working days(date("2026-08-05"), 9000)'
    with pytest.raises(feel.FeelLimit):
        explained(text, Calendar("hu"))
