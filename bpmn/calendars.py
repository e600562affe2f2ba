"""Calendars: on which days a utility works. Pure values; the utility's own days come in from outside.

Public holidays follow the law of each country as rules, from the year on in which each rule holds. Sources: Czech act
245/2000, Polish act of 18 January 1951 (with its changes of 2010 and 2024), Hungarian act I of 2012 § 102 and the
yearly decrees on swapped Saturdays, Moldovan labour code § 111.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

LONGEST = 10_000
"""Working days that can be counted in one go: some forty years."""


class TooFar(ValueError):
    """So many days are beyond what anybody counts."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Whose public holidays are kept (lower-case ISO 3166 code; empty: none), and the utility's `own` days, which go
    before every rule: True for a day on which it works, False for one on which it does not."""

    country: str = ""
    own: Mapping[date, bool] = field(default_factory=dict)

    def works(self, day: date) -> bool:
        if day in self.own:
            return self.own[day]
        swapped = SWAPPED.get(self.country, {}).get(day)
        if swapped is not None:
            return swapped
        return day.weekday() < 5 and day not in holidays(self.country, day.year)

    def add(self, day: date, count: int) -> date:
        """The working day so many working days after (or before) a day; for 0 the day itself, or the next one.

        Raises:
            TooFar: beyond `LONGEST` days.
            OverflowError: beyond the ends of the calendar.
        """
        if abs(count) > LONGEST:
            raise TooFar(str(count))
        step = timedelta(days=-1 if count < 0 else 1)
        left, found = abs(count), day
        while left or not self.works(found):
            found += step
            left -= bool(left) and self.works(found)
        return found

    def between(self, start: date, end: date) -> int:
        """Working days after `start` up to and with `end`; below zero when the end comes first.

        Raises:
            TooFar: beyond as many days as `LONGEST` working days take.
        """
        if end < start:
            return -self.between(end, start)
        if (end - start).days > LONGEST * 2:
            raise TooFar(str(end - start))
        return sum(self.works(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))


@lru_cache(maxsize=512)
def holidays(country: str, year: int) -> Mapping[date, str]:
    """The public holidays of a country in a year with their names; none for a country without rules."""
    rules = RULES.get(country)
    return {} if rules is None else dict(sorted(rules(year)))


def easter(year: int) -> date:
    """Western Easter Sunday (the anonymous Gregorian rule)."""
    golden, century = year % 19, year // 100
    moon = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    week = (32 + 2 * (century % 4) + 2 * (year % 100 // 4) - moon - year % 4) % 7
    late = (golden + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * late + 114, 31)
    return date(year, month, day + 1)


def orthodox_easter(year: int) -> date:
    """Eastern Easter Sunday by the Gregorian calendar (Meeus's Julian rule, then 13 days in 1900–2099, and so on)."""
    moon = (19 * (year % 19) + 15) % 30
    week = (2 * (year % 4) + 4 * (year % 7) - moon + 34) % 7
    month, day = divmod(moon + week + 114, 31)
    return date(year, month, day + 1) + timedelta(days=year // 100 - year // 400 - 2)


Holidays = Iterator[tuple[date, str]]


def _on(year: int, *days: tuple[int, int, str]) -> Holidays:
    return ((date(year, month, day), name) for month, day, name in days)


def _czech(year: int) -> Holidays:
    sunday = easter(year)
    yield from _on(year, (1, 1, "Nový rok"), (5, 1, "Svátek práce"), (5, 8, "Den vítězství"))
    yield from _on(year, (7, 5, "Den Cyrila a Metoděje"), (7, 6, "Den upálení mistra Jana Husa"))
    yield from _on(year, (9, 28, "Den české státnosti"), (10, 28, "Den vzniku Československa"))
    yield from _on(year, (11, 17, "Den boje za svobodu a demokracii"))
    yield from _on(year, (12, 24, "Štědrý den"), (12, 25, "1. svátek vánoční"), (12, 26, "2. svátek vánoční"))
    if year >= 2016:
        yield sunday - timedelta(days=2), "Velký pátek"
    yield sunday + timedelta(days=1), "Velikonoční pondělí"


def _polish(year: int) -> Holidays:
    sunday = easter(year)
    yield from _on(year, (1, 1, "Nowy Rok"), (5, 1, "Święto Pracy"), (5, 3, "Święto Konstytucji 3 Maja"))
    yield from _on(year, (8, 15, "Wniebowzięcie NMP"), (11, 1, "Wszystkich Świętych"))
    yield from _on(year, (11, 11, "Święto Niepodległości"), (12, 25, "Boże Narodzenie"), (12, 26, "Drugi dzień świąt"))
    if year >= 2011:
        yield date(year, 1, 6), "Trzech Króli"
    if year >= 2025:
        yield date(year, 12, 24), "Wigilia"
    yield sunday, "Wielkanoc"
    yield sunday + timedelta(days=1), "Poniedziałek Wielkanocny"
    yield sunday + timedelta(days=49), "Zielone Świątki"
    yield sunday + timedelta(days=60), "Boże Ciało"


def _hungarian(year: int) -> Holidays:
    sunday = easter(year)
    yield from _on(year, (1, 1, "Újév"), (3, 15, "Nemzeti ünnep"), (5, 1, "A munka ünnepe"))
    yield from _on(year, (8, 20, "Szent István ünnepe"), (10, 23, "1956-os forradalom"), (11, 1, "Mindenszentek"))
    yield from _on(year, (12, 25, "Karácsony"), (12, 26, "Karácsony"))
    if year >= 2017:
        yield sunday - timedelta(days=2), "Nagypéntek"
    if year >= 2026:
        yield date(year, 12, 24), "Szenteste"
    yield sunday + timedelta(days=1), "Húsvéthétfő"
    yield sunday + timedelta(days=50), "Pünkösdhétfő"


def _moldovan(year: int) -> Holidays:
    sunday = orthodox_easter(year)
    yield from _on(year, (1, 1, "Anul Nou"), (1, 7, "Crăciunul pe stil vechi"), (1, 8, "Crăciunul pe stil vechi"))
    yield from _on(year, (3, 8, "Ziua femeii"), (5, 1, "Ziua muncii"), (5, 9, "Ziua Victoriei, Ziua Europei"))
    yield from _on(year, (8, 27, "Ziua independenței"), (8, 31, "Limba noastră"))
    if year >= 2013:
        yield date(year, 12, 25), "Crăciunul pe stil nou"
    if year >= 2016:
        yield date(year, 6, 1), "Ziua copilului"
    yield sunday, "Paștele"
    yield sunday + timedelta(days=1), "Lunea Paștelui"
    yield sunday + timedelta(days=8), "Paștele Blajinilor"


RULES: Mapping[str, Callable[[int], Holidays]] = {
    "cz": _czech,
    "hu": _hungarian,
    "md": _moldovan,
    "pl": _polish,
}


def _swaps(*pairs: tuple[str, str]) -> Mapping[date, bool]:
    """Days off, each with the Saturday worked instead."""
    return {date.fromisoformat(text): works for off, on in pairs for text, works in ((off, False), (on, True))}


SWAPPED: Mapping[str, Mapping[date, bool]] = {
    "hu": _swaps(
        ("2024-08-19", "2024-08-03"),
        ("2024-12-24", "2024-12-07"),
        ("2024-12-27", "2024-12-14"),
        ("2025-05-02", "2025-05-17"),
        ("2025-10-24", "2025-10-18"),
        ("2025-12-24", "2025-12-13"),
        ("2026-01-02", "2026-01-10"),
        ("2026-08-21", "2026-08-08"),
    )
}
"""Swapped Saturdays are decreed year by year; those of later years are entered as the utility's own days."""
