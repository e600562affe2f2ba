"""Dates, numbers and money as each language writes them, and plurals that are right."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from akta.languages import NAMES, Language, language, sentence, unpacked

AT = datetime(2014, 11, 30, 8, 5, tzinfo=UTC)


def _plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("code", "short", "deadline", "moment"),
    [
        ("cs", "30. 11. 2014", "neděle 30. listopadu 2014", "30. 11. 2014 9:05"),
        ("en", "30 Nov 2014", "Sunday, 30 November 2014", "30 Nov 2014 09:05"),
        ("hu", "2014. 11. 30.", "2014. november 30., vasárnap", "2014. 11. 30. 9:05"),
        ("pl", "30.11.2014", "niedziela, 30 listopada 2014", "30.11.2014 09:05"),
        ("ro", "30.11.2014", "duminică, 30 noiembrie 2014", "30.11.2014 09:05"),
    ],
)
def test_days_are_written_as_in_each_language(code: str, short: str, deadline: str, moment: str) -> None:
    words = language(code)
    assert _plain(words.short_day(AT)) == short
    assert _plain(words.day(AT, weekday=True)) == deadline
    assert _plain(words.moment(AT)) == moment
    assert " " not in words.short_day(AT), "a date is never broken over two lines"


@pytest.mark.parametrize(
    ("code", "currency", "written"),
    [
        ("hu", "HUF", "38 837 Ft"),
        ("cs", "CZK", "38 837,00 Kč"),
        ("pl", "PLN", "38 837,00 zł"),
        ("ro", "MDL", "38.837,00 lei"),
        ("en", "HUF", "38,837 Ft"),
    ],
)
def test_money_is_written_as_in_each_country(code: str, currency: str, written: str) -> None:
    assert _plain(language(code).money(Decimal(38837), currency)) == written


@pytest.mark.parametrize("code", sorted(NAMES))
def test_a_day_is_that_of_the_reader_s_zone(code: str) -> None:
    late = datetime(2014, 11, 30, 23, 30, tzinfo=UTC)
    assert Language(code, ZoneInfo("Europe/Prague")).short_day(late) == language(code).short_day(
        late.date().replace(month=12, day=1)
    )


@pytest.mark.parametrize(
    ("code", "counts"),
    [
        ("cs", {1: "1 den po termínu", 2: "2 dny po termínu", 5: "5 dní po termínu", 22: "22 dní po termínu"}),
        ("hu", {1: "1 napja lejárt", 5: "5 napja lejárt"}),
        ("pl", {1: "1 dzień po terminie", 2: "2 dni po terminie", 12: "12 dni po terminie"}),
        ("ro", {1: "1 zi de întârziere", 19: "19 zile de întârziere", 20: "20 de zile de întârziere"}),
    ],
)
def test_plurals_follow_the_rules_of_each_language(code: str, counts: dict[int, str]) -> None:
    words = language(code)
    for count, written in counts.items():
        late = words.ngettext("%(count)s day late", "%(count)s days late", count)
        assert late % {"count": count} == written


def test_a_sentence_that_was_kept_says_the_same_in_every_language_with_what_stands_in_it() -> None:
    told = sentence("%(where)s: %(reason)s", where="100 %", reason=sentence("At most %(most)s.", most=3))
    kept = unpacked(json.loads(json.dumps(told.packed())))
    assert str(kept) == str(told) == "100 %: At most 3."
    assert kept.said(lambda text: text.replace("At most", "Legfeljebb")) == "100 %: Legfeljebb 3."
    assert str(unpacked("100 % by hand")) == "100 % by hand"
