"""Accounts: creating them, signing in, temporary secrets, changing the password."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from akta.errors import Conflict, Forbidden, Invalid
from akta.ids import AccountId
from akta.languages import N_, Language
from akta.subjects import Kind
from people import _rows as rows
from people import groups as known_groups
from people import passwords, sessions
from people.passwords import Hasher
from people.sessions import Opened
from storage.unit_of_work import Transaction, UnitOfWork

SECRET_LASTING = timedelta(days=3)
"""P3D (domain.md §2.4)."""
FAILURES_BEFORE_LOCK = 5
LOCK_LASTING = timedelta(minutes=15)


class SignInFailed(Forbidden):
    """Unknown login, wrong password, locked or closed account: always the same words."""

    title = N_("The login or the password is not right. After five wrong tries signing in pauses for 15 minutes.")


class SecretExpired(Forbidden):
    """The temporary password was right but too old; only its holder can learn that."""

    title = N_("This temporary password has expired. Ask the customer office to send you a new one.")


class LoginTaken(Conflict):
    """An account of this utility has this login already."""

    title = N_("This login is taken.")


class NotPending(Conflict):
    """A temporary secret is only for an account whose owner has not signed in yet."""

    title = N_("This account has been used already; a temporary password would lock its owner out.")


@dataclass(frozen=True, slots=True)
class PasswordEntry:
    """What somebody typed to change a password: the present or temporary one, and the new one twice."""

    old: str
    new: str
    repeat: str


FirstLogin = Callable[[Transaction, AccountId], None]
"""What happens, in the same transaction, when a pending account gets its first own password."""


def normal_login(login: str) -> str:
    return login.strip().casefold()


def create(
    tx: Transaction,
    person: rows.Person,
    login: str,
    kind: Kind,
    now: datetime,
    *,
    groups: Collection[str] = (),
    password_hash: str = "",
) -> rows.Account:
    """Make an account for a person; only staff have groups.

    With the hash of a password it is active at once, without one it is pending until `issue_secret` and the change
    of that temporary password.

    Raises:
        LoginTaken: the utility has an account with this login.
        Invalid: a group is unknown, or somebody else than staff would get one.
    """
    unknown = set(groups) - known_groups.GROUPS
    if unknown or (groups and kind is not Kind.STAFF):
        raise Invalid(f"groups of {kind}: {', '.join(sorted(unknown or groups))}")
    if _by_login(tx, login) is not None:
        raise LoginTaken(login)
    account = rows.Account(
        person_id=person.id,
        login=normal_login(login),
        kind=kind.value,
        state=rows.ACTIVE if password_hash else rows.PENDING,
        password_hash=password_hash,
        created_at=now,
    )
    tx.add(account)
    tx.add(*(rows.Membership(account_id=account.id, group=group) for group in sorted(groups)))
    return account


def issue_secret(uow: UnitOfWork, hasher: Hasher, account_id: AccountId, now: datetime) -> str:
    """A new temporary password, told once, here: only its hash is kept, and the one before stops working.

    Valid for three days. Owns its transaction, because hashing must not hold one open.

    Raises:
        NotPending: the account has a password of its own, or is closed.
    """
    secret = passwords.new_secret()
    hashed = hasher.hash(secret)
    with uow.begin() as tx:
        account = tx.locked(rows.Account, account_id)
        if account.state != rows.PENDING:
            raise NotPending(f"account {account_id} is {account.state}")
        account.secret_hash, account.secret_expires_at = hashed, now + SECRET_LASTING
        account.failures, account.locked_until = 0, None
        sessions.end_all_of_account(tx, account_id, now)
    return secret


def sign_in(uow: UnitOfWork, hasher: Hasher, login: str, password: str, now: datetime) -> Opened:
    """Open a session. Takes as long and says the same for an unknown login as for a wrong password.

    Raises:
        SignInFailed: the login or password is wrong, or the account is locked or closed.
        SecretExpired: the temporary password is right but older than three days.
    """
    with uow.view() as tx:
        found = _by_login(tx, login)
    if found is None:
        hasher.verify("", password)
        raise SignInFailed
    account_id = AccountId(found.id)
    stored = _check(uow, hasher, account_id, password, now)
    refreshed = hasher.hash(password) if hasher.outdated(stored) else stored
    with uow.begin() as tx:
        account = tx.locked(rows.Account, account_id)
        if account.state not in rows.MAY_SIGN_IN or _stored(account) != stored:
            raise SignInFailed
        _keep_refreshed(account, refreshed)
        account.failures, account.locked_until = 0, None
        return sessions.open_for_account(tx, account, now)


def change_password(
    uow: UnitOfWork,
    hasher: Hasher,
    account_id: AccountId,
    entry: PasswordEntry,
    language: Language,
    now: datetime,
    first_login: FirstLogin | None = None,
) -> bool:
    """Set a new password and end all sessions: it works from the next sign-in (S003-10).

    Returns whether this was the account's first own password. `first_login` then runs in the same transaction,
    before the account is locked (it locks cases, and cases come first in the lock order).

    Raises:
        Invalid: with the field `old`, `new` or `repeat` and what to do about it.
        SecretExpired: the temporary password is older than three days.
    """
    _refuse_bad_entry(uow, account_id, entry, language)
    stored = _old_password(uow, hasher, account_id, entry.old, language, now)
    hashed = hasher.hash(entry.new)
    with uow.begin() as tx:
        pending = tx.get(rows.Account, account_id).state == rows.PENDING
        if pending and first_login is not None:
            first_login(tx, account_id)
        account = tx.locked(rows.Account, account_id)
        if account.state not in rows.MAY_SIGN_IN or _stored(account) != stored:
            raise SignInFailed
        account.password_hash, account.state = hashed, rows.ACTIVE
        account.secret_hash, account.secret_expires_at = "", None
        account.failures, account.locked_until = 0, None
        sessions.end_all_of_account(tx, account_id, now)
    return pending


def close(tx: Transaction, account: rows.Account, now: datetime) -> None:
    """Close an account for good: no password opens it, its sessions end. Closing it again changes nothing."""
    account.state = rows.CLOSED
    account.secret_hash, account.secret_expires_at = "", None
    sessions.end_all_of_account(tx, AccountId(account.id), now)


def _by_login(tx: Transaction, login: str) -> rows.Account | None:
    return tx.session.scalar(select(rows.Account).where(rows.Account.login == normal_login(login)))


def _stored(account: rows.Account) -> str:
    return account.secret_hash if account.state == rows.PENDING else account.password_hash


def _keep_refreshed(account: rows.Account, hashed: str) -> None:
    if account.state == rows.PENDING:
        account.secret_hash = hashed
    else:
        account.password_hash = hashed


def _check(uow: UnitOfWork, hasher: Hasher, account_id: AccountId, password: str, now: datetime) -> str:
    """The hash the password was verified against. The try is counted before it is made, so that many at once
    cannot outrun the lock; the hashing itself holds no row."""
    with uow.begin() as tx:
        account = tx.locked(rows.Account, account_id)
        open_to_try = _count_try(account, now) and account.state in rows.MAY_SIGN_IN
        stored = _stored(account) if open_to_try else ""
        expired = account.state == rows.PENDING and not (account.secret_expires_at and now < account.secret_expires_at)
    if not hasher.verify(stored, password):
        raise SignInFailed
    if expired:
        raise SecretExpired
    return stored


def _count_try(account: rows.Account, now: datetime) -> bool:
    """Whether the account may be tried at all now."""
    if account.locked_until is not None and now < account.locked_until:
        return False
    if account.locked_until is not None:
        account.failures, account.locked_until = 0, None
    account.failures += 1
    if account.failures >= FAILURES_BEFORE_LOCK:
        account.locked_until = now + LOCK_LASTING
    return True


def _old_password(
    uow: UnitOfWork, hasher: Hasher, account_id: AccountId, old: str, language: Language, now: datetime
) -> str:
    try:
        return _check(uow, hasher, account_id, old, now)
    except SignInFailed as failed:
        sentence = N_("This is not your present password. After five wrong tries you have to wait 15 minutes.")
        raise Invalid(fields={"old": language.gettext(sentence)}) from failed


def _refuse_bad_entry(uow: UnitOfWork, account_id: AccountId, entry: PasswordEntry, language: Language) -> None:
    with uow.view() as tx:
        pending = tx.get(rows.Account, account_id).state == rows.PENDING
    problems = passwords.password_problems(entry.new, entry.old if pending else "")
    if not pending and entry.new == entry.old:
        problems.append(passwords.SAME_AS_OLD)
    fields = {}
    if problems:
        fields["new"] = " ".join(language.gettext(problem) for problem in problems)
    if entry.repeat != entry.new:
        fields["repeat"] = language.gettext(passwords.REPEATED_WRONGLY)
    if fields:
        raise Invalid(fields=fields)
