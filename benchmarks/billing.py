"""Bills many supply points twice, month after month: `python -m benchmarks.billing [--quick] [--database URL]`.

Prints one line of JSON: how many invoices a second each run made, and how much memory the process grew by while it ran.
The second month is billed with the first one as history: it must not be slower for it.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import heating.schema  # noqa: F401 - declares the utility's tables
from akta.ids import AccountId, TenantId, new_id
from akta.subjects import Actor, Door, Kind
from benchmarks.measuring import tell
from heating import billing
from heating.handlers import metering
from heating.tables.billing import BillingQueue, Tariff
from heating.tables.contracts import Contract, Customer
from heating.tables.metering import LedgerEntry, Meter, Reading, ReadingDecision, SupplyPoint
from storage import migrate
from storage.base import Base
from storage.bundles import Deployment
from storage.cases import Case
from storage.database import Database
from storage.people import Account, Person
from storage.tasks import Task
from storage.tenants import Tenant
from storage.unit_of_work import Transaction, UnitOfWork
from workflows.definitions import Definitions
from workflows.handlers import Handlers
from workflows.runtime import Runtime

NOW = datetime(2026, 4, 1, 8, tzinfo=UTC)
MONTHS = ((date(2026, 1, 31), date(2026, 2, 28)), (date(2026, 2, 28), date(2026, 3, 31)))
SUPPLY_POINTS, FEW = 50_000, 1_000
TOGETHER = 1_000


@dataclass(frozen=True)
class Evidence:
    """What every ledger row of the benchmark points to."""

    clerk: UUID
    case: UUID
    task: UUID


@dataclass(frozen=True)
class Point:
    meter: UUID
    contract: UUID


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{FEW} supply points")
    parser.add_argument("--points", type=int, default=0, help="so many supply points")
    parser.add_argument("--database", default="", help="an empty database (default: SQLite in a scratch folder)")
    chosen = parser.parse_args()
    count = chosen.points or (FEW if chosen.quick else SUPPLY_POINTS)
    with tempfile.TemporaryDirectory() as scratch:
        database = Database(chosen.database or f"sqlite:///{Path(scratch) / 'billing.db'}")
        try:
            tell("billing", measure(database, count))
        finally:
            database.close()


def measure(database: Database, count: int) -> dict[str, float]:
    """Bill `count` supply points in two months."""
    migrate.upgrade(database)
    tenant = TenantId(new_id())
    uow = database.unit_of_work(tenant)
    with uow.begin() as tx:
        evidence = _utility(tx)
    points = [point for made in _points(uow, count) for point in made]
    runtime = Runtime(Definitions(), Handlers(*metering.handlers()), lambda _tenant, _job: None)
    by = Actor(kind=Kind.STAFF, door=Door.CLI, name="Benchmark", account=AccountId(evidence.clerk))
    told: dict[str, float] = {"supply_points": count}
    for number, (since, until) in enumerate(MONTHS, start=1):
        _post(uow, evidence, points, since, until, Decimal(100 + 4 * number))
        before, started = _memory(), time.perf_counter()
        done = billing.run(uow, runtime, until, by, NOW)
        seconds = time.perf_counter() - started
        if done.invoices != count:
            raise RuntimeError(f"{done.invoices} invoices instead of {count}")
        told |= {
            f"run_{number}_seconds": round(seconds, 2),
            f"run_{number}_invoices_per_second": round(count / seconds, 1),
            f"run_{number}_grew_by_mb": round(_memory() - before, 1),
        }
    return told


def _memory() -> float:
    """The most this process ever had, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _utility(tx: Transaction) -> Evidence:
    tx.add(
        Tenant(
            id=tx.tenant,
            code="BEN",
            name="Benchmark",
            country="CZ",
            language="cs",
            zone="Europe/Prague",
            currency="CZK",
            phone="",
            dispatch_phone="",
            email="office@ben.example.org",
        )
    )
    person = Person(id=new_id(), name="Odečty Ukázka", email="metering@example.org")
    clerk = Account(id=new_id(), person_id=person.id, login="metering", kind="staff", state="active", created_at=NOW)
    tx.add(person)
    tx.add(clerk)
    deployment = Deployment(
        id=new_id(),
        key="meter-reading",
        version=1,
        content_hash="0" * 64,
        closure={},
        closure_hash="0" * 64,
        deployed_at=NOW,
        deployed_by="benchmark",
    )
    tx.add(deployment)
    case = Case(
        id=new_id(),
        reference="BEN-1",
        deployment_id=deployment.id,
        bundle="meter-reading",
        channel="web",
        language="cs",
        submission_key="benchmark",
        received_at=NOW,
        state="closed",
    )
    tx.add(case)
    task = Task(
        id=new_id(),
        case_id=case.id,
        token=1,
        element="verify-reading",
        bundle="meter-reading",
        bundle_hash="0" * 64,
        name="verify",
        audience="staff",
        state="completed",
        created_at=NOW,
        ended_at=NOW,
        ended_by=clerk.id,
    )
    tx.add(task)
    for code, price, rate in (("heat", "421.80", "12"), ("water", "128.40", "12"), ("standing", "95.00", "12")):
        month = code == "standing"
        tx.add(
            Tariff(
                code=code,
                meter_kind="hot_water",
                name=code,
                basis="month" if month else "unit",
                unit="month" if month else "m³",
                unit_price=Decimal(price),
                vat_rate=Decimal(rate),
                valid_from=date(2020, 1, 1),
            )
        )
    return Evidence(clerk.id, case.id, task.id)


def _points(uow: UnitOfWork, count: int) -> Iterator[list[Point]]:
    """Supply points, each with a contract and a meter of its own."""
    for start in range(0, count, TOGETHER):
        numbers = range(start, min(start + TOGETHER, count))
        customers = [Customer(id=new_id(), number=f"B{n:06}", name=f"Odběratel {n}") for n in numbers]
        contracts = [
            Contract(
                id=new_id(),
                number=f"BEN-{n}",
                customer_id=customer.id,
                valid_from=date(2020, 1, 1),
                effective_from=date(2020, 1, 1),
            )
            for n, customer in zip(numbers, customers, strict=True)
        ]
        places = [
            SupplyPoint(
                id=new_id(),
                number=f"OM-{n}",
                contract_id=contract.id,
                postcode="400 00",
                settlement="Ukázkov",
                street="Ukázková",
            )
            for n, contract in zip(numbers, contracts, strict=True)
        ]
        meters = [
            Meter(
                id=new_id(),
                supply_point_id=place.id,
                serial=f"{n:08}",
                kind="hot_water",
                unit="m³",
                digits=5,
                calibrated_on=date(2024, 1, 1),
                valid_until=date(2029, 12, 31),
                opening_value=Decimal(100),
                opening_on=date(2026, 1, 31),
            )
            for n, place in zip(numbers, places, strict=True)
        ]
        _write(uow, customers, contracts, places, meters)
        yield [Point(meter.id, contract.id) for meter, contract in zip(meters, contracts, strict=True)]


def _post(uow: UnitOfWork, evidence: Evidence, points: list[Point], since: date, until: date, value: Decimal) -> None:
    """A verified reading for each supply point, posted as the ledger does it."""
    for start in range(0, len(points), TOGETHER):
        part = points[start : start + TOGETHER]
        readings = [
            Reading(
                id=new_id(),
                meter_id=point.meter,
                value=value,
                read_at=until,
                kind="self",
                source="web",
                submitted_at=NOW,
            )
            for point in part
        ]
        decisions = [
            ReadingDecision(reading_id=row.id, outcome="verified", decided_at=NOW, decided_by=evidence.clerk)
            for row in readings
        ]
        entries = [
            LedgerEntry(
                id=new_id(),
                reading_id=row.id,
                submitted_id=row.id,
                meter_id=point.meter,
                contract_id=point.contract,
                value=value,
                read_at=until,
                previous_value=value - 4,
                previous_at=since,
                consumption=Decimal(4),
                verifier_id=evidence.clerk,
                verifier_name="Odečty Ukázka",
                task_id=evidence.task,
                case_id=evidence.case,
                posted_at=NOW,
            )
            for point, row in zip(part, readings, strict=True)
        ]
        queue = [BillingQueue(ledger_id=row.id, contract_id=row.contract_id, read_at=row.read_at) for row in entries]
        _write(uow, readings, decisions, entries, queue)


def _write(uow: UnitOfWork, *rows: Sequence[Base]) -> None:
    with uow.begin() as tx:
        for each in rows:
            tx.add(*each)


if __name__ == "__main__":
    main()
