"""Customers' accounts: one per slot of a contract, pending until its owner signs in, closed for good."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from uuid import UUID

from sqlalchemy import select

from akta.errors import Conflict, Forbidden
from akta.ids import AccountId, CaseId
from akta.languages import N_
from akta.subjects import Kind
from documents import signatures
from heating import contracts, mandates, profile, slots, terms
from heating.tables.contracts import Contract, Customer
from people import accounts
from storage.cases import Case
from storage.people import Account, Person
from storage.unit_of_work import Transaction


class ContractNotInForce(Conflict):
    """The contract is not, or no longer, valid and effective (S000-03, S000-04)."""

    title = N_("This contract is not valid and effective today, so it can have no new account.")


class NoMandate(Conflict):
    """Somebody would act for the customer without a mandate that is accepted and in force (golden rule G2)."""

    title = N_("There is no mandate in force on which this account could rest.")


SELF = "self"
"""The capacity of whoever applies in their own name."""


@dataclass(frozen=True, slots=True)
class NewOwner:
    """Whose account it becomes; the temporary password goes to this address only (S003-07)."""

    name: str
    email: str
    language: str
    capacity: str = SELF


def create(tx: Transaction, case_id: CaseId, contract_id: UUID, owner: NewOwner, now: datetime) -> Account:
    """A pending account in the slot the case reserved; asked again, the one it made before.

    Raises:
        slots.NoSlot: the case reserved none on this contract.
        ContractNotInForce: the contract ended meanwhile.
        NoMandate: somebody else's account rests on a mandate, and there is none that can be used today.
        signatures.NotSignedYet: a document of the case is not signed by everybody (S003-07).
    """
    contract = tx.locked(Contract, contract_id)
    slot = slots.of_case(tx, case_id)
    if slot is None or slot.contract_id != contract_id:
        raise slots.NoSlot(f"case {case_id}")
    if slot.account_id is not None:
        return tx.get(Account, slot.account_id)
    signatures.require_signed(tx, case_id)
    mandate = _mandate(tx, case_id, owner, profile.of(tx).today(now))
    today = contracts.standing(contract, profile.of(tx).today(now))
    if not (today.valid and today.effective):
        raise ContractNotInForce(contract.number)
    person = _person(tx, case_id, owner)
    login = _free_login(tx, tx.get(Customer, contract.customer_id).number)
    account = accounts.create(tx, person, login, Kind.CUSTOMER, now)
    slots.fill(tx, case_id, account.id, mandate)
    terms.accepted_in_application(tx, account.id, tx.get(Case, case_id).received_at)
    return account


def _mandate(tx: Transaction, case_id: CaseId, owner: NewOwner, today: date) -> UUID | None:
    """The mandate the account rests on; nobody needs one for themselves (G2)."""
    if owner.capacity == SELF:
        return None
    found = mandates.of_case(tx, case_id)
    if found is None or not mandates.usable(found, today):
        raise NoMandate(f"case {case_id}")
    return found.id


def _person(tx: Transaction, case_id: CaseId, owner: NewOwner) -> Person:
    """The person the case is about, if the account is theirs; else somebody of their own."""
    about = tx.get(Case, case_id).person_id
    person = None if about is None else tx.get(Person, about)
    if person is not None and (person.name, person.email.casefold()) == (owner.name, owner.email.casefold()):
        return person
    person = Person(name=owner.name, email=owner.email, language=owner.language)
    tx.add(person)
    return person


def _free_login(tx: Transaction, customer_number: str) -> str:
    """The customer's number (S002-05), with a running number from the second account on."""
    base = accounts.normal_login(customer_number)
    taken = set(tx.session.scalars(select(Account.login).where(Account.login.startswith(base, autoescape=True))))
    return next(login for number in count(1) if (login := base if number == 1 else f"{base}-{number}") not in taken)


def release(tx: Transaction, case_id: CaseId, now: datetime) -> None:
    """Give back the slot a case holds and close the account nobody has taken up yet; nothing to give is no error.

    An active account stays: closing it is an act of its own.
    """
    slot = slots.of_case(tx, case_id)
    if slot is None or slot.state == "active":
        return
    if slot.account_id is None:
        slots.close(tx, slot, now)
    else:
        close(tx, AccountId(slot.account_id), now)


def close(tx: Transaction, account_id: AccountId, now: datetime) -> None:
    """Close a customer's account, end its sessions and free its slots; closing it again changes nothing.

    Raises:
        Forbidden: it is no customer's account.
    """
    held = slots.of_account(tx, account_id)
    account = tx.locked(Account, account_id)
    if account.kind != Kind.CUSTOMER:
        raise Forbidden(f"account {account_id} is not a customer's")
    accounts.close(tx, account, now)
    for slot in held:
        slots.close(tx, slot, now)
