"""A few dozen ordinary customers, so that lists look as they do in an office. The same on every installation."""

import random
from datetime import date
from decimal import Decimal

from heating.samples.desk import Address, Desk, MeterPlan, Term
from heating.samples.walkthrough import month_ends

SEED = 20_260_101
MONTHS = 13
HOLDERS = (1, 2, 5, 7, 9)
"""Which customers of the smaller utilities have an account; the third is free to apply for one."""


def add_czech(desk: Desk, count: int) -> None:
    """Households, associations of owners and a few companies of the Czech utility."""
    chance = random.Random(SEED)  # noqa: S311 - sample data, no secret
    for number in range(1, count + 1):
        kind, name = _czech_name(number)
        address = Address("400 00", "Ukázkov", chance.choice(CZECH_STREETS), str(chance.randint(1, 60)))
        _add(desk, chance, f"ZU{100 + number:04d}", f"UKA-{2000 + number}", (kind, name), address)


def _czech_name(number: int) -> tuple[str, str]:
    if number % 9 == 0:
        return "company", f"Ukázkový podnik {number} s.r.o."
    if number % 5 == 0:
        return "condominium", f"Společenství vlastníků Ukázka {number}"
    return "person", f"Odběratel Ukázka {number}"


def add_hungarian(desk: Desk, count: int) -> None:
    """Households of the Hungarian utility."""
    chance = random.Random(SEED + 1)  # noqa: S311 - sample data, no secret
    for number in range(1, count + 1):
        address = Address("6600", "Minta település", "Minta tér", f"{chance.choice('ABCDEF')}.ép.", "", f"{number}.")
        named = ("person", f"Minta Ügyfél {number}")
        _add(desk, chance, f"SU{1000 + number}", f"MIN-{1000 + number}", named, address)


def add_polish(desk: Desk, count: int) -> None:
    """Households and a few companies of the Polish utility."""
    chance = random.Random(SEED + 2)  # noqa: S311 - sample data, no secret
    for number in range(1, count + 1):
        address = Address("00-001", "Przykładowo", "Przykładowa", str(chance.randint(1, 60)), "", str(number))
        company = number % 6 == 0
        named = ("company", f"Przykład {number} sp. z o.o.") if company else ("person", f"Odbiorca Przykład {number}")
        _add(desk, chance, f"OC{1000 + number}", f"PRZ-{1000 + number}", named, address, held=number in HOLDERS)


def add_moldovan(desk: Desk, count: int) -> None:
    """Households of the Moldovan utility, and its three housing managers."""
    chance = random.Random(SEED + 3)  # noqa: S311 - sample data, no secret
    for number in range(1, count + 1):
        address = Address("MD-2001", "Exemplu", "str. Exemplu", str(chance.randint(1, 60)), "", f"ap. {number}")
        manager = number % 4 == 0
        named = ("condominium", f"Gestionar Exemplu {number // 4}") if manager else ("person", f"Consumator {number}")
        _add(desk, chance, f"CE{1000 + number}", f"EXT-{1000 + number}", named, address, held=number in HOLDERS)


CZECH_STREETS = ("Ukázková", "Vzorová", "Příkladná", "Teplárenská", "Na Ukázce")


def _add(
    desk: Desk,
    chance: random.Random,
    customer_no: str,
    contract_no: str,
    named: tuple[str, str],
    address: Address,
    held: bool | None = None,
) -> None:
    """A customer with a contract, a meter and its readings; `held` with an account, by chance where it is not said."""
    kind, name = named
    customer = desk.customer(customer_no, name, address, kind)
    contract = desk.contract(contract_no, customer, Term(date(chance.randint(2005, 2023), chance.randint(1, 12), 1)))
    ends = month_ends(desk.today, MONTHS + 1)
    opening = Decimal(chance.randint(20_000, 900_000)).scaleb(-3)
    value, readings = opening, []
    base = chance.uniform(1.5, 6.0)
    for end in ends[1:]:
        value += Decimal(round(base * chance.uniform(0.7, 1.3) * 1000)).scaleb(-3)
        readings.append((end, value))
    calibrated = date(desk.today.year - chance.randint(0, 5), chance.randint(1, 12), chance.randint(1, 28))
    plan = MeterPlan(
        serial=f"{desk.utility.code[0]}{contract_no[-4:]}",
        calibrated_on=min(calibrated, desk.today),
        valid_until=date(calibrated.year + 5, 12, 31),
        opening=(ends[0], opening),
        readings=tuple(readings),
    )
    desk.meter(contract, address, plan)
    if chance.random() < 0.4 if held is None else held:
        desk.account(contract, 1, customer_no.lower(), name)
