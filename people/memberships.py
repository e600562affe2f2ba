"""Who is in which candidate group. Into a powerful one it takes two administrators, and never oneself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from akta.errors import Conflict, Forbidden, Invalid, NotFound
from akta.ids import AccountId
from akta.languages import N_
from akta.subjects import Kind
from people import _rows as rows
from people import events, sessions
from people.groups import ADMINISTRATION, GROUPS, POWERFUL
from storage.unit_of_work import Transaction

LONGEST_REASON = 500


class ReasonAsked(Invalid):
    """A second administrator would not know what to decide on."""

    title = N_("Say in at most 500 characters why the colleague needs this group.")


class NotAlone(Forbidden):
    """Nobody gives themselves a group, and nobody decides on what they asked for themselves."""

    title = N_("A second administrator has to do this: nobody decides about themselves or about their own request.")


class Decided(Conflict):
    """Somebody has decided on this request already."""

    title = N_("This request has been decided already.")


class LastAdministrator(Conflict):
    """Nobody could give rights any more."""

    title = N_("This is the last administrator. Add another one first.")


@dataclass(frozen=True, slots=True)
class Request:
    """A wish that waits for a second administrator."""

    id: UUID
    account: AccountId
    name: str
    group: str
    reason: str
    asked_by: str
    asked_at: datetime


def grant(
    tx: Transaction, account_id: AccountId, group: str, by: AccountId, now: datetime, *, reason: str = ""
) -> bool:
    """Put a colleague into a group; gives whether that is done. Into a powerful group it is asked for, and done when
    a second administrator agrees. Done or asked for already, it stays as it is.

    Raises:
        Invalid: there is no such group.
        ReasonAsked: a powerful group is asked for without a reason.
        NotAlone: it is one's own account.
        NotFound: there is no such open staff account.
    """
    if group not in GROUPS:
        raise Invalid(f"there is no group {group}")
    if account_id == by:
        raise NotAlone
    account = _staff(tx, account_id)
    if _membership(tx, account_id, group) is not None:
        return True
    if group not in POWERFUL:
        _put(tx, account, group, by, now)
        return True
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise ReasonAsked
    if tx.session.scalar(_open().where(rows.GroupRequest.account_id == account_id, rows.GroupRequest.group == group)):
        return False
    tx.add(rows.GroupRequest(account_id=account_id, group=group, reason=reason.strip(), asked_by=by, asked_at=now))
    events.note(tx, events.What.GROUP_ASKED, account_id, now, by=by, group=group, reason=reason.strip())
    return False


def decide(tx: Transaction, request_id: UUID, agreed: bool, by: AccountId, now: datetime) -> None:
    """Decide on a request as its second administrator.

    Raises:
        NotAlone: one asked for it, or it is about oneself.
        Decided: somebody was faster.
        NotFound: there is no such request, or the account is closed.
    """
    request = tx.locked(rows.GroupRequest, request_id)
    if request.decided_at is not None:
        raise Decided
    if by in (request.asked_by, request.account_id):
        raise NotAlone
    request.decided_by, request.decided_at, request.granted = by, now, agreed
    if agreed:
        _put(tx, _staff(tx, AccountId(request.account_id)), request.group, by, now)
    else:
        events.note(tx, events.What.GROUP_REFUSED, request.account_id, now, by=by, group=request.group)


def take(tx: Transaction, account_id: AccountId, group: str, by: AccountId, now: datetime) -> None:
    """Take a colleague out of a group; their sessions end, so that nothing opened by it stays open.

    Raises:
        NotFound: they are not in it.
        LastAdministrator: nobody else could give rights.
    """
    _staff(tx, account_id)
    row = _membership(tx, account_id, group)
    if row is None:
        raise NotFound(f"{account_id} is not in {group}")
    if group == ADMINISTRATION and len(_administrators(tx)) == 1:
        raise LastAdministrator
    tx.session.delete(row)
    tx.session.flush()
    sessions.end_all_of_account(tx, account_id, now)
    events.note(tx, events.What.GROUP_TAKEN, account_id, now, by=by, group=group)


def waiting(tx: Transaction) -> Sequence[Request]:
    """What waits for a second administrator, oldest first."""
    asker, asking = aliased(rows.Account), aliased(rows.Person)
    found = tx.session.execute(
        select(rows.GroupRequest, rows.Person.name, asking.name)
        .join(rows.Account, rows.Account.id == rows.GroupRequest.account_id)
        .join(rows.Person, rows.Person.id == rows.Account.person_id)
        .join(asker, asker.id == rows.GroupRequest.asked_by)
        .join(asking, asking.id == asker.person_id)
        .where(rows.GroupRequest.decided_at.is_(None))
        .order_by(rows.GroupRequest.id)
    )
    return [
        Request(row.id, AccountId(row.account_id), name, row.group, row.reason, asked_by, row.asked_at)
        for row, name, asked_by in found
    ]


def _staff(tx: Transaction, account_id: AccountId) -> rows.Account:
    account = tx.locked(rows.Account, account_id)
    if account.kind != Kind.STAFF.value or account.state == rows.CLOSED:
        raise NotFound(f"staff account {account_id}")
    return account


def _put(tx: Transaction, account: rows.Account, group: str, by: AccountId, now: datetime) -> None:
    """The right is there from the next sign-in: a session does not gain rights while it is open."""
    if _membership(tx, AccountId(account.id), group) is None:
        tx.add(rows.Membership(account_id=account.id, group=group))
    sessions.end_all_of_account(tx, AccountId(account.id), now)
    events.note(tx, events.What.GROUP_GRANTED, account.id, now, by=by, group=group)


def _membership(tx: Transaction, account_id: AccountId, group: str) -> rows.Membership | None:
    return tx.session.scalar(
        select(rows.Membership).where(rows.Membership.account_id == account_id, rows.Membership.group == group)
    )


def _open() -> Select[rows.GroupRequest]:
    return select(rows.GroupRequest).where(rows.GroupRequest.decided_at.is_(None))


def _administrators(tx: Transaction) -> Sequence[UUID]:
    return tx.session.scalars(
        select(rows.Membership.account_id)
        .join(rows.Account, rows.Account.id == rows.Membership.account_id)
        .where(rows.Membership.group == ADMINISTRATION, rows.Account.state != rows.CLOSED)
    ).all()
