"""Prices of a consumption: dated tariffs split by days, rounding per currency, tax per rate. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from uuid import UUID

from akta.errors import Conflict
from akta.languages import N_
from heating.consumption import PLACES, month_end

MONEY: Mapping[str, Decimal] = {"HUF": Decimal(1)}
"""The smallest amount invoiced where it is not a hundredth: whole forints (S002-09)."""
HUNDREDTH = Decimal("0.01")


class NoTariff(Conflict):
    """A day of the consumption has no price."""

    title = N_("There is no price for a part of the period. Enter the tariff first.")


@dataclass(frozen=True, slots=True)
class Price:
    """A dated price of one component (`code`) of a service, per unit used or fixed per month; VAT in per cent."""

    id: UUID
    code: str
    name: str
    unit: str
    unit_price: Decimal
    vat_rate: Decimal
    valid_from: date
    basis: str = "unit"


@dataclass(frozen=True, slots=True)
class Share:
    """The part of a consumption, or of months, that falls into the days of one price."""

    price: Price
    days: int
    quantity: Decimal


def rounded(amount: Decimal, currency: str) -> Decimal:
    """An amount as it is invoiced; halves go up."""
    return amount.quantize(MONEY.get(currency, HUNDREDTH), ROUND_HALF_UP)


def shares(quantity: Decimal, since: date, until: date, prices: Sequence[Price]) -> list[Share]:
    """A quantity used after `since` up to and with `until`, divided among the prices of one component by days.

    The shares add up to the quantity exactly.

    Raises:
        NoTariff: the first day is before the first price.
    """
    first, total = since + timedelta(days=1), (until - since).days
    known = sorted((price for price in prices if price.valid_from <= until), key=lambda price: price.valid_from)
    started = [price for price in known if price.valid_from <= first][-1:]
    if not started or total <= 0:
        raise NoTariff(f"{first}")
    valid = started + [price for price in known if price.valid_from > first]
    starts = [first, *(price.valid_from for price in valid[1:]), until + timedelta(days=1)]
    found: list[Share] = []
    given, elapsed = Decimal(0), 0
    for price, (start, end) in zip(valid, pairwise(starts), strict=True):
        elapsed += (end - start).days
        upto = (quantity * elapsed / total).quantize(PLACES)
        found.append(Share(price, (end - start).days, upto - given))
        given = upto
    return found


def months(since: date, until: date) -> Decimal:
    """How many months lie after `since` up to and with `until`: a day is its share of its own month, in thousandths.

    Neighbouring periods add up: the months up to a day are rounded, not those in between.
    """
    return _months_up_to(until) - _months_up_to(since)


def _months_up_to(day: date) -> Decimal:
    return (day.year * 12 + day.month - 1 + Decimal(day.day) / month_end(day).day).quantize(PLACES)


def fixed(since: date, until: date, prices: Sequence[Price]) -> list[Share]:
    """The months after `since` up to and with `until`, divided among the fixed prices of one component.

    Raises:
        NoTariff: the first day is before the first price.
    """
    split = shares(Decimal(0), since, until, prices)
    found, start = [], since
    for share in split:
        end = start + timedelta(days=share.days)
        found.append(Share(share.price, share.days, months(start, end)))
        start = end
    return found


def tax(items: Iterable[tuple[Decimal, Decimal]], currency: str) -> dict[Decimal, tuple[Decimal, Decimal]]:
    """Net and tax by rate, from (rate, net) pairs; the tax is computed on the sum of its rate."""
    nets: dict[Decimal, Decimal] = {}
    for rate, net in items:
        nets[rate] = nets.get(rate, Decimal(0)) + net
    return {rate: (net, rounded(net * rate / 100, currency)) for rate, net in sorted(nets.items())}
