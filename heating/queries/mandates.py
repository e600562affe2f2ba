"""Mandates as their customer, their agent and the office see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, not_, or_, select

from akta.errors import NotFound
from akta.subjects import Kind, Subject
from heating import mandates
from heating.acts import MandateAct
from heating.tables.contracts import LIVE, Contract, ContractAccount, Customer, Mandate
from storage.cases import Case
from storage.people import Account, Person
from storage.unit_of_work import Transaction

PAGE = 50
SOON = timedelta(days=30)
"""How long before its last day a mandate counts as ending soon: when the first reminder goes out (domain.md §2.2)."""


class State(StrEnum):
    """How a mandate stands on a day."""

    AHEAD = "ahead"
    ACTIVE = "active"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    REVOKED = "revoked"


class Wanted(StrEnum):
    """Which mandates a list shows."""

    IN_FORCE = "in-force"
    EXPIRING = "expiring"
    ENDED = "ended"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class MandateView:
    """A mandate. Who verified it, in which case and on which documents, is told to the office only.

    `own`: the asking subject is the customer who gave it.
    """

    id: UUID
    contract_number: str
    customer_name: str
    agent_name: str
    kind: str
    acts: tuple[MandateAct, ...]
    valid_from: date
    valid_to: date | None
    state: State
    accounts: int
    """How many accounts rest on it, locked ones too."""
    verified_at: datetime
    own: bool
    revoked_at: datetime | None
    reason: str = ""
    verified_by: str = ""
    case_id: UUID | None = None
    case_reference: str = ""
    documents: tuple[UUID, ...] = ()


def listed(
    tx: Transaction,
    subject: Subject,
    today: date,
    wanted: Wanted = Wanted.IN_FORCE,
    search: str = "",
    before: UUID | None = None,
    limit: int = PAGE,
) -> list[MandateView]:
    """Mandates the subject sees, the newest first; `search` is a part of a name or a number."""
    found = _seen(subject).where(_standing(wanted, today))
    if typed := search.strip():
        columns = (Mandate.agent_name, Customer.name, Contract.number)
        found = found.where(or_(*(column.icontains(typed, autoescape=True) for column in columns)))
    if before is not None:
        found = found.where(Mandate.id < before)
    return _views(tx, subject, found.order_by(Mandate.id.desc()).limit(limit), today)


def one(tx: Transaction, subject: Subject, mandate_id: UUID, today: date) -> MandateView:
    """
    Raises:
        NotFound: there is no such mandate, or it is not this subject's to see.
    """
    found = _views(tx, subject, _seen(subject).where(Mandate.id == mandate_id), today)
    if not found:
        raise NotFound(f"mandate {mandate_id}")
    return found[0]


def without_account(tx: Transaction, subject: Subject, today: date) -> list[MandateView]:
    """Mandates in force which the customer gave and on which nobody has an account, or none yet."""
    found = listed(tx, subject, today, limit=PAGE)
    return [view for view in found if view.own and not view.accounts]


def _seen(subject: Subject) -> Select[Mandate, Contract, Customer]:
    """Every mandate for the office; customers see those for contracts of their own, agents their own mandates."""
    found = (
        select(Mandate, Contract, Customer)
        .join(Contract, Contract.id == Mandate.contract_id)
        .join(Customer, Customer.id == Contract.customer_id)
    )
    if subject.kind is Kind.STAFF:
        return found
    if subject.kind is not Kind.CUSTOMER or subject.account is None:
        return found.where(false())
    return found.where(or_(_given_by(subject), _held_by(subject)))


def _given_by(subject: Subject) -> ColumnElement[bool]:
    own = select(ContractAccount.contract_id).where(
        ContractAccount.account_id == subject.account,
        ContractAccount.state == "active",
        ContractAccount.mandate_id.is_(None),
    )
    return Mandate.contract_id.in_(own)


def _held_by(subject: Subject) -> ColumnElement[bool]:
    held = select(ContractAccount.mandate_id).where(
        ContractAccount.account_id == subject.account, ContractAccount.mandate_id.is_not(None)
    )
    return Mandate.id.in_(held)


def _standing(wanted: Wanted, today: date) -> ColumnElement[bool]:
    past = and_(Mandate.valid_to.is_not(None), Mandate.valid_to < today)
    ended = or_(Mandate.revoked_at.is_not(None), Mandate.ended_at.is_not(None), past)
    match wanted:
        case Wanted.IN_FORCE:
            return not_(ended)
        case Wanted.EXPIRING:
            return and_(not_(ended), Mandate.valid_to.is_not(None), Mandate.valid_to <= today + SOON)
        case Wanted.ENDED:
            return ended
        case Wanted.ALL:
            return Mandate.id.is_not(None)


def _views(
    tx: Transaction, subject: Subject, found: Select[Mandate, Contract, Customer], today: date
) -> list[MandateView]:
    rows = tx.session.execute(found).all()
    ids = [mandate.id for mandate, _, _ in rows]
    acts, accounts, office = mandates.acts_of(tx, ids), _accounts(tx, ids), subject.kind is Kind.STAFF
    given = select(Mandate.id).where(Mandate.id.in_(ids), _given_by(subject))
    own = () if office else tx.session.scalars(given).all()
    cases = _cases(tx, [mandate.case_id for mandate, _, _ in rows]) if office else {}
    names = _names(tx, [mandate.verified_by for mandate, _, _ in rows]) if office else {}
    return [
        MandateView(
            id=mandate.id,
            contract_number=contract.number,
            customer_name=customer.name,
            agent_name=mandate.agent_name,
            kind=mandate.kind,
            acts=acts[mandate.id],
            valid_from=mandate.valid_from,
            valid_to=mandate.valid_to,
            state=state(mandate, today),
            accounts=accounts.get(mandate.id, 0),
            verified_at=mandate.verified_at,
            own=mandate.id in own,
            revoked_at=mandate.revoked_at,
            reason=mandate.reason if office else "",
            verified_by=names.get(mandate.verified_by, ""),
            case_id=mandate.case_id if office else None,
            case_reference=cases.get(mandate.case_id, ""),
            documents=tuple(UUID(key) for key in mandate.evidence.get("documents", ())) if office else (),
        )
        for mandate, contract, customer in rows
    ]


def state(mandate: Mandate, today: date) -> State:
    """How it stands on a day: revoked, expired, not valid yet, ending soon, or active."""
    if mandate.revoked_at is not None:
        return State.REVOKED
    if mandate.ended_at is not None or (mandate.valid_to is not None and mandate.valid_to < today):
        return State.EXPIRED
    if mandate.valid_from > today:
        return State.AHEAD
    soon = mandate.valid_to is not None and mandate.valid_to <= today + SOON
    return State.EXPIRING if soon else State.ACTIVE


def _accounts(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID | None, int]:
    held = (
        select(ContractAccount.mandate_id, func.count())
        .where(ContractAccount.mandate_id.in_(ids), ContractAccount.state.in_(LIVE))
        .group_by(ContractAccount.mandate_id)
    )
    return {mandate: count for mandate, count in tx.session.execute(held)}


def _cases(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, str]:
    return {key: said for key, said in tx.session.execute(select(Case.id, Case.reference).where(Case.id.in_(ids)))}


def _names(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, str]:
    clerks = select(Account.id, Person.name).join(Person, Person.id == Account.person_id).where(Account.id.in_(ids))
    return {key: name for key, name in tx.session.execute(clerks)}
