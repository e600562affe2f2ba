"""Billing by another system: readings out, invoices in, whole or not at all."""

import csv
import io
from decimal import Decimal

import pytest
from sqlalchemy import select

from heating import exchange
from heating.exchange import IN, NotTaken, OtherInvoice
from heating.tables.billing import BillingQueue, Invoice
from storage.people import Account
from tests.heating.office import Office, runtime


@pytest.fixture
def clerk(office: Office) -> Account:
    return office.account("Fakturace", "billing")


def out(office: Office) -> list[dict[str, str]]:
    with office.uow.view() as tx:
        return list(csv.DictReader(io.StringIO(exchange.readings(tx))))


@pytest.fixture
def row(office: Office) -> dict[str, str]:
    """A reading that waits to be billed, as it goes out."""
    meter = office.meter(office.contract())
    case, told = office.report(meter, "1077.5", office.account("Přepážka", "front-desk"))
    office.decided(case, office.account("Odečty", "metering"))
    office.post(case, told["id"])
    [found] = out(office)
    return found


def invoice(row: dict[str, str], **changed: str) -> dict[str, str]:
    return {
        "number": "X-1",
        "contract": row["contract"],
        "issued_on": "2026-03-02",
        "due_on": "2026-03-31",
        "period_from": "2026-02-01",
        "period_to": "2026-02-28",
        "currency": "CZK",
        "payable": "2016.00",
        "ledger_id": row["ledger_id"],
        "description": "Heat",
        "quantity": row["consumption"],
        "unit": "m³",
        "unit_price": "400",
        "net": "1800.00",
        "vat_rate": "12",
        **changed,
    }


def take(office: Office, clerk: Account, *lines: dict[str, str]) -> int:
    target = io.StringIO()
    writer = csv.DictWriter(target, IN)
    writer.writeheader()
    writer.writerows(lines)
    return exchange.take_invoices(office.uow, runtime(), target.getvalue().encode(), office.acting(clerk), office.now)


def test_what_waits_goes_out_and_its_invoice_comes_in_once(office: Office, clerk: Account, row: dict[str, str]) -> None:
    assert (row["consumption"], row["kind"], row["verified_by"]) == ("4.500", "measured", "Odečty")
    assert take(office, clerk, invoice(row)) == 1
    assert out(office) == []
    assert take(office, clerk, invoice(row)) == 0
    with office.uow.view() as tx:
        [found] = tx.session.scalars(select(Invoice))
    assert (found.number, found.payable, found.vat) == ("X-1", Decimal(2016), Decimal(216))


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"payable": "2015.99"}, "the lines come to 2016.00"),
        ({"contract": "none"}, "there is no such contract"),
        ({"ledger_id": "x"}, "ledger_id is no id"),
        ({"ledger_id": "00000000-0000-0000-0000-000000000000"}, "does not wait to be billed"),
        ({"net": "NaN"}, "net is no number"),
        ({"quantity": "1e99"}, "quantity is no number"),
        ({"due_on": "31.3.2026"}, "due_on is no day"),
        ({"currency": "EUR"}, "the currency must be CZK"),
    ],
)
def test_a_wrong_line_refuses_the_whole_file(
    office: Office, clerk: Account, row: dict[str, str], changed: dict[str, str], reason: str
) -> None:
    with pytest.raises(NotTaken) as refused:
        take(office, clerk, invoice(row), invoice(row, number="X-2", **changed))
    assert refused.value.params["line"] == "3"
    assert reason in str(refused.value.params["reason"])
    with office.uow.view() as tx:
        assert tx.session.scalars(select(Invoice)).all() == []
        assert len(tx.session.scalars(select(BillingQueue)).all()) == 1


def test_a_number_with_another_amount_and_a_file_of_another_kind_are_refused(
    office: Office, clerk: Account, row: dict[str, str]
) -> None:
    take(office, clerk, invoice(row))
    with pytest.raises(OtherInvoice):
        take(office, clerk, invoice(row, payable="1.00"))
    for content in (b"", b"a,b\n1,2\n", b"\xff\xfe\x00"):
        with pytest.raises(NotTaken):
            exchange.take_invoices(office.uow, runtime(), content, office.acting(clerk), office.now)
