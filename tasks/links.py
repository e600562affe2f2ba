"""The links by which a case is followed without an account: opening one proves an address; ending them all."""

from datetime import datetime

from sqlalchemy import select

from akta.errors import NotFound
from akta.ids import CaseId, PersonId
from akta.subjects import Door, Kind, Subject
from people import case_links
from people.case_links import LinkOpened
from storage.cases import Case
from storage.unit_of_work import UnitOfWork
from storage.visibility import Visibility
from workflows import history, messages
from workflows.history import Telling
from workflows.runtime import Runtime

PROVED = "address-proved"
"""Message to the case whose link was opened, for a process that waits for it."""


def open(uow: UnitOfWork, runtime: Runtime, token: str, door: Door, now: datetime) -> LinkOpened:
    """Follow the link of a mail: it opens a session, and proves to its case that the address is its owner's.

    Raises:
        LinkGone: there is no such live link in this tenant.
    """
    opened = case_links.open(uow, token, now)
    with uow.begin() as tx:
        person = tx.get(Case, opened.case).person_id
        if person is not None and case_links.was_opened(tx, opened.case, PersonId(person)):
            by = Subject(uow.tenant, Kind.CASE_LINK, case=opened.case, person=PersonId(person)).acting(door)
            messages.deliver(tx, runtime, opened.case, PROVED, {}, by, now)
    return opened


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
