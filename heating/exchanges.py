"""Exchanging a meter: the old one ends with its closing value, the other begins with its opening value."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from akta.errors import Conflict
from akta.languages import N_
from heating import meters
from heating.tables.metering import Meter
from storage.unit_of_work import Transaction


class NotClosed(Conflict):
    """The closing value does not count yet: consumption never runs across an exchange (domain.md §2.5)."""

    title = N_("The closing value of the old meter has to be verified first.")


@dataclass(frozen=True, slots=True)
class NewMeter:
    """The meter hung in place of another one."""

    serial: str
    opening_value: Decimal
    digits: int
    calibrated_on: date
    valid_until: date


def exchange(tx: Transaction, meter_id: UUID, on: date, new: NewMeter) -> Meter:
    """Take a meter down on a day and hang another one in its place.

    Raises:
        NotClosed: no processed reading of the old meter is of that day.
    """
    old = tx.locked(Meter, meter_id)
    last = meters.last_point(old, meters.history(tx, old))
    if last.on != on:
        raise NotClosed(f"meter {old.serial}: the last reading that counts is of {last.on}")
    old.removed_on = on
    tx.session.flush()
    row = Meter(
        supply_point_id=old.supply_point_id,
        serial=new.serial,
        kind=old.kind,
        unit=old.unit,
        digits=new.digits,
        calibrated_on=new.calibrated_on,
        valid_until=new.valid_until,
        opening_value=new.opening_value,
        opening_on=on,
        replaces_id=old.id,
    )
    tx.add(row)
    return row
