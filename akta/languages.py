"""Languages: gettext catalogues, and dates, numbers and money as each language writes them."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from zoneinfo import ZoneInfo

CATALOGUES = Path(__file__).parent / "locales"
SOURCE_LANGUAGE = "en"
NAMES: Mapping[str, str] = {"en": "English", "cs": "Čeština", "hu": "Magyar", "pl": "Polski", "ro": "Română"}
"""The languages that are complete and therefore offered, in their own words."""

_REGIONS: Mapping[str, str] = {"en": "en_GB"}
"""Whose dates and times a language means where it is spoken in several countries."""

_SHORT_DAYS: Mapping[str, str] = {"cs": "d. M. y", "hu": "y. MM. dd.", "pl": "dd.MM.y", "ro": "dd.MM.y"}
"""A day in digits as offices write it (domain.md §5); where a language is missing, with the month's name."""

_SIGNS: Mapping[str, str] = {"CZK": "Kč", "HUF": "Ft", "MDL": "lei", "PLN": "zł"}
"""How a country writes its own money, in every language."""

_WHOLE = frozenset({"HUF"})
"""Money without a smaller unit (S002-09)."""


def N_(message: str) -> str:
    """Mark a message for extraction; it is translated where it is shown."""
    return message


@dataclass(frozen=True)
class Sentence:
    """A sentence that is put together where its reader's language is known: a msgid and what fills its places.

    A filling that is a sentence itself is translated with the one it stands in. As a plain text it is English.
    """

    text: str
    params: tuple[tuple[str, object], ...] = ()

    def said(self, gettext: Callable[[str], str]) -> str:
        """The sentence, translated by what looks msgids up."""
        given = {k: v.said(gettext) if isinstance(v, Sentence) else v for k, v in self.params}
        return gettext(self.text) % given if given else gettext(self.text)

    def packed(self) -> list[object]:
        """As JSON keeps it until it is said; what fills its places and is no sentence becomes a text."""
        given = {k: v.packed() if isinstance(v, Sentence) else str(v) for k, v in self.params}
        return [self.text, given]

    def __str__(self) -> str:
        return self.said(str)


def sentence(text: str, /, **params: object) -> Sentence:
    """A sentence from its msgid and what fills its places."""
    return Sentence(text, tuple(params.items()))


def unpacked(kept: object) -> Sentence:
    """A sentence that was `packed`; a text stands for itself."""
    if not isinstance(kept, list):
        return Sentence(str(kept))
    text, params = kept
    return Sentence(text, tuple((k, unpacked(v) if isinstance(v, list) else v) for k, v in params.items()))


@cache
def _catalogue(language: str) -> NullTranslations:
    path = CATALOGUES / language / "LC_MESSAGES" / "akta.po"
    if language == SOURCE_LANGUAGE or not path.exists():
        return NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def offered(language: str) -> bool:
    return language in NAMES


@dataclass(frozen=True)
class Language:
    """One language in one zone: translates messages and writes dates, numbers and money."""

    code: str
    zone: ZoneInfo

    def gettext(self, message: str) -> str:
        return _catalogue(self.code).gettext(message) if message else ""

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        return _catalogue(self.code).ngettext(singular, plural, count)

    @property
    def region(self) -> str:
        """Name of the locale that dates and times are written in."""
        return _REGIONS.get(self.code, self.code)

    def day(self, value: date | datetime, *, weekday: bool = False) -> str:
        from babel.dates import format_date

        return format_date(self._date(value), "full" if weekday else "long", locale=self.region)

    def short_day(self, value: date | datetime) -> str:
        from babel.dates import format_date

        written = format_date(self._date(value), _SHORT_DAYS.get(self.code, "medium"), locale=self.region)
        return written.replace(" ", "\N{NO-BREAK SPACE}")

    def moment(self, value: datetime) -> str:
        """A day and the time of day, to the minute."""
        from babel.dates import format_time

        time = format_time(value, "short", tzinfo=self.zone, locale=self.region)
        return f"{self.short_day(value)} {time}"

    def lasting(self, value: timedelta) -> str:
        """A length of time: whole days as days, else hours and minutes as well."""
        from babel.units import format_unit

        hours, seconds = divmod(abs(value).seconds, 3600)
        parts = (("day", abs(value).days), ("hour", hours), ("minute", seconds // 60))
        written = [format_unit(count, f"duration-{unit}", locale=self.region) for unit, count in parts if count]
        return " ".join(written) or format_unit(0, "duration-minute", locale=self.region)

    def _date(self, value: date | datetime) -> date:
        return value.astimezone(self.zone).date() if isinstance(value, datetime) else value

    def number(self, value: Decimal | int) -> str:
        from babel.numbers import format_decimal

        return format_decimal(value, locale=self.code, decimal_quantization=False)

    def money(self, value: Decimal, currency: str) -> str:
        """An amount with its currency, as the currency's own country signs it (domain.md §5)."""
        from babel.numbers import format_decimal

        written = format_decimal(value, "#,##0" if currency in _WHOLE else "#,##0.00", locale=self.code)
        return f"{written} {_SIGNS.get(currency, currency)}".replace(" ", "\N{NO-BREAK SPACE}")


@cache
def language(code: str, zone: str = "Europe/Prague") -> Language:
    return Language(code if offered(code) else SOURCE_LANGUAGE, ZoneInfo(zone))
