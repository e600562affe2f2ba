"""Meters: whose they are, where they hang, and the series of their processed readings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, select

from heating import consumption
from heating.consumption import Point, Used
from heating.tables.contracts import Contract, Customer
from heating.tables.metering import LedgerEntry, LedgerReversal, Meter, Reading, ReadingDecision, SupplyPoint
from storage.unit_of_work import Transaction

PROCESSED = ("verified", "taken_over")
"""Outcomes of a reading that counts."""


MOST_ADDRESSES = 20
"""Addresses of one contract that its cases are found by."""


@dataclass(frozen=True, slots=True)
class Hung:
    """A meter where it hangs."""

    meter: Meter
    point: SupplyPoint

    @property
    def address(self) -> str:
        return written_address(self.point)


def found_by(tx: Transaction, contract_id: UUID) -> list[str]:
    """What a case about a contract is found by: its number, its customer, and the addresses it delivers to."""
    contract = tx.get(Contract, contract_id)
    customer = tx.get(Customer, contract.customer_id)
    points = tx.session.scalars(select(SupplyPoint).where(SupplyPoint.contract_id == contract_id).limit(MOST_ADDRESSES))
    addresses = [written_address(point) for point in points]
    return [contract.number, customer.number, customer.name, customer.address, *addresses]


def written_address(point: SupplyPoint) -> str:
    """The address of a supply point on one line (S002-24)."""
    parts = (point.postcode, point.settlement, point.street, point.building, point.floor, point.door)
    return " ".join(part for part in parts if part)


def contract_of(tx: Transaction, meter_id: UUID) -> UUID:
    """The contract that a meter measures for."""
    return tx.get(SupplyPoint, tx.get(Meter, meter_id).supply_point_id).contract_id


def hung() -> Select[Meter, SupplyPoint]:
    """Meters that hang, with their supply points."""
    joined = select(Meter, SupplyPoint).join(SupplyPoint, SupplyPoint.id == Meter.supply_point_id)
    return joined.where(Meter.removed_on.is_(None)).order_by(SupplyPoint.number, Meter.serial)


def under(tx: Transaction, contracts: Select[UUID]) -> list[Hung]:
    """The meters that hang under these contracts."""
    rows = tx.session.execute(hung().where(SupplyPoint.contract_id.in_(contracts)))
    return [Hung(meter, point) for meter, point in rows]


def find(tx: Transaction, key: str) -> Hung | None:
    """A hanging meter by its id, or by its serial number as a clerk reads it from paper."""
    try:
        condition = Meter.id == UUID(key)
    except ValueError:
        condition = Meter.serial == "".join(key.split())
    row = tx.session.execute(hung().where(condition)).one_or_none()
    return None if row is None else Hung(row[0], row[1])


@dataclass(frozen=True, slots=True)
class Removed:
    """A meter that hangs no more: since when, and the serial number of the one there now (or nothing)."""

    removed_on: date
    successor: str


def removed(tx: Transaction, serial: str) -> Removed | None:
    """A meter by its serial number, if it was removed."""
    gone = tx.session.scalar(
        select(Meter).where(Meter.serial == "".join(serial.split()), Meter.removed_on.is_not(None))
    )
    if gone is None or gone.removed_on is None:
        return None
    successor = tx.session.scalar(select(Meter.serial).where(Meter.replaces_id == gone.id).limit(1))
    return Removed(gone.removed_on, successor or "")


def history(tx: Transaction, meter: Meter) -> list[Used]:
    """Processed readings of a meter with what each used, oldest first."""
    return histories(tx, [meter])[meter.id]


def histories(tx: Transaction, meters: Iterable[Meter]) -> dict[UUID, list[Used]]:
    """The histories of several meters in one query."""
    wanted = {meter.id: meter for meter in meters}
    statement = (
        select(Reading.meter_id, Reading.read_at, Reading.value, Reading.kind)
        .join(ReadingDecision, ReadingDecision.reading_id == Reading.id)
        .outerjoin(LedgerEntry, LedgerEntry.reading_id == Reading.id)
        .outerjoin(LedgerReversal, LedgerReversal.ledger_id == LedgerEntry.id)
        .where(Reading.meter_id.in_(wanted), ReadingDecision.outcome.in_(PROCESSED), LedgerReversal.id.is_(None))
        .order_by(Reading.read_at)
    )
    points: dict[UUID, list[Point]] = {key: [] for key in wanted}
    for meter_id, on, value, kind in tx.session.execute(statement):
        points[meter_id].append(Point(on, value, kind))
    return {key: consumption.series(opening(meter), points[key], meter.digits) for key, meter in wanted.items()}


def opening(meter: Meter) -> Point:
    return Point(meter.opening_on, meter.opening_value, "opening")


def last_point(meter: Meter, history: Sequence[Used]) -> Point:
    """The last processed reading, or where the meter's series starts."""
    return Point(history[-1].on, history[-1].value, history[-1].kind) if history else opening(meter)


def calibration_expired(meter: Meter, day: date) -> bool:
    """Whether what the meter showed on that day may no longer be billed as measured (RP8)."""
    return day > meter.valid_until
