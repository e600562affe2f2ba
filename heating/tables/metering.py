"""Rows of supply points, meters, readings, the decisions about them, and the ledger of what may be billed."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Fixed, TenantOwned


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


class Reading(TenantOwned, Base):
    """What a meter showed on a day. Rows are only added: a correction is another row that points to this one.

    `kind`: normal, self, estimated, control, correction. Its state follows from `reading_decisions` and
    `billed_readings`: submitted, verified, corrected, rejected, superseded, taken_over, billed.
    """

    __tablename__ = "readings"
    __table_args__ = (
        UniqueConstraint("replaces_id"),
        Index("ix_readings_meter", "tenant_id", "meter_id", "read_at", "id"),
        CheckConstraint("value >= 0", name="ck_readings_value"),
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
        UniqueConstraint("meter_id", "previous_at"),
        Index("ix_reading_ledger_meter", "tenant_id", "meter_id", "read_at"),
        CheckConstraint("submitter_id is null or verifier_id <> submitter_id", name="ck_reading_ledger_four_eyes"),
        CheckConstraint("consumption >= 0", name="ck_reading_ledger_consumption"),
        CheckConstraint("read_at > previous_at", name="ck_reading_ledger_period"),
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
    verifier_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    verifier_name: Mapped[str] = mapped_column(String(200))
    submitter_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    submitter_name: Mapped[str] = mapped_column(String(200), default="")
    task_id: Mapped[UUID] = mapped_column(ForeignKey("tasks.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    posted_at: Mapped[datetime]


def _refuse(_mapper: object, _connection: object, row: Base) -> None:
    raise RuntimeError(f"{type(row).__name__} rows are only added, never changed or removed")


for _kind in (Reading, ReadingDecision, LedgerEntry):
    event.listen(_kind, "before_update", _refuse)
    event.listen(_kind, "before_delete", _refuse)
