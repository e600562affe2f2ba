"""Accounts: creating them, signing in, temporary secrets, changing the password."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from akta.errors import Conflict, Forbidden, Invalid
from akta.ids import AccountId
from akta.languages import N_, Language, Sentence
from akta.subjects import Kind
from people import _rows as rows
from people import events, passwords, sessions, throttle
from people import groups as known_groups
from people.passwords import Hasher
from people.sessions import Opened
from people.throttle import Limit
from storage.unit_of_work import Transaction, UnitOfWork

SECRET_LASTING = timedelta(days=3)
"""P3D (domain.md §2.4)."""
FAILURES_BEFORE_LOCK = 5
LOCK_LASTING = timedelta(minutes=15)
FROM_HERE = Limit("sign-in", FAILURES_BEFORE_LOCK, LOCK_LASTING)
"""Tries at one login from one address, or from one browser its owner has signed in with before."""
BY_STRANGERS = Limit("sign-in-login", 50, LOCK_LASTING)
"""Tries at one login from anywhere, except from a browser its owner has signed in with before."""
AT_ADDRESS = Limit("sign-in-address", 100, LOCK_LASTING)
"""Tries at any login from one address; an office behind one address stays well below, as tries that are right do not
count."""
OLD_PASSWORD = Limit("old-password", FAILURES_BEFORE_LOCK, LOCK_LASTING)
"""Tries at the present password within a session."""


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


@dataclass(frozen=True, slots=True)
class Source:
    """Where a try comes from. `device` names a browser that has signed in with this login before, by a cookie we
    signed: strangers who guess at the login cannot keep its owner out there. `client` is what the browser says it is.
    """

    address: str = ""
    device: str = ""
    client: str = ""


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
        sessions.end_all_of_account(tx, account_id, now)
    return secret


def sign_in(
    uow: UnitOfWork, hasher: Hasher, login: str, password: str, now: datetime, source: Source | None = None
) -> Opened:
    """Open a session. Takes as long and says the same for an unknown login as for a wrong password.

    Raises:
        SignInFailed: the login or password is wrong, there were too many tries, or the account is closed.
        SecretExpired: the temporary password is right but older than three days.
        TooOften: too many tries at any login from this address.
        Busy: too many passwords are being checked at once.
    """
    source = source or Source()
    tries = _tries(normal_login(login), source)
    with uow.begin() as tx:
        if source.address:
            throttle.require(tx, AT_ADDRESS, source.address, now)
        open_to_try = all([throttle.take(tx, limit, who, now) for limit, who in tries])
        found = _by_login(tx, login) if open_to_try else None
        account_id = AccountId(found.id) if found is not None else None
        stored, expired = _to_verify(found, now)
    if not hasher.verify(stored, password) or account_id is None:
        _note_failure(uow, login, open_to_try, now)
        raise SignInFailed
    if expired:
        raise SecretExpired
    refreshed = hasher.hash(password) if hasher.outdated(stored) else stored
    with uow.begin() as tx:
        account = tx.locked(rows.Account, account_id)
        if account.state not in rows.MAY_SIGN_IN or _stored(account) != stored:
            raise SignInFailed
        _keep_refreshed(account, refreshed)
        _forgive(tx, tries, source)
        events.note(tx, events.What.SIGNED_IN, account_id, now, client=source.client)
        return sessions.open_for_account(tx, account, now, client=source.client)


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
    stored = verify_own(uow, hasher, account_id, entry.old, language, now, "old")
    hashed = hasher.hash(entry.new)
    with uow.begin() as tx:
        pending = tx.get(rows.Account, account_id).state == rows.PENDING
        if pending and first_login is not None:
            first_login(tx, account_id)
        account = tx.locked(rows.Account, account_id)
        if account.state not in rows.MAY_SIGN_IN or _stored(account) != stored:
            raise SignInFailed
        set_password(tx, account, hashed, now)
        events.note(tx, events.What.PASSWORD_CHANGED, account_id, now)
    return pending


def set_password(tx: Transaction, account: rows.Account, hashed: str, now: datetime) -> None:
    """Make this hash the account's password and end its sessions; the account is locked by the caller."""
    account.password_hash, account.state = hashed, rows.ACTIVE
    account.secret_hash, account.secret_expires_at = "", None
    throttle.forget(tx, OLD_PASSWORD, str(account.id))
    sessions.end_all_of_account(tx, AccountId(account.id), now)


def new_password_problems(tx: Transaction, account: rows.Account, new: str, temporary: str = "") -> list[Sentence]:
    """What is wrong with a new password of this account, by the rules of its utility."""
    utility = tx.get(rows.Tenant, tx.tenant)
    names = (account.login, *tx.get(rows.Person, account.person_id).name.split(), utility.code, utility.name)
    rules = passwords.Rules.of(utility.profile)
    return passwords.password_problems(new, rules, temporary=temporary, names=names)


def verify_own(
    uow: UnitOfWork, hasher: Hasher, account_id: AccountId, typed: str, language: Language, now: datetime, field: str
) -> str:
    """The stored hash, once the owner of a session has typed the present password.

    Raises:
        Invalid: it is wrong, or was typed wrongly too often; says so at `field`.
        SecretExpired: it is a temporary password that is too old.
    """
    with uow.begin() as tx:
        open_to_try = throttle.take(tx, OLD_PASSWORD, str(account_id), now)
        stored, expired = _to_verify(tx.get(rows.Account, account_id), now) if open_to_try else ("", False)
    if not hasher.verify(stored, typed):
        sentence = N_("This is not your present password. After five wrong tries you have to wait 15 minutes.")
        raise Invalid(fields={field: language.gettext(sentence)})
    if expired:
        raise SecretExpired
    with uow.begin() as tx:
        throttle.forget(tx, OLD_PASSWORD, str(account_id))
    return stored


def suspend(tx: Transaction, account: rows.Account, now: datetime) -> None:
    """Lock an account whose right to act has ended: nobody signs in to it, its sessions end. A closed one stays."""
    if account.state == rows.CLOSED:
        return
    account.state = rows.LOCKED
    account.secret_hash, account.secret_expires_at = "", None
    sessions.end_all_of_account(tx, AccountId(account.id), now)


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


def _tries(login: str, source: Source) -> list[tuple[Limit, str]]:
    """What a try at a login counts against; always in this order, so that two never wait for each other."""
    if source.device:
        return [(FROM_HERE, f"{login} at device {source.device}")]
    return [(BY_STRANGERS, login), (FROM_HERE, f"{login} from {source.address}")]


def _forgive(tx: Transaction, tries: list[tuple[Limit, str]], source: Source) -> None:
    """A right password makes up for the wrong ones from here; what strangers tried stays counted."""
    if source.address:
        throttle.give_back(tx, AT_ADDRESS, source.address)
    for limit, who in tries:
        if limit is FROM_HERE:
            throttle.forget(tx, limit, who)
        else:
            throttle.give_back(tx, limit, who)


def _to_verify(account: rows.Account | None, now: datetime) -> tuple[str, bool]:
    """The hash to verify a password against, empty where none is right; whether it is one that has expired."""
    if account is None or account.state not in rows.MAY_SIGN_IN:
        return "", False
    if account.state != rows.PENDING:
        return account.password_hash, False
    return account.secret_hash, not (account.secret_expires_at and now < account.secret_expires_at)


def _note_failure(uow: UnitOfWork, login: str, tried: bool, now: datetime) -> None:
    with uow.begin() as tx:
        account = _by_login(tx, login)
        what = events.What.SIGN_IN_FAILED if tried else events.What.SIGN_IN_PAUSED
        events.note(tx, what, account.id if account else None, now)


def _refuse_bad_entry(uow: UnitOfWork, account_id: AccountId, entry: PasswordEntry, language: Language) -> None:
    with uow.view() as tx:
        account = tx.get(rows.Account, account_id)
        pending = account.state == rows.PENDING
        problems = new_password_problems(tx, account, entry.new, entry.old if pending else "")
    if not pending and entry.new == entry.old:
        problems.append(passwords.SAME_AS_OLD)
    refuse_entry(problems, entry.new, entry.repeat, language)


def refuse_entry(problems: Sequence[Sentence], new: str, repeat: str, language: Language) -> None:
    """
    Raises:
        Invalid: with the field `new` or `repeat` and what to do about it.
    """
    fields = {}
    if problems:
        fields["new"] = " ".join(problem.said(language.gettext) for problem in problems)
    if repeat != new:
        fields["repeat"] = language.gettext(passwords.REPEATED_WRONGLY)
    if fields:
        raise Invalid(fields=fields)
