"""API keys: how machines show who they are. Only a hash is kept; the key is told once, when it is made."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update

from akta.errors import Invalid
from akta.ids import AccountId
from akta.languages import N_
from akta.subjects import Kind, Subject
from people import _rows as rows
from people import events, rights, sessions
from storage.unit_of_work import Transaction, UnitOfWork

PREFIX = "akta_"
SHOWN = 12
"""How much of a key is shown in lists: enough to find it in a configuration, useless to sign in with."""
LONGEST_LIFE = timedelta(days=366)
SEEN_EVERY = timedelta(minutes=5)
LONGEST_NAME = 100


class Unnamed(Invalid):
    """Nobody would know whose key it is."""

    title = N_("Give the key a name of at most 100 characters.")


class NoScope(Invalid):
    """A key that opens nothing, or more than machines may do."""

    title = N_("Choose at least one of the scopes offered.")


class TooLong(Invalid):
    """A key nobody would ever change."""

    title = N_("A key is good for one day to one year.")


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made, told once, here."""

    id: UUID
    key: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """A key as a line of a list."""

    id: UUID
    name: str
    prefix: str
    scopes: tuple[str, ...]
    created_by: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Known:
    """The key a request came with."""

    id: UUID
    subject: Subject


def make(
    tx: Transaction, name: str, scopes: Collection[str], lasting: timedelta, by: AccountId, now: datetime
) -> NewKey:
    """A key for a machine, good for these acts and no longer than a year.

    Raises:
        Unnamed, NoScope, TooLong: name, scopes or lasting cannot be.
    """
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise Unnamed
    if not scopes or not set(scopes) <= rights.SCOPES:
        raise NoScope
    if not timedelta(0) < lasting <= LONGEST_LIFE:
        raise TooLong
    key = PREFIX + secrets.token_urlsafe(sessions.TOKEN_BYTES)
    row = rows.ApiKey(
        name=name.strip(),
        prefix=key[:SHOWN],
        key_hash=sessions.token_hash(key),
        scopes=" ".join(sorted(set(scopes))),
        created_by=by,
        created_at=now,
        expires_at=now + lasting,
    )
    tx.add(row)
    events.note(tx, events.What.KEY_MADE, by, now, name=row.name, prefix=row.prefix, scopes=row.scopes)
    return NewKey(row.id, key, row.expires_at)


def lookup(uow: UnitOfWork, key: str, now: datetime) -> Known | None:
    """Who asks with this key, or None: unknown, expired, revoked, of another utility, or made by a closed account.

    The last use is kept to within five minutes.
    """
    with uow.view() as tx:
        row = tx.session.scalar(
            select(rows.ApiKey)
            .join(rows.Account, rows.Account.id == rows.ApiKey.created_by)
            .where(
                rows.ApiKey.key_hash == sessions.token_hash(key),
                rows.ApiKey.revoked_at.is_(None),
                rows.ApiKey.expires_at > now,
                rows.Account.state == rows.ACTIVE,
            )
        )
        if row is None:
            return None
        scopes = frozenset(row.scopes.split())
        known = Known(row.id, Subject(tenant=tx.tenant, kind=Kind.MACHINE, name=row.name, scopes=scopes))
        used_lately = row.used_at is not None and now < row.used_at + SEEN_EVERY
    if not used_lately:
        with uow.begin() as tx:
            tx.session.execute(update(rows.ApiKey).where(rows.ApiKey.id == known.id).values(used_at=now))
    return known


def listed(tx: Transaction) -> Sequence[Shown]:
    """All keys, the newest first; revoked and expired ones too."""
    found = tx.session.execute(
        select(rows.ApiKey, rows.Person.name)
        .join(rows.Account, rows.Account.id == rows.ApiKey.created_by)
        .join(rows.Person, rows.Person.id == rows.Account.person_id)
        .order_by(rows.ApiKey.id.desc())
    )
    return [
        Shown(
            row.id,
            row.name,
            row.prefix,
            tuple(row.scopes.split()),
            name,
            row.created_at,
            row.expires_at,
            row.used_at,
            row.revoked_at,
        )
        for row, name in found
    ]


def revoke(tx: Transaction, key_id: UUID, by: AccountId, now: datetime) -> None:
    """End a key at once; revoking it again changes nothing.

    Raises:
        NotFound: there is no such key.
    """
    row = tx.locked(rows.ApiKey, key_id)
    if row.revoked_at is None:
        row.revoked_at = now
        events.note(tx, events.What.KEY_REVOKED, by, now, name=row.name, prefix=row.prefix)
