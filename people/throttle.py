"""Limits on how often something may be tried, counted in the database: they hold across processes and restarts."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, select
from sqlalchemy.exc import IntegrityError

from akta.errors import TooOften
from storage.identity import Throttle
from storage.unit_of_work import Transaction

KEPT = timedelta(days=2)
"""How long a count is kept that nobody asks for any more; longer than any limit."""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries; after the last of them a pause, and then as many again."""

    name: str
    most: int
    pause: timedelta


def take(tx: Transaction, limit: Limit, who: str, now: datetime) -> bool:
    """Count one try and say whether it may be made. It is counted first, so that many at once cannot outrun it."""
    row = _row(tx, _key(limit, who), now)
    if now >= row.since + limit.pause:
        row.count, row.since = 0, now
    if row.count >= limit.most:
        return False
    row.count += 1
    if row.count == limit.most:
        row.since = now
    return True


def require(tx: Transaction, limit: Limit, who: str, now: datetime) -> None:
    """
    Raises:
        TooOften: with the seconds until the pause is over.
    """
    if not take(tx, limit, who, now):
        raise TooOften(after=_left(tx, limit, who, now))


def give_back(tx: Transaction, limit: Limit, who: str) -> None:
    """Take back one try that did no harm."""
    row = tx.session.scalar(_found(_key(limit, who)))
    if row is not None and row.count > 0:
        row.count -= 1


def forget(tx: Transaction, limit: Limit, who: str) -> None:
    """Begin anew: the one who tried has proved who they are."""
    tx.session.execute(delete(Throttle).where(Throttle.key == _key(limit, who)))


def sweep(tx: Transaction, now: datetime) -> None:
    """Drop counts nobody asks for any more."""
    tx.session.execute(delete(Throttle).where(Throttle.since < now - KEPT))


def _left(tx: Transaction, limit: Limit, who: str, now: datetime) -> int:
    row = _row(tx, _key(limit, who), now)
    return max(1, int((row.since + limit.pause - now).total_seconds()))


def _key(limit: Limit, who: str) -> str:
    """A hash: neither addresses nor mistyped logins are kept."""
    return hashlib.sha256(f"{limit.name}\0{who}".encode()).hexdigest()


def _found(key: str) -> Select[Throttle]:
    return select(Throttle).where(Throttle.key == key).with_for_update()


def _row(tx: Transaction, key: str, now: datetime) -> Throttle:
    found = tx.session.scalar(_found(key))
    if found is not None:
        return found
    # Somebody else may count the first try at the same moment.
    with suppress(IntegrityError), tx.session.begin_nested():
        tx.add(Throttle(key=key, count=0, since=now))
    return tx.session.scalars(_found(key)).one()
