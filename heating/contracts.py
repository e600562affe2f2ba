"""Contracts: finding one by its number and its customer's, and whether it is valid and effective on a day."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from heating.tables.contracts import LIVE, Contract, ContractAccount, Customer
from storage.unit_of_work import Transaction

CONTRACT = "contract"
"""Kind of relation: everybody with an account on the contract may see the case."""
APPLIED_FOR = "applied-for-contract"
"""Kind of relation: the case asks for an account on the contract. Other holders do not see it: it has the
applicant's papers."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a contract is valid (concluded and not ended) and effective (in force) on a day: two tests (S000-03)."""

    valid: bool
    effective: bool


def standing(contract: Contract, day: date) -> Standing:
    return Standing(
        valid=_within(day, contract.valid_from, contract.valid_to),
        effective=_within(day, contract.effective_from, contract.effective_to),
    )


def _within(day: date, since: date, until: date | None) -> bool:
    return since <= day and (until is None or day <= until)


def find(tx: Transaction, contract_no: str, customer_no: str) -> tuple[Contract, Customer] | None:
    """The contract, only if the customer's number belongs to it: one number alone tells nothing."""
    statement = (
        select(Contract, Customer)
        .join(Customer, Customer.id == Contract.customer_id)
        .where(Contract.number == _number(contract_no), Customer.number == _number(customer_no))
    )
    found = tx.session.execute(statement).one_or_none()
    return None if found is None else (found[0], found[1])


def _number(typed: str) -> str:
    """As numbers are kept, in capitals: so typed ones are found by the index."""
    return "".join(typed.split()).upper()


def live_accounts(tx: Transaction, contract_id: UUID) -> int:
    """How many slots are taken: reserved, pending, active and locked ones count (domain.md §2.1)."""
    held = select(func.count()).select_from(ContractAccount)
    held = held.where(ContractAccount.contract_id == contract_id, ContractAccount.state.in_(LIVE))
    return tx.session.scalar(held) or 0
