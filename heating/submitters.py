"""Who stands behind a reading: whoever started the case, or answered the last question about it."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from akta.errors import NotFound
from akta.subjects import Kind
from heating.tables.contracts import ContractAccount
from heating.visibility import OPEN
from storage.cases import Case, HistoryEntry
from storage.people import Account, Person
from storage.tasks import Task
from storage.unit_of_work import Transaction

ANSWERS = ("correct-reading", "control-reading")
"""The tasks in which a reading is given anew."""


@dataclass(frozen=True, slots=True)
class Submitter:
    """Somebody with an account, or (`account` empty) the person the case is about, by a case link."""

    account: UUID | None
    name: str
    kind: str

    @property
    def is_customer(self) -> bool:
        return self.kind != Kind.STAFF


def of_case(tx: Transaction, case_id: UUID) -> Submitter:
    """Who completed the latest correcting task, else who started the case.

    Raises:
        NotFound: the case has no beginning yet.
    """
    corrected = (
        select(Task.ended_by)
        .where(Task.case_id == case_id, Task.element.in_(ANSWERS), Task.state == "completed")
        .order_by(Task.ended_at.desc(), Task.token.desc())
        .limit(1)
    )
    answer = tx.session.execute(corrected).one_or_none()
    return starter(tx, case_id) if answer is None else _somebody(tx, case_id, answer[0])


def starter(tx: Transaction, case_id: UUID) -> Submitter:
    """Who started the case.

    Raises:
        NotFound: the case has no beginning yet.
    """
    first = (
        select(HistoryEntry.actor_account, HistoryEntry.actor_kind, HistoryEntry.actor_name)
        .where(HistoryEntry.case_id == case_id)
        .order_by(HistoryEntry.number)
        .limit(1)
    )
    found = tx.session.execute(first).one_or_none()
    if found is None:
        raise NotFound(f"the start of case {case_id}")
    account, kind, name = found
    return _somebody(tx, case_id, account) if account is not None else Submitter(None, name, kind)


def _somebody(tx: Transaction, case_id: UUID, account_id: UUID | None) -> Submitter:
    if account_id is not None:
        account = tx.get(Account, account_id)
        return Submitter(account.id, tx.get(Person, account.person_id).name, account.kind)
    about = tx.get(Case, case_id).person_id
    return Submitter(None, tx.get(Person, about).name if about else "", Kind.CASE_LINK)


def may_read(tx: Transaction, submitter: Submitter, contract_id: UUID) -> bool:
    """Staff may enter any reading they were given; a customer those of contracts their account is linked to."""
    if submitter.account is None:
        return False
    if submitter.kind == Kind.STAFF:
        return True
    linked = select(ContractAccount.id).where(
        ContractAccount.account_id == submitter.account,
        ContractAccount.contract_id == contract_id,
        ContractAccount.state.in_(OPEN),
    )
    return tx.session.scalars(linked).first() is not None


def person_of(tx: Transaction, account_id: UUID | None) -> UUID | None:
    return None if account_id is None else tx.get(Account, account_id).person_id
