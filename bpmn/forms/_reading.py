"""Turning what a person typed into a value, or into the sentence that says why it cannot be taken."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from akta.languages import Language
from bpmn import feel
from bpmn.forms import _patterns
from bpmn.forms import _sentences as words
from bpmn.forms._schema import Component
from bpmn.forms._sentences import Wrong, say
from bpmn.values import Value

MAX_LINE = 1_000
MAX_TEXT = 20_000
MAX_FILES = 20
MAX_CHOICES = 200
_MAX_EMAIL = 254

_NUMBER = re.compile(r"([+-]?)([0-9]{1,34}|[0-9]{1,3}(?: [0-9]{3}){1,10})(?:([.,])([0-9]{1,34}))?")
_SPACES = dict.fromkeys(map(ord, "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}\N{FIGURE SPACE}"), " ")
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that turn the direction of writing, with which an answer could be shown as something else than it is."""
_ISO = re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})")
_DAY_FIRST = re.compile(r"(?P<d>[0-9]{1,2})\. ?(?P<m>[0-9]{1,2})\. ?(?P<y>[0-9]{4})\.?")
_YEAR_FIRST = re.compile(r"(?P<y>[0-9]{4})\. ?(?P<m>[0-9]{1,2})\. ?(?P<d>[0-9]{1,2})\.?")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_TOP = r"[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
_EMAIL = re.compile(rf"(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_TOP}")
"""Addresses every mail server takes: no accents, no quotes, no comments (RFC 5321 without its rarities)."""
_PHONE = re.compile(r"\+?[0-9 ()/.-]{5,30}")
_UPLOAD = re.compile(r"[A-Za-z0-9-]{1,64}")


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer that is offered now: what the browser sends, what is stored, what is read."""

    sent: str
    value: Value
    label: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What reading an answer may depend on: language, time, the answers offered by each field.

    `allowance` is what all conditions and shown values of the form may spend together.
    """

    language: Language
    now: datetime
    choices: Mapping[str, tuple[Choice, ...]]
    allowance: feel.Allowance = field(default_factory=feel.Allowance)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.language.zone).date()

    def say(self, message: str, **values: str) -> str:
        return say(self.language, message, **values)


def read(component: Component, sent: Sequence[str], frame: Frame, invalid: str = "") -> Value:
    """The value of one field; an empty answer is None (False for a box, an empty list for a checklist).

    Raises:
        Wrong: with the sentence for the person; `invalid` is the form's own sentence for a wrong pattern.
    """
    if not all(isinstance(item, str) for item in sent):
        raise Wrong(frame.say(words.UNREADABLE))
    match component.type:
        case "checklist":
            return _checklist(component, sent, frame)
        case "filepicker":
            return _files(component, sent, frame)
        case "checkbox":
            return _checkbox(component, sent, frame)
    if len(sent) > 1:
        raise Wrong(frame.say(words.ONE_ANSWER))
    text = _clean(sent[0] if sent else "", frame, lines=component.type == "textarea")
    match component.type:
        case "number":
            return _number(component, text, frame)
        case "datetime":
            return _date(component, text, frame)
        case "radio" | "select":
            return _choice(component, text, frame)
    return _text(component, text, frame, invalid)


def _clean(text: str, frame: Frame, *, lines: bool) -> str:
    """Trimmed and composed (NFC), newlines as one sign; a line has none."""
    if len(text) > 4 * MAX_TEXT:
        raise Wrong(words.too_long(frame.language, MAX_TEXT, len(text) - MAX_TEXT))
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not lines:
        text = text.replace("\n", " ").replace("\t", " ")
    if any(sign in _TURNING or (unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t") for sign in text):
        raise Wrong(frame.say(words.UNREADABLE))
    return text


def _text(component: Component, text: str, frame: Frame, invalid: str) -> Value:
    rules, language = component.rules, frame.language
    if not text:
        return _unanswered(component, frame.say(words.MISSING_TEXT))
    most = min(rules.max_length or MAX_TEXT, MAX_TEXT if component.type == "textarea" else MAX_LINE)
    if len(text) > most:
        raise Wrong(words.too_long(language, most, len(text) - most))
    if rules.min_length and len(text) < rules.min_length:
        raise Wrong(words.too_short(language, rules.min_length))
    if rules.kind == "email" and not is_email(text):
        raise Wrong(frame.say(words.NOT_AN_EMAIL))
    if rules.kind == "phone" and not (_PHONE.fullmatch(text) and 5 <= sum(s.isdigit() for s in text) <= 15):
        raise Wrong(frame.say(words.NOT_A_PHONE))
    if rules.pattern and not _patterns.matches(rules.pattern, text):
        raise Wrong(invalid or frame.say(words.NOT_THE_PATTERN))
    return text


def _unanswered(component: Component, sentence: str) -> Value:
    if component.rules.required:
        raise Wrong(sentence)
    return None


def _number(component: Component, text: str, frame: Frame) -> Value:
    if not text:
        return _unanswered(component, frame.say(words.MISSING_NUMBER))
    number = _parse_number(text, component.rules.digits, frame)
    _check_number(component, number, frame)
    return number


def _parse_number(text: str, digits: int | None, frame: Frame) -> Decimal:
    """Comma or dot before decimals, spaces between thousands; what could be either is refused."""
    plain = text.translate(_SPACES).replace("\N{MINUS SIGN}", "-")
    found = _NUMBER.fullmatch(plain)
    if not found or len(plain) > 45:
        raise Wrong(frame.say(words.NOT_A_NUMBER, example=_example(digits, frame)))
    sign, whole, mark, places = found.groups()
    if digits == 0 and mark:
        raise Wrong(frame.say(words.WHOLE_NUMBER))
    if mark and len(places) == 3 and len(whole) <= 3 and whole != "0" and mark == _group_mark(frame.language):
        raise Wrong(frame.say(words.UNCLEAR_NUMBER))
    number = Decimal(f"{sign}{whole.replace(' ', '')}{f'.{places}' if mark else ''}")
    if len(number.as_tuple().digits) > 34:
        raise Wrong(frame.say(words.NOT_A_NUMBER, example=_example(digits, frame)))
    if digits is not None and mark and len(places) > digits:
        raise Wrong(words.too_precise(frame.language, digits))
    return number


def _example(digits: int | None, frame: Frame) -> str:
    return frame.language.number(Decimal(123)) if digits == 0 else frame.language.number(Decimal("12.5"))


def _group_mark(language: Language) -> str:
    from babel.numbers import get_group_symbol

    return get_group_symbol(language.code)


def _check_number(component: Component, number: Decimal, frame: Frame) -> None:
    rules, write = component.rules, frame.language.number
    if rules.minimum is not None and number < rules.minimum:
        raise Wrong(frame.say(words.TOO_SMALL, limit=write(rules.minimum)))
    if rules.maximum is not None and number > rules.maximum:
        raise Wrong(frame.say(words.TOO_LARGE, limit=write(rules.maximum)))
    if rules.step and number % rules.step:
        raise Wrong(frame.say(words.OFF_STEP, step=write(rules.step)))


def _date(component: Component, text: str, frame: Frame) -> Value:
    short = frame.language.short_day
    example = short(frame.today - timedelta(days=1))
    if not text:
        return _unanswered(component, frame.say(words.MISSING_DATE, example=example))
    plain = text.translate(_SPACES)
    found = next((m for m in (p.fullmatch(plain) for p in (_ISO, _DAY_FIRST, _YEAR_FIRST)) if m), None)
    try:
        day = date(*(int(found[part]) for part in "ymd")) if found else None
    except ValueError:
        day = None
    if day is None or not 1800 <= day.year <= 2200:
        raise Wrong(frame.say(words.NOT_A_DATE, example=example))
    earliest, latest = limits(component, frame)
    if earliest and day < earliest:
        raise Wrong(frame.say(words.TOO_EARLY, limit=short(earliest)))
    if latest and day > latest:
        raise Wrong(frame.say(words.TOO_LATE, limit=short(latest)))
    return day


def is_email(text: str) -> bool:
    """Whether a mail could be sent there, as far as the text shows."""
    return len(text) <= _MAX_EMAIL and _EMAIL.fullmatch(text) is not None


def limits(component: Component, frame: Frame) -> tuple[date | None, date | None]:
    """The first and the last day the field takes."""
    rules = component.rules
    first = frame.today if rules.earliest == "today" else rules.earliest or None
    last = frame.today if rules.latest == "today" else rules.latest or None
    return first, last


def _choice(component: Component, text: str, frame: Frame) -> Value:
    if not text:
        return _unanswered(component, frame.say(words.MISSING_CHOICE))
    for choice in frame.choices[component.key]:
        if choice.sent == text:
            return choice.value
    raise Wrong(frame.say(words.NOT_OFFERED))


def _checklist(component: Component, sent: Sequence[str], frame: Frame) -> Value:
    ticked = {item for item in sent if item}
    offered = frame.choices[component.key]
    if len(sent) > MAX_CHOICES or ticked - {choice.sent for choice in offered}:
        raise Wrong(frame.say(words.NOT_OFFERED))
    if not ticked and component.rules.required:
        raise Wrong(frame.say(words.MISSING_CHOICES))
    return [choice.value for choice in offered if choice.sent in ticked]


def _checkbox(component: Component, sent: Sequence[str], frame: Frame) -> Value:
    answers = set(sent) - {""}
    if answers - {"on", "true", "false"} or len(answers) > 1:
        raise Wrong(frame.say(words.ONE_ANSWER))
    ticked = bool(answers & {"on", "true"})
    if not ticked and component.rules.required:
        raise Wrong(frame.say(words.MISSING_TICK))
    return ticked


def _files(component: Component, sent: Sequence[str], frame: Frame) -> Value:
    uploads = list(dict.fromkeys(item for item in sent if item))
    if len(uploads) > (MAX_FILES if component.multiple else 1):
        raise Wrong(frame.say(words.TOO_MANY_FILES if component.multiple else words.ONE_FILE))
    if not all(_UPLOAD.fullmatch(upload) for upload in uploads):
        raise Wrong(frame.say(words.UNKNOWN_FILE))
    if not uploads and component.rules.required:
        raise Wrong(frame.say(words.MISSING_FILES if component.multiple else words.MISSING_FILE))
    return [*uploads]
