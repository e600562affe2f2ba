"""Rows of utilities: the tenants that share an installation."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from akta.ids import new_id
from storage.base import Base, Document, TenantOwned


class Tenant(Base):
    """One utility. `code` is the first part of its addresses; `profile` holds what differs between utilities."""

    __tablename__ = "tenants"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    country: Mapped[str] = mapped_column(String(2))
    language: Mapped[str] = mapped_column(String(5))
    zone: Mapped[str] = mapped_column(String(40))
    currency: Mapped[str] = mapped_column(String(3))
    phone: Mapped[str] = mapped_column(String(40))
    dispatch_phone: Mapped[str] = mapped_column(String(40))
    email: Mapped[str] = mapped_column(String(200))
    profile: Mapped[Document] = mapped_column(default=dict)

    def local(self, instant: datetime) -> datetime:
        """The same instant on the clocks of the utility."""
        return instant.astimezone(ZoneInfo(self.zone))


class Counter(TenantOwned, Base):
    """The last number given out under a name (references of cases, numbers of invoices); never goes back."""

    __tablename__ = "counters"
    __table_args__ = (UniqueConstraint("tenant_id", "name"),)

    name: Mapped[str] = mapped_column(String(60))
    value: Mapped[int]
