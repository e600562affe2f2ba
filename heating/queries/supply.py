"""A customer's contracts, who has accounts on them, meters and their readings (S002-16, S002-18)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from akta.errors import NotFound
from akta.subjects import Subject
from heating import contracts, meters, windows, words
from heating.acts import MandateAct
from heating.consumption import Used
from heating.contracts import Standing
from heating.meters import Hung
from heating.tables.contracts import Contract, Customer
from heating.tables.metering import Reading, ReadingDecision
from heating.visibility import contracts_of
from storage.unit_of_work import Transaction


@dataclass(frozen=True, slots=True)
class ReadingLine:
    """A processed reading with what was used since the one before; `kind_name` is a msgid."""

    on: date
    value: Decimal
    consumption: Decimal
    days: int
    kind: str
    kind_name: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A reading that was reported and not decided about yet, and the case it is checked in."""

    on: date
    value: Decimal
    submitted_at: datetime
    case_id: UUID | None


@dataclass(frozen=True, slots=True)
class Window:
    """The self-reading period: the one that is open, else the next (S002-17)."""

    opens: date
    closes: date
    is_open: bool


@dataclass(frozen=True, slots=True)
class MeterView:
    """A meter with its readings, newest first. `last` is the last processed reading, or None before the first."""

    id: UUID
    serial: str
    kind: str
    kind_name: str
    unit: str
    digits: int
    supply_point: str
    address: str
    calibrated_on: date
    valid_until: date
    calibration_expired: bool
    window: Window | None
    last: ReadingLine | None
    readings: tuple[ReadingLine, ...]
    waiting: tuple[Waiting, ...]


@dataclass(frozen=True, slots=True)
class ContractView:
    """A contract, how it stands today, where it delivers, and who has accounts on it."""

    id: UUID
    number: str
    customer_name: str
    customer_number: str
    valid_from: date
    valid_to: date | None
    effective_from: date
    effective_to: date | None
    standing: Standing
    addresses: tuple[str, ...]


def my_meters(tx: Transaction, subject: Subject, today: date) -> list[MeterView]:
    """The meters that hang under the subject's contracts."""
    hung = meters.under(tx, contracts_of(subject, MandateAct.VIEW))
    histories = meters.histories(tx, [each.meter for each in hung])
    waiting = _waiting(tx, [each.meter.id for each in hung])
    period = _window(tx, today)
    return [_meter(each, histories[each.meter.id], waiting.get(each.meter.id, ()), today, period) for each in hung]


def my_meter(tx: Transaction, subject: Subject, meter_id: UUID, today: date) -> MeterView:
    """One meter of the subject.

    Raises:
        NotFound: there is none, or it hangs under somebody else's contract.
    """
    found = next((view for view in my_meters(tx, subject, today) if view.id == meter_id), None)
    if found is None:
        raise NotFound(f"meter {meter_id}")
    return found


def my_contracts(tx: Transaction, subject: Subject, today: date) -> list[ContractView]:
    """The contracts the subject's account is linked to."""
    statement = (
        select(Contract, Customer)
        .join(Customer, Customer.id == Contract.customer_id)
        .where(Contract.id.in_(contracts_of(subject, MandateAct.VIEW)))
        .order_by(Contract.number)
    )
    found = [(contract, customer) for contract, customer in tx.session.execute(statement)]
    addresses = _addresses(meters.under(tx, contracts_of(subject, MandateAct.VIEW)))
    return [
        ContractView(
            id=contract.id,
            number=contract.number,
            customer_name=customer.name,
            customer_number=customer.number,
            valid_from=contract.valid_from,
            valid_to=contract.valid_to,
            effective_from=contract.effective_from,
            effective_to=contract.effective_to,
            standing=contracts.standing(contract, today),
            addresses=tuple(addresses.get(contract.id, ())),
        )
        for contract, customer in found
    ]


def _window(tx: Transaction, today: date) -> Window | None:
    found = windows.current(tx, today) or windows.following(tx, today)
    return None if found is None else Window(found.opens, found.closes, found.opens <= today)


def _meter(
    hung: Hung, history: Sequence[Used], waiting: Sequence[Waiting], today: date, window: Window | None
) -> MeterView:
    lines = tuple(_line(used) for used in reversed(history))
    meter = hung.meter
    return MeterView(
        id=meter.id,
        serial=meter.serial,
        kind=meter.kind,
        kind_name=words.METERS[meter.kind],
        unit=meter.unit,
        digits=meter.digits,
        supply_point=hung.point.number,
        address=hung.address,
        calibrated_on=meter.calibrated_on,
        valid_until=meter.valid_until,
        calibration_expired=meters.calibration_expired(meter, today),
        window=window,
        last=lines[0] if lines else None,
        readings=lines,
        waiting=tuple(waiting),
    )


def _line(used: Used) -> ReadingLine:
    return ReadingLine(used.on, used.value, used.consumption, used.days, used.kind, words.READINGS[used.kind])


def _waiting(tx: Transaction, meter_ids: Sequence[UUID]) -> Mapping[UUID, list[Waiting]]:
    statement = (
        select(Reading)
        .outerjoin(ReadingDecision, ReadingDecision.reading_id == Reading.id)
        .where(Reading.meter_id.in_(meter_ids), ReadingDecision.id.is_(None))
        .order_by(Reading.submitted_at.desc())
    )
    found: dict[UUID, list[Waiting]] = {}
    for row in tx.session.scalars(statement):
        found.setdefault(row.meter_id, []).append(Waiting(row.read_at, row.value, row.submitted_at, row.case_id))
    return found


def _addresses(hung: Sequence[Hung]) -> Mapping[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    for each in hung:
        lines = found.setdefault(each.point.contract_id, [])
        if each.address not in lines:
            lines.append(each.address)
    return found
