"""Which clerk decided: read from the completed task of the case, never from what the process says."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from akta.errors import Forbidden
from akta.languages import N_
from akta.subjects import Kind
from storage.people import Account, Membership, Person
from storage.tasks import Task
from storage.unit_of_work import Transaction


class NoClerkDecided(Forbidden):
    """No entitled clerk completed the task on which this act rests (golden rule G1)."""

    title = N_("No clerk who may do so has decided this.")


@dataclass(frozen=True, slots=True)
class Clerk:
    """Who decided, when, and the task that proves it."""

    account: UUID
    person: UUID
    name: str
    task: UUID
    decided_at: datetime


def who_decided(
    tx: Transaction, case_id: UUID, element: str, groups: Collection[str], not_before: datetime | None = None
) -> Clerk:
    """The clerk who completed the latest task of this element in this case.

    `not_before` is when the thing decided about came into being: an earlier decision was about something else.

    Raises:
        NoClerkDecided: nobody did; or it was no active staff account, or one outside `groups`.
    """
    task = _latest(tx, case_id, element)
    if task is None:
        raise NoClerkDecided(f"{element} in case {case_id}: no completed task")
    task_id, account_id, decided_at = task
    if not_before is not None and decided_at < not_before:
        raise NoClerkDecided(f"{element} in case {case_id}: completed before what it would be about")
    account = tx.get(Account, account_id)
    if account.kind != Kind.STAFF or account.state != "active" or not _belongs(tx, account_id, groups):
        raise NoClerkDecided(f"{element} in case {case_id}: account {account_id} may not decide this")
    person = tx.get(Person, account.person_id)
    return Clerk(account_id, person.id, person.name, task_id, decided_at)


def _latest(tx: Transaction, case_id: UUID, element: str) -> tuple[UUID, UUID, datetime] | None:
    """Id, who completed it and when; a task completed by nobody with an account is none."""
    statement = (
        select(Task.id, Task.ended_by, Task.ended_at)
        .where(Task.case_id == case_id, Task.element == element, Task.state == "completed")
        .order_by(Task.ended_at.desc(), Task.token.desc())
        .limit(1)
    )
    found = tx.session.execute(statement).one_or_none()
    if found is None or found[1] is None or found[2] is None:
        return None
    return found[0], found[1], found[2]


def _belongs(tx: Transaction, account_id: UUID, groups: Collection[str]) -> bool:
    membership = select(Membership.id).where(Membership.account_id == account_id, Membership.group.in_(groups))
    return tx.session.scalars(membership).first() is not None
