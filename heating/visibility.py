"""Which contracts a subject may act on, and the rule that opens their cases to them."""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, select

from akta.subjects import Kind, Subject
from heating.contracts import CONTRACT
from heating.tables.contracts import ContractAccount
from storage.cases import Case, CaseRelation

OPEN = ("pending", "active")
"""Slot states whose account sees the contract: a pending slot's owner is just signing in for the first time."""


def contracts_of(subject: Subject) -> Select[UUID]:
    """Ids of the contracts a customer's account is linked to; nothing for anybody else."""
    held = select(ContractAccount.contract_id).where(
        ContractAccount.tenant_id == subject.tenant, ContractAccount.state.in_(OPEN)
    )
    account = subject.account if subject.kind is Kind.CUSTOMER else None
    return held.where(ContractAccount.account_id == account) if account else held.where(false())


def contract_rule(subject: Subject) -> ColumnElement[bool] | None:
    """A customer sees the cases about contracts their account is linked to (registered in `storage.visibility`)."""
    if subject.kind is not Kind.CUSTOMER or subject.account is None:
        return None
    related = select(CaseRelation.case_id).where(
        CaseRelation.tenant_id == subject.tenant,
        CaseRelation.kind == CONTRACT,
        CaseRelation.object_id.in_(contracts_of(subject)),
    )
    return Case.id.in_(related)
