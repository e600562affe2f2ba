"""Invoices from before Akta: what was billed by the system it took over from."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from akta.ids import new_id
from heating import pricing
from heating.consumption import month_end
from heating.samples.desk import Desk
from heating.tables.billing import Invoice, InvoiceItem, InvoiceSeries, InvoiceVat, Tariff
from heating.tables.contracts import Contract


@dataclass(frozen=True, slots=True)
class PastInvoice:
    """An invoice of one month; `lines` are description, quantity, unit, price per unit, VAT in per cent."""

    number: str
    month: date
    lines: tuple[tuple[str, Decimal, str, Decimal, Decimal], ...]
    settled: bool


def lump(description: str, gross: Decimal, rate: Decimal, currency: str) -> tuple[str, Decimal, str, Decimal, Decimal]:
    """One line that comes to this gross amount."""
    net = pricing.rounded(gross * 100 / (100 + rate), currency)
    return description, Decimal(1), "", net, rate


def write(desk: Desk, contract: Contract, past: PastInvoice) -> Invoice:
    """Write the invoice; it is due at the end of its month (F1)."""
    currency = desk.utility.currency
    nets = [pricing.rounded(quantity * price, currency) for _, quantity, _, price, _ in past.lines]
    rates = [line[4] for line in past.lines]
    taxes = pricing.tax(zip(rates, nets, strict=True), currency)
    net, vat = sum(nets, Decimal(0)), sum((vat for _, vat in taxes.values()), Decimal(0))
    first = past.month.replace(day=1)
    invoice = Invoice(
        id=new_id(),
        number=past.number,
        contract_id=contract.id,
        period_from=first,
        period_to=month_end(first),
        issued_on=first,
        due_on=month_end(first),
        currency=currency,
        net=net,
        vat=vat,
        payable=net + vat,
        outstanding=Decimal(0) if past.settled else net + vat,
    )
    desk.tx.add(invoice)
    items = enumerate(zip(past.lines, nets, strict=True), start=1)
    desk.tx.add(
        *(
            InvoiceItem(
                invoice_id=invoice.id,
                position=position,
                description=description,
                quantity=quantity,
                unit=unit,
                unit_price=price,
                net=net,
                vat_rate=rate,
            )
            for position, ((description, quantity, unit, price, rate), net) in items
        )
    )
    desk.tx.add(*(InvoiceVat(invoice_id=invoice.id, rate=rate, net=n, vat=v) for rate, (n, v) in taxes.items()))
    return invoice


def series(desk: Desk, year: int, last_number: int) -> None:
    """Where the numbers of a year stand: the next run goes on from here."""
    letter = str(desk.utility.profile["invoice_letter"])
    desk.tx.add(InvoiceSeries(year=year, letter=letter, last_number=last_number))


def tariffs(desk: Desk) -> None:
    """The utility's price list."""
    desk.tx.add(
        *(
            Tariff(
                code=plan.code,
                meter_kind="hot_water",
                name=plan.name,
                unit="m³",
                unit_price=price,
                vat_rate=plan.vat_rate,
                valid_from=since,
            )
            for plan in desk.utility.tariffs
            for since, price in plan.prices.items()
        )
    )
