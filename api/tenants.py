"""Finding the utility an address names; utilities change rarely, so they are read twice a minute at most."""

from datetime import datetime, timedelta

from sqlalchemy import select

from akta.errors import NotFound
from akta.languages import N_
from storage.database import Database
from storage.tenants import Tenant

FRESH_FOR = timedelta(seconds=30)


class NoSuchUtility(NotFound):
    """The first part of the address names no utility."""

    title = N_("There is no utility at this address.")


class Tenants:
    """The utilities of this installation by the code in their addresses (upper and lower case are the same)."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[str, Tenant] = {}
        self._read_at: datetime | None = None

    def find(self, code: str, now: datetime) -> Tenant:
        """
        Raises:
            NoSuchUtility: no utility has this code.
        """
        found = self._current(now).get(code.casefold())
        if found is None:
            raise NoSuchUtility(code)
        return found

    def all(self, now: datetime) -> list[Tenant]:
        return list(self._current(now).values())

    def _current(self, now: datetime) -> dict[str, Tenant]:
        if self._read_at is None or not self._known or abs(now - self._read_at) > FRESH_FOR:
            with self._database.view_across_tenants() as session:
                rows = session.scalars(select(Tenant).order_by(Tenant.code)).all()
            self._known, self._read_at = {row.code.casefold(): row for row in rows}, now
        return self._known
