"""Lists that people keep under a name, for themselves or for a whole candidate group."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from akta.alphabets import sort_key
from akta.errors import Conflict, Forbidden, Invalid, NotFound
from akta.languages import N_
from akta.subjects import Subject
from people.groups import GROUPS
from storage.desk import SavedView
from storage.people import Account, Person
from storage.unit_of_work import ChangedMeanwhile, Transaction
from tasks import _doors
from tasks.inbox import Order, Queue, Wanted

MOST = 50
"""Views one account may keep."""
LONGEST_NAME = 80


class NoName(Invalid):
    """A view is found again by its name."""

    title: ClassVar[str] = N_("Give the view a name.")


class NameTaken(Conflict):
    """One account has two views of one name."""

    title: ClassVar[str] = N_("You have a view with this name already. Choose another name.")


class TooMany(Conflict):
    """The account keeps as many views as it may."""

    title: ClassVar[str] = N_("You keep as many views as you can. Remove one first.")


class NotYourGroup(Forbidden):
    """Views are shared with one's own groups only; supervision shares with any."""

    title: ClassVar[str] = N_("You can share a view only with a group you are in.")


@dataclass(frozen=True, slots=True)
class View:
    """A kept list. `mine`: this subject may change and remove it."""

    id: UUID
    name: str
    group: str
    wanted: Wanted
    mine: bool
    owner: str
    version: int


def of(tx: Transaction, subject: Subject) -> list[View]:
    """Their own views and those shared with their groups, in the order of their language."""
    found = select(SavedView, Person.name).join(Account, Account.id == SavedView.account_id)
    found = found.join(Person, Person.id == Account.person_id).where(_theirs(subject))
    views = [_view(row, owner, subject) for row, owner in tx.session.execute(found)]
    return sorted(views, key=lambda view: sort_key(view.name, subject.language))


def one(tx: Transaction, subject: Subject, view_id: UUID) -> View:
    """
    Raises:
        NotFound: there is no such view, or it is not theirs to see.
    """
    row = _row(tx, subject, view_id)
    owner = select(Person.name).join(Account, Account.person_id == Person.id).where(Account.id == row.account_id)
    return _view(row, tx.session.scalar(owner) or "", subject)


def keep(tx: Transaction, subject: Subject, name: str, wanted: Wanted, group: str = "") -> View:
    """Keep a list under a name; `group` shares it.

    Raises:
        NoName, NameTaken, TooMany, NotYourGroup: as they say.
    """
    if subject.account is None:
        raise Forbidden("views belong to accounts")
    own = list(tx.session.scalars(select(SavedView).where(SavedView.account_id == subject.account)))
    if len(own) >= MOST:
        raise TooMany(fields={"name": TooMany.title})
    row = SavedView(account_id=subject.account, query=asdict(wanted))
    _change(row, own, subject, name, group)
    tx.add(row)
    return one(tx, subject, row.id)


def change(
    tx: Transaction, subject: Subject, view_id: UUID, name: str, wanted: Wanted, group: str, version: int | None
) -> View:
    """Rename a view, look for something else, share it or take it back.

    Raises:
        NotFound: there is no such view, or it is somebody else's.
        NoName, NameTaken, NotYourGroup: as they say.
        ChangedMeanwhile: it changed since `version`.
    """
    row = _own(tx, subject, view_id)
    if version is not None and version != row.version:
        raise ChangedMeanwhile(f"view {view_id} is at version {row.version}")
    others = select(SavedView).where(SavedView.account_id == row.account_id, SavedView.id != view_id)
    _change(row, list(tx.session.scalars(others)), subject, name, group)
    row.query = asdict(wanted)
    tx.session.flush()
    return one(tx, subject, view_id)


def drop(tx: Transaction, subject: Subject, view_id: UUID) -> None:
    """Remove a view; supervision may remove any that is shared.

    Raises:
        NotFound: there is no such view, or it is not theirs to remove.
    """
    tx.session.delete(_own(tx, subject, view_id))


def _change(row: SavedView, others: list[SavedView], subject: Subject, name: str, group: str) -> None:
    plain = " ".join(name.split())[:LONGEST_NAME]
    if not plain:
        raise NoName(fields={"name": NoName.title})
    if any(other.name.casefold() == plain.casefold() for other in others):
        raise NameTaken(fields={"name": NameTaken.title})
    if group and group not in (GROUPS if _doors.supervises(subject) else subject.groups):
        raise NotYourGroup(group)
    row.name, row.group = plain, group


def _theirs(subject: Subject) -> ColumnElement[bool]:
    shared = SavedView.group.in_(GROUPS if _doors.supervises(subject) else subject.groups)
    return or_(SavedView.account_id == subject.account, shared)


def _row(tx: Transaction, subject: Subject, view_id: UUID) -> SavedView:
    row = tx.session.scalar(select(SavedView).where(SavedView.id == view_id, _theirs(subject)))
    if row is None:
        raise NotFound(f"view {view_id}")
    return row


def _own(tx: Transaction, subject: Subject, view_id: UUID) -> SavedView:
    row = _row(tx, subject, view_id)
    if row.account_id != subject.account and not _doors.supervises(subject):
        raise NotFound(f"view {view_id}")
    return row


def _view(row: SavedView, owner: str, subject: Subject) -> View:
    mine = row.account_id == subject.account or _doors.supervises(subject)
    return View(row.id, row.name, row.group, _wanted(row.query), mine, owner, row.version)


def _wanted(query: Mapping[str, Any]) -> Wanted:
    given = {**query, "queue": Queue(query["queue"]), "order": Order(query["order"])}
    return Wanted(**given)
