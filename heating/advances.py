"""Advances: what a contract pays each month before its meters are read (S004-03b); a metered invoice sets it off."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from heating import invoicing, pricing
from heating.consumption import month_end
from heating.invoicing import MONTH, Asked, Drawn, Terms
from heating.tables.billing import Advance, AdvancePlan, Invoice, InvoiceItem
from storage.unit_of_work import Transaction


def due(tx: Transaction, period_end: date, limit: int) -> Sequence[AdvancePlan]:
    """Plans whose next month ends with the period or before, locked."""
    wanted = select(AdvancePlan).where(AdvancePlan.asked_to < period_end).order_by(AdvancePlan.asked_to, AdvancePlan.id)
    return tx.session.scalars(wanted.limit(limit).with_for_update()).all()


def ask(terms: Terms, plan: AdvancePlan, period_end: date) -> Drawn | None:
    """The advance invoice of the plan's next month; None when the month is not over or nothing is to be paid.

    Raises:
        pricing.NoTariff: a component has no price on the month's last day.
    """
    first = plan.asked_to + timedelta(days=1)
    last = month_end(first)
    if last > period_end:
        return None
    items = _items(terms, plan, first, last)
    plan.asked_to = last
    if not any(item.net for item in items):
        return None
    return invoicing.advance(terms, plan.contract_id, (first, last), items)


def open_ones(tx: Transaction, contracts: Sequence[UUID]) -> dict[UUID, list[Asked]]:
    """Advances not set off yet, by contract."""
    wanted = (
        select(Advance, Invoice.number)
        .join(Invoice, Invoice.id == Advance.invoice_id)
        .where(Advance.contract_id.in_(contracts), Advance.settled_by.is_(None))
        .order_by(Advance.id)
    )
    found: dict[UUID, list[Asked]] = {}
    for advance, number in tx.session.execute(wanted):
        found.setdefault(advance.contract_id, []).append(Asked(advance, number))
    return found


def _items(terms: Terms, plan: AdvancePlan, first: date, last: date) -> list[InvoiceItem]:
    items: list[InvoiceItem] = []
    for prices in terms.prices.get(plan.meter_kind, {}).values():
        valid = [price for price in prices if price.valid_from <= last]
        if not valid:
            raise pricing.NoTariff(f"{plan.meter_kind} on {last}")
        price = max(valid, key=lambda each: each.valid_from)
        if price.basis == MONTH:
            continue  # fixed prices are billed with the readings, to the day
        items.append(
            InvoiceItem(
                position=len(items) + 1,
                tariff_id=price.id,
                description=price.name,
                quantity=plan.quantity,
                unit=price.unit,
                unit_price=price.unit_price,
                net=pricing.rounded(plan.quantity * price.unit_price, terms.currency),
                vat_rate=price.vat_rate,
                computation={
                    "planned": {"quantity": str(plan.quantity), "month": first.isoformat()},
                    "tariff": {
                        "code": price.code,
                        "basis": price.basis,
                        "valid_from": price.valid_from.isoformat(),
                        "unit_price": str(price.unit_price),
                    },
                    "rounding": str(pricing.rounded(Decimal(0), terms.currency)),
                },
            )
        )
    return items
