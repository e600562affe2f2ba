"""Built-in functions on working days: Akta's own, beside those of the standard. The calendar is the utility's."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from bpmn.calendars import Calendar, TooFar
from bpmn.feel._builtin import builtin
from bpmn.feel._numbers import whole
from bpmn.feel._run import Run

T = TypeVar("T")

NO_CALENDAR = "no calendar is known here"


@builtin("add working days", "from: instant", "days: number")
def add_working_days(run: Run, start: date, days: Decimal) -> date | None:
    """The working day so many working days later, at the same time of the day."""
    count = whole(days)
    if count is None:
        return run.null("add working days: the number of days must be whole")

    def added(calendar: Calendar) -> date:
        found = calendar.add(_day(start), count)
        return datetime.combine(found, start.timetz()) if isinstance(start, datetime) else found

    return _counted(run, "add working days", abs(count), added)


@builtin("working days between", "from: instant", "to: instant")
def working_days_between(run: Run, start: date, end: date) -> Decimal | None:
    """Working days after the first day up to and with the last."""
    first, last = _day(start), _day(end)
    cost = abs((last - first).days)
    return _counted(run, "working days between", cost, lambda calendar: Decimal(calendar.between(first, last)))


@builtin("is working day", "from: instant")
def is_working_day(run: Run, day: date) -> bool | None:
    return _counted(run, "is working day", 1, lambda calendar: calendar.works(_day(day)))


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _counted(run: Run, name: str, cost: int, count: Callable[[Calendar], T]) -> T | None:
    if run.calendar is None:
        return run.null(f"{name}: {NO_CALENDAR}")
    run.spend(min(cost, 100_000))
    try:
        return count(run.calendar)
    except (TooFar, OverflowError):
        return run.null(f"{name}: so many days are too many")
