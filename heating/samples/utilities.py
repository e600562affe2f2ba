"""The utilities of the samples (domain.md §6) and the people of their offices: all made up."""

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
    language="hu",
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
    profile={
        "accounts_per_contract": 3,
        "invoice_letter": "S",
        "reading_windows": True,
        "overlay": "min",
        "accent": [0.45, 0.1, 15],
    },
)

PRZ = Utility(
    code="PRZ",
    name="Ciepło Przykład S.A.",
    country="PL",
    language="pl",
    zone="Europe/Warsaw",
    currency="PLN",
    phone="+48 00 000 01 00",
    dispatch_phone="+48 00 000 01 12",
    staff={
        groups.FRONT_DESK: "Biuro Obsługi Przykład",
        groups.MANDATE_VERIFICATION: "Pełnomocnictwa Przykład",
        groups.SIGNATORIES: "Podpisy Przykład",
        groups.METERING: "Odczyty Przykład",
        groups.BILLING: "Rozliczenia Przykład",
        groups.SUPERVISION: "Kierownik Przykład",
        groups.PROCESS_OWNERS: "Procesy Przykład",
        groups.ADMINISTRATION: "Administracja Przykład",
    },
    tariffs=(
        TariffPlan("hot-water-heat", "Ciepło na podgrzanie wody", Decimal(23), {_day(2014): Decimal("38.60")}),
        TariffPlan("hot-water-water", "Woda zimna do podgrzania", Decimal(8), {_day(2014): Decimal("5.90")}),
    ),
    profile={"accounts_per_contract": 3, "invoice_letter": "P", "overlay": "prz", "accent": [0.42, 0.1, 255]},
)

EXT = Utility(
    code="EXT",
    name="Termo Exemplu",
    country="MD",
    language="ro",
    zone="Europe/Chisinau",
    currency="MDL",
    phone="+373 00 000 100",
    dispatch_phone="+373 00 000 112",
    staff={
        groups.FRONT_DESK: "Ghișeu Exemplu",
        groups.MANDATE_VERIFICATION: "Mandate Exemplu",
        groups.SIGNATORIES: "Semnături Exemplu",
        groups.METERING: "Contoare Exemplu",
        groups.BILLING: "Facturare Exemplu",
        groups.SUPERVISION: "Șef Exemplu",
        groups.PROCESS_OWNERS: "Procese Exemplu",
        groups.ADMINISTRATION: "Administrare Exemplu",
    },
    tariffs=(
        TariffPlan("hot-water-heat", "Căldură pentru apă caldă", Decimal(8), {_day(2014): Decimal("96.40")}),
        TariffPlan("hot-water-water", "Apă rece de încălzit", Decimal(0), {_day(2014): Decimal("14.20")}),
    ),
    profile={"accounts_per_contract": 3, "invoice_letter": "E", "overlay": "ext", "accent": [0.42, 0.09, 145]},
)
