"""Rows of calendars: the days on which a utility works, where its country's rules do not say it already."""

from datetime import date

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Document, TenantOwned


class CalendarRow(TenantOwned, Base):
    """A utility's calendar: whose public holidays it keeps (ISO 3166 code, lower case, or empty for none).

    A utility without a row keeps those of its country.
    """

    __tablename__ = "calendars"
    __table_args__ = (UniqueConstraint("tenant_id"),)

    country: Mapped[str] = mapped_column(String(2))
    grounds: Mapped[Document] = mapped_column(default=dict)
    """Why the law lets a clock stop or take longer, each by a short key: what people may choose from."""
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read by SQLAlchemy, never changed


class CalendarDay(TenantOwned, Base):
    """A day that differs from the rules: worked (a swapped Saturday) or not (the utility's own day off)."""

    __tablename__ = "calendar_days"
    __table_args__ = (UniqueConstraint("tenant_id", "day"),)

    day: Mapped[date]
    works: Mapped[bool]
    name: Mapped[str] = mapped_column(String(120), default="")
