"""Whom a case about a contract is about when the utility began it, and to whom its letters go."""

from uuid import UUID

from sqlalchemy import select

from akta.ids import PersonId, new_id
from bpmn.values import Value
from heating import profile
from heating.tables.contracts import Contract, ContractAccount, Customer
from heating.visibility import OPEN
from storage.people import Account, Person
from storage.unit_of_work import Transaction


def person(tx: Transaction, contract_id: UUID) -> PersonId:
    """Who has the first account on the contract, else its customer."""
    holder = select(Account.person_id).join(ContractAccount, ContractAccount.account_id == Account.id)
    wanted = holder.where(ContractAccount.contract_id == contract_id, ContractAccount.state.in_(OPEN))
    found = tx.session.scalar(wanted.order_by(ContractAccount.slot_no).limit(1))
    if found is not None:
        return PersonId(found)
    customer = _customer(tx, contract_id)
    row = Person(id=new_id(), name=customer.name, email=customer.email, language=profile.of(tx).language)
    tx.add(row)
    tx.session.flush()
    return PersonId(row.id)


def by_post(tx: Transaction, contract_id: UUID) -> dict[str, Value]:
    """Name and address on a letter: the customer's."""
    customer = _customer(tx, contract_id)
    return {"name": customer.name, "address": customer.address}


def _customer(tx: Transaction, contract_id: UUID) -> Customer:
    return tx.get(Customer, tx.get(Contract, contract_id).customer_id)
