"""What customers and billing clerks are shown, and what not."""

from datetime import date
from decimal import Decimal

import pytest

from akta.errors import NotFound
from heating import billing
from heating.queries import invoices, ledger, supply
from heating.tables.billing import Invoice
from heating.tables.contracts import Contract
from storage.people import Account
from tests.heating.office import LAST, LAST_ON, Office, runtime

TODAY = date(2026, 3, 2)


@pytest.fixture
def contract(office: Office) -> Contract:
    return office.contract()


@pytest.fixture
def customer(office: Office, contract: Contract) -> Account:
    return office.holder(contract)


def billed(office: Office, contract: Contract, customer: Account) -> None:
    """One reading reported, verified and billed."""
    office.tariffs()
    case, told = office.report(office.meter(contract), "1077", customer)
    office.decided(case, office.account("Odečty", "metering"))
    office.post(case, told["id"])
    clerk = office.account("Fakturace", "billing")
    billing.run(office.uow, runtime(), date(2026, 2, 28), office.acting(clerk), office.now)


def test_a_customer_sees_their_invoices_and_nobody_elses(office: Office, contract: Contract, customer: Account) -> None:
    billed(office, contract, customer)
    stranger = office.customer_subject(office.holder(office.contract()))
    with office.uow.view() as tx:
        [line] = invoices.mine(tx, office.customer_subject(customer), TODAY)
        assert invoices.mine(tx, stranger, TODAY) == []
        with pytest.raises(NotFound):
            invoices.one(tx, stranger, line.id, TODAY)
    assert (line.number, line.type_name, line.due_on) == ("2026S000001", "Heat", date(2026, 3, 31))
    assert (line.payable, line.outstanding, line.status_name) == (
        Decimal("2372.80"),
        Decimal("2372.80"),
        "Current month",
    )


def test_an_invoice_opens_with_lines_and_taxes(office: Office, contract: Contract, customer: Account) -> None:
    billed(office, contract, customer)
    subject = office.customer_subject(customer)
    with office.uow.view() as tx:
        view = invoices.one(tx, subject, invoices.mine(tx, subject, TODAY)[0].id, TODAY)
    assert [item.net for item in view.items] == [Decimal(1600), Decimal(480)]
    assert [(tax.rate, tax.vat) for tax in view.taxes] == [
        (Decimal(12), Decimal(192)),
        (Decimal(21), Decimal("100.80")),
    ]
    assert view.contract_number == contract.number


@pytest.mark.parametrize(
    ("groups", "sees"), [(("billing",), True), (("front-desk",), True), (("process-owners",), False)]
)
def test_staff_who_meet_customers_data_open_any_invoice(
    office: Office, contract: Contract, customer: Account, groups: tuple[str, ...], sees: bool
) -> None:
    billed(office, contract, customer)
    clerk = office.staff_subject(office.account("Kdo", *groups), *groups)
    with office.uow.view() as tx:
        line = invoices.mine(tx, office.customer_subject(customer), TODAY)[0]
        if sees:
            assert invoices.one(tx, clerk, line.id, TODAY).line == line
        else:
            with pytest.raises(NotFound):
                invoices.one(tx, clerk, line.id, TODAY)


@pytest.mark.parametrize(
    ("outstanding", "due", "status"),
    [
        ("100", date(2026, 3, 2), "current"),
        ("40", date(2026, 3, 31), "part"),
        ("100", date(2026, 3, 1), "overdue"),
        ("40", date(2026, 3, 1), "overdue"),
        ("0", date(2026, 3, 1), "settled"),
    ],
)
def test_the_status_follows_from_what_is_open_and_the_day(outstanding: str, due: date, status: str) -> None:
    row = Invoice(payable=Decimal(100), outstanding=Decimal(outstanding), due_on=due)
    assert invoices.status(row, TODAY) == status


def test_a_meter_shows_its_readings_newest_first_and_what_waits(
    office: Office, contract: Contract, customer: Account
) -> None:
    meter = office.meter(contract)
    office.meter(office.contract())
    case, _ = office.report(meter, "1077", customer)
    with office.uow.view() as tx:
        [view] = supply.my_meters(tx, office.customer_subject(customer), TODAY)
        assert supply.my_meter(tx, office.customer_subject(customer), meter.id, TODAY) == view
    assert (view.serial, view.kind_name, view.address) == (meter.serial, "Hot-water meter", "400 00 Ukázkov Ukázková")
    assert view.last is not None
    assert (view.last.on, view.last.value, view.last.kind_name) == (LAST_ON, LAST, "Normal reading")
    assert [line.consumption for line in view.readings] == [Decimal(4)] * 6
    assert [(waiting.value, waiting.case_id) for waiting in view.waiting] == [(Decimal(1077), case)]


def test_a_verified_reading_is_the_last_one_and_waits_no_more(
    office: Office, contract: Contract, customer: Account
) -> None:
    case, told = office.report(office.meter(contract), "1077", customer)
    office.decided(case, office.account("Odečty", "metering"))
    office.post(case, told["id"])
    with office.uow.view() as tx:
        [view] = supply.my_meters(tx, office.customer_subject(customer), TODAY)
    assert view.last is not None
    assert (view.last.value, view.last.kind_name, view.waiting) == (Decimal(1077), "Reported by the customer", ())


def test_somebody_elses_meter_is_not_found(office: Office, contract: Contract) -> None:
    meter = office.meter(contract)
    stranger = office.customer_subject(office.holder(office.contract()))
    with office.uow.view() as tx, pytest.raises(NotFound):
        supply.my_meter(tx, stranger, meter.id, TODAY)


def test_a_contract_shows_how_it_stands_and_where(office: Office, contract: Contract, customer: Account) -> None:
    office.meter(contract)
    with office.uow.view() as tx:
        [view] = supply.my_contracts(tx, office.customer_subject(customer), TODAY)
    assert (view.standing.valid, view.standing.effective) == (True, True)
    assert view.addresses == ("400 00 Ukázkov Ukázková",)


def test_the_billing_clerk_sees_what_waits_and_what_was_run(
    office: Office, contract: Contract, customer: Account
) -> None:
    for value, on in (("1075", date(2026, 2, 14)), ("1077", date(2026, 2, 28))):
        meter = office.meter(contract)
        case, told = office.report(meter, value, customer, on)
        office.decided(case, office.account("Odečty", "metering"))
        office.post(case, told["id"])
    with office.uow.view() as tx:
        first, second = ledger.billable(tx)
        assert ledger.waiting(tx) == 2
        assert ledger.billable(tx, after=first.id) == [second]
    assert (first.contract_number, first.consumption, first.verifier_name) == (contract.number, Decimal(2), "Odečty")
    office.tariffs()
    clerk = office.account("Fakturace", "billing")
    done = billing.run(office.uow, runtime(), date(2026, 2, 28), office.acting(clerk), office.now)
    with office.uow.view() as tx:
        assert ledger.waiting(tx) == 0
        [line] = ledger.runs(tx)
        assert ledger.run(tx, done.id) == line
        assert ledger.runs(tx, before=done.id) == []
        assert [invoice.number for invoice in invoices.of_run(tx, done.id, TODAY)] == ["2026S000001"]
    assert (line.readings, line.by_name) == (2, "Fakturace Ukázka")
