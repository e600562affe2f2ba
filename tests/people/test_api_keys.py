"""API keys open what they name, until they expire or are revoked, at their own utility."""

from datetime import datetime, timedelta

import pytest

from akta.ids import AccountId
from akta.subjects import Kind
from people import accounts, api_keys
from people.api_keys import NoScope, TooLong, Unnamed
from storage.database import Database
from storage.identity import ApiKey
from storage.people import Account
from storage.unit_of_work import UnitOfWork
from tests.people.conftest import NewAccount

YEAR = timedelta(days=365)


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """The same queries run on both databases."""
    return sqlite_database


@pytest.fixture
def admin(new_account: NewAccount) -> AccountId:
    return new_account("admin", Kind.STAFF, groups=("administration",))


def make(uow: UnitOfWork, admin: AccountId, now: datetime, *scopes: str) -> api_keys.NewKey:
    with uow.begin() as tx:
        return api_keys.make(tx, "The map", scopes or ("see-case",), YEAR, admin, now)


def test_a_key_is_a_machine_with_its_scopes(uow: UnitOfWork, admin: AccountId, now: datetime) -> None:
    made = make(uow, admin, now, "see-case", "see-processes")
    known = api_keys.lookup(uow, made.key, now)
    assert known is not None
    assert (known.subject.kind, known.subject.name, known.subject.account) == (Kind.MACHINE, "The map", None)
    assert known.subject.scopes == {"see-case", "see-processes"}


def test_only_its_hash_is_kept_and_its_beginning_shown(uow: UnitOfWork, admin: AccountId, now: datetime) -> None:
    made = make(uow, admin, now)
    with uow.view() as tx:
        (row,) = tx.session.query(ApiKey).all()
        (shown,) = api_keys.listed(tx)
    assert made.key not in [str(getattr(row, column.name)) for column in ApiKey.__table__.columns]
    assert made.key.startswith(shown.prefix)
    assert len(made.key) - len(shown.prefix) > 30
    assert shown.used_at is None


def test_a_key_ends_when_it_expires_is_revoked_or_its_maker_is_gone(
    uow: UnitOfWork, admin: AccountId, now: datetime, other_uow: UnitOfWork
) -> None:
    first, second, third = make(uow, admin, now), make(uow, admin, now), make(uow, admin, now)
    assert api_keys.lookup(uow, first.key, now + YEAR - timedelta(seconds=1)) is not None
    assert api_keys.lookup(uow, first.key, now + YEAR) is None
    assert api_keys.lookup(other_uow, first.key, now) is None
    for _ in range(2):
        with uow.begin() as tx:
            api_keys.revoke(tx, second.id, admin, now)
    assert api_keys.lookup(uow, second.key, now) is None
    with uow.begin() as tx:
        accounts.close(tx, tx.get(Account, admin), now)
    assert api_keys.lookup(uow, third.key, now) is None


def test_its_last_use_is_kept_to_within_minutes(uow: UnitOfWork, admin: AccountId, now: datetime) -> None:
    made = make(uow, admin, now)
    for minutes in (0, 2, 7):
        api_keys.lookup(uow, made.key, now + timedelta(minutes=minutes))
    with uow.view() as tx:
        assert api_keys.listed(tx)[0].used_at == now + timedelta(minutes=7)


@pytest.mark.parametrize(
    ("name", "scopes", "lasting", "error"),
    [
        ("", ("see-case",), YEAR, Unnamed),
        ("x" * 101, ("see-case",), YEAR, Unnamed),
        ("a\x00b", ("see-case",), YEAR, Unnamed),
        ("The map", (), YEAR, NoScope),
        ("The map", ("manage-accounts",), YEAR, NoScope),
        ("The map", ("see-case", "nonsense"), YEAR, NoScope),
        ("The map", ("see-case",), timedelta(0), TooLong),
        ("The map", ("see-case",), timedelta(days=400), TooLong),
    ],
)
def test_what_no_key_can_be(
    uow: UnitOfWork,
    admin: AccountId,
    now: datetime,
    name: str,
    scopes: tuple[str, ...],
    lasting: timedelta,
    error: type[Exception],
) -> None:
    with pytest.raises(error), uow.begin() as tx:
        api_keys.make(tx, name, scopes, lasting, admin, now)
