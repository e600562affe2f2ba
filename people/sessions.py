"""Sessions: opaque tokens kept as hashes, bound to one tenant and to one account or one case."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update

from akta.ids import AccountId, CaseId, PersonId
from akta.subjects import Kind, Subject
from people import _rows as rows
from storage.cases import Case
from storage.unit_of_work import Transaction, UnitOfWork

TOKEN_BYTES = 32
LASTING = {
    Kind.STAFF: timedelta(hours=10),
    Kind.CUSTOMER: timedelta(hours=2),
    Kind.CASE_LINK: timedelta(hours=2),
}
"""How long a session lives from sign-in, whatever happens in it."""


@dataclass(frozen=True, slots=True)
class Session:
    """A live session. While `must_change` holds it may do nothing but change the password."""

    id: UUID
    subject: Subject
    csrf: str
    expires_at: datetime
    must_change: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """A session just opened: its token leaves the house once, here; only the hash is kept."""

    token: str
    expires_at: datetime
    must_change: bool = False


def new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def open_for_account(tx: Transaction, account: rows.Account, now: datetime) -> Opened:
    must_change = account.state == rows.PENDING
    return _open(tx, Kind(account.kind), now, must_change, account_id=account.id)


def open_for_case(tx: Transaction, case_id: CaseId, now: datetime) -> Opened:
    return _open(tx, Kind.CASE_LINK, now, False, case_id=case_id)


def lookup(uow: UnitOfWork, token: str, now: datetime) -> Session | None:
    """The live session of this token, or None: unknown, expired, ended, of another tenant, or of a closed account."""
    with uow.view() as tx:
        found = tx.session.scalar(
            select(rows.Session).where(
                rows.Session.token_hash == token_hash(token),
                rows.Session.ended_at.is_(None),
                rows.Session.expires_at > now,
            )
        )
        if found is None:
            return None
        return _of_account(tx, found) if found.account_id else _of_case(tx, found, now)


def end(uow: UnitOfWork, session_id: UUID, now: datetime) -> None:
    """End one session; ending it again changes nothing."""
    with uow.begin() as tx:
        _end(tx, now, rows.Session.id == session_id)


def end_token(uow: UnitOfWork, token: str, now: datetime) -> None:
    """End the session of a token that is being replaced (rotation at sign-in)."""
    with uow.begin() as tx:
        _end(tx, now, rows.Session.token_hash == token_hash(token))


def end_all_of_account(tx: Transaction, account_id: AccountId, now: datetime) -> None:
    _end(tx, now, rows.Session.account_id == account_id)


def end_all_of_case(tx: Transaction, case_id: CaseId, now: datetime) -> None:
    _end(tx, now, rows.Session.case_id == case_id)


def _end(tx: Transaction, now: datetime, which: rows.Condition) -> None:
    tx.session.execute(update(rows.Session).where(which, rows.Session.ended_at.is_(None)).values(ended_at=now))


def _open(
    tx: Transaction,
    kind: Kind,
    now: datetime,
    must_change: bool,
    *,
    account_id: UUID | None = None,
    case_id: UUID | None = None,
) -> Opened:
    token = new_token()
    expires_at = now + LASTING[kind]
    tx.add(
        rows.Session(
            account_id=account_id,
            case_id=case_id,
            token_hash=token_hash(token),
            csrf=secrets.token_urlsafe(24),
            created_at=now,
            expires_at=expires_at,
        )
    )
    return Opened(token, expires_at, must_change)


def _of_account(tx: Transaction, found: rows.Session) -> Session | None:
    account = tx.session.scalar(select(rows.Account).where(rows.Account.id == found.account_id))
    if account is None or account.state not in rows.MAY_SIGN_IN:
        return None
    must_change = account.state == rows.PENDING
    return Session(found.id, subject_of(tx, account), found.csrf, found.expires_at, must_change)


def subject_of(tx: Transaction, account: rows.Account) -> Subject:
    """Who asks when this account does."""
    person = tx.get(rows.Person, account.person_id)
    return Subject(
        tenant=tx.tenant,
        kind=Kind(account.kind),
        name=person.name,
        account=AccountId(account.id),
        person=PersonId(person.id),
        groups=_groups(tx, account),
        language=person.language,
    )


def _groups(tx: Transaction, account: rows.Account) -> frozenset[str]:
    if account.kind != Kind.STAFF.value:
        return frozenset()
    return frozenset(tx.session.scalars(select(rows.Membership.group).where(rows.Membership.account_id == account.id)))


def _of_case(tx: Transaction, found: rows.Session, now: datetime) -> Session | None:
    """Lives only as long as a link of its case does: revoking the links ends it at once."""
    link = tx.session.scalar(
        select(rows.CaseLink)
        .where(
            rows.CaseLink.case_id == found.case_id,
            rows.CaseLink.revoked_at.is_(None),
            rows.CaseLink.expires_at > now,
        )
        .order_by(rows.CaseLink.id.desc())
        .limit(1)
    )
    if link is None:
        return None
    person = tx.get(rows.Person, link.person_id) if link.person_id else None
    subject = Subject(
        tenant=tx.tenant,
        kind=Kind.CASE_LINK,
        name=person.name if person else "",
        person=PersonId(person.id) if person else None,
        case=CaseId(link.case_id),
        language=person.language if person else tx.get(Case, link.case_id).language,
    )
    return Session(found.id, subject, found.csrf, found.expires_at)
