"""Rows of persons, their accounts, sessions, candidate groups and case links."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, TenantOwned


class Person(TenantOwned, Base):
    """Somebody personal content is about: applicant, customer, clerk."""

    __tablename__ = "persons"

    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    language: Mapped[str] = mapped_column(String(5), default="en")


class Account(TenantOwned, Base):
    """A login. `state`: pending (temporary secret, first login awaited), active, locked, closed."""

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("tenant_id", "login"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), index=True)
    login: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), default="active")
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    secret_hash: Mapped[str] = mapped_column(String(200), default="")
    """Hash of the temporary password of a pending account; each sending supersedes the last."""
    secret_expires_at: Mapped[datetime | None]
    office: Mapped[str] = mapped_column(String(40), default="")
    """Code of the office a clerk is limited to; empty for the whole utility."""
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read by SQLAlchemy, never changed


class Office(TenantOwned, Base):
    """A place of a utility where clerks work. Who is of none, and a case that is of none, are the whole utility's."""

    __tablename__ = "offices"
    __table_args__ = (UniqueConstraint("tenant_id", "code"),)

    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(100))


class Membership(TenantOwned, Base):
    """An account's place in a candidate group."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("tenant_id", "account_id", "group"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    group: Mapped[str] = mapped_column(String(60))


class Session(TenantOwned, Base):
    """A signed-in browser or client; only hashes of its secrets are kept.

    `stage` is what it is good for: open, prove-factor (the password was right, a second factor is asked for),
    set-up-factor. `proved_at`: when its holder last proved who they are, for acts that ask for a recent proof.
    `challenge`: what a passkey has to sign next.
    """

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_token", "token_hash", unique=True),)

    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"), index=True)
    """Set instead of the account when the session was opened by a case link."""
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    proved_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    client: Mapped[str] = mapped_column(String(200), default="")
    """What the browser calls itself, so that its owner recognises it in the list of sessions."""
    stage: Mapped[str] = mapped_column(String(20), default="open")
    challenge: Mapped[bytes | None] = mapped_column(LargeBinary(64))


class CaseLink(TenantOwned, Base):
    """The one case an applicant without an account may see; revocable, only a hash of the token is kept."""

    __tablename__ = "case_links"
    __table_args__ = (Index("ix_case_links_token", "token_hash", unique=True),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    """When it was first followed: whoever did so reads the address it was sent to."""
    revoked_at: Mapped[datetime | None]
