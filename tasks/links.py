"""Ending the links by which a case is followed without an account: a mail went to the wrong address, or was lost."""

from datetime import datetime

from sqlalchemy import select

from akta.errors import NotFound
from akta.ids import CaseId
from akta.subjects import Door, Subject
from people import case_links
from storage.cases import Case
from storage.unit_of_work import UnitOfWork
from storage.visibility import Visibility
from workflows import history
from workflows.history import Telling


def revoke(
    uow: UnitOfWork, visibility: Visibility, subject: Subject, door: Door, case_id: CaseId, now: datetime
) -> None:
    """End every link of a case one sees, and every session a link has opened; the history keeps who did it.

    Raises:
        NotFound: there is no such case, or it is not theirs to see.
    """
    with uow.begin() as tx:
        seen = visibility.cases(subject).with_only_columns(Case.id).where(Case.id == case_id)
        if tx.session.scalar(select(Case.id).where(Case.id.in_(seen))) is None:
            raise NotFound(f"case {case_id}")
        case = tx.locked(Case, case_id)
        case_links.revoke(tx, case_id, now)
        history.tell(tx, case, [Telling("links-revoked")], subject.acting(door), now)
