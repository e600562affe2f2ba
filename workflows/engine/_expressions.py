"""Compiled texts of a model: FEEL where it is marked so, else the text as it stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol

from akta.languages import N_
from bpmn import feel
from bpmn.model import is_iso
from bpmn.values import Value, YearsMonths
from workflows.engine._errors import OUT_OF_REACH, Stuck


@dataclass(frozen=True, slots=True)
class Act:
    """One command to a case: its time, and what all its expressions may spend together."""

    now: datetime
    allowance: feel.Allowance = field(default_factory=feel.Allowance)


class Rule(Protocol):
    """Something a model says that gives a value where a token stands."""

    @property
    def text(self) -> str: ...

    def evaluate(self, variables: Mapping[str, Value], act: Act) -> Value: ...

    def why(self, variables: Mapping[str, Value], act: Act) -> str: ...


@dataclass(frozen=True, slots=True)
class Fixed:
    """A text without `=`: it means itself."""

    text: str

    def evaluate(self, variables: Mapping[str, Value], act: Act) -> Value:
        return self.text

    def why(self, variables: Mapping[str, Value], act: Act) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Formula:
    """A FEEL expression, compiled once for the life of the definition."""

    text: str
    compiled: feel.Expression

    def evaluate(self, variables: Mapping[str, Value], act: Act) -> Value:
        """Its value.

        Raises:
            Stuck: the expression broke its budget or could not be evaluated.
        """
        try:
            return self.compiled.evaluate(variables, now=act.now, allowance=act.allowance)
        except feel.FeelLimit as error:
            raise Stuck(error.whole, at=self.text) from error

    def why(self, variables: Mapping[str, Value], act: Act) -> str:
        """Why its value is null; nothing where it is not known."""
        try:
            reasons = self.compiled.explain(variables, now=act.now, allowance=act.allowance).reasons
        except feel.FeelLimit:
            return ""
        return "; ".join(reasons)


def formula(text: str) -> Formula:
    """A text that is FEEL with or without its leading `=`.

    Raises:
        feel.FeelSyntaxError: it does not compile.
    """
    body = text.strip().removeprefix("=").strip()
    return Formula(body, feel.compile(body))


def formula_or_text(text: str) -> Rule:
    """FEEL if it starts with `=`, else the text itself (the zeebe convention)."""
    return formula(text) if text.strip().startswith("=") else Fixed(text.strip())


def instant_or_duration(text: str) -> Rule:
    """What a timer or due date says: FEEL, marked or not, or an ISO 8601 text."""
    return _iso(text) or formula(text)


def _iso(text: str) -> Formula | None:
    """A plain ISO duration, date, or date and time as FEEL has it; None for any other text.

    Raises:
        feel.FeelSyntaxError: it looks like one, but there is no such day, time or duration.
    """
    body = text.strip()
    return formula(f'@"{body}"') if is_iso(body) else None


def due_at(rule: Rule, variables: Mapping[str, Value], act: Act) -> datetime:
    """The instant a rule means. A day means its first moment in UTC; a time without zone is UTC.

    Raises:
        Stuck: its value is no instant and no duration.
    """
    value = rule.evaluate(variables, act)
    if isinstance(value, str):
        value = _read(value, rule, act)
    try:
        due = _instant(value, act.now.astimezone(UTC))
    except (OverflowError, ValueError) as error:
        raise Stuck(OUT_OF_REACH, at=rule.text) from error
    if due is None:
        raise Stuck(N_("the value is no date, time or duration"), at=rule.text, why=rule.why(variables, act))
    return due


def duration_of(rule: Rule, variables: Mapping[str, Value], act: Act) -> timedelta:
    """The length of time a rule means.

    Raises:
        Stuck: its value is none.
    """
    value = rule.evaluate(variables, act)
    found = _read(value, rule, act) if isinstance(value, str) else value
    if not isinstance(found, timedelta):
        raise Stuck(N_("the value is no length of time"), at=rule.text, why=rule.why(variables, act))
    return found


def _read(text: str, rule: Rule, act: Act) -> Value:
    """The value of a text that a variable holds. It may come from an applicant: it is read, never run as FEEL."""
    try:
        written = _iso(text)
    except feel.FeelSyntaxError:
        written = None
    if written is None:
        raise Stuck(N_("“%(text)s” is no date, time or duration"), at=rule.text, text=text)
    return written.evaluate({}, act)


def _instant(value: Value, now: datetime) -> datetime | None:
    match value:
        case datetime():
            return value if value.tzinfo else value.replace(tzinfo=now.tzinfo)
        case date():
            return datetime.combine(value, time(), tzinfo=now.tzinfo)
        case timedelta():
            return now + value
        case YearsMonths():
            return _months_later(now, value.months)
    return None


def _months_later(start: datetime, months: int) -> datetime:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    for day in range(start.day, 27, -1):
        try:
            return start.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return start.replace(year=year, month=month + 1)
