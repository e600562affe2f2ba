"""Self-reading periods: entered by a clerk, then a call for a reading to every meter, some at a time (P04)."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select

from akta.ids import CaseId
from akta.languages import N_, Language
from akta.subjects import Actor, Subject
from bpmn.values import Value
from heating import addressees, consumption, facts, meters, profile
from heating.contracts import CONTRACT
from heating.meters import Hung
from heating.tables.metering import Meter, ReadingWindow
from storage.cases import Case
from storage.unit_of_work import Transaction
from workflows import cases
from workflows.cases import NewCase

BUNDLE = "reading-call"
AT_ONCE = 100
"""Calls made in one step of the process."""
ESTIMATES = frozenset({consumption.ESTIMATED})

ORDER = N_("The period opens before it closes, and readings reach the billing run no earlier than that.")
PAST = N_("This day is over. A period opens in the future.")
TWICE = N_("A period opens on this day already.")

Start = Callable[[Transaction, NewCase, Actor, datetime], Case]
"""Starts a case, in the transaction it is called in."""


def check(
    tx: Transaction, subject: Subject, values: Mapping[str, Value], language: Language, now: datetime
) -> dict[str, str]:
    """What speaks against a period as it was entered."""
    opens, closes, cut_off = (values.get(key) for key in ("opens", "closes", "cut_off"))
    if not (isinstance(opens, date) and isinstance(closes, date) and isinstance(cut_off, date)):
        return {}
    if opens < profile.of(tx).today(now):
        return {"opens": language.gettext(PAST)}
    if not opens < closes <= cut_off:
        return {"closes": language.gettext(ORDER)}
    taken = tx.session.scalar(select(ReadingWindow.id).where(ReadingWindow.opens == opens))
    return {"opens": language.gettext(TWICE)} if taken is not None else {}


def enter(tx: Transaction, case_id: UUID, days: tuple[date, date, date]) -> dict[str, Value]:
    """Enter a period; customers report within it from then on."""
    opens, closes, cut_off = days
    row = ReadingWindow(opens=opens, closes=closes, cut_off=cut_off, case_id=case_id)
    tx.add(row)
    first, last = _moments(tx, row)
    return {"id": str(row.id), "opens_at": first, "closes_at": last}


def call(tx: Transaction, start: Start, window_id: UUID, after: str, by: Actor, now: datetime) -> dict[str, Value]:
    """Call for the readings of the next meters: a case each, once for each period and meter."""
    window = tx.get(ReadingWindow, window_id)
    wanted = meters.hung().where(Meter.serial > after).order_by(None).order_by(Meter.serial).limit(AT_ONCE)
    found = [Hung(meter, point) for meter, point in tx.session.execute(wanted)]
    for each in found:
        _call(tx, start, window, each, by, now)
    return {"after": found[-1].meter.serial if found else after, "done": len(found) < AT_ONCE}


def missing(tx: Transaction, meter_id: UUID, until: date) -> dict[str, Value]:
    """What is known about a meter nobody read: the inputs of the table `missing-reading`."""
    meter = tx.get(Meter, meter_id)
    history = meters.history(tx, meter)
    last = meters.last_point(meter, history)
    normal = facts.expected(tx, meter, history, last.on, until)
    real = next((used.on for used in reversed(history) if used.kind not in ESTIMATES), meter.opening_on)
    value = None if normal is None else (last.value + normal) % consumption.span(meter.digits)
    return {
        "months": Decimal((until.year - real.year) * 12 + until.month - real.month),
        "estimates": Decimal(consumption.in_a_row(history, ESTIMATES)),
        "value": value,
    }


def _call(tx: Transaction, start: Start, window: ReadingWindow, hung: Hung, by: Actor, now: datetime) -> None:
    settings = profile.of(tx)
    first, last = _moments(tx, window)
    new = NewCase(
        bundle=BUNDLE,
        channel="system",
        language=settings.language,
        submission_key=sha256(f"call\n{window.id}\n{hung.meter.id}".encode()).hexdigest(),
        received_at=now,
        person=addressees.person(tx, hung.point.contract_id),
        variables={
            "meter_id": str(hung.meter.id),
            "serial": hung.meter.serial,
            "addressee": addressees.by_post(tx, hung.point.contract_id),
            "closes": window.closes,
            "remind_at": first + (last - first) / 2,
            "closes_at": last,
        },
    )
    case = start(tx, new, by, now)
    cases.relate(tx, CaseId(case.id), CONTRACT, hung.point.contract_id)


def _moments(tx: Transaction, window: ReadingWindow) -> tuple[datetime, datetime]:
    """When the period begins and ends on the clocks of the utility."""
    zone = profile.of(tx).zone
    return (
        datetime.combine(window.opens, time(), zone),
        datetime.combine(window.closes + timedelta(days=1), time(), zone),
    )
