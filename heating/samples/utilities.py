"""The two utilities of the samples (domain.md §6) and the people of their offices: all made up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from people import groups


@dataclass(frozen=True, slots=True)
class TariffPlan:
    """A component of hot water, its tax in per cent, and its prices per m³ from given days on."""

    code: str
    name: str
    vat_rate: Decimal
    prices: Mapping[date, Decimal]


@dataclass(frozen=True, slots=True)
class Utility:
    """A sample utility. `staff` names the clerk of each candidate group."""

    code: str
    name: str
    country: str
    language: str
    zone: str
    currency: str
    phone: str
    dispatch_phone: str
    staff: Mapping[str, str]
    tariffs: tuple[TariffPlan, ...]
    profile: Mapping[str, object] = field(default_factory=dict)


def _day(year: int) -> date:
    return date(year, 1, 1)


UKA = Utility(
    code="UKA",
    name="Tepelná Ukázka s.r.o.",
    country="CZ",
    language="cs",
    zone="Europe/Prague",
    currency="CZK",
    phone="+420 000 000 100",
    dispatch_phone="+420 000 000 112",
    staff={
        groups.FRONT_DESK: "Přepážka Ukázka",
        groups.MANDATE_VERIFICATION: "Plné moci Ukázka",
        groups.SIGNATORIES: "Podpisy Ukázka",
        groups.METERING: "Odečty Ukázka",
        groups.BILLING: "Fakturace Ukázka",
        groups.SUPERVISION: "Vedoucí Ukázka",
        groups.PROCESS_OWNERS: "Procesy Ukázka",
        groups.ADMINISTRATION: "Správa Ukázka",
    },
    tariffs=(
        TariffPlan(
            "hot-water-heat",
            "Teplo pro ohřev vody",
            Decimal(12),
            {_day(2014): Decimal("389.40"), _day(2025): Decimal("412.50"), _day(2026): Decimal("421.80")},
        ),
        TariffPlan(
            "hot-water-water",
            "Studená voda k ohřevu",
            Decimal(12),
            {_day(2014): Decimal("118.20"), _day(2026): Decimal("128.40")},
        ),
    ),
    profile={"accounts_per_contract": 3, "invoice_letter": "S"},
)

MIN = Utility(
    code="MIN",
    name="Minta cég (1)",
    country="HU",
    language="en",
    zone="Europe/Budapest",
    currency="HUF",
    phone="+36 00 000 100",
    dispatch_phone="+36 00 000 112",
    staff={
        groups.FRONT_DESK: "Minta Ügyfélszolgálat",
        groups.MANDATE_VERIFICATION: "Minta Meghatalmazás",
        groups.SIGNATORIES: "Minta Aláírás",
        groups.METERING: "Minta Mérés",
        groups.BILLING: "Minta Számlázás",
        groups.SUPERVISION: "Minta Felügyelet",
        groups.PROCESS_OWNERS: "Minta Folyamat",
        groups.ADMINISTRATION: "Minta Rendszer",
    },
    tariffs=(
        TariffPlan("hot-water-heat", "Melegvíz hődíj", Decimal(5), {_day(2014): Decimal(2350)}),
        TariffPlan("hot-water-water", "Melegvíz vízdíj", Decimal(27), {_day(2014): Decimal(420)}),
    ),
    profile={"accounts_per_contract": 3, "invoice_letter": "S", "reading_windows": True},
)
