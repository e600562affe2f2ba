"""What somebody has typed into a task's form and not sent: kept until they complete it, whoever else is faster."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import delete, select

from akta.errors import Forbidden, Invalid, NotFound
from akta.ids import AccountId, TaskId
from akta.languages import N_
from akta.subjects import Kind, Subject
from storage.desk import Draft
from storage.unit_of_work import Transaction, UnitOfWork
from tasks import _doors
from tasks.desk import Desk

LONGEST = 200_000
"""Characters of one draft: more than any form takes."""
LASTS = timedelta(days=30)


class TooLong(Invalid):
    """A draft larger than any form."""

    title: ClassVar[str] = N_("This is too much to be kept as a draft.")


@dataclass(frozen=True, slots=True)
class Kept:
    """What was typed, as it would be sent, and when."""

    answers: Mapping[str, Sequence[str]]
    saved_at: datetime


def keep(
    uow: UnitOfWork,
    desk: Desk,
    subject: Subject,
    task_id: TaskId,
    answers: Mapping[str, Sequence[str]],
    now: datetime,
) -> datetime:
    """Keep what a clerk typed in place of what they typed before, and forget their drafts of a month ago.

    Raises:
        NotFound, NotYours: the task is not this clerk's to do.
        TooLong: it is more than a form can hold.
    """
    with uow.begin() as tx:
        account = _account(subject)
        if find(tx, subject, task_id) is None:
            _doors.reach(tx, desk.visibility, subject, task_id)
        if sum(len(name) + sum(map(len, values)) for name, values in answers.items()) > LONGEST:
            raise TooLong
        old = delete(Draft).where(Draft.account_id == account, Draft.saved_at < now - LASTS)
        tx.session.execute(old)
        row = _row(tx, subject, task_id)
        content = {name: list(values) for name, values in answers.items() if any(values)}
        if row is None:
            tx.add(Draft(account_id=account, task_id=task_id, answers=content, saved_at=now))
        else:
            row.answers, row.saved_at = content, now
        return now


def find(tx: Transaction, subject: Subject, task_id: TaskId) -> Kept | None:
    """What this clerk has typed, also after somebody else completed the task."""
    row = _row(tx, subject, task_id)
    return None if row is None else Kept(row.answers, row.saved_at)


def drop(tx: Transaction, subject: Subject, task_id: TaskId) -> None:
    """Forget what was typed, if anything was: it was sent."""
    mine = Draft.account_id == subject.account, Draft.task_id == task_id
    tx.session.execute(delete(Draft).where(*mine))


def throw_away(tx: Transaction, subject: Subject, task_id: TaskId) -> None:
    """Forget what was typed, at the wish of who typed it.

    Raises:
        NotFound: they have no draft there, whether there is such a task or not.
    """
    if _row(tx, subject, task_id) is None:
        raise NotFound(f"draft of {task_id}")
    drop(tx, subject, task_id)


def _row(tx: Transaction, subject: Subject, task_id: TaskId) -> Draft | None:
    if subject.kind is not Kind.STAFF or subject.account is None:
        return None
    mine = select(Draft).where(Draft.account_id == subject.account, Draft.task_id == task_id)
    return tx.session.scalar(mine)


def _account(subject: Subject) -> AccountId:
    if subject.kind is not Kind.STAFF or subject.account is None:
        raise Forbidden("drafts are kept for clerks")
    return subject.account
