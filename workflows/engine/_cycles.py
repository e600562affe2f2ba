"""Repeating intervals of ISO 8601: R3/PT1H, R/2026-03-28T09:00:00@Europe/Prague/P1D.

Slots are counted from one beginning, so that lateness never adds up. Years, months and days are taken on the clock of
the beginning's zone (nine o'clock stays nine o'clock when the clocks change), hours and less as they pass.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from akta.languages import N_
from bpmn import feel
from workflows.engine._errors import OUT_OF_REACH, Stuck
from workflows.engine._expressions import Fixed, Rule, formula

_WRITTEN = re.compile(r"R(?P<times>[0-9]{0,6})/(?:(?P<begin>.{10,80}?)/)?(?P<step>P[^/]{1,40})")
_STEP = re.compile(
    r"P(?:(?P<years>\d{1,4})Y)?(?:(?P<months>\d{1,4})M)?(?:(?P<weeks>\d{1,4})W)?(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,7})M)?(?:(?P<seconds>\d{1,8})S)?)?"
)


@dataclass(frozen=True, slots=True)
class Cycle:
    """Instants at equal steps. `first` is the number of the first of them, counted in steps from `begin`."""

    times: int | None
    begin: datetime
    months: int
    days: int
    seconds: int
    first: int
    step: str

    def slot(self, number: int) -> datetime:
        """The instant so many steps after the beginning, in UTC."""
        year, month = divmod(self.begin.year * 12 + self.begin.month - 1 + self.months * number, 12)
        local = _in_month(self.begin, year, month + 1) + timedelta(days=self.days * number)
        return local.astimezone(UTC) + timedelta(seconds=self.seconds * number)

    def after(self, moment: datetime) -> datetime:
        """The first slot later than a moment; those in between are left out.

        Raises:
            Stuck: there is none that a calendar knows.
        """
        try:
            if self.slot(self.first) > moment:
                return self.slot(self.first)
            length = timedelta(days=self.months * 30.5 + self.days, seconds=self.seconds)
            number = max(self.first, int((moment - self.slot(0)) / length) - 2)
            while self.slot(number) <= moment:
                number += 1
            while number > self.first and self.slot(number - 1) > moment:
                number -= 1
            return self.slot(number)
        except (OverflowError, ValueError) as error:
            raise Stuck(OUT_OF_REACH, at=self.step) from error

    def written(self) -> str:
        """The rule with its beginning, as it is stored."""
        zone = self.begin.tzinfo
        named = isinstance(zone, ZoneInfo)
        begin = f"{self.begin.replace(tzinfo=None).isoformat()}@{zone}" if named else self.begin.isoformat()
        return f"{self.first}/{begin}/{self.step}"


def repetition(text: str) -> Rule:
    """What a repeating timer says: FEEL that gives a text if it starts with `=`, else the text itself.

    Raises:
        feel.FeelSyntaxError: the expression does not compile.
        Stuck: the text is no repeating interval.
    """
    if text.strip().startswith("="):
        return formula(text)
    cycle(text, datetime(2000, 1, 1, tzinfo=UTC))
    return Fixed(text.strip())


def cycle(text: str, since: datetime) -> Cycle:
    """A repeating interval as it is written in a model; without a beginning of its own it begins after one step.

    Raises:
        Stuck: it is none.
    """
    written = _WRITTEN.fullmatch(text.strip())
    if written is None or written["times"] == "0":
        raise Stuck(N_("this is no repeating interval such as R3/PT1H"), at=text)
    begin = since.astimezone(UTC) if written["begin"] is None else _instant(written["begin"])
    times = int(written["times"]) if written["times"] else None
    return _cycle(times, begin, written["step"], first=1 if written["begin"] is None else 0)


def stored(text: str) -> Cycle:
    """A repeating interval as `Cycle.written` gave it."""
    first, _, rest = text.partition("/")
    begin, _, step = rest.rpartition("/")
    return _cycle(None, _instant(begin), step, int(first))


def _cycle(times: int | None, begin: datetime, step: str, first: int) -> Cycle:
    parts = _STEP.fullmatch(step)
    if parts is None:
        raise Stuck(N_("this is no duration"), at=step)
    n = {name: int(value or 0) for name, value in parts.groupdict().items()}
    months, days = n["years"] * 12 + n["months"], n["weeks"] * 7 + n["days"]
    seconds = n["hours"] * 3600 + n["minutes"] * 60 + n["seconds"]
    if not (months or days or seconds):
        raise Stuck(N_("a repeating interval takes time"), at=step)
    return Cycle(times, begin, months, days, seconds, first, step)


def _instant(text: str) -> datetime:
    try:
        value = feel.compile(f'@"{text}"').evaluate({}, now=datetime(2000, 1, 1, tzinfo=UTC))
    except (feel.FeelSyntaxError, feel.FeelLimit):
        value = None
    if not isinstance(value, datetime):
        raise Stuck(N_("this is no date and time"), at=text)
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _in_month(begin: datetime, year: int, month: int) -> datetime:
    for day in range(begin.day, 27, -1):
        try:
            return begin.replace(year=year, month=month, day=day)
        except ValueError:
            continue
    return begin.replace(year=year, month=month)
