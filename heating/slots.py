"""The slots of a contract: at most three live accounts, one slot each (S000-15, F6)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from akta.errors import Conflict
from akta.languages import N_
from heating import profile
from heating.tables.contracts import LIVE, Contract, ContractAccount
from storage.unit_of_work import Transaction


class ContractFull(Conflict):
    """Every slot of the contract is taken."""

    title = N_("This contract already has as many accounts as it may have.")


class NoSlot(Conflict):
    """The case holds no slot, or not in the state the act needs."""

    title = N_("This application holds no place on the contract.")


def reserve(tx: Transaction, case_id: UUID, contract_id: UUID, now: datetime) -> ContractAccount:
    """Reserve the lowest free slot for a case; reserving again gives the same one.

    The contract is locked, so cases come one after the other; the unique index speaks for whoever comes another way.

    Raises:
        ContractFull: no slot is free.
    """
    limit = profile.of(tx).accounts_per_contract
    tx.locked(Contract, contract_id)
    held = of_case(tx, case_id)
    if held is not None:
        if held.contract_id != contract_id:
            raise NoSlot("the case holds a slot of another contract")
        return held
    taken = _taken(tx, contract_id)
    for number in range(1, limit + 1):
        if number not in taken and (slot := _take(tx, case_id, contract_id, number, limit, now)):
            return slot
    raise ContractFull(f"contract {contract_id}")


def _taken(tx: Transaction, contract_id: UUID) -> set[int]:
    live = select(ContractAccount.slot_no).where(
        ContractAccount.contract_id == contract_id, ContractAccount.state.in_(LIVE)
    )
    return set(tx.session.scalars(live))


def _take(
    tx: Transaction, case_id: UUID, contract_id: UUID, number: int, limit: int, now: datetime
) -> ContractAccount | None:
    slot = ContractAccount(contract_id=contract_id, slot_no=number, slot_limit=limit, case_id=case_id, reserved_at=now)
    try:
        with tx.session.begin_nested():
            tx.add(slot)
    except IntegrityError:
        return None
    return slot


def of_case(tx: Transaction, case_id: UUID) -> ContractAccount | None:
    """The live slot a case holds."""
    statement = select(ContractAccount).where(ContractAccount.case_id == case_id, ContractAccount.state.in_(LIVE))
    return tx.session.scalar(statement.with_for_update())


def fill(tx: Transaction, case_id: UUID, account_id: UUID, mandate_id: UUID | None = None) -> ContractAccount:
    """Put a new account into the reserved slot: it is pending until the first login.

    Raises:
        NoSlot: the case has no slot that waits for an account.
    """
    slot = of_case(tx, case_id)
    if slot is None or slot.state != "reserved":
        raise NoSlot(f"case {case_id}")
    slot.account_id, slot.state, slot.mandate_id = account_id, "pending", mandate_id
    tx.session.flush()
    return slot


def activate(tx: Transaction, case_id: UUID, account_id: UUID) -> None:
    """The account's owner signed in for the first time; activating again changes nothing.

    Raises:
        NoSlot: the case's slot is not this account's, or was closed.
    """
    slot = of_case(tx, case_id)
    if slot is None or slot.account_id != account_id or slot.state not in ("pending", "active"):
        raise NoSlot(f"case {case_id}, account {account_id}")
    slot.state = "active"
    tx.session.flush()


def of_account(tx: Transaction, account_id: UUID) -> list[ContractAccount]:
    """The live slots an account holds, oldest first."""
    statement = select(ContractAccount).where(ContractAccount.account_id == account_id, ContractAccount.state.in_(LIVE))
    return list(tx.session.scalars(statement.order_by(ContractAccount.id).with_for_update()))


def close(tx: Transaction, slot: ContractAccount, now: datetime) -> None:
    """Free a slot; the row stays as the record that it was held."""
    slot.state, slot.closed_at = "closed", now
    tx.session.flush()


def latest_of_case(tx: Transaction, case_id: UUID) -> ContractAccount | None:
    """The slot a case holds or held last, whatever became of it."""
    statement = select(ContractAccount).where(ContractAccount.case_id == case_id)
    return tx.session.scalars(statement.order_by(ContractAccount.id.desc()).limit(1)).first()
