"""Rows of supply points, meters, readings, the decisions about them, and the ledger of what may be billed."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column

from storage.append_only import APPEND_ONLY
from storage.base import Base, Fixed, TenantOwned

_GUARD = {"info": {APPEND_ONLY: True}}


class SupplyPoint(TenantOwned, Base):
    """Where heat or hot water is delivered under a contract. Address parts as in S002-24."""

    __tablename__ = "supply_points"
    __table_args__ = (UniqueConstraint("tenant_id", "number"),)

    number: Mapped[str] = mapped_column(String(20))
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.id"), index=True)
    postcode: Mapped[str] = mapped_column(String(10))
    settlement: Mapped[str] = mapped_column(String(100))
    street: Mapped[str] = mapped_column(String(100))
    building: Mapped[str] = mapped_column(String(20), default="")
    floor: Mapped[str] = mapped_column(String(20), default="")
    door: Mapped[str] = mapped_column(String(20), default="")


class Meter(TenantOwned, Base):
    """A meter at a supply point. `kind`: hot_water, heat. The series of its readings starts at `opening_value`."""

    __tablename__ = "meters"
    __table_args__ = (
        UniqueConstraint("tenant_id", "serial"),
        CheckConstraint("digits between 1 and 12", name="ck_meters_digits"),
        CheckConstraint("opening_value >= 0", name="ck_meters_opening"),
    )

    supply_point_id: Mapped[UUID] = mapped_column(ForeignKey("supply_points.id"), index=True)
    serial: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    unit: Mapped[str] = mapped_column(String(10))
    digits: Mapped[int]
    """Places before the decimal mark; the meter starts again at zero after 10^digits - 1."""
    calibrated_on: Mapped[date]
    valid_until: Mapped[date]
    """The last day on which what it shows may be billed as measured."""
    opening_value: Mapped[Decimal] = mapped_column(Fixed(3))
    opening_on: Mapped[date]
    removed_on: Mapped[date | None]
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("meters.id"), index=True)
    """The meter that hung here before: its last processed reading is its closing value."""


class Reading(TenantOwned, Base):
    """What a meter showed on a day. Rows are only added: a correction is another row that points to this one.

    `kind`: normal, self, estimated, control, correction, closing. Its state follows from `reading_decisions` and
    `billed_readings`: submitted, verified, corrected, rejected, superseded, taken_over, billed.
    """

    __tablename__ = "readings"
    __table_args__ = (
        UniqueConstraint("replaces_id"),
        Index("ix_readings_meter", "tenant_id", "meter_id", "read_at", "id"),
        CheckConstraint("value >= 0", name="ck_readings_value"),
        _GUARD,
    )

    meter_id: Mapped[UUID] = mapped_column(ForeignKey("meters.id"))
    value: Mapped[Decimal] = mapped_column(Fixed(3))
    read_at: Mapped[date]
    kind: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(20))
    """The channel it came by: web, counter, post, e-mail, phone, import."""
    comment: Mapped[str] = mapped_column(Text, default="")
    submitted_at: Mapped[datetime]
    submitter_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    """Who stands behind the number; empty for a person without an account. A correction keeps it."""
    submitter_name: Mapped[str] = mapped_column(String(200), default="")
    entered_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    """Who wrote this row: the submitter, or the clerk who corrected."""
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"), index=True)
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("readings.id"))


class ReadingDecision(TenantOwned, Base):
    """What became of a reading, once: verified, corrected, rejected, superseded, or taken over from before Akta."""

    __tablename__ = "reading_decisions"
    __table_args__ = (
        UniqueConstraint("reading_id"),
        CheckConstraint(
            "outcome in ('verified', 'corrected', 'rejected', 'superseded', 'taken_over')",
            name="ck_reading_decisions_outcome",
        ),
        CheckConstraint(
            "outcome in ('superseded', 'taken_over') or decided_by is not null", name="ck_reading_decisions_clerk"
        ),
        _GUARD,
    )

    reading_id: Mapped[UUID] = mapped_column(ForeignKey("readings.id"))
    outcome: Mapped[str] = mapped_column(String(20))
    decided_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    decided_name: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"), index=True)


class LedgerEntry(TenantOwned, Base):
    """A verified consumption that may be billed: the only thing billing reads, written in `heating/ledger.py` only.

    `submitted_id` is the reading the clerk decided about, `reading_id` the one that counts (another only when the
    clerk corrected it).
    """

    __tablename__ = "reading_ledger"
    __table_args__ = (
        UniqueConstraint("reading_id"),
        UniqueConstraint("submitted_id"),
        UniqueConstraint("meter_id", "previous_at", "version"),
        Index("ix_reading_ledger_meter", "tenant_id", "meter_id", "read_at"),
        CheckConstraint("submitter_id is null or verifier_id <> submitter_id", name="ck_reading_ledger_four_eyes"),
        CheckConstraint("consumption >= 0 or settles", name="ck_reading_ledger_consumption"),
        CheckConstraint("read_at > previous_at", name="ck_reading_ledger_period"),
        CheckConstraint("kind in ('measured', 'estimated')", name="ck_reading_ledger_kind"),
        _GUARD,
    )

    reading_id: Mapped[UUID] = mapped_column(ForeignKey("readings.id"))
    submitted_id: Mapped[UUID] = mapped_column(ForeignKey("readings.id"))
    meter_id: Mapped[UUID] = mapped_column(ForeignKey("meters.id"))
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.id"), index=True)
    value: Mapped[Decimal] = mapped_column(Fixed(3))
    read_at: Mapped[date]
    previous_value: Mapped[Decimal] = mapped_column(Fixed(3))
    previous_at: Mapped[date]
    consumption: Mapped[Decimal] = mapped_column(Fixed(3))
    rollover: Mapped[bool] = mapped_column(default=False)
    kind: Mapped[str] = mapped_column(String(20), default="measured")
    settles: Mapped[bool] = mapped_column(default=False)
    """Whether it starts from an estimate: then it may give back what was estimated too high."""
    version: Mapped[int] = mapped_column(default=1)
    """Grows when an entry that started on the same day was reversed: no two in force cover the same days."""
    verifier_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    verifier_name: Mapped[str] = mapped_column(String(200))
    submitter_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    submitter_name: Mapped[str] = mapped_column(String(200), default="")
    task_id: Mapped[UUID] = mapped_column(ForeignKey("tasks.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    posted_at: Mapped[datetime]


class LedgerReversal(TenantOwned, Base):
    """That a ledger entry no longer counts, why, and which clerk decided it; who asked for it is somebody else."""

    __tablename__ = "ledger_reversals"
    __table_args__ = (
        UniqueConstraint("ledger_id"),
        CheckConstraint("clerk_id <> asked_by", name="ck_ledger_reversals_four_eyes"),
        CheckConstraint("length(reason) > 0", name="ck_ledger_reversals_reason"),
        _GUARD,
    )

    ledger_id: Mapped[UUID] = mapped_column(ForeignKey("reading_ledger.id"))
    reason: Mapped[str] = mapped_column(Text)
    reversed_at: Mapped[datetime]
    clerk_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    clerk_name: Mapped[str] = mapped_column(String(200))
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)


class ReadingWindow(TenantOwned, Base):
    """Days on which customers report readings themselves, and until when readings reach the billing run (P04)."""

    __tablename__ = "reading_windows"
    __table_args__ = (
        UniqueConstraint("tenant_id", "opens"),
        CheckConstraint("opens < closes and closes <= cut_off", name="ck_reading_windows_order"),
    )

    opens: Mapped[date]
    closes: Mapped[date]
    cut_off: Mapped[date]
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"), index=True)


class DegreeDays(TenantOwned, Base):
    """Heating degree days of one month, measured at the utility: what heat consumption is expected from."""

    __tablename__ = "degree_days"
    __table_args__ = (UniqueConstraint("tenant_id", "month"),)

    month: Mapped[date]
    """Its first day."""
    value: Mapped[Decimal] = mapped_column(Fixed(1))


class ReadingList(TenantOwned, Base):
    """A list of readings that came in one file. `state`: checked, taken, dropped."""

    __tablename__ = "reading_lists"
    __table_args__ = (
        CheckConstraint("state in ('checked', 'taken', 'dropped')", name="ck_reading_lists_state"),
        UniqueConstraint("tenant_id", "sha256", "uploaded_by"),
    )

    name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    uploaded_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    uploaded_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(20), default="checked")
    good: Mapped[int] = mapped_column(default=0)
    bad: Mapped[int] = mapped_column(default=0)
    taken_at: Mapped[datetime | None]


class ReadingListLine(TenantOwned, Base):
    """One line of such a list as it came, what it was understood as, and what speaks against taking it."""

    __tablename__ = "reading_list_lines"
    __table_args__ = (UniqueConstraint("list_id", "number"),)

    list_id: Mapped[UUID] = mapped_column(ForeignKey("reading_lists.id"))
    number: Mapped[int]
    serial: Mapped[str] = mapped_column(String(100), default="")
    value_written: Mapped[str] = mapped_column(String(100), default="")
    day_written: Mapped[str] = mapped_column(String(100), default="")
    meter_id: Mapped[UUID | None] = mapped_column(ForeignKey("meters.id"), index=True)
    value: Mapped[Decimal | None] = mapped_column(Fixed(3))
    read_at: Mapped[date | None]
    fault: Mapped[str] = mapped_column(String(40), default="")
    """Code of the reason why it is not taken; empty when it is."""
    opened: Mapped[bool] = mapped_column(default=False)
    """Whether its case was started."""


def _refuse(_mapper: object, _connection: object, row: Base) -> None:
    raise RuntimeError(f"{type(row).__name__} rows are only added, never changed or removed")


for _kind in (Reading, ReadingDecision, LedgerEntry, LedgerReversal):
    event.listen(_kind, "before_update", _refuse)
    event.listen(_kind, "before_delete", _refuse)
