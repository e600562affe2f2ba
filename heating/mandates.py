"""Mandates: that an agent may act for a customer, kept only on a verifier's decision (golden rule G2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from akta.errors import Invalid
from heating import clerks
from heating.tables.contracts import Contract, Mandate
from storage.cases import Case
from storage.unit_of_work import Transaction

VERIFIERS = frozenset({"mandate-verification", "supervision"})


@dataclass(frozen=True, slots=True)
class NewMandate:
    """Who may do what for the customer of a contract, and how long; no last day means until revoked."""

    contract: UUID
    agent: str
    acts: Sequence[str]
    valid_from: date
    valid_to: date | None


def record(tx: Transaction, case_id: UUID, new: NewMandate, now: datetime) -> Mandate:
    """Keep a verified mandate; what an earlier round of the same case accepted is revoked by it.

    Raises:
        clerks.NoClerkDecided: no entitled clerk completed the case's task `decide-mandate`.
        Invalid: it covers no act, or ends before it begins.
    """
    clerk = clerks.who_decided(tx, case_id, clerks.DECIDE_MANDATE, VERIFIERS)
    acts = [act for act in new.acts if act.strip()]
    if not acts:
        raise Invalid("a mandate covers at least one act")
    if new.valid_to is not None and new.valid_to < new.valid_from:
        raise Invalid("the mandate ends before it begins")
    for earlier in tx.session.scalars(select(Mandate).where(Mandate.case_id == case_id, Mandate.revoked_at.is_(None))):
        if earlier.task_id == clerk.task:
            return earlier
        earlier.revoked_at = now
    mandate = Mandate(
        contract_id=tx.get(Contract, new.contract).id,
        case_id=case_id,
        agent_person_id=tx.get(Case, case_id).person_id,
        agent_name=new.agent,
        acts={"acts": acts},
        valid_from=new.valid_from,
        valid_to=new.valid_to,
        verified_by=clerk.account,
        verified_at=now,
        task_id=clerk.task,
    )
    tx.add(mandate)
    return mandate
