"""Lists of readings that come in one file: looked through line by line, then taken as a whole or not at all."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from uuid import UUID

from sqlalchemy import Select, delete, select

from akta.errors import Conflict, NotFound
from akta.ids import new_id
from akta.languages import N_
from akta.subjects import Door, Kind, Subject
from heating import meters, profile, sheets
from heating.acts import MandateAct
from heating.consumption import ESTIMATED, PLACES, Point, rollover_candidate, span
from heating.sheets import FORMULA, Row
from heating.tables.metering import Meter, Reading, ReadingDecision, ReadingList, ReadingListLine, SupplyPoint
from heating.visibility import contracts_of
from storage.unit_of_work import Transaction, UnitOfWork
from workflows import cases
from workflows.cases import NewCase
from workflows.runtime import Runtime

BUNDLE = "meter-reading"
AT_ONCE = 100
"""Cases opened in one transaction."""
TOGETHER = 500
"""Lines looked up in one query."""

FAULTS: Mapping[str, str] = {
    "unknown-meter": N_("There is no such meter, or it is not on this contract."),
    "removed": N_("This meter was removed."),
    "formula": N_("The cell holds a formula; send the value."),
    "no-value": N_("There is no value."),
    "no-number": N_("The value is not a number."),
    "below-zero": N_("A meter never shows less than zero."),
    "too-many-digits": N_("The meter has fewer digits."),
    "too-fine": N_("More than three decimal places."),
    "below-last": N_("Below the last reading."),
    "no-day": N_("There is no day."),
    "not-a-day": N_("The day cannot be read."),
    "yet-to-come": N_("The day is yet to come."),
    "not-after-last": N_("The day is not after the last reading."),
    "twice": N_("The same meter stands in the list before."),
    "waiting": N_("Another reading of this meter is being checked."),
}
"""Why a line is not taken: msgids by code."""

_HEADINGS = (
    ("serial", "výrobní", "vyrobni", "gyári", "gyari", "numer", "serie", "contor", "meter", "měřidlo", "licznik"),
    ("value", "stav", "állás", "allas", "stan", "indice", "hodnota", "reading"),
    ("date", "day", "datum", "den", "dátum", "nap", "data", "ziua"),
)
_NUMBER = re.compile(r"-?\d{1,15}([.,]\d{1,15})?")
_SPACES = re.compile(r"[\s\u00a0\u202f]")


class TakenAlready(Conflict):
    """The list was taken or dropped before."""

    title = N_("This list was taken before.")


@dataclass(frozen=True, slots=True)
class _Known:
    """What the lines of a list are held against."""

    meters: Mapping[str, Meter]
    last: Mapping[UUID, Point]
    removed: frozenset[str]
    waiting: frozenset[UUID]
    today: date


def check(uow: UnitOfWork, subject: Subject, name: str, content: bytes, now: datetime) -> UUID:
    """Read a list and keep it with what speaks against each of its lines; nothing is taken yet. The same file sent
    again by the same person is the same list.

    Raises:
        sheets.NoTable, sheets.TooLong: as their names say.
    """
    lines = list(_lines(sheets.rows(content)))
    digest = sha256(content).hexdigest()
    with uow.begin() as tx:
        known = select(ReadingList).where(ReadingList.sha256 == digest, ReadingList.uploaded_by == subject.account)
        earlier = tx.session.scalar(known)
        if earlier is not None and earlier.state != "dropped":
            return earlier.id
        if subject.account is None:
            raise ValueError("a list is sent by an account")
        row = earlier or ReadingList(id=new_id(), sha256=digest, uploaded_by=subject.account, name="", uploaded_at=now)
        row.name, row.state = name[:200], "checked"
        if earlier is None:
            tx.add(row)
        checked = _checked(tx, subject, row.id, lines, now)
        row.bad = sum(bool(line.fault) for line in checked)
        row.good = len(checked) - row.bad
        if earlier is not None:
            tx.session.execute(delete(ReadingListLine).where(ReadingListLine.list_id == row.id))
        tx.add(*checked)
        return row.id


def take(
    uow: UnitOfWork,
    runtime: Runtime,
    subject: Subject,
    door: Door,
    list_id: UUID,
    now: datetime,
    *,
    at_once: int = AT_ONCE,
) -> int:
    """Take every line that nothing speaks against, and open a case for each; how many cases were opened now.

    Whether the list is taken is decided in one transaction. The cases follow in parts; where that broke off, taking
    the list again opens those that are left, and none twice.

    Raises:
        NotFound: there is no such list of this subject.
        TakenAlready: it was dropped.
    """
    with uow.begin() as tx:
        row = _own(tx, subject, list_id)
        row = tx.locked(ReadingList, row.id)
        if row.state == "dropped":
            raise TakenAlready(f"list {list_id}")
        if row.state == "checked":
            row.state, row.taken_at = "taken", now
    opened = 0
    while True:
        with uow.begin() as tx:
            tx.locked(ReadingList, list_id)
            left = tx.session.scalars(_left(list_id).limit(at_once)).all()
            for line in left:
                _open(tx, runtime, subject, door, line, now)
        opened += len(left)
        if len(left) < at_once:
            return opened


def drop(uow: UnitOfWork, subject: Subject, list_id: UUID) -> None:
    """Decide not to take a list.

    Raises:
        NotFound: there is no such list of this subject.
        TakenAlready: it was taken.
    """
    with uow.begin() as tx:
        row = tx.locked(ReadingList, _own(tx, subject, list_id).id)
        if row.state == "taken":
            raise TakenAlready(f"list {list_id}")
        row.state = "dropped"


def find(tx: Transaction, subject: Subject, list_id: UUID) -> ReadingList:
    """A list the subject sent.

    Raises:
        NotFound: there is none.
    """
    return _own(tx, subject, list_id)


def lines_of(
    tx: Transaction, list_id: UUID, *, faulty: bool | None = None, after: int = 0, limit: int = 50
) -> Sequence[ReadingListLine]:
    """Lines of a list in their order, those that are not taken first by choice."""
    wanted = select(ReadingListLine).where(ReadingListLine.list_id == list_id, ReadingListLine.number > after)
    if faulty is not None:
        wanted = wanted.where(ReadingListLine.fault != "" if faulty else ReadingListLine.fault == "")
    return tx.session.scalars(wanted.order_by(ReadingListLine.number).limit(limit)).all()


def left(tx: Transaction, list_id: UUID) -> int:
    """How many lines of a taken list have no case yet."""
    return len(tx.session.scalars(_left(list_id).with_only_columns(ReadingListLine.id)).all())


def _left(list_id: UUID) -> Select[ReadingListLine]:
    return (
        select(ReadingListLine)
        .where(ReadingListLine.list_id == list_id, ReadingListLine.fault == "", ReadingListLine.opened.is_(False))
        .order_by(ReadingListLine.number)
    )


def _own(tx: Transaction, subject: Subject, list_id: UUID) -> ReadingList:
    row = tx.get(ReadingList, list_id)
    if row.uploaded_by != subject.account:
        raise NotFound(f"list {list_id}")
    return row


def _open(
    tx: Transaction, runtime: Runtime, subject: Subject, door: Door, line: ReadingListLine, now: datetime
) -> None:
    new = NewCase(
        bundle=BUNDLE,
        channel="list",
        language=profile.of(tx).language,
        submission_key=sha256(f"list\n{line.list_id}\n{line.number}".encode()).hexdigest(),
        received_at=now,
        variables={
            "meter": str(line.meter_id),
            "value": line.value,
            "read_at": line.read_at,
            "comment": "",
            "photo": None,
            "received_by": "list",
        },
        person=subject.person if subject.kind is Kind.CUSTOMER else None,
    )
    cases.start(tx, runtime, new, subject.acting(door), now)
    line.opened = True


def _lines(rows: Sequence[Row]) -> Iterator[tuple[int, str, str, str]]:
    """Number, serial, value and day of each row, as written. A first row of headings says which column is which."""
    places = _headed(rows[0])
    for row in rows if places is None else rows[1:]:
        serial, value, day = (row.cells[place] if place < len(row.cells) else "" for place in places or (0, 1, 2))
        yield row.number, serial, value, day


def _headed(row: Row) -> tuple[int, int, int] | None:
    found = []
    for words in _HEADINGS:
        places = [n for n, cell in enumerate(row.cells) if any(word in cell.lower() for word in words)]
        if not places:
            return None
        found.append(places[0])
    return (found[0], found[1], found[2]) if len(set(found)) == 3 else None


def _checked(
    tx: Transaction, subject: Subject, list_id: UUID, lines: Sequence[tuple[int, str, str, str]], now: datetime
) -> list[ReadingListLine]:
    seen: set[UUID] = set()
    found: list[ReadingListLine] = []
    today = profile.of(tx).today(now)
    for start in range(0, len(lines), TOGETHER):
        part = lines[start : start + TOGETHER]
        known = _known(tx, subject, {_SPACES.sub("", serial) for _, serial, _, _ in part}, today)
        for number, serial, value, day in part:
            line = ReadingListLine(
                list_id=list_id,
                number=number,
                serial=_shown(serial),
                value_written=_shown(value),
                day_written=_shown(day),
            )
            line.fault = _fault(known, line, (serial, value, day), seen)
            found.append(line)
    return found


def _shown(text: str) -> str:
    return "=…" if text == FORMULA else text[:100]


def _known(tx: Transaction, subject: Subject, serials: set[str], today: date) -> _Known:
    wanted = select(Meter).where(Meter.serial.in_(serials))
    if subject.kind is Kind.CUSTOMER:
        wanted = wanted.join(SupplyPoint, SupplyPoint.id == Meter.supply_point_id).where(
            SupplyPoint.contract_id.in_(contracts_of(subject, MandateAct.READINGS))
        )
    rows = tx.session.scalars(wanted).all()
    hanging = {row.serial: row for row in rows if row.removed_on is None}
    histories = meters.histories(tx, hanging.values())
    ids = [row.id for row in hanging.values()]
    undecided = (
        select(Reading.meter_id)
        .outerjoin(ReadingDecision, ReadingDecision.reading_id == Reading.id)
        .where(Reading.meter_id.in_(ids), ReadingDecision.id.is_(None))
    )
    return _Known(
        meters=hanging,
        last={row.id: meters.last_point(row, histories[row.id]) for row in hanging.values()},
        removed=frozenset(row.serial for row in rows if row.removed_on is not None),
        waiting=frozenset(tx.session.scalars(undecided)),
        today=today,
    )


def _fault(known: _Known, line: ReadingListLine, written: tuple[str, str, str], seen: set[UUID]) -> str:
    """Why a line is not taken, or nothing; fills in what it was understood as."""
    serial, value, day = written
    if FORMULA in written:
        return "formula"
    key = _SPACES.sub("", serial)
    meter = known.meters.get(key)
    if meter is None:
        return "removed" if key in known.removed else "unknown-meter"
    line.meter_id = meter.id
    last = known.last[meter.id]
    fault = _wrong_value(line, meter, last, value) or _wrong_day(line, last, day, known.today)
    if fault:
        return fault
    if meter.id in seen:
        return "twice"
    seen.add(meter.id)
    return "waiting" if meter.id in known.waiting else ""


def _wrong_value(line: ReadingListLine, meter: Meter, last: Point, written: str) -> str:
    text = _SPACES.sub("", written)
    if not text:
        return "no-value"
    if not _NUMBER.fullmatch(text):
        return "no-number"
    value = Decimal(text.replace(",", "."))
    if value < 0:
        return "below-zero"
    if value >= span(meter.digits):
        return "too-many-digits"
    if value != value.quantize(PLACES):
        return "too-fine"
    line.value = value.quantize(PLACES)
    lower = value < last.value and last.kind != ESTIMATED
    return "below-last" if lower and not rollover_candidate(last.value, value, meter.digits) else ""


def _wrong_day(line: ReadingListLine, last: Point, written: str, today: date) -> str:
    if not written:
        return "no-day"
    day = _day(written)
    if day is None:
        return "not-a-day"
    line.read_at = day
    if day > today:
        return "yet-to-come"
    return "not-after-last" if day <= last.on else ""


def _day(written: str) -> date | None:
    """A day as ISO, as the five languages write it, or as a workbook counts it."""
    text = _SPACES.sub("", written).rstrip(".")
    orders: tuple[tuple[str, Callable[[re.Match[str]], tuple[str, str, str]]], ...] = (
        (r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})", lambda m: (m[1], m[2], m[3])),
        (r"(\d{1,2})[./](\d{1,2})[./](\d{4})", lambda m: (m[3], m[2], m[1])),
    )
    for pattern, order in orders:
        found = re.fullmatch(pattern, text)
        if found:
            year, month, day = (int(part) for part in order(found))
            try:
                return date(year, month, day)
            except ValueError:
                return None
    return sheets.serial_day(text)
