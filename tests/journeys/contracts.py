"""What must hold of a contract's accounts whatever happens to it, read from rows and mails alone (domain.md §2.1)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from akta.ids import CaseId
from heating.tables.contracts import Contract, ContractAccount
from storage.people import Account
from storage.signatures import Signature, Signing
from storage.unit_of_work import Transaction
from tests.journeys.office import Office

LIMIT = 3


def contract_id(office: Office, number: str) -> UUID:
    with office.uow.view() as tx:
        return tx.session.scalars(select(Contract.id).where(Contract.number == number)).one()


def require_no_fourth(office: Office, contract: UUID) -> None:
    """At most three slots are taken, and at most three accounts that ever had one of them can still be used."""
    with office.uow.view() as tx:
        slots = tx.session.scalars(select(ContractAccount).where(ContractAccount.contract_id == contract)).all()
        ever = {slot.account_id for slot in slots if slot.account_id is not None}
        living = tx.session.scalars(select(Account.id).where(Account.id.in_(ever), Account.state != "closed")).all()
    taken = [slot for slot in slots if slot.state != "closed"]
    assert len(taken) <= LIMIT
    assert len({slot.slot_no for slot in taken}) == len(taken)
    assert set(living) <= {slot.account_id for slot in taken}


def require_signatures_before_accounts(office: Office, cases: Sequence[CaseId]) -> None:
    """Each account a case made follows a set whose every document everybody signed, the utility last."""
    with office.uow.view() as tx:
        made = select(ContractAccount.case_id).where(ContractAccount.account_id.is_not(None))
        for case in tx.session.scalars(made.where(ContractAccount.case_id.in_(cases))):
            assert case is not None
            assert is_signed(tx, case)


def is_signed(tx: Transaction, case: UUID) -> bool:
    """Whether a set of the case bears every signature under every document."""
    return any(_whole(tx, signing) for signing in tx.session.scalars(select(Signing).where(Signing.case_id == case)))


def _whole(tx: Transaction, signing: Signing) -> bool:
    given = tx.session.scalars(select(Signature).where(Signature.signing_id == signing.id)).all()
    documents = {UUID(each["id"]) for each in signing.documents["documents"]}
    for name in signing.signers["names"]:
        if {each.document_id for each in given if (each.party, each.signer) == ("customer", name)} != documents:
            return False
    return {each.document_id for each in given if each.party == "utility"} == documents
