"""Who has access to a contract: the list its customer may ask for, and closing an account to make room."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from akta.errors import NotFound
from akta.ids import AccountId, CaseId, new_id
from akta.languages import N_
from akta.subjects import Actor, Door, Kind, Subject
from bpmn.values import Value
from heating import accounts, mandates, slots
from heating.acts import MandateAct
from heating.tables.contracts import LIVE, Contract, ContractAccount, Mandate
from heating.visibility import contracts_of
from people.groups import FRONT_DESK, SUPERVISION
from storage.people import Account, Person
from storage.tenants import Tenant
from storage.unit_of_work import Transaction, UnitOfWork
from workflows import cases, deployments, messages
from workflows.cases import NewCase, relate
from workflows.runtime import Runtime

FREED = "account-freed"
"""Message to applications that wait for a place on a contract; correlates on the contract's id."""
ENDED = "access-ended"
"""The process that tells both sides."""
CONTRACT_OF = "access-of"
"""How that case is related to the contract: nobody sees it by their account, for it is about others."""
MAY_CLOSE = frozenset({FRONT_DESK, SUPERVISION})


class NotYoursToClose(NotFound):
    """There is no such account on a contract of this subject, or they only act for its customer."""

    title = N_("There is no such account on your contract.")


@dataclass(frozen=True, slots=True)
class Holder:
    """An account with access to a contract. `own` is the asking subject's; `until` when a mandate ends."""

    account: UUID | None
    login: str
    name: str
    state: str
    since: datetime
    own: bool
    acts: tuple[MandateAct, ...] = ()
    until: date | None = None
    mandate: UUID | None = None

    @property
    def masked(self) -> str:
        """The login so that its holder knows it again and nobody else learns it."""
        return f"{self.login[:2]}…{self.login[-2:]}" if len(self.login) > 5 else "…"


def holders(tx: Transaction, contract_id: UUID, subject: Subject | None = None) -> Sequence[Holder]:
    """Every account that takes a slot of the contract, by slot. The caller has checked that it may be told."""
    found = (
        select(ContractAccount, Account, Person, Mandate)
        .outerjoin(Account, Account.id == ContractAccount.account_id)
        .outerjoin(Person, Person.id == Account.person_id)
        .outerjoin(Mandate, Mandate.id == ContractAccount.mandate_id)
        .where(ContractAccount.contract_id == contract_id, ContractAccount.state.in_(LIVE))
        .order_by(ContractAccount.slot_no)
    )
    rows = tx.session.execute(found).all()
    acts = mandates.acts_of(tx, [slot.mandate_id for slot, *_ in rows if slot.mandate_id is not None])
    return tuple(_holder(*row, acts, subject) for row in rows)


def _holder(
    slot: ContractAccount,
    account: Account | None,
    person: Person | None,
    mandate: Mandate | None,
    acts: Mapping[UUID, tuple[MandateAct, ...]],
    who: Subject | None,
) -> Holder:
    return Holder(
        account=slot.account_id,
        login=account.login if account else "",
        name=person.name if person else "",
        state=slot.state,
        since=slot.reserved_at,
        own=who is not None and slot.account_id is not None and slot.account_id == who.account,
        acts=acts[mandate.id] if mandate else (),
        until=mandate.valid_to if mandate else None,
        mandate=mandate.id if mandate else None,
    )


def of_subject(tx: Transaction, subject: Subject) -> dict[Contract, Sequence[Holder]]:
    """The contracts a customer acts on in their own right, each with who has access to it."""
    own = select(ContractAccount.contract_id).where(
        ContractAccount.account_id == subject.account,
        ContractAccount.mandate_id.is_(None),
        ContractAccount.contract_id.in_(contracts_of(subject, MandateAct.VIEW)),
    )
    contracts = tx.session.scalars(select(Contract).where(Contract.id.in_(own)).order_by(Contract.number))
    return {contract: holders(tx, contract.id, subject) for contract in contracts}


def revoke(
    uow: UnitOfWork,
    runtime: Runtime,
    subject: Subject,
    door: Door,
    contract_id: UUID,
    account_id: AccountId,
    now: datetime,
) -> None:
    """Take an account's access to a contract away: its customer may, and the front desk for them.

    An account that has other contracts keeps those. The mandate it rested on is revoked with it. Applications that
    wait for the place go on; whose access it was and the customer are told.

    Raises:
        NotYoursToClose: the account is not on the contract, or the subject may not close it.
    """
    with uow.begin() as tx:
        if not _may_close(tx, subject, contract_id):
            raise NotYoursToClose(f"contract {contract_id}")
        mandate = _mandate_of(tx, contract_id, account_id)
        close(tx, contract_id, account_id, now)
        if mandate is None:
            _tell(tx, runtime, subject.acting(door), contract_id, account_id, now)
        else:
            mandates.withdraw(tx, runtime, mandate, subject.acting(door), now)
        messages.correlate(tx, runtime, FREED, str(contract_id), {}, subject.acting(door), now)


def close(tx: Transaction, contract_id: UUID, account_id: AccountId, now: datetime) -> None:
    """Free the account's slot on this contract; without another slot the account is closed.

    Raises:
        NotYoursToClose: it holds no slot of this contract.
    """
    tx.locked(Contract, contract_id)
    held = slots.of_account(tx, account_id)
    here = [slot for slot in held if slot.contract_id == contract_id]
    if not here:
        raise NotYoursToClose(f"account {account_id} on contract {contract_id}")
    if len(here) == len(held):
        accounts.close(tx, account_id, now)
        return
    for slot in here:
        slots.close(tx, slot, now)


def _mandate_of(tx: Transaction, contract_id: UUID, account_id: AccountId) -> Mandate | None:
    """The mandate in force on which the account acts on this contract."""
    resting = select(Mandate).join(ContractAccount, ContractAccount.mandate_id == Mandate.id)
    here = ContractAccount.contract_id == contract_id, ContractAccount.account_id == account_id
    live = ContractAccount.state.in_(LIVE), Mandate.revoked_at.is_(None), Mandate.ended_at.is_(None)
    return tx.session.scalar(resting.where(*here, *live))


def _tell(
    tx: Transaction, runtime: Runtime, by: Actor, contract_id: UUID, account_id: AccountId, now: datetime
) -> None:
    """Begin the case that writes to whose access it was and to the customer."""
    contract, tenant = tx.get(Contract, contract_id), tx.get(Tenant, tx.tenant)
    holder = tx.get(Person, tx.get(Account, account_id).person_id)
    customer = mandates.principal(tx, contract)
    tx.session.flush()
    bundle = runtime.definitions.bundle(tx, deployments.active(tx, ENDED).content_hash)
    told: dict[str, Value] = {
        "holder_person": str(holder.id),
        "customer_person": str(customer.id),
        "holder_name": holder.name,
        "contract_no": contract.number,
    }
    new = NewCase(
        bundle=ENDED,
        channel="system",
        language=tenant.language,
        submission_key=f"{ENDED}-{new_id()}",
        received_at=now,
        variables=told,
        title=bundle.texts(tenant.language).title,
        words=(contract.number,),
    )
    relate(tx, CaseId(cases.start(tx, runtime, new, by, now).id), CONTRACT_OF, contract.id)


def _may_close(tx: Transaction, subject: Subject, contract_id: UUID) -> bool:
    if subject.kind is Kind.STAFF:
        return bool(subject.groups & MAY_CLOSE)
    return subject.kind is Kind.CUSTOMER and any(contract.id == contract_id for contract in of_subject(tx, subject))
