"""What is told at once when a reading is entered: what no meter can show. The rest is for the clerk to judge."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select

from akta.languages import N_, Language
from akta.subjects import Kind, Subject
from bpmn.values import Value
from heating import meters, profile, visibility
from heating.consumption import PLACES, Point, rollover_candidate, span
from heating.contracts import CONTRACT
from heating.meters import Hung
from heating.tables.metering import Meter
from storage.cases import CaseRelation
from storage.unit_of_work import Transaction

NAME = "reading-entry"
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


def check(
    tx: Transaction, subject: Subject, values: Mapping[str, Value], language: Language, now: datetime
) -> dict[str, str]:
    """A sentence for each answer that cannot be taken; a value below the last one can, with a flag for the clerk."""
    hung = _meter(tx, subject, values.get(METER))
    if hung is None:
        return {METER: language.gettext(UNKNOWN_METER if subject.kind is Kind.STAFF else NOT_YOURS)}
    last = meters.last_point(hung.meter, meters.history(tx, hung.meter))
    found: dict[str, str] = {}
    value, day = values.get(VALUE), values.get(DAY)
    if isinstance(value, Decimal) and (told := _wrong_value(hung.meter, last, value, language)):
        found[VALUE] = told
    if isinstance(day, date) and (told := _wrong_day(last, day, profile.of(tx).today(now), language)):
        found[DAY] = told
    return found


def _meter(tx: Transaction, subject: Subject, key: Value) -> Hung | None:
    """The meter meant, if the subject may submit for it: staff for any, a case link for those of its case."""
    if not isinstance(key, str):
        return None
    if subject.kind in (Kind.STAFF, Kind.SYSTEM):
        return meters.find(tx, key)
    if subject.kind is Kind.CASE_LINK:
        hung = meters.find(tx, key)
        return hung if hung is not None and _of_case(tx, subject, hung) else None
    own = meters.under(tx, visibility.contracts_of(subject))
    return next((hung for hung in own if str(hung.meter.id) == key), None)


def _of_case(tx: Transaction, subject: Subject, hung: Hung) -> bool:
    related = select(CaseRelation.id).where(
        CaseRelation.case_id == subject.case,
        CaseRelation.kind == CONTRACT,
        CaseRelation.object_id == hung.point.contract_id,
    )
    return tx.session.scalars(related).first() is not None


def _wrong_value(meter: Meter, last: Point, value: Decimal, language: Language) -> str:
    if value < 0:
        return language.gettext(BELOW_ZERO)
    if value >= span(meter.digits):
        return language.gettext(TOO_MANY_DIGITS) % {"digits": meter.digits}
    if value != value.quantize(PLACES):
        return language.gettext(TOO_FINE)
    if value == 0 and last.value > 0 and not rollover_candidate(last.value, value, meter.digits):
        shown = language.number(last.value.normalize())
        return language.gettext(ZERO) % {"value": shown, "unit": meter.unit}
    return ""


def _wrong_day(last: Point, day: date, today: date, language: Language) -> str:
    if day > today:
        return language.gettext(YET_TO_COME)
    if day <= last.on:
        return language.gettext(NOT_AFTER_LAST) % {"day": language.short_day(last.on)}
    return ""
