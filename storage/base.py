"""Column types and base classes that every table uses, the utility's own tables too."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, DateTime, ForeignKey, MetaData, Numeric, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator, TypeEngine

from akta.ids import TenantId, new_id


class UtcDateTime(TypeDecorator[datetime]):
    """An instant; SQLite keeps no zone, so it is put back on reading. Naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("an instant needs a zone")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Fixed(TypeDecorator[Decimal]):
    """A decimal with a fixed number of places; more places are refused, never rounded.

    Scaled integers on SQLite, which has no exact decimals: compare and sum in SQL, but do not multiply.
    """

    impl = Numeric
    cache_ok = True

    def __init__(self, places: int = 2) -> None:
        super().__init__(18, places)
        self.places = places

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(BigInteger() if dialect.name == "sqlite" else Numeric(18, self.places))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        scaled = Decimal(value).scaleb(self.places)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than {self.places} decimal places")
        return int(scaled) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-self.places) if dialect.name == "sqlite" else value


class Names(TypeDecorator[Sequence[str]]):
    """A few names in one column, such as `,front-desk,metering,`: written and read with their row. None has a comma."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> str:
        names = dict.fromkeys(part.strip() for name in value or () for part in name.split(",") if part.strip())
        return f",{','.join(names)}," if names else ""

    def process_result_value(self, value: str | None, dialect: Dialect) -> Sequence[str]:
        return tuple(sorted((value or "").strip(",").split(","))) if value else ()


Document = Mapping[str, Any]
"""Plain JSON: text, numbers, booleans, null, lists and mappings; decimals and dates as text."""

JsonColumn = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
}
"""Every constraint has a name, or SQLite could never drop it in a migration; checks bring their own."""


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {UUID: Uuid(as_uuid=True), datetime: UtcDateTime, Document: JsonColumn}  # noqa: RUF012


class TenantOwned:
    """A row that belongs to one utility. Every query of a unit of work is confined to its tenant.

    The tenant alone is no index worth its upkeep: it leads the indexes by which a table is read.
    """

    tenant_id: Mapped[TenantId] = mapped_column(Uuid(as_uuid=True), ForeignKey("tenants.id"))
    id: Mapped[UUID] = mapped_column(Uuid(as_uuid=True), primary_key=True, default=new_id)
