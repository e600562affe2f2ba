"""The calendar of a utility: its rows as a value, and changing them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import delete, select

from akta.errors import Invalid
from akta.ids import TenantId
from akta.languages import N_
from bpmn.calendars import RULES, Calendar
from storage.calendars import CalendarDay, CalendarRow
from storage.tenants import Tenant
from storage.unit_of_work import ChangedMeanwhile, Transaction
from workflows.remembered import Remembered

MOST_DAYS = 2000
MOST_GROUNDS = 100


class NoSuchCountry(Invalid):
    """There are no rules for the public holidays of this country."""

    title = N_("The public holidays of this country are not known.")


class TooMany(Invalid):
    """The calendar would be longer than anybody reads."""

    title = N_("That is more than a calendar can hold.")


@dataclass(frozen=True, slots=True)
class OwnDay:
    """A day that differs from the rules."""

    day: date
    works: bool
    name: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A calendar as it is kept. `grounds`: why the law lets a clock stop or take longer, by key. Version 0: nobody has
    changed it yet, it follows the country."""

    country: str
    version: int = 0
    days: tuple[OwnDay, ...] = ()
    grounds: Mapping[str, str] = field(default_factory=dict)

    @property
    def calendar(self) -> Calendar:
        return Calendar(self.country, {own.day: own.works for own in self.days})


class Calendars:
    """Calendars by utility and version, read once per process."""

    def __init__(self) -> None:
        self._made = Remembered()

    def of(self, tx: Transaction, tenant: Tenant, row: CalendarRow | None) -> Calendar:
        """The calendar of the utility at work, from its row if it has one."""
        key: tuple[TenantId, Any, str] = (tx.tenant, row and (row.id, row.version), tenant.country)
        return self._made.get(key, lambda: _kept(tx, tenant, row).calendar)


def kept(tx: Transaction) -> Kept:
    """The calendar of this utility."""
    return _kept(tx, tx.get(Tenant, tx.tenant), tx.session.scalar(select(CalendarRow)))


def calendar(tx: Transaction) -> Calendar:
    return kept(tx).calendar


def keep(tx: Transaction, wanted: Kept) -> Kept:
    """Replace the calendar; `wanted.version` is the version it was made from. Deadlines under way stay as they are.

    Raises:
        NoSuchCountry: there are no rules for it.
        TooMany: more days or grounds than a calendar can hold.
        ChangedMeanwhile: somebody else changed it.
    """
    if wanted.country and wanted.country not in RULES:
        raise NoSuchCountry(wanted.country, fields={"country": NoSuchCountry.title})
    if len(wanted.days) > MOST_DAYS or len(wanted.grounds) > MOST_GROUNDS:
        raise TooMany
    tx.session.get(Tenant, tx.tenant, with_for_update={"key_share": True}, populate_existing=True)
    row = tx.session.scalar(select(CalendarRow), execution_options={"populate_existing": True})
    if (row.version if row else 0) != wanted.version:
        raise ChangedMeanwhile
    if row is None:
        tx.add(CalendarRow(country=wanted.country, grounds=dict(wanted.grounds)))
    else:
        row.country, row.grounds, row.version = wanted.country, dict(wanted.grounds), row.version + 1
    tx.session.execute(delete(CalendarDay))
    tx.add(*(CalendarDay(day=own.day, works=own.works, name=own.name[:120]) for own in _once(wanted)))
    return kept(tx)


def _once(wanted: Kept) -> list[OwnDay]:
    """Each day once; of two entries for a day the later counts."""
    return sorted({own.day: own for own in wanted.days}.values(), key=lambda own: own.day)


def _kept(tx: Transaction, tenant: Tenant, row: CalendarRow | None) -> Kept:
    if row is None:
        country = tenant.country.lower()
        return Kept(country if country in RULES else "")
    days = tx.session.scalars(select(CalendarDay).order_by(CalendarDay.day))
    own = tuple(OwnDay(day.day, day.works, day.name) for day in days)
    return Kept(row.country, row.version, own, {str(key): str(text) for key, text in row.grounds.items()})
