"""Rows of documents and of messages sent: what is in the object store and what left the house."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Document, TenantOwned


class DocumentRow(TenantOwned, Base):
    """One stored file. Its object key is random; name, hash, type and retention live here.

    `case_id` is empty while an upload waits to be attached; `upload_key` is the secret its sender holds until then.
    `origin`: uploaded or generated. `scan`: unscanned, clean, infected.
    """

    __tablename__ = "documents"
    __table_args__ = (Index("ix_documents_case", "tenant_id", "case_id", "id"),)

    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"))
    upload_key: Mapped[str] = mapped_column(String(64), default="")
    object_key: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(60))
    """What it is in the case: the form field it answers, or the letter it was made from."""
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    origin: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(5), default="")
    scan: Mapped[str] = mapped_column(String(20), default="unscanned")
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(200), default="")
    for_applicant: Mapped[bool] = mapped_column(default=True)
    data: Mapped[Document] = mapped_column(default=dict)
    """Of a generated document: template hash and the hash of the data it was filled with."""


class MessageRow(TenantOwned, Base):
    """An e-mail that was handed over. `personal` has address and text; of credentials the text is never kept."""

    __tablename__ = "messages"

    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"), index=True)
    message_key: Mapped[str] = mapped_column(String(160), unique=True)
    template: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(5))
    subject: Mapped[str] = mapped_column(Text)
    personal: Mapped[Document | None]
    sent_at: Mapped[datetime]
