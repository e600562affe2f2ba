"""What is told at once when a reading is entered: what no meter can show. The rest is for the clerk to judge."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select

from akta.languages import N_, Language
from akta.subjects import Kind, Subject
from bpmn.values import Value
from heating import meters, profile, visibility, windows
from heating.acts import MandateAct
from heating.consumption import ESTIMATED, PLACES, Point, rollover_candidate, span
from heating.contracts import CONTRACT
from heating.meters import Hung
from heating.tables.metering import Meter
from storage.cases import CaseRelation
from storage.unit_of_work import Transaction

NAME, CONTROL = "reading-entry", "control-entry"
METER, VALUE, DAY = "meter", "value", "read_at"
"""Keys of the answers it looks at."""

UNKNOWN_METER = N_("There is no such meter. Check the serial number.")
NOT_YOURS = N_("Choose one of your meters.")
YET_TO_COME = N_("This day is yet to come. Enter the day on which the meter was read.")
NOT_AFTER_LAST = N_("The last processed reading is from %(day)s. Enter a later day.")
BELOW_ZERO = N_("A meter never shows less than zero. Enter the number you see.")
TOO_MANY_DIGITS = N_("This meter shows at most %(digits)s digits before the decimal mark. Check the number.")
TOO_FINE = N_("Enter at most three decimal places.")
ZERO = N_("Zero is below the last reading, %(value)s %(unit)s. Enter the number you see on the meter.")
BELOW = N_(
    "This is below the last reading, %(value)s %(unit)s. Check the number; if the meter really shows it, call us, and "
    "a clerk will enter it."
)
CLOSED = N_("Readings are not taken today. You can report them from %(opens)s to %(closes)s.")
CLOSED_FOR_NOW = N_("Readings are not taken just now. We will tell you when you can report them.")
BEFORE_WINDOW = N_("Enter a reading from %(day)s or later; earlier ones are not taken now.")
REMOVED = N_("This meter was removed on %(day)s. The meter there now has the number %(serial)s.")


def check(
    tx: Transaction, subject: Subject, values: Mapping[str, Value], language: Language, now: datetime
) -> dict[str, str]:
    """A sentence for each answer that cannot be taken; a value below the last one can, with a flag for the clerk."""
    hung = _meter(tx, subject, values.get(METER))
    if hung is None:
        return {METER: _no_meter(tx, subject, values.get(METER), language)}
    today = profile.of(tx).today(now)
    closed = _closed(tx, subject, values.get(DAY), today, language)
    if closed:
        return closed
    return _wrong(tx, hung.meter, values, today, language, (VALUE, DAY), lower=subject.kind is Kind.STAFF)


def check_control(
    tx: Transaction, subject: Subject, values: Mapping[str, Value], language: Language, now: datetime
) -> dict[str, str]:
    """The same about what was read on the spot, on whatever day."""
    hung = meters.find(tx, str(values.get(METER)))
    if hung is None:
        return {"control_value": language.gettext(UNKNOWN_METER)}
    keys = ("control_value", "control_read_at")
    return _wrong(tx, hung.meter, values, profile.of(tx).today(now), language, keys, lower=True)


def _wrong(
    tx: Transaction,
    meter: Meter,
    values: Mapping[str, Value],
    today: date,
    language: Language,
    keys: tuple[str, str],
    *,
    lower: bool,
) -> dict[str, str]:
    """What is wrong with value and day, by their keys; staff may enter a `lower` value, for a clerk to look at."""
    last = meters.last_point(meter, meters.history(tx, meter))
    value_key, day_key = keys
    found: dict[str, str] = {}
    value, day = values.get(value_key), values.get(day_key)
    if isinstance(value, Decimal) and (told := _wrong_value(meter, last, value, language, lower=lower)):
        found[value_key] = told
    if isinstance(day, date) and (told := _wrong_day(last, day, today, language)):
        found[day_key] = told
    return found


def _no_meter(tx: Transaction, subject: Subject, key: Value, language: Language) -> str:
    """There is no such meter, or there was: then which one hangs there now (RP7)."""
    if subject.kind is not Kind.STAFF:
        return language.gettext(NOT_YOURS)
    gone = meters.removed(tx, str(key))
    if gone is None:
        return language.gettext(UNKNOWN_METER)
    shown = {"day": language.short_day(gone.removed_on), "serial": gone.successor}
    return language.gettext(REMOVED) % shown


def _closed(tx: Transaction, subject: Subject, day: Value, today: date, language: Language) -> dict[str, str]:
    """Customers report within the reading windows, where the utility has any; the next one is named (S002-17)."""
    if subject.kind is not Kind.CUSTOMER or not windows.exist(tx):
        return {}
    now_open = windows.current(tx, today)
    if now_open is not None:
        first = now_open.opens - windows.BEFORE
        early = isinstance(day, date) and day < first
        return {DAY: language.gettext(BEFORE_WINDOW) % {"day": language.short_day(first)}} if early else {}
    following = windows.following(tx, today)
    if following is None:
        return {VALUE: language.gettext(CLOSED_FOR_NOW)}
    days = {"opens": language.short_day(following.opens), "closes": language.short_day(following.closes)}
    return {VALUE: language.gettext(CLOSED) % days}


def _meter(tx: Transaction, subject: Subject, key: Value) -> Hung | None:
    """The meter meant, if the subject may submit for it: staff for any, a case link for those of its case."""
    if not isinstance(key, str):
        return None
    if subject.kind in (Kind.STAFF, Kind.SYSTEM):
        return meters.find(tx, key)
    if subject.kind is Kind.CASE_LINK:
        hung = meters.find(tx, key)
        return hung if hung is not None and _of_case(tx, subject, hung) else None
    own = meters.under(tx, visibility.contracts_of(subject, MandateAct.READINGS))
    return next((hung for hung in own if str(hung.meter.id) == key), None)


def _of_case(tx: Transaction, subject: Subject, hung: Hung) -> bool:
    related = select(CaseRelation.id).where(
        CaseRelation.case_id == subject.case,
        CaseRelation.kind == CONTRACT,
        CaseRelation.object_id == hung.point.contract_id,
    )
    return tx.session.scalars(related).first() is not None


def _wrong_value(meter: Meter, last: Point, value: Decimal, language: Language, *, lower: bool) -> str:
    if value < 0:
        return language.gettext(BELOW_ZERO)
    if value >= span(meter.digits):
        return language.gettext(TOO_MANY_DIGITS) % {"digits": meter.digits}
    if value != value.quantize(PLACES):
        return language.gettext(TOO_FINE)
    if value < last.value and last.kind != ESTIMATED and not rollover_candidate(last.value, value, meter.digits):
        shown = {"value": language.number(last.value.normalize()), "unit": meter.unit}
        if value == 0:
            return language.gettext(ZERO) % shown
        return "" if lower else language.gettext(BELOW) % shown
    return ""


def _wrong_day(last: Point, day: date, today: date, language: Language) -> str:
    if day > today:
        return language.gettext(YET_TO_COME)
    if day <= last.on:
        return language.gettext(NOT_AFTER_LAST) % {"day": language.short_day(last.on)}
    return ""
