"""The billing run: every verified reading on one invoice line, once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from akta.ids import TenantId, new_id
from heating import billing, invoicing
from heating import ledger as posting
from heating.billing import PeriodAhead
from heating.queries import ledger
from heating.tables.billing import (
    Advance,
    AdvancePlan,
    BilledReading,
    BillingQueue,
    BillingRun,
    ContractCredit,
    Invoice,
    InvoiceItem,
    InvoiceVat,
    Tariff,
)
from heating.tables.metering import LedgerEntry, Meter
from storage.database import Database
from storage.people import Account
from storage.tenants import Tenant
from tests.heating.office import Office, runtime

FEBRUARY = date(2026, 2, 28)


@pytest.fixture
def clerk(office: Office) -> Account:
    return office.account("Fakturace", "billing")


@pytest.fixture
def verifier(office: Office) -> Account:
    return office.account("Odečty", "metering")


def verified(office: Office, verifier: Account, meter: Meter, value: str, on: date = FEBRUARY) -> None:
    case, told = office.report(meter, value, office.account("Přepážka", "front-desk"), on)
    office.decided(case, verifier)
    office.post(case, told["id"])


def run(office: Office, clerk: Account, period_end: date = FEBRUARY, now: datetime | None = None) -> BillingRun:
    return billing.run(office.uow, runtime(), period_end, office.acting(clerk), now or office.now)


def invoices(office: Office) -> list[Invoice]:
    with office.uow.view() as tx:
        return list(tx.session.scalars(select(Invoice).order_by(Invoice.number)))


def test_a_verified_reading_becomes_an_invoice_with_one_line_per_price(
    office: Office, clerk: Account, verifier: Account
) -> None:
    office.tariffs()
    contract = office.contract()
    meter = office.meter(contract)
    verified(office, verifier, meter, "1077.5")
    done = run(office, clerk)
    [invoice] = invoices(office)
    assert (invoice.number, invoice.contract_id, invoice.run_id) == ("2026S000001", contract.id, done.id)
    assert (invoice.period_from, invoice.period_to) == (date(2026, 2, 1), FEBRUARY)
    assert (invoice.issued_on, invoice.due_on) == (date(2026, 3, 2), date(2026, 3, 31))
    assert (invoice.net, invoice.vat) == (Decimal("2340.00"), Decimal("329.40"))
    assert invoice.payable == invoice.outstanding == Decimal("2669.40")
    assert (done.invoices, done.readings, done.payable, done.by_name) == (
        1,
        1,
        Decimal("2669.40"),
        "Fakturace Ukázka",
    )


def test_an_item_keeps_how_it_was_computed(office: Office, clerk: Account, verifier: Account) -> None:
    office.tariffs()
    meter = office.meter(office.contract())
    verified(office, verifier, meter, "1077.5")
    run(office, clerk)
    with office.uow.view() as tx:
        heat, water = tx.session.scalars(select(InvoiceItem).order_by(InvoiceItem.position))
        taxes = tx.session.execute(select(InvoiceVat.rate, InvoiceVat.net, InvoiceVat.vat).order_by(InvoiceVat.rate))
        assert [tuple(row) for row in taxes] == [
            (Decimal(12), Decimal(1800), Decimal(216)),
            (Decimal(21), Decimal(540), Decimal("113.40")),
        ]
    assert (heat.quantity, heat.unit_price, heat.net) == (Decimal("4.5"), Decimal(400), Decimal(1800))
    assert (water.description, water.vat_rate) == (f"water, {meter.serial}", Decimal(21))
    [source] = heat.computation["readings"]
    assert source["from"] == {"date": "2026-01-31", "value": "1073.000"}
    assert source["to"] == {"date": "2026-02-28", "value": "1077.500"}
    assert (source["consumption"], source["quantity"], source["days"]) == ("4.500", "4.500", 28)
    assert heat.computation["tariff"]["code"] == "heat"


def test_a_price_that_changes_within_the_period_makes_two_lines(
    office: Office, clerk: Account, verifier: Account
) -> None:
    office.tariffs()
    with office.uow.begin() as tx:
        tx.add(
            Tariff(
                code="heat",
                meter_kind="hot_water",
                name="heat",
                unit="m³",
                unit_price=Decimal(440),
                vat_rate=Decimal(12),
                valid_from=date(2026, 2, 15),
            )
        )
    verified(office, verifier, office.meter(office.contract()), "1077")
    run(office, clerk)
    with office.uow.view() as tx:
        items = tx.session.scalars(select(InvoiceItem).order_by(InvoiceItem.position)).all()
    assert [(item.quantity, item.unit_price) for item in items] == [
        (Decimal(2), Decimal(400)),
        (Decimal(2), Decimal(440)),
        (Decimal(4), Decimal(120)),
    ]


def test_a_contract_gets_one_invoice_for_all_its_meters_and_readings(
    office: Office, clerk: Account, verifier: Account
) -> None:
    office.tariffs()
    contract = office.contract()
    one, two = office.meter(contract), office.meter(contract)
    verified(office, verifier, one, "1075", date(2026, 2, 14))
    verified(office, verifier, one, "1077")
    verified(office, verifier, two, "1080")
    verified(office, verifier, office.meter(office.contract()), "1077")
    done = run(office, clerk)
    assert (done.invoices, done.readings) == (2, 4)
    assert [invoice.number for invoice in invoices(office)] == ["2026S000001", "2026S000002"]
    with office.uow.view() as tx:
        of_one = tx.session.scalars(select(InvoiceItem).where(InvoiceItem.meter_id == one.id)).all()
    assert [(item.quantity, len(item.computation["readings"])) for item in of_one] == [(Decimal(4), 2)] * 2


def test_a_second_run_finds_nothing_left(office: Office, clerk: Account, verifier: Account) -> None:
    office.tariffs()
    verified(office, verifier, office.meter(office.contract()), "1077")
    run(office, clerk)
    again = run(office, clerk)
    assert (again.invoices, again.readings, again.payable) == (0, 0, Decimal(0))
    assert len(invoices(office)) == 1


def test_two_runs_at_once_double_nothing_and_leave_no_gap(
    office: Office, clerk: Account, verifier: Account, database: Database
) -> None:
    office.tariffs()
    for _ in range(3):
        verified(office, verifier, office.meter(office.contract()), "1077")
    gate = Barrier(3)

    def bill(_number: int) -> int:
        uow = database.unit_of_work(TenantId(office.uow.tenant))
        gate.wait()
        return billing.run(uow, runtime(), FEBRUARY, office.acting(clerk), office.now).readings

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(bill, range(3)))
    with office.uow.view() as tx:
        assert sum(row.readings for row in tx.session.scalars(select(BillingRun))) == 3
    assert [invoice.number[-1] for invoice in invoices(office)] == ["1", "2", "3"]
    with office.uow.view() as tx:
        assert tx.session.scalar(select(func.count()).select_from(BilledReading)) == 3


def test_a_contract_without_a_price_is_named_and_left_for_the_next_run(
    office: Office, clerk: Account, verifier: Account
) -> None:
    verified(office, verifier, office.meter(office.contract()), "1077")
    first = run(office, clerk)
    assert (first.invoices, first.done_at) == (0, office.now)
    with office.uow.view() as tx:
        [problem] = ledger.problems(tx, first.id)
    assert "hot_water meter" in problem.cause
    office.tariffs()
    run(office, clerk)
    assert [invoice.number for invoice in invoices(office)] == ["2026S000001"]


def test_readings_after_the_period_wait_for_the_next_run(office: Office, clerk: Account, verifier: Account) -> None:
    office.tariffs()
    verified(office, verifier, office.meter(office.contract()), "1077", date(2026, 3, 1))
    assert run(office, clerk).readings == 0
    assert run(office, clerk, date(2026, 3, 31)).readings == 1


def test_a_period_beyond_this_month_is_refused(office: Office, clerk: Account) -> None:
    with pytest.raises(PeriodAhead):
        run(office, clerk, date(2026, 4, 1))


def test_a_new_year_begins_a_new_series(office: Office, clerk: Account, verifier: Account) -> None:
    office.tariffs()
    verified(office, verifier, office.meter(office.contract()), "1077")
    run(office, clerk)
    verified(office, verifier, office.meter(office.contract()), "1077")
    new_year_in_prague = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    run(office, clerk, date(2026, 12, 31), new_year_in_prague)
    assert [(row.number, row.due_on) for row in invoices(office)] == [
        ("2026S000001", date(2026, 3, 31)),
        ("2027S000001", date(2027, 1, 31)),
    ]


def test_forints_are_whole_on_the_invoice_of_a_hungarian_utility(
    office: Office, clerk: Account, verifier: Account, database: Database
) -> None:
    with database.across_tenants() as session:
        session.get_one(Tenant, office.uow.tenant).currency = "HUF"
    office.tariffs()
    verified(office, verifier, office.meter(office.contract()), "1077.333")
    run(office, clerk)
    [invoice] = invoices(office)
    assert (invoice.net, invoice.vat, invoice.currency) == (Decimal(2253), Decimal(317), "HUF")


def test_another_utilitys_readings_are_not_billed(
    office: Office, clerk: Account, verifier: Account, database: Database, other_tenant: Tenant
) -> None:
    office.tariffs()
    verified(office, verifier, office.meter(office.contract()), "1077")
    other = Office(database.unit_of_work(TenantId(other_tenant.id)), office.now)
    assert run(other, other.account("Fakturace", "billing")).readings == 0


def test_the_database_itself_refuses_to_bill_a_reading_twice(office: Office, clerk: Account, verifier: Account) -> None:
    office.tariffs()
    verified(office, verifier, office.meter(office.contract()), "1077")
    done = run(office, clerk)
    with office.uow.view() as tx:
        ledger = tx.session.scalars(select(LedgerEntry.id)).one()
    row = BilledReading(id=new_id(), ledger_id=ledger, invoice_id=invoices(office)[0].id, run_id=done.id)
    with pytest.raises(IntegrityError):
        office.keep(row)


def reverse(office: Office, verifier: Account) -> None:
    """Have the last entry of the ledger reversed, as somebody else asked for."""
    asking = office.case(office.account("Žadatel", "metering"))
    office.decided(asking, verifier)
    with office.uow.begin() as tx:
        last = tx.session.scalars(select(LedgerEntry).order_by(LedgerEntry.id.desc()).limit(1)).one()
        posting.reverse(tx, asking, last.id, "The meter was read wrongly.", office.now)


def test_a_correction_after_billing_makes_a_reversal_and_another_invoice(
    office: Office, clerk: Account, verifier: Account
) -> None:
    office.tariffs()
    contract = office.contract()
    meter, other = office.meter(contract), office.meter(contract)
    verified(office, verifier, other, "1076")
    verified(office, verifier, meter, "1077.5")
    run(office, clerk)
    with office.uow.begin() as tx:
        first = tx.session.scalars(select(Invoice)).one()
        first.outstanding = Decimal(0)
        paid = first.payable
    reverse(office, verifier)
    verified(office, verifier, meter, "1077")
    run(office, clerk)
    first, reversal, again = invoices(office)
    assert (first.reversed, first.outstanding) == (True, Decimal(0))
    assert (reversal.kind, reversal.reverses_id, reversal.payable) == ("reversal", first.id, -paid)
    assert (reversal.number, again.number) == ("2026S000002", "2026S000003")
    assert (again.credit, again.outstanding) == (again.payable, Decimal(0))
    with office.uow.view() as tx:
        left = tx.session.scalar(select(func.sum(ContractCredit.amount)))
        live = tx.session.scalars(select(BilledReading).where(BilledReading.live)).all()
    assert left == paid - again.payable
    assert {row.invoice_id for row in live} == {again.id}
    assert len(live) == 2
    run(office, clerk)
    assert len(invoices(office)) == 3


def test_a_reading_reversed_before_it_was_billed_is_never_billed(
    office: Office, clerk: Account, verifier: Account
) -> None:
    office.tariffs()
    verified(office, verifier, office.meter(office.contract()), "1077")
    reverse(office, verifier)
    assert run(office, clerk).readings == 0


class Killed(BaseException):
    """What a killed process looks like from inside."""


def test_a_run_killed_in_the_middle_is_gone_on_with(
    office: Office, clerk: Account, verifier: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.tariffs()
    for _ in range(5):
        verified(office, verifier, office.meter(office.contract()), "1077")
    real, calls = invoicing.write, count(1)

    def dying(*given: Any) -> None:
        real(*given)
        if next(calls) == 3:  # the reversals, the first two contracts, and then within the next two
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(invoicing, "write", dying)
        with pytest.raises(Killed):
            billing.run(office.uow, runtime(), FEBRUARY, office.acting(clerk), office.now, chunk=2)
    before = [(row.number, row.id) for row in invoices(office)]
    assert len(before) == 2
    done = billing.run(office.uow, runtime(), FEBRUARY, office.acting(clerk), office.now, chunk=2)
    assert [(row.number, row.id) for row in invoices(office)][:2] == before
    assert [row.number for row in invoices(office)] == [f"2026S{number:06d}" for number in range(1, 6)]
    assert (done.invoices, done.readings, done.done_at) == (5, 5, office.now)


def test_fixed_prices_are_charged_by_months_and_to_the_day(office: Office, clerk: Account, verifier: Account) -> None:
    office.tariffs()
    office.keep(
        Tariff(
            code="standing",
            meter_kind="hot_water",
            name="standing",
            basis="month",
            unit="month",
            unit_price=Decimal(100),
            vat_rate=Decimal(12),
            valid_from=date(2020, 1, 1),
        )
    )
    meter = office.meter(office.contract())
    verified(office, verifier, meter, "1075", date(2026, 2, 14))
    verified(office, verifier, meter, "1077")
    run(office, clerk)
    with office.uow.view() as tx:
        item = tx.session.scalars(select(InvoiceItem).where(InvoiceItem.description.like("standing%"))).one()
    assert (item.quantity, item.net) == (Decimal(1), Decimal(100))
    assert [part["quantity"] for part in item.computation["readings"]] == ["0.500", "0.500"]


def test_an_advance_is_asked_for_each_month_and_set_off_when_the_meter_is_read(
    office: Office, clerk: Account, verifier: Account
) -> None:
    office.tariffs()
    contract = office.contract()
    meter = office.meter(contract)
    office.keep(
        AdvancePlan(contract_id=contract.id, meter_kind="hot_water", quantity=Decimal(3), asked_to=date(2025, 12, 31))
    )
    run(office, clerk)
    january, february = invoices(office)
    assert [(row.kind, row.payable) for row in (january, february)] == [("advance", Decimal("1779.60"))] * 2
    assert (january.period_from, january.period_to) == (date(2026, 1, 1), date(2026, 1, 31))
    verified(office, verifier, meter, "1077.5")
    run(office, clerk)
    metered = invoices(office)[2]
    assert metered.payable == Decimal("2669.40") - 2 * Decimal("1779.60")
    assert metered.outstanding == 0
    with office.uow.view() as tx:
        assert tx.session.scalar(select(func.sum(ContractCredit.amount))) == -metered.payable
        assert {row.settled_by for row in tx.session.scalars(select(Advance))} == {metered.id}
    run(office, clerk)
    assert len(invoices(office)) == 3


def test_what_is_billed_is_not_read_again(office: Office, clerk: Account, verifier: Account) -> None:
    """A run reads the queue, not the history: what was billed appears in none of its statements' results."""
    office.tariffs()
    meter = office.meter(office.contract())
    verified(office, verifier, meter, "1077")
    run(office, clerk)
    verified(office, verifier, meter, "1079", date(2026, 3, 1))
    with office.uow.view() as tx:
        assert len(tx.session.scalars(select(BillingQueue)).all()) == 1
    assert run(office, clerk, date(2026, 3, 31)).readings == 1
    with office.uow.view() as tx:
        assert tx.session.scalars(select(BillingQueue)).all() == []
