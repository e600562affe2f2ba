"""F6: never a fourth live account on a contract."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from akta.ids import CaseId, TenantId
from heating import slots
from heating.slots import ContractFull
from heating.tables.contracts import Contract, ContractAccount
from storage.database import Database
from storage.tenants import Tenant
from tests.heating.office import Office


def reserve(office: Office, case: CaseId, contract: Contract) -> int:
    with office.uow.begin() as tx:
        return slots.reserve(tx, case, contract.id, office.now).slot_no


def test_three_accounts_fit_and_a_fourth_is_refused(office: Office) -> None:
    contract = office.contract()
    assert [reserve(office, office.case(), contract) for _ in range(3)] == [1, 2, 3]
    with pytest.raises(ContractFull):
        reserve(office, office.case(), contract)


def test_a_closed_account_makes_room_for_another(office: Office) -> None:
    contract = office.contract()
    for number in (1, 2, 3):
        office.holder(contract, number)
    with office.uow.begin() as tx:
        second = tx.session.scalars(select(ContractAccount).where(ContractAccount.slot_no == 2)).one()
        slots.close(tx, second, office.now)
    assert reserve(office, office.case(), contract) == 2


def test_a_locked_account_keeps_its_place(office: Office) -> None:
    contract = office.contract()
    for number, state in ((1, "active"), (2, "locked"), (3, "pending")):
        office.holder(contract, number, state)
    with pytest.raises(ContractFull):
        reserve(office, office.case(), contract)


def test_reserving_again_gives_the_same_slot(office: Office) -> None:
    contract, case = office.contract(), office.case()
    assert reserve(office, case, contract) == reserve(office, case, contract) == 1


def test_the_limit_is_the_utilitys_own(office: Office, database: Database) -> None:
    with database.across_tenants() as session:
        session.get_one(Tenant, office.uow.tenant).profile = {"accounts_per_contract": 1}
    contract = office.contract()
    reserve(office, office.case(), contract)
    with pytest.raises(ContractFull):
        reserve(office, office.case(), contract)


def test_of_many_applications_at_once_exactly_one_gets_the_last_slot(office: Office, database: Database) -> None:
    contract = office.contract()
    office.holder(contract, 1)
    office.holder(contract, 2)
    cases, gate = [office.case() for _ in range(6)], Barrier(6)

    def apply(case: CaseId) -> bool:
        uow = database.unit_of_work(TenantId(office.uow.tenant))
        gate.wait()
        try:
            with uow.begin() as tx:
                slots.reserve(tx, case, contract.id, office.now)
        except ContractFull:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        won = list(pool.map(apply, cases))
    assert won.count(True) == 1


def test_without_any_lock_the_index_still_lets_one_in(office: Office, database: Database) -> None:
    """Two writers that skip the use case: the constraint decides."""
    contract, gate = office.contract(), Barrier(2)

    def insert(_number: int) -> bool:
        uow = database.unit_of_work(TenantId(office.uow.tenant))
        gate.wait()
        try:
            with uow.begin() as tx:
                tx.add(ContractAccount(contract_id=contract.id, slot_no=1, slot_limit=3, reserved_at=office.now))
        except IntegrityError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(insert, range(2))) == [False, True]


@pytest.mark.parametrize(("slot_no", "limit"), [(4, 3), (0, 3), (2, 1)])
def test_a_slot_beyond_the_limit_cannot_be_stored(office: Office, slot_no: int, limit: int) -> None:
    contract = office.contract()
    row = ContractAccount(contract_id=contract.id, slot_no=slot_no, slot_limit=limit, reserved_at=office.now)
    with pytest.raises(IntegrityError), office.uow.begin() as tx:
        tx.add(row)
