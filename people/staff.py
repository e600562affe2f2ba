"""Staff accounts, as administration keeps them: adding, listing, closing, a new temporary password."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from akta.errors import Conflict, Forbidden, Invalid, NotFound
from akta.ids import AccountId
from akta.languages import N_
from akta.subjects import Kind
from people import _rows as rows
from people import accounts, events, second_factors
from people.groups import POWERFUL
from people.passwords import Hasher
from storage.unit_of_work import Transaction, UnitOfWork

_ADDRESS = re.compile(r"[!-?A-~]+@[!-?A-~]+\.[!-?A-~]+")


class PowerfulGroup(Forbidden):
    """One administrator alone would make a colleague powerful."""

    title = N_("Add the colleague without this group and ask for it then: a second administrator has to agree.")


class NotOneself(Conflict):
    """An administrator would lock themselves out."""

    title = N_("You cannot do this to your own account; another administrator can.")


@dataclass(frozen=True, slots=True)
class NewStaff:
    """A colleague to be: what they are called, how they sign in, in which candidate groups they work."""

    name: str
    email: str
    login: str
    groups: tuple[str, ...]
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Added:
    """A new account and its temporary password, which is told once, here."""

    account: AccountId
    login: str
    secret: str


@dataclass(frozen=True, slots=True)
class Colleague:
    """A staff account as a line of a list."""

    account: AccountId
    name: str
    email: str
    login: str
    state: str
    groups: tuple[str, ...]
    office: str
    created_at: datetime


def add(uow: UnitOfWork, hasher: Hasher, new: NewStaff, now: datetime, *, by: AccountId | None = None) -> Added:
    """A pending staff account with a temporary password, valid for three days. `by` is the administrator who adds
    it; from the command line, where whoever runs the installation stands, there is none.

    Raises:
        PowerfulGroup: an administrator alone would put a colleague into a powerful group.
        LoginTaken: the utility has an account with this login.
        Invalid: a group is unknown, none is named, or name, login or address is none.
    """
    _refuse_unusable(new)
    if by is not None and POWERFUL.intersection(new.groups):
        raise PowerfulGroup
    with uow.begin() as tx:
        person = rows.Person(name=new.name, email=new.email, language=new.language)
        tx.add(person)
        account = accounts.create(tx, person, new.login, Kind.STAFF, now, groups=new.groups)
        account_id, login = AccountId(account.id), account.login
        events.note(tx, events.What.ACCOUNT_MADE, account_id, now, by=by, groups=", ".join(sorted(new.groups)))
    return Added(account_id, login, accounts.issue_secret(uow, hasher, account_id, now))


def _refuse_unusable(new: NewStaff) -> None:
    for what, text in (("name", new.name), ("login", new.login), ("email", new.email)):
        if not text.strip() or not text.isprintable():
            raise Invalid(f"{what}: there is nothing to read")
    if " " in new.login.strip():
        raise Invalid("login: it has a space in it")
    if not _ADDRESS.fullmatch(new.email):
        raise Invalid("email: this is no address")
    if not new.groups:
        raise Invalid("groups: name at least one")


def listed(tx: Transaction) -> Sequence[Colleague]:
    """All staff accounts by login, closed ones too."""
    member_of: dict[object, list[str]] = {}
    for membership in tx.session.scalars(select(rows.Membership).order_by(rows.Membership.group)):
        member_of.setdefault(membership.account_id, []).append(membership.group)
    statement = (
        select(rows.Account, rows.Person)
        .join(rows.Person, rows.Person.id == rows.Account.person_id)
        .where(rows.Account.kind == Kind.STAFF.value)
        .order_by(rows.Account.login)
    )
    return [
        Colleague(
            account=AccountId(account.id),
            name=person.name,
            email=person.email,
            login=account.login,
            state=account.state,
            groups=tuple(member_of.get(account.id, ())),
            office=account.office,
            created_at=account.created_at,
        )
        for account, person in tx.session.execute(statement)
    ]


def reissue(uow: UnitOfWork, hasher: Hasher, account_id: AccountId, now: datetime) -> str:
    """A new temporary password for a colleague who has not signed in yet; the one before stops working.

    Raises:
        NotFound: there is no such staff account.
        NotPending: it has a password of its own, or is closed.
    """
    with uow.view() as tx:
        of_staff(tx.get(rows.Account, account_id))
    return accounts.issue_secret(uow, hasher, account_id, now)


def close(uow: UnitOfWork, account_id: AccountId, by: AccountId | None, now: datetime) -> None:
    """Close a staff account and end its sessions; closing it again changes nothing.

    Raises:
        NotFound: there is no such staff account.
        NotOneself: it is the account of who asks.
    """
    if account_id == by:
        raise NotOneself
    with uow.begin() as tx:
        accounts.close(tx, of_staff(tx.locked(rows.Account, account_id)), now)
        events.note(tx, events.What.ACCOUNT_CLOSED, account_id, now, by=by)


def take_factors(uow: UnitOfWork, account_id: AccountId, by: AccountId | None, now: datetime) -> None:
    """Take the second factors from a colleague who has lost them and their recovery codes. The password stays, and
    nobody does it for themselves: an administrator's stolen session cannot shed its own factor.

    Raises:
        NotFound: there is no such staff account.
        NotOneself: it is the account of who asks.
    """
    if account_id == by:
        raise NotOneself
    with uow.begin() as tx:
        of_staff(tx.locked(rows.Account, account_id))
        second_factors.remove_all(tx, account_id, by, now)


def of_staff(account: rows.Account) -> rows.Account:
    """
    Raises:
        NotFound: it is the account of somebody else than staff.
    """
    if account.kind != Kind.STAFF.value:
        raise NotFound(f"staff account {account.id}")
    return account
