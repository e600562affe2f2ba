"""The database keeps what many write at once, and says when it does not answer."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError

from akta.ids import TenantId, new_id
from storage.cases import Case
from storage.database import Database
from storage.people import Account, Person
from storage.tenants import Tenant
from storage.unit_of_work import ChangedMeanwhile, UnitOfWork
from tests import services
from tests.storage.rows import add_case, add_person


def test_no_update_is_lost_when_many_write_the_same_row(database: Database, uow: UnitOfWork, now: datetime) -> None:
    with uow.begin() as tx:
        case = add_case(tx, now)
        case.title = "0"

    def count(_: int) -> None:
        for _ in range(10):
            with database.unit_of_work(uow.tenant).begin() as tx:
                row = tx.locked(Case, case.id)
                row.title = str(int(row.title) + 1)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count, range(4)))
    with uow.view() as tx:
        assert tx.get(Case, case.id).title == "40"


def test_two_that_block_each_other_are_told_to_try_again(database: Database, uow: UnitOfWork) -> None:
    """On SQLite the second waits for the first; on PostgreSQL one of two in a deadlock gives up."""
    with uow.begin() as tx:
        keys = [add_person(tx).id, add_person(tx).id]
    meeting = threading.Barrier(2 if not database.embedded else 1)

    def rename(order: list[int]) -> str:
        try:
            with database.unit_of_work(uow.tenant).begin() as tx:
                for step, index in enumerate(order):
                    tx.session.execute(update(Person).where(Person.id == keys[index]).values(name=str(order)))
                    if step == 0:
                        meeting.wait(10)
        except ChangedMeanwhile:
            return "told"
        return "done"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(rename, ([0, 1], [1, 0])))
    assert answers == (["done", "done"] if database.embedded else ["done", "told"])


def test_references_are_enforced(uow: UnitOfWork, now: datetime) -> None:
    with pytest.raises(IntegrityError), uow.begin() as tx:
        tx.add(Account(person_id=new_id(), login="minta", kind="customer", created_at=now))


def test_the_doors_see_every_tenant(database: Database, tenant: Tenant, other_tenant: Tenant) -> None:
    for row in (tenant, other_tenant):
        with database.unit_of_work(TenantId(row.id)).begin() as tx:
            add_person(tx)
    with database.view_across_tenants() as session:
        assert len(session.scalars(select(Person)).all()) == 2
    with database.across_tenants() as session:
        session.execute(update(Person).values(phone="1"))
    with database.view_across_tenants() as session:
        assert session.scalars(select(Person.phone)).all() == ["1", "1"]


def test_a_view_of_the_doors_cannot_write(database: Database, tenant: Tenant) -> None:
    with pytest.raises(RuntimeError, match="view"), database.view_across_tenants() as session:
        session.execute(update(Tenant).values(name="Changed"))


def test_readiness_waits_for_no_writer(database: Database, uow: UnitOfWork) -> None:
    with uow.begin() as tx:
        add_person(tx)
        database.ready()


def test_a_database_that_does_not_answer_is_not_ready(tmp_path: Path) -> None:
    for url in (
        f"sqlite:///{tmp_path}/no/such/folder.db",
        f"postgresql://akta@127.0.0.1:{services.free_port()}/akta?connect_timeout=2",
    ):
        database = Database(url)
        with pytest.raises(OperationalError):
            database.ready()
        database.close()


def test_the_embedded_database_is_set_up_for_many_readers(sqlite_database: Database) -> None:
    with sqlite_database.view_across_tenants() as session:
        settings = {name: session.execute(text(f"pragma {name}")).scalar() for name in ("journal_mode", "foreign_keys")}
    assert settings == {"journal_mode": "wal", "foreign_keys": 1}
