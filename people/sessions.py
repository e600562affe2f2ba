"""Sessions: opaque tokens kept as hashes, bound to one tenant and to one account or one case."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select, update

from akta.errors import NotFound
from akta.ids import AccountId, CaseId, PersonId
from akta.subjects import Kind, Subject
from people import _rows as rows
from people import events
from storage.cases import Case
from storage.unit_of_work import Transaction, UnitOfWork

TOKEN_BYTES = 32
LASTING = {
    Kind.STAFF: timedelta(hours=10),
    Kind.CUSTOMER: timedelta(hours=2),
    Kind.CASE_LINK: timedelta(hours=2),
}
"""How long a session lives from sign-in, whatever happens in it."""
IDLE = {
    Kind.STAFF: timedelta(hours=2),
    Kind.CUSTOMER: timedelta(hours=1),
    Kind.CASE_LINK: timedelta(hours=2),
}
"""How long a session lives without being used."""
SEEN_EVERY = timedelta(minutes=2)
"""How exactly the last use of a session is kept: a read does not become a write each time."""
PROOF_LASTING = timedelta(minutes=15)
"""How long a proof of who one is holds for acts that ask for a recent one."""
LONGEST_CLIENT = 200


class Stage(StrEnum):
    """What a session is good for. Only an open one opens more than what leads there."""

    OPEN = "open"
    CHANGE_PASSWORD = "change-password"  # noqa: S105 - the name of a stage
    PROVE_FACTOR = "prove-factor"
    SET_UP_FACTOR = "set-up-factor"


@dataclass(frozen=True, slots=True)
class Session:
    """A live session."""

    id: UUID
    subject: Subject
    csrf: str
    expires_at: datetime
    stage: Stage = Stage.OPEN
    proved_at: datetime | None = None

    @property
    def must_change(self) -> bool:
        return self.stage is Stage.CHANGE_PASSWORD

    def proved_lately(self, now: datetime) -> bool:
        return self.proved_at is not None and now < self.proved_at + PROOF_LASTING


@dataclass(frozen=True, slots=True)
class Opened:
    """A session just opened: its token leaves the house once, here; only the hash is kept."""

    token: str
    expires_at: datetime
    stage: Stage = Stage.OPEN

    @property
    def must_change(self) -> bool:
        return self.stage is Stage.CHANGE_PASSWORD


@dataclass(frozen=True, slots=True)
class Shown:
    """A live session as a line in its owner's list."""

    id: UUID
    client: str
    created_at: datetime
    seen_at: datetime
    current: bool


def new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def open_for_account(
    tx: Transaction, account: rows.Account, now: datetime, *, client: str = "", proved: bool = False
) -> Opened:
    """A session at the stage the account is at; `proved` says that a second factor was shown already."""
    stage = _stage(tx, account, proved)
    return _open(tx, Kind(account.kind), now, stage, account_id=account.id, client=client)


def open_for_case(tx: Transaction, case_id: CaseId, now: datetime) -> Opened:
    return _open(tx, Kind.CASE_LINK, now, Stage.OPEN, case_id=case_id)


def lookup(uow: UnitOfWork, token: str, now: datetime, *, used: bool = True) -> Session | None:
    """The live session of this token, or None: unknown, expired, left unused, ended, of another tenant, or of a
    closed account. Asking counts as use unless it says otherwise."""
    with uow.view() as tx:
        # With whose it is, so that nothing of it is read apart.
        known = (
            select(rows.Session, rows.Account, rows.Person)
            .outerjoin(rows.Account, rows.Account.id == rows.Session.account_id)
            .outerjoin(rows.Person, rows.Person.id == rows.Account.person_id)
            .where(
                rows.Session.token_hash == token_hash(token),
                rows.Session.ended_at.is_(None),
                rows.Session.expires_at > now,
            )
        )
        held = tx.session.execute(known).one_or_none()
        if held is None:
            return None
        found = held[0]
        live = _of_account(tx, found) if found.account_id else _of_case(tx, found, now)
        if live is None or now >= found.seen_at + IDLE[live.subject.kind]:
            return None
        seen_lately = now < found.seen_at + SEEN_EVERY
    if used and not seen_lately:
        with uow.begin() as tx:
            tx.session.execute(update(rows.Session).where(rows.Session.id == live.id).values(seen_at=now))
    return live


def listed(tx: Transaction, account_id: AccountId, current: UUID | None, now: datetime) -> Sequence[Shown]:
    """The live sessions of an account, the one used last first."""
    found = tx.session.scalars(
        select(rows.Session)
        .where(
            rows.Session.account_id == account_id,
            rows.Session.ended_at.is_(None),
            rows.Session.expires_at > now,
        )
        .order_by(rows.Session.seen_at.desc(), rows.Session.id.desc())
    )
    return [Shown(row.id, row.client, row.created_at, row.seen_at, row.id == current) for row in found]


def revoke(uow: UnitOfWork, account_id: AccountId, session_id: UUID, now: datetime) -> None:
    """End one of one's own sessions.

    Raises:
        NotFound: this account has no such session.
    """
    with uow.begin() as tx:
        if tx.get(rows.Session, session_id).account_id != account_id:
            raise NotFound(f"session {session_id}")
        _end(tx, now, rows.Session.id == session_id)
        events.note(tx, events.What.SESSION_REVOKED, account_id, now)


def renew(tx: Transaction, session_id: UUID, now: datetime) -> Opened:
    """Replace a session whose holder has just proved who they are: another token (rotation), the same end.

    Raises:
        NotFound: it has ended meanwhile.
    """
    old = tx.locked(rows.Session, session_id)
    if old.ended_at is not None or old.account_id is None:
        raise NotFound(f"session {session_id}")
    account = tx.get(rows.Account, old.account_id)
    opened = _open(
        tx, Kind(account.kind), now, _stage(tx, account, proved=True), account_id=account.id, client=old.client
    )
    old.ended_at = now
    return opened


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
    stage: Stage,
    *,
    account_id: UUID | None = None,
    case_id: UUID | None = None,
    client: str = "",
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
            seen_at=now,
            proved_at=now,
            client=client[:LONGEST_CLIENT],
            stage=(Stage.OPEN if stage is Stage.CHANGE_PASSWORD else stage).value,
        )
    )
    return Opened(token, expires_at, stage)


def _stage(tx: Transaction, account: rows.Account, proved: bool) -> Stage:
    if account.state == rows.PENDING:
        return Stage.CHANGE_PASSWORD
    has_factor = tx.session.scalar(
        select(rows.SecondFactor.id)
        .where(rows.SecondFactor.account_id == account.id, rows.SecondFactor.confirmed_at.is_not(None))
        .limit(1)
    )
    if has_factor is not None:
        return Stage.OPEN if proved else Stage.PROVE_FACTOR
    asked_of = tx.get(rows.Tenant, tx.tenant).profile.get("second_factor", "")
    return Stage.SET_UP_FACTOR if asked_of == account.kind and not proved else Stage.OPEN


def _of_account(tx: Transaction, found: rows.Session) -> Session | None:
    account = None if found.account_id is None else tx.find(rows.Account, found.account_id)
    if account is None or account.state not in rows.MAY_SIGN_IN:
        return None
    stage = Stage.CHANGE_PASSWORD if account.state == rows.PENDING else Stage(found.stage)
    return Session(found.id, subject_of(tx, account), found.csrf, found.expires_at, stage, found.proved_at)


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
        office=account.office,
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
