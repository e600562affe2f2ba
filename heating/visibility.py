"""Which contracts a subject may act on, and the rule that opens their cases to them."""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, or_, select

from akta.subjects import Kind, Subject
from heating.acts import MandateAct
from heating.contracts import CONTRACT
from heating.tables.contracts import ContractAccount, CoveredAct
from storage.cases import Case, CaseRelation

OPEN = ("pending", "active")
"""Slot states whose account sees the contract: a pending slot's owner is just signing in for the first time."""


def contracts_of(subject: Subject, act: MandateAct) -> Select[UUID]:
    """Ids of the contracts on which a customer's account may do this; nothing for anybody else.

    Customers may do everything on their own contracts, agents what their mandate covers (golden rule G2).
    """
    covered = select(CoveredAct.mandate_id).where(CoveredAct.tenant_id == subject.tenant, CoveredAct.act == act)
    held = select(ContractAccount.contract_id).where(
        ContractAccount.tenant_id == subject.tenant,
        ContractAccount.state.in_(OPEN),
        or_(ContractAccount.mandate_id.is_(None), ContractAccount.mandate_id.in_(covered)),
    )
    account = subject.account if subject.kind is Kind.CUSTOMER else None
    return held.where(ContractAccount.account_id == account) if account else held.where(false())


def contract_rule(subject: Subject) -> ColumnElement[bool] | None:
    """A customer sees the cases about contracts they see (registered in `storage.visibility`)."""
    if subject.kind is not Kind.CUSTOMER or subject.account is None:
        return None
    related = select(CaseRelation.case_id).where(
        CaseRelation.tenant_id == subject.tenant,
        CaseRelation.kind == CONTRACT,
        CaseRelation.object_id.in_(contracts_of(subject, MandateAct.VIEW)),
    )
    return Case.id.in_(related)
