"""Reading windows (when customers report readings themselves) and the degree days of the utility's winters."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select

from heating.consumption import month_end
from heating.tables.metering import DegreeDays, ReadingWindow
from storage.unit_of_work import Transaction

BEFORE = timedelta(days=3)
"""How long before a window opens its readings may have been read (domain.md §2.25)."""


def current(tx: Transaction, day: date) -> ReadingWindow | None:
    """The window open on a day."""
    open_now = select(ReadingWindow).where(ReadingWindow.opens <= day, ReadingWindow.closes >= day)
    return tx.session.scalar(open_now.order_by(ReadingWindow.opens.desc()).limit(1))


def following(tx: Transaction, day: date) -> ReadingWindow | None:
    """The next window that opens after a day."""
    later = select(ReadingWindow).where(ReadingWindow.opens > day)
    return tx.session.scalar(later.order_by(ReadingWindow.opens).limit(1))


def exist(tx: Transaction) -> bool:
    """Whether this utility has windows at all; without any, readings may be reported on every day."""
    return tx.session.scalar(select(ReadingWindow.id).limit(1)) is not None


def holds(tx: Transaction, day: date) -> bool | None:
    """Whether a day lies within a window or shortly before one; None where the utility has no windows."""
    near = select(ReadingWindow.id).where(ReadingWindow.opens <= day + BEFORE, ReadingWindow.closes >= day)
    return tx.session.scalar(near.limit(1)) is not None or (False if exist(tx) else None)


def degrees(tx: Transaction) -> Callable[[date, date], Decimal | None]:
    """Heating degree days between two days, each month's spread evenly over its days; None where one is missing."""
    known = {month: value for month, value in tx.session.execute(select(DegreeDays.month, DegreeDays.value))}

    def between(since: date, until: date) -> Decimal | None:
        total, day = Decimal(0), since + timedelta(days=1)
        while day <= until:
            end = min(month_end(day), until)
            value = known.get(day.replace(day=1))
            if value is None:
                return None
            total += value * ((end - day).days + 1) / month_end(day).day
            day = end + timedelta(days=1)
        return total

    return between
