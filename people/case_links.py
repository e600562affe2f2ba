"""Case links: how an applicant without an account follows their one case."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from akta.errors import NotFound
from akta.ids import CaseId, PersonId
from akta.languages import N_
from people import _rows as rows
from people import sessions
from storage.unit_of_work import Transaction, UnitOfWork

LASTING = timedelta(days=180)
"""A link outlives the longest wait in a case (signature P30D with supplements) and the reading of its outcome."""


class LinkGone(NotFound):
    """The link is unknown, expired or revoked; which of them is not said."""

    title = N_("This link is no longer valid. Use the newest link we sent you, or ask the customer office.")


@dataclass(frozen=True, slots=True)
class LinkOpened:
    """The session a link opened, and the case it is bound to."""

    session: sessions.Opened
    case: CaseId


def issue(tx: Transaction, case_id: CaseId, person_id: PersonId | None, now: datetime) -> str:
    """A new token for this case. Links sent before stay valid: people keep old mails."""
    token = sessions.new_token()
    tx.add(
        rows.CaseLink(
            case_id=case_id,
            person_id=person_id,
            token_hash=sessions.token_hash(token),
            created_at=now,
            expires_at=now + LASTING,
        )
    )
    return token


def open(uow: UnitOfWork, token: str, now: datetime) -> LinkOpened:
    """Exchange a link's token for a session bound to its case.

    Raises:
        LinkGone: there is no such live link in this tenant.
    """
    with uow.begin() as tx:
        link = tx.session.scalar(
            select(rows.CaseLink).where(
                rows.CaseLink.token_hash == sessions.token_hash(token),
                rows.CaseLink.revoked_at.is_(None),
                rows.CaseLink.expires_at > now,
            )
        )
        if link is None:
            raise LinkGone
        case_id = CaseId(link.case_id)
        link.opened_at = link.opened_at or now
        return LinkOpened(sessions.open_for_case(tx, case_id, now), case_id)


def was_opened(tx: Transaction, case_id: CaseId, person_id: PersonId) -> bool:
    """Whether this person has followed a link to the case from their mail, which proves that the address is theirs."""
    link = rows.CaseLink
    found = select(link.id).where(link.case_id == case_id, link.person_id == person_id, link.opened_at.is_not(None))
    return tx.session.scalars(found.limit(1)).first() is not None


def revoke(tx: Transaction, case_id: CaseId, now: datetime) -> None:
    """End every link of the case and every session opened by one."""
    tx.session.execute(
        update(rows.CaseLink)
        .where(rows.CaseLink.case_id == case_id, rows.CaseLink.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    sessions.end_all_of_case(tx, case_id, now)
