"""One invoice from the ledger entries of one contract: items with how they were computed, and tax per rate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from heating import pricing
from heating.pricing import Price, Share
from heating.tables.billing import BilledReading, BillingRun, Invoice, InvoiceItem, InvoiceVat
from heating.tables.metering import LedgerEntry, Meter
from storage.unit_of_work import Transaction

Prices = Mapping[str, Mapping[str, Sequence[Price]]]
"""Prices by kind of meter and code."""


@dataclass(frozen=True, slots=True)
class Metered:
    """A ledger entry and the meter it was read from."""

    entry: LedgerEntry
    meter: Meter


@dataclass(frozen=True, slots=True)
class Terms:
    """What all invoices of a run share."""

    run: BillingRun
    prices: Prices
    issued_on: date
    due_on: date


def issue(tx: Transaction, number: str, terms: Terms, billed: Sequence[Metered]) -> Invoice:
    """Write the invoice of one contract and mark its ledger entries as billed.

    Raises:
        pricing.NoTariff: a meter's kind has no price on some day.
    """
    currency = terms.run.currency
    items = _items(terms, billed)
    taxes = pricing.tax(((item.vat_rate, item.net) for item in items), currency)
    net = sum((net for net, _ in taxes.values()), Decimal(0))
    vat = sum((vat for _, vat in taxes.values()), Decimal(0))
    invoice = Invoice(
        number=number,
        contract_id=billed[0].entry.contract_id,
        run_id=terms.run.id,
        period_from=min(each.entry.previous_at for each in billed) + timedelta(days=1),
        period_to=max(each.entry.read_at for each in billed),
        issued_on=terms.issued_on,
        due_on=terms.due_on,
        currency=currency,
        net=net,
        vat=vat,
        payable=net + vat,
        outstanding=net + vat,
    )
    tx.add(invoice)
    for item in items:
        item.invoice_id = invoice.id
    tx.add(*items)
    tx.add(*(InvoiceVat(invoice_id=invoice.id, rate=rate, net=net, vat=vat) for rate, (net, vat) in taxes.items()))
    tx.add(*(BilledReading(ledger_id=each.entry.id, invoice_id=invoice.id, run_id=terms.run.id) for each in billed))
    return invoice


def _items(terms: Terms, billed: Sequence[Metered]) -> list[InvoiceItem]:
    """One item per meter and price, over all its readings."""
    found: dict[tuple[UUID, UUID], list[tuple[Metered, Share]]] = {}
    for each in billed:
        by_code = terms.prices.get(each.meter.kind) or {}
        if not by_code:
            raise pricing.NoTariff(f"{each.meter.kind} meter {each.meter.serial}")
        for prices in by_code.values():
            for share in pricing.shares(each.entry.consumption, each.entry.previous_at, each.entry.read_at, prices):
                found.setdefault((each.meter.id, share.price.id), []).append((each, share))
    return [_item(position, parts, terms.run.currency) for position, parts in enumerate(found.values(), start=1)]


def _item(position: int, parts: Sequence[tuple[Metered, Share]], currency: str) -> InvoiceItem:
    meter, price = parts[0][0].meter, parts[0][1].price
    quantity = sum((share.quantity for _, share in parts), Decimal(0))
    return InvoiceItem(
        position=position,
        meter_id=meter.id,
        tariff_id=price.id,
        description=f"{price.name}, {meter.serial}",
        quantity=quantity,
        unit=price.unit,
        unit_price=price.unit_price,
        net=pricing.rounded(quantity * price.unit_price, currency),
        vat_rate=price.vat_rate,
        computation={
            "readings": [_computed(each.entry, share) for each, share in parts],
            "tariff": {
                "code": price.code,
                "valid_from": price.valid_from.isoformat(),
                "unit_price": str(price.unit_price),
            },
            "rounding": str(pricing.rounded(Decimal(0), currency)),
        },
    )


def _computed(entry: LedgerEntry, share: Share) -> dict[str, Any]:
    """From which readings a quantity came, and which share of their days it is."""
    return {
        "ledger": str(entry.id),
        "from": {"date": entry.previous_at.isoformat(), "value": str(entry.previous_value)},
        "to": {"date": entry.read_at.isoformat(), "value": str(entry.value)},
        "rollover": entry.rollover,
        "consumption": str(entry.consumption),
        "days": share.days,
        "of_days": (entry.read_at - entry.previous_at).days,
        "quantity": str(share.quantity),
    }
