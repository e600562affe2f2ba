"""One invoice: items with how they were computed, tax per rate, what credit covers; and the reversal of one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from akta.ids import new_id
from heating import pricing
from heating.pricing import Price, Share
from heating.tables.billing import (
    Advance,
    BilledReading,
    BillingQueue,
    BillingRun,
    ContractCredit,
    Invoice,
    InvoiceItem,
    InvoiceVat,
)
from heating.tables.metering import LedgerEntry, LedgerReversal, Meter
from storage.base import Base
from storage.unit_of_work import Transaction

Prices = Mapping[str, Mapping[str, Sequence[Price]]]
"""Prices by kind of meter and code."""

MONTH = "month"


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

    @property
    def currency(self) -> str:
        return self.run.currency


@dataclass(frozen=True, slots=True)
class Drawn:
    """An invoice with the rows that belong to it, not written yet."""

    invoice: Invoice
    rows: list[Base] = field(default_factory=list)
    sets_off: list[Advance] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Asked:
    """An open advance, and the number of the invoice that asked for it."""

    advance: Advance
    number: str


def metered(terms: Terms, billed: Sequence[Metered], advances: Sequence[Asked] = ()) -> Drawn:
    """The invoice of one contract for these readings, with its open advances set off. It has no number yet.

    Raises:
        pricing.NoTariff: a meter's kind has no price on some day.
    """
    items = [*_items(terms, billed), *_set_off(advances)]
    first = min(each.entry.previous_at for each in billed) + timedelta(days=1)
    drawn = _drawn(terms, billed[0].entry.contract_id, (first, max(each.entry.read_at for each in billed)), items)
    marks = [
        BilledReading(ledger_id=each.entry.id, invoice_id=drawn.invoice.id, run_id=terms.run.id) for each in billed
    ]
    drawn.rows.extend(marks)
    drawn.sets_off.extend(each.advance for each in advances)
    return drawn


def advance(terms: Terms, contract_id: UUID, month: tuple[date, date], items: list[InvoiceItem]) -> Drawn:
    """The invoice that asks for one month's advance."""
    drawn = _drawn(terms, contract_id, month, items, kind="advance")
    nets: dict[Decimal, Decimal] = {}
    for item in items:
        nets[item.vat_rate] = nets.get(item.vat_rate, Decimal(0)) + item.net
    drawn.rows.extend(
        Advance(contract_id=contract_id, invoice_id=drawn.invoice.id, rate=rate, net=net) for rate, net in nets.items()
    )
    return drawn


def reversal(tx: Transaction, terms: Terms, invoice: Invoice) -> Drawn:
    """The reversal of an invoice: what was paid of it becomes credit, what it set off is open again, and those of its
    readings that still count wait to be billed anew."""
    items = [
        InvoiceItem(
            position=item.position,
            meter_id=item.meter_id,
            tariff_id=item.tariff_id,
            description=item.description,
            quantity=-item.quantity,
            unit=item.unit,
            unit_price=item.unit_price,
            net=-item.net,
            vat_rate=item.vat_rate,
            computation={"reverses": invoice.number},
        )
        for item in tx.session.scalars(
            select(InvoiceItem).where(InvoiceItem.invoice_id == invoice.id).order_by(InvoiceItem.position)
        )
    ]
    period = (invoice.period_from, invoice.period_to)
    drawn = _drawn(terms, invoice.contract_id, period, items, kind="reversal")
    drawn.invoice.reverses_id = invoice.id
    paid = invoice.payable - invoice.outstanding
    if paid:
        drawn.rows.append(_credit(terms, invoice.contract_id, drawn.invoice.id, paid))
    invoice.outstanding, invoice.reversed = Decimal(0), True
    for settled in tx.session.scalars(select(Advance).where(Advance.settled_by == invoice.id)):
        settled.settled_by = None
    drawn.rows.extend(_bill_again(tx, invoice))
    return drawn


def write(tx: Transaction, drawn: Sequence[Drawn], terms: Terms) -> None:
    """Write numbered invoices with their rows, using up what credit their contracts have."""
    _use_credit(tx, drawn, terms)
    tx.add(*(each.invoice for each in drawn))
    tx.add(*(row for each in drawn for row in each.rows))
    for each in drawn:
        for advance in each.sets_off:
            advance.settled_by = each.invoice.id


def _drawn(
    terms: Terms, contract_id: UUID, period: tuple[date, date], items: Sequence[InvoiceItem], kind: str = "heat"
) -> Drawn:
    taxes = pricing.tax(((item.vat_rate, item.net) for item in items), terms.currency)
    net = sum((net for net, _ in taxes.values()), Decimal(0))
    vat = sum((vat for _, vat in taxes.values()), Decimal(0))
    invoice = Invoice(
        id=new_id(),
        kind=kind,
        contract_id=contract_id,
        run_id=terms.run.id,
        period_from=period[0],
        period_to=period[1],
        issued_on=terms.issued_on,
        due_on=terms.due_on,
        currency=terms.currency,
        net=net,
        vat=vat,
        payable=net + vat,
        credit=Decimal(0),
        outstanding=max(net + vat, Decimal(0)) if kind != "reversal" else Decimal(0),
    )
    for item in items:
        item.invoice_id = invoice.id
    lines = (InvoiceVat(invoice_id=invoice.id, rate=rate, net=net, vat=vat) for rate, (net, vat) in taxes.items())
    return Drawn(invoice, [*items, *lines])


def _use_credit(tx: Transaction, drawn: Sequence[Drawn], terms: Terms) -> None:
    left = _credits(tx, {each.invoice.contract_id for each in drawn})
    for each in drawn:
        invoice = each.invoice
        had = left.get(invoice.contract_id, Decimal(0))
        if invoice.kind == "reversal":
            given = sum((row.amount for row in each.rows if isinstance(row, ContractCredit)), Decimal(0))
            left[invoice.contract_id] = had + given
            continue
        moved = -invoice.payable if invoice.payable < 0 else -min(had, invoice.payable)
        if moved:
            each.rows.append(_credit(terms, invoice.contract_id, invoice.id, moved))
            left[invoice.contract_id] = had + moved
        if moved < 0:
            invoice.credit, invoice.outstanding = -moved, invoice.payable + moved


def _credits(tx: Transaction, contracts: Iterable[UUID]) -> dict[UUID, Decimal]:
    sums = (
        select(ContractCredit.contract_id, func.sum(ContractCredit.amount))
        .where(ContractCredit.contract_id.in_(contracts))
        .group_by(ContractCredit.contract_id)
    )
    return {contract: amount for contract, amount in tx.session.execute(sums)}


def _credit(terms: Terms, contract_id: UUID, invoice_id: UUID, amount: Decimal) -> ContractCredit:
    return ContractCredit(contract_id=contract_id, invoice_id=invoice_id, amount=amount, booked_at=terms.run.run_at)


def _bill_again(tx: Transaction, invoice: Invoice) -> list[Base]:
    marks = tx.session.scalars(
        select(BilledReading).where(BilledReading.invoice_id == invoice.id, BilledReading.live)
    ).all()
    for mark in marks:
        mark.live = False
    tx.session.flush()
    counting = (
        select(LedgerEntry)
        .outerjoin(LedgerReversal, LedgerReversal.ledger_id == LedgerEntry.id)
        .where(LedgerEntry.id.in_([mark.ledger_id for mark in marks]), LedgerReversal.id.is_(None))
    )
    return [
        BillingQueue(ledger_id=entry.id, contract_id=entry.contract_id, read_at=entry.read_at)
        for entry in tx.session.scalars(counting)
    ]


def _items(terms: Terms, billed: Sequence[Metered]) -> list[InvoiceItem]:
    """One item per meter and price, over all its readings."""
    found: dict[tuple[UUID, UUID], list[tuple[Metered, Share]]] = {}
    for each in billed:
        by_code = terms.prices.get(each.meter.kind) or {}
        if not by_code:
            raise pricing.NoTariff(f"{each.meter.kind} meter {each.meter.serial}")
        for prices in by_code.values():
            for share in _shares(each.entry, prices):
                found.setdefault((each.meter.id, share.price.id), []).append((each, share))
    return [_item(position, parts, terms.currency) for position, parts in enumerate(found.values(), start=1)]


def _shares(entry: LedgerEntry, prices: Sequence[Price]) -> list[Share]:
    if prices[0].basis == MONTH:
        return pricing.fixed(entry.previous_at, entry.read_at, prices)
    return pricing.shares(entry.consumption, entry.previous_at, entry.read_at, prices)


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
                "basis": price.basis,
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
        "kind": entry.kind,
        "rollover": entry.rollover,
        "settles": entry.settles,
        "consumption": str(entry.consumption),
        "days": share.days,
        "of_days": (entry.read_at - entry.previous_at).days,
        "quantity": str(share.quantity),
    }


def _set_off(asked: Sequence[Asked]) -> list[InvoiceItem]:
    """What was asked for in advance, taken off at the rate it was asked at."""
    return [
        InvoiceItem(
            position=position,
            description=each.number,
            quantity=Decimal(-1),
            unit="",
            unit_price=each.advance.net,
            net=-each.advance.net,
            vat_rate=each.advance.rate,
            computation={"advance": each.number},
        )
        for position, each in enumerate(asked, start=1001)
    ]
