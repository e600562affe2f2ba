"""Rows of signings: documents frozen for signature, who signed them, and the codes by which they sign at a distance."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Document, TenantOwned


class Signing(TenantOwned, Base):
    """One set of documents sent for signature in a case. `state`: open, signed, declined, expired, wrong-signer, void.

    Its documents never change once they are sent: `digest` is the hash over theirs. A case has one open set at most.
    """

    __tablename__ = "signings"
    __table_args__ = (
        Index(
            "uq_signings_open",
            "case_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
            sqlite_where=text("state = 'open'"),
        ),
        CheckConstraint(
            "state in ('open', 'signed', 'declined', 'expired', 'wrong-signer', 'void')", name="ck_signings_state"
        ),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    documents: Mapped[Document]
    """`{"documents": [{"id", "letter", "sha256"}]}`, in the order in which they are signed."""
    digest: Mapped[str] = mapped_column(String(64))
    level: Mapped[str] = mapped_column(String(20))
    signers: Mapped[Document]
    """`{"names": [...]}`: who has to sign for the customer."""
    state: Mapped[str] = mapped_column(String(20), default="open")
    opened_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Signature(TenantOwned, Base):
    """That somebody signed one document of a set. `party`: customer or utility; `method`: paper, code, countersign.

    `sha256` is what the document's content was when it was signed.
    """

    __tablename__ = "signatures"
    __table_args__ = (
        UniqueConstraint("signing_id", "document_id", "party", "signer"),
        CheckConstraint("party in ('customer', 'utility')", name="ck_signatures_party"),
    )

    signing_id: Mapped[UUID] = mapped_column(ForeignKey("signings.id"), index=True)
    document_id: Mapped[UUID] = mapped_column(ForeignKey("documents.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    party: Mapped[str] = mapped_column(String(10))
    signer: Mapped[str] = mapped_column(String(200))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"), index=True)
    method: Mapped[str] = mapped_column(String(20))
    signed_at: Mapped[datetime]
    checked_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    """The clerk who checked the paper, or who signed for the utility."""


class SignatureCode(TenantOwned, Base):
    """A one-time code sent to the signer's address; only its hash is kept. It is good for the set with this digest."""

    __tablename__ = "signature_codes"

    signing_id: Mapped[UUID] = mapped_column(ForeignKey("signings.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]
