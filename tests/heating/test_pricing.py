"""Dated prices, rounding and tax."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akta.ids import new_id
from heating import pricing
from heating.pricing import NoTariff, Price


def price(since: date, unit_price: str = "100") -> Price:
    return Price(new_id(), "heat", "Heat", "m³", Decimal(unit_price), Decimal(12), since)


def test_one_price_takes_the_whole_quantity() -> None:
    [share] = pricing.shares(Decimal("4.2"), date(2026, 1, 31), date(2026, 2, 28), [price(date(2020, 1, 1))])
    assert (share.days, share.quantity) == (28, Decimal("4.200"))


def test_a_price_that_changes_meanwhile_takes_the_days_from_its_own_on() -> None:
    prices = [price(date(2020, 1, 1)), price(date(2026, 2, 22), "110")]
    old, new = pricing.shares(Decimal(28), date(2026, 1, 31), date(2026, 2, 28), prices)
    assert (old.days, old.quantity, new.days, new.quantity) == (21, Decimal(21), 7, Decimal(7))
    assert (old.price.unit_price, new.price.unit_price) == (Decimal(100), Decimal(110))


def test_a_price_from_the_first_day_on_is_the_only_one() -> None:
    prices = [price(date(2020, 1, 1)), price(date(2026, 2, 1), "110")]
    [share] = pricing.shares(Decimal(4), date(2026, 1, 31), date(2026, 2, 28), prices)
    assert share.price.unit_price == 110


def test_days_before_the_first_price_cannot_be_billed() -> None:
    with pytest.raises(NoTariff):
        pricing.shares(Decimal(4), date(2026, 1, 31), date(2026, 2, 28), [price(date(2026, 2, 15))])


@given(
    st.decimals(0, 99_999, places=3),
    st.integers(1, 400),
    st.lists(st.integers(1, 500), max_size=6, unique=True),
)
def test_shares_add_up_to_the_quantity_and_the_days(quantity: Decimal, days: int, changes: list[int]) -> None:
    since = date(2026, 1, 1)
    prices = [price(date(2000, 1, 1)), *(price(since + timedelta(days=change)) for change in changes)]
    found = pricing.shares(quantity, since, since + timedelta(days=days), prices)
    assert sum(share.quantity for share in found) == quantity
    assert sum(share.days for share in found) == days
    assert all(share.quantity >= 0 and share.days > 0 for share in found)


def test_forints_are_whole_and_crowns_have_hundredths() -> None:
    assert pricing.rounded(Decimal("2254.41"), "HUF") == Decimal(2254)
    assert pricing.rounded(Decimal("0.5"), "HUF") == Decimal(1)
    assert pricing.rounded(Decimal("1.005"), "CZK") == Decimal("1.01")


def test_tax_is_computed_on_the_sum_of_its_rate() -> None:
    items = [(Decimal(5), Decimal(10)), (Decimal(27), Decimal(100)), (Decimal(5), Decimal(10))]
    assert pricing.tax(items, "HUF") == {
        Decimal(5): (Decimal(20), Decimal(1)),
        Decimal(27): (Decimal(100), Decimal(27)),
    }


days = st.dates(date(2019, 12, 1), date(2028, 3, 31))


@given(st.lists(days, min_size=2, max_size=12, unique=True))
def test_the_months_of_neighbouring_periods_add_up(found: list[date]) -> None:
    ends = sorted(found)
    assert sum(pricing.months(a, b) for a, b in pairwise(ends)) == pricing.months(ends[0], ends[-1])


@pytest.mark.parametrize(
    ("since", "until", "months"),
    [
        (date(2026, 1, 31), date(2026, 2, 28), "1"),
        (date(2024, 1, 31), date(2024, 2, 29), "1"),
        (date(2023, 12, 31), date(2024, 12, 31), "12"),
        (date(2026, 2, 14), date(2026, 2, 28), "0.5"),
    ],
)
def test_a_whole_month_is_one_in_leap_years_too(since: date, until: date, months: str) -> None:
    assert pricing.months(since, until) == Decimal(months)


@given(
    st.lists(
        st.tuples(st.sampled_from([Decimal(5), Decimal(12), Decimal(27)]), st.decimals(-9999, 9999, places=2)),
        max_size=20,
    )
)
def test_what_a_reversal_takes_back_is_what_was_charged(items: list[tuple[Decimal, Decimal]]) -> None:
    for currency in ("CZK", "HUF"):
        charged = pricing.tax(((rate, pricing.rounded(net, currency)) for rate, net in items), currency)
        back = pricing.tax(((rate, -pricing.rounded(net, currency)) for rate, net in items), currency)
        assert {rate: (-net, -vat) for rate, (net, vat) in charged.items()} == back
