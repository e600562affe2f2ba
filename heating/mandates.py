"""Mandates: that an agent may act for a customer, on a verifier's decision only (golden rule G2), until it ends."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from akta.errors import Conflict, Forbidden, Invalid, NotFound
from akta.ids import AccountId, CaseId
from akta.languages import N_
from akta.subjects import Actor, Door, Kind, Subject, system
from heating import clerks, profile, slots
from heating.acts import MandateAct
from heating.contracts import APPLIED_FOR, CONTRACT
from heating.tables.contracts import LIVE, Contract, ContractAccount, CoveredAct, Customer, Mandate
from people import accounts
from people.groups import FRONT_DESK, MANDATE_VERIFICATION, SUPERVISION
from storage.cases import Case, CaseRelation, HistoryEntry
from storage.people import Account, Person
from storage.tasks import Task
from storage.tenants import Tenant
from storage.unit_of_work import Transaction, UnitOfWork
from workflows import messages
from workflows.cases import Evidence, note, relate
from workflows.runtime import Runtime

VERIFIERS = frozenset({MANDATE_VERIFICATION, SUPERVISION})
TAKES_REVOCATIONS = frozenset({FRONT_DESK, MANDATE_VERIFICATION, SUPERVISION})
REVOKED = "mandate-revoked"
"""Message to the case that follows the mandate's life; correlates on the mandate's id."""
ENDED = "mandate-ended"
"""Message to open cases that rest on the mandate, and the kind of the relation that flags them."""


class OwnMandate(Forbidden):
    """Whoever brought the papers of a mandate does not decide on it (G2)."""

    title = N_("You submitted this mandate yourself, so somebody else decides on it.")


class NotPrincipal(Forbidden):
    """Only the customer, or a clerk who was told by them, revokes a mandate."""

    title = N_("Only the customer who gave this mandate can revoke it.")


class EndedAlready(Conflict):
    """The mandate was revoked or has expired."""

    title = N_("This mandate has ended already.")


@dataclass(frozen=True, slots=True)
class NewMandate:
    """Who may do what for the customer of a contract, and how long; no last day means until revoked."""

    contract: UUID
    agent: str
    acts: Sequence[str]
    valid_from: date
    valid_to: date | None
    kind: str = "proxy"
    evidence: Mapping[str, Any] = field(default_factory=dict)


def usable(mandate: Mandate, day: date) -> bool:
    """Whether it can be acted on that day."""
    ended = mandate.revoked_at is not None or mandate.ended_at is not None
    return not ended and mandate.valid_from <= day and (mandate.valid_to is None or day <= mandate.valid_to)


def submitters(tx: Transaction, case_id: UUID) -> set[UUID]:
    """Accounts of those who brought papers into the case: who started it, and who answered the applicant's tasks."""
    first = select(HistoryEntry.actor_account).where(HistoryEntry.case_id == case_id).order_by(HistoryEntry.number)
    answered = select(Task.ended_by).where(
        Task.case_id == case_id, Task.state == "completed", Task.audience == "applicant"
    )
    found = {tx.session.scalars(first.limit(1)).first(), *tx.session.scalars(answered)}
    return {account for account in found if account is not None}


def record(tx: Transaction, case_id: UUID, new: NewMandate, now: datetime) -> Mandate:
    """Keep a verified mandate; what an earlier round of the same case accepted is revoked by it.

    Raises:
        clerks.NoClerkDecided: no entitled clerk completed the case's task `decide-mandate`.
        OwnMandate: the verifier brought its papers.
        Invalid: it covers no act, or one that nobody knows, or ends before it begins or has ended.
    """
    clerk = clerks.who_decided(tx, case_id, clerks.DECIDE_MANDATE, VERIFIERS)
    if clerk.account in submitters(tx, case_id):
        raise OwnMandate(f"case {case_id}")
    acts = frozenset(new.acts)
    if not acts or not acts <= frozenset(MandateAct):
        raise Invalid("a mandate covers at least one act, and known ones only")
    if new.valid_to is not None and new.valid_to < max(new.valid_from, profile.of(tx).today(now)):
        raise Invalid("the mandate ends before it begins, or has ended")
    for earlier in tx.session.scalars(select(Mandate).where(Mandate.case_id == case_id, Mandate.revoked_at.is_(None))):
        if earlier.task_id == clerk.task:
            return earlier
        earlier.revoked_at = now
    contract = tx.get(Contract, new.contract)
    mandate = Mandate(
        contract_id=contract.id,
        case_id=case_id,
        kind=new.kind,
        agent_person_id=tx.get(Case, case_id).person_id,
        agent_name=new.agent,
        principal_person_id=principal(tx, contract).id,
        evidence=dict(new.evidence),
        valid_from=new.valid_from,
        valid_to=new.valid_to,
        verified_by=clerk.account,
        verified_at=now,
        task_id=clerk.task,
    )
    tx.add(mandate)
    tx.session.flush()
    tx.add(*(CoveredAct(mandate_id=mandate.id, act=act) for act in sorted(acts)))
    return mandate


def acts_of(tx: Transaction, mandates: Collection[UUID]) -> Mapping[UUID, tuple[MandateAct, ...]]:
    """The acts each of these mandates covers, in the order in which people are asked for them."""
    rows = select(CoveredAct.mandate_id, CoveredAct.act).where(CoveredAct.mandate_id.in_(mandates))
    covered = {(row.mandate_id, row.act) for row in tx.session.execute(rows)}
    return {mandate: tuple(act for act in MandateAct if (mandate, act) in covered) for mandate in mandates}


def principal(tx: Transaction, contract: Contract) -> Person:
    """The customer as somebody mails go to: as kept with an earlier mandate for the contract, in today's words."""
    customer = tx.get(Customer, contract.customer_id)
    known = select(Mandate.principal_person_id).where(Mandate.contract_id == contract.id).limit(1)
    found = tx.session.scalar(known)
    person = Person(language=tx.get(Tenant, tx.tenant).language) if found is None else tx.get(Person, found)
    person.name, person.email = customer.name, customer.email
    tx.add(person)
    return person


def of_case(tx: Transaction, case_id: UUID) -> Mandate | None:
    """The mandate that was accepted last in a case and is not revoked."""
    accepted = select(Mandate).where(Mandate.case_id == case_id, Mandate.revoked_at.is_(None))
    return tx.session.scalars(accepted.order_by(Mandate.id.desc()).limit(1)).first()


def listed(tx: Transaction, contract_id: UUID) -> list[Mandate]:
    """Every mandate ever accepted for a contract, the newest first."""
    found = select(Mandate).where(Mandate.contract_id == contract_id).order_by(Mandate.id.desc())
    return list(tx.session.scalars(found))


def revoke(
    uow: UnitOfWork, runtime: Runtime, subject: Subject, door: Door, mandate_id: UUID, reason: str, now: datetime
) -> None:
    """Revoke a mandate: from this moment its accounts are locked and open cases that rest on it are flagged.

    The customer may, and a clerk whom they told (`reason` says how).

    Raises:
        NotFound: there is no such mandate, or it is not this subject's to see.
        NotPrincipal: an agent cannot revoke for the customer.
        EndedAlready: it was revoked before, or has expired.
        Invalid: a clerk gave no reason.
    """
    with uow.begin() as tx:
        mandate = tx.get(Mandate, mandate_id)
        _require_principal(tx, subject, mandate)
        if subject.kind is Kind.STAFF and not reason.strip():
            raise Invalid(fields={"reason": N_("Say who revoked it, and how you were told.")})
        if mandate.revoked_at is not None or mandate.ended_at is not None:
            raise EndedAlready(str(mandate_id))
        mandate.reason = reason.strip()[:500]
        withdraw(tx, runtime, mandate, subject.acting(door, reason=reason), now)


def withdraw(tx: Transaction, runtime: Runtime, mandate: Mandate, by: Actor, now: datetime) -> None:
    """What revoking comes to, once it is known that the one who does it may; both sides are told by its process."""
    mandate.revoked_at, mandate.revoked_by = now, by.account
    end(tx, runtime, mandate.id, now)
    messages.correlate(tx, runtime, REVOKED, str(mandate.id), {}, by, now)


def _require_principal(tx: Transaction, subject: Subject, mandate: Mandate) -> None:
    if subject.kind is Kind.STAFF and subject.groups & TAKES_REVOCATIONS:
        return
    held = select(ContractAccount.mandate_id, ContractAccount.id).where(
        ContractAccount.contract_id == mandate.contract_id,
        ContractAccount.account_id == subject.account,
        ContractAccount.state == "active",
    )
    found = None if subject.account is None else tx.session.execute(held).first()
    if found is None:
        raise NotFound(f"mandate {mandate.id}")
    if found.mandate_id is not None:
        raise NotPrincipal(f"mandate {mandate.id}")


def end(tx: Transaction, runtime: Runtime, mandate_id: UUID, now: datetime) -> int:
    """What follows from the end of a mandate, at once: linked accounts are locked, open cases flagged and told.

    How many accounts were locked. Doing it again changes nothing.
    """
    _flag(tx, runtime, tx.get(Mandate, mandate_id), now)
    mandate = tx.locked(Mandate, mandate_id)
    if mandate.ended_at is not None:
        return 0
    mandate.ended_at = now
    resting = select(ContractAccount).where(ContractAccount.mandate_id == mandate_id, ContractAccount.state.in_(LIVE))
    held = [slot for slot in tx.session.scalars(resting.with_for_update()) if slot.state != "reserved"]
    for slot in held:
        slot.state = "locked"
    tx.session.flush()
    for account_id in sorted({slot.account_id for slot in held if slot.account_id is not None}):
        _lock_account(tx, AccountId(account_id), now)
    return len(held)


def _lock_account(tx: Transaction, account_id: AccountId, now: datetime) -> None:
    """Lock an account that no unlocked slot is left for: who acts for several customers keeps the others."""
    account = tx.locked(Account, account_id)
    if all(slot.state == "locked" for slot in slots.of_account(tx, account_id)):
        accounts.suspend(tx, account, now)


def _flag(tx: Transaction, runtime: Runtime, mandate: Mandate, now: datetime) -> None:
    """Flag the agent's open cases about the contract, and tell those that wait to be told."""
    rests = (
        select(Case.id)
        .join(CaseRelation, CaseRelation.case_id == Case.id)
        .where(
            CaseRelation.kind.in_((CONTRACT, APPLIED_FOR)),
            CaseRelation.object_id == mandate.contract_id,
            Case.person_id == mandate.agent_person_id,
            Case.state != "closed",
        )
        .distinct()
        .order_by(Case.id)
    )
    by = system(tx.tenant).acting(Door.JOB)
    for case_id in [CaseId(found) for found in tx.session.scalars(rests)]:
        tx.locked(Case, case_id)
        relate(tx, case_id, ENDED, mandate.id)
        note(tx, case_id, ENDED, by, now, Evidence(data={"mandate": str(mandate.id)}))
        messages.deliver(tx, runtime, case_id, ENDED, {}, by, now)
