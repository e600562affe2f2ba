"""What every part of the samples builds with: customers, contracts, meters with past readings, accounts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from akta.ids import new_id
from akta.subjects import Door, Kind
from heating import terms
from heating.consumption import month_end
from heating.samples.utilities import Utility
from heating.tables.contracts import Contract, ContractAccount, Customer
from heating.tables.metering import Meter, Reading, ReadingDecision, ReadingWindow, SupplyPoint
from heating.tables.terms import TermsVersion
from people import accounts
from storage.people import Account, Person
from storage.unit_of_work import Transaction

LIMIT = 3


@dataclass(frozen=True, slots=True)
class Term:
    """From when to when a contract is valid and, where it differs, effective."""

    since: date
    until: date | None = None
    effective: date | None = None


class Address(NamedTuple):
    """Where a supply point is (S002-24)."""

    postcode: str
    settlement: str
    street: str
    building: str = ""
    floor: str = ""
    door: str = ""


@dataclass(frozen=True, slots=True)
class MeterPlan:
    """A hot-water meter (m³), and what it has shown."""

    serial: str
    calibrated_on: date
    valid_until: date
    opening: tuple[date, Decimal]
    readings: tuple[tuple[date, Decimal], ...] = ()
    digits: int = 5


@dataclass
class Desk:
    """Writes sample rows into one transaction of one utility."""

    tx: Transaction
    utility: Utility
    password_hash: str
    now: datetime
    today: date
    accepts: TermsVersion | None = None
    """The version of the terms that owners of accounts have accepted."""

    def customer(self, number: str, name: str, address: Address, kind: str = "person") -> Customer:
        row = Customer(
            id=new_id(),
            number=number,
            kind=kind,
            name=name,
            email=f"{number.lower()}@example.org",
            address=" ".join(part for part in address if part),
        )
        self.tx.add(row)
        return row

    def contract(self, number: str, customer: Customer, term: Term) -> Contract:
        row = Contract(
            id=new_id(),
            number=number,
            customer_id=customer.id,
            valid_from=term.since,
            valid_to=term.until,
            effective_from=term.effective or term.since,
            effective_to=term.until,
        )
        self.tx.add(row)
        return row

    def meter(self, contract: Contract, address: Address, plan: MeterPlan) -> Meter:
        """A supply point with one meter, whose past readings were taken over as processed."""
        point = SupplyPoint(id=new_id(), number=f"{contract.number}/1", contract_id=contract.id, **address._asdict())
        self.tx.add(point)
        meter = Meter(
            id=new_id(),
            supply_point_id=point.id,
            serial=plan.serial,
            kind="hot_water",
            unit="m³",
            digits=plan.digits,
            calibrated_on=plan.calibrated_on,
            valid_until=plan.valid_until,
            opening_on=plan.opening[0],
            opening_value=plan.opening[1],
        )
        self.tx.add(meter)
        self._take_over(meter, plan.readings)
        return meter

    def windows(self) -> None:
        """Self-reading periods from the 16th to the end of each month, where the utility has any (S002-17)."""
        if not self.utility.profile.get("reading_windows"):
            return
        first = self.today.replace(day=1)
        for _ in range(6):
            last = month_end(first)
            self.tx.add(ReadingWindow(opens=first.replace(day=16), closes=last, cut_off=last + timedelta(days=5)))
            first = last + timedelta(days=1)

    def _take_over(self, meter: Meter, readings: Iterable[tuple[date, Decimal]]) -> None:
        rows = [
            Reading(
                id=new_id(),
                meter_id=meter.id,
                value=value,
                read_at=on,
                kind="normal",
                source="import",
                submitted_at=datetime.combine(on, time(12), UTC),
            )
            for on, value in readings
        ]
        self.tx.add(*rows)
        self.tx.add(
            *(ReadingDecision(reading_id=row.id, outcome="taken_over", decided_at=row.submitted_at) for row in rows)
        )

    def account(self, contract: Contract, slot_no: int, login: str, name: str) -> Account:
        """An active customer's account in a slot of the contract."""
        person = Person(id=new_id(), name=name, email=f"{login}@example.org", language=self.utility.language)
        self.tx.add(person)
        account = accounts.create(self.tx, person, login, Kind.CUSTOMER, self.now, password_hash=self.password_hash)
        self.tx.add(
            ContractAccount(
                contract_id=contract.id,
                slot_no=slot_no,
                slot_limit=LIMIT,
                state="active",
                account_id=account.id,
                reserved_at=self.now,
            )
        )
        if self.accepts is not None:
            terms.keep(self.tx, account.id, self.accepts, Door.CLI.value, self.now)
        return account

    def staff(self, group: str, name: str) -> Account:
        """The clerk of a candidate group; the login is the group's name."""
        person = Person(id=new_id(), name=name, email=f"{group}@example.org", language=self.utility.language)
        self.tx.add(person)
        return accounts.create(
            self.tx, person, group, Kind.STAFF, self.now, groups=(group,), password_hash=self.password_hash
        )
