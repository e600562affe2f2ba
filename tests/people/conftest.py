"""Persons and accounts of a utility."""

from collections.abc import Callable
from datetime import datetime

import pytest

from akta.ids import AccountId, TenantId
from akta.subjects import Kind
from people import accounts
from people.passwords import Cost, Hasher
from storage.database import Database
from storage.people import Person
from storage.tenants import Tenant
from storage.unit_of_work import UnitOfWork

PASSWORD = "correct horse 7"

NewAccount = Callable[..., AccountId]


@pytest.fixture(scope="session")
def hasher() -> Hasher:
    """Real Argon2 at the lowest cost."""
    return Hasher(Cost(passes=1, memory=8, lanes=1))


@pytest.fixture
def other_uow(database: Database, other_tenant: Tenant) -> UnitOfWork:
    """A unit of work of a second utility."""
    return database.unit_of_work(TenantId(other_tenant.id))


@pytest.fixture
def new_account(uow: UnitOfWork, hasher: Hasher, now: datetime) -> NewAccount:
    """Makes accounts: active with `PASSWORD`, or pending without one."""

    def make(
        login: str = "ukazka",
        kind: Kind = Kind.CUSTOMER,
        *,
        groups: tuple[str, ...] = (),
        password: str = PASSWORD,
    ) -> AccountId:
        hashed = hasher.hash(password) if password else ""
        with uow.begin() as tx:
            person = Person(name="Minta Ügyfél", email=f"{login}@example.org", language="cs")
            tx.add(person)
            account = accounts.create(tx, person, login, kind, now, groups=groups, password_hash=hashed)
            return AccountId(account.id)

    return make
