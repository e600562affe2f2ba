"""Withdrawing: an applicant takes their own open case back, where its bundle offers it."""

from datetime import datetime

from akta.errors import Conflict, NotFound
from akta.ids import CaseId
from akta.languages import N_
from akta.subjects import Door, Subject
from storage.cases import Case
from storage.unit_of_work import Transaction, UnitOfWork
from tasks import _doors
from tasks.desk import Desk
from workflows import messages


class NotNow(Conflict):
    """The case does not offer withdrawal, or not any more."""

    title = N_("This case can no longer be withdrawn.")


def offered(tx: Transaction, desk: Desk, subject: Subject, case: Case) -> bool:
    """Whether this subject can withdraw this case now."""
    message = desk.runtime.definitions.root_bundle(tx, case).settings.withdraw
    own = _doors.is_about(subject, case) and case.state != "closed"
    return bool(message) and own and messages.awaits(tx, CaseId(case.id), message)


def withdraw(uow: UnitOfWork, desk: Desk, subject: Subject, door: Door, case_id: CaseId, now: datetime) -> None:
    """Withdraw one's own case. What follows (a mail, a slot set free) is the process's to say.

    Raises:
        NotFound: the case is not this subject's.
        NotNow: it does not wait for a withdrawal.
    """
    with uow.begin() as tx:
        case = tx.locked(Case, case_id)
        if not _doors.is_about(subject, case):
            raise NotFound(f"case {case_id}")
        if not offered(tx, desk, subject, case):
            raise NotNow(case.reference)
        message = desk.runtime.definitions.root_bundle(tx, case).settings.withdraw
        messages.deliver(tx, desk.runtime, case_id, message, {}, subject.acting(door), now)
