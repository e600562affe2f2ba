"""Rows by which people and machines prove who they are, and by which that is limited and kept on record."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Document, TenantOwned


class Throttle(TenantOwned, Base):
    """How often something was tried under one key (a hash) since `since`."""

    __tablename__ = "throttles"
    __table_args__ = (UniqueConstraint("tenant_id", "key"), Index("ix_throttles_since", "since"))

    key: Mapped[str] = mapped_column(String(64))
    count: Mapped[int]
    since: Mapped[datetime]


class PasswordReset(TenantOwned, Base):
    """A link by which the owner of an account sets a new password; only a hash of its token is kept."""

    __tablename__ = "password_resets"
    __table_args__ = (Index("ix_password_resets_token", "token_hash", unique=True),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SecondFactor(TenantOwned, Base):
    """Something its owner holds beside the password. `kind`: totp, passkey.

    `secret` is the encrypted key of a TOTP, or the public key of a passkey; `counter` is the last time step used, or
    the passkey's signature counter. Not confirmed yet is not asked for.
    """

    __tablename__ = "second_factors"
    __table_args__ = (UniqueConstraint("tenant_id", "credential_id"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(60))
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    credential_id: Mapped[bytes | None] = mapped_column(LargeBinary(1024))
    counter: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]


class RecoveryCode(TenantOwned, Base):
    """A code that stands in for a lost second factor, once."""

    __tablename__ = "recovery_codes"
    __table_args__ = (UniqueConstraint("tenant_id", "account_id", "code_hash"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    used_at: Mapped[datetime | None]


class ExternalIdentity(TenantOwned, Base):
    """Who an account is at the utility's own OpenID provider: issuer and subject, never the address."""

    __tablename__ = "external_identities"
    __table_args__ = (UniqueConstraint("tenant_id", "issuer", "subject"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    issuer: Mapped[str] = mapped_column(String(300))
    subject: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime]


class ExternalSignIn(TenantOwned, Base):
    """A sign-in that is under way at the OpenID provider; used once, from the browser that began it."""

    __tablename__ = "external_sign_ins"
    __table_args__ = (Index("ix_external_sign_ins_state", "state_hash", unique=True),)

    state_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    browser_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    nonce: Mapped[str] = mapped_column(String(64))
    verifier: Mapped[str] = mapped_column(String(128))
    wished: Mapped[str] = mapped_column(String(300), default="")
    expires_at: Mapped[datetime]


class ApiKey(TenantOwned, Base):
    """A machine's key; only its hash is kept, the prefix is shown. `scopes` are acts, separated by spaces."""

    __tablename__ = "api_keys"
    __table_args__ = (Index("ix_api_keys_key", "key_hash", unique=True),)

    name: Mapped[str] = mapped_column(String(100))
    prefix: Mapped[str] = mapped_column(String(16))
    key_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    scopes: Mapped[str] = mapped_column(String(1000))
    created_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class GroupRequest(TenantOwned, Base):
    """A wish to put a colleague into a powerful group, which a second administrator decides."""

    __tablename__ = "group_requests"
    __table_args__ = (Index("ix_group_requests_open", "tenant_id", "decided_at", "id"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    group: Mapped[str] = mapped_column(String(60))
    reason: Mapped[str] = mapped_column(String(500))
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    asked_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    decided_at: Mapped[datetime | None]
    granted: Mapped[bool | None]


class AccountEvent(TenantOwned, Base):
    """What happened to an account: signing in, factors, groups, closing. Append-only.

    `by_id` is who did it where that was somebody else; `detail` names no secret.
    """

    __tablename__ = "account_events"
    __table_args__ = (Index("ix_account_events_account", "tenant_id", "account_id", "id"),)

    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    detail: Mapped[Document] = mapped_column(default=dict)
