"""Groups: an administrator puts colleagues into ordinary ones; into a powerful one it takes two."""

from datetime import datetime, timedelta

import pytest

from akta.errors import Invalid, NotFound
from akta.ids import AccountId
from akta.subjects import Kind
from people import accounts, events, groups, memberships, sessions, staff
from people.memberships import NotAlone
from people.passwords import Hasher
from people.staff import NewStaff
from storage.database import Database
from storage.unit_of_work import UnitOfWork
from tests.people.conftest import PASSWORD, NewAccount

ADMIN = groups.ADMINISTRATION


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """The same queries run on both databases."""
    return sqlite_database


@pytest.fixture
def clerk(new_account: NewAccount) -> AccountId:
    return new_account("clerk", Kind.STAFF, groups=("metering",))


@pytest.fixture
def admins(new_account: NewAccount) -> tuple[AccountId, AccountId]:
    one, two = (new_account(name, Kind.STAFF, groups=(ADMIN,)) for name in ("one", "two"))
    return one, two


def groups_of(uow: UnitOfWork, hasher: Hasher, now: datetime, login: str = "clerk") -> frozenset[str]:
    found = sessions.lookup(uow, accounts.sign_in(uow, hasher, login, PASSWORD, now).token, now)
    assert found is not None
    return found.subject.groups


def test_an_ordinary_group_is_given_by_one_and_ends_the_sessions(
    uow: UnitOfWork, hasher: Hasher, now: datetime, clerk: AccountId, admins: tuple[AccountId, AccountId]
) -> None:
    token = accounts.sign_in(uow, hasher, "clerk", PASSWORD, now).token
    with uow.begin() as tx:
        assert memberships.grant(tx, clerk, "billing", admins[0], now)
        assert memberships.grant(tx, clerk, "billing", admins[0], now), "again changes nothing"
    assert sessions.lookup(uow, token, now) is None, "no open session gains a right"
    assert groups_of(uow, hasher, now) == {"metering", "billing"}


@pytest.mark.parametrize("group", sorted(groups.POWERFUL))
def test_a_powerful_group_takes_a_second_administrator(
    uow: UnitOfWork, hasher: Hasher, now: datetime, clerk: AccountId, admins: tuple[AccountId, AccountId], group: str
) -> None:
    one, two = admins
    with uow.begin() as tx:
        assert not memberships.grant(tx, clerk, group, one, now, reason="She leads the office")
        assert not memberships.grant(tx, clerk, group, one, now, reason="She leads the office")
        (request,) = memberships.waiting(tx)
    assert groups_of(uow, hasher, now) == {"metering"}
    for who in (one, clerk):
        with pytest.raises(NotAlone), uow.begin() as tx:
            memberships.decide(tx, request.id, True, who, now)
    with uow.begin() as tx:
        memberships.decide(tx, request.id, True, two, now + timedelta(minutes=1))
    assert groups_of(uow, hasher, now) == {"metering", group}
    with pytest.raises(memberships.Decided), uow.begin() as tx:
        memberships.decide(tx, request.id, False, two, now)
    with uow.view() as tx:
        kinds = [(event.kind, event.by != "") for event in events.listed(tx, clerk) if "group" in event.kind]
    assert kinds == [("group-granted", True), ("group-asked", True)]


def test_a_refused_request_gives_nothing_and_stays_on_record(
    uow: UnitOfWork, hasher: Hasher, now: datetime, clerk: AccountId, admins: tuple[AccountId, AccountId]
) -> None:
    with uow.begin() as tx:
        memberships.grant(tx, clerk, ADMIN, admins[0], now, reason="because")
        (request,) = memberships.waiting(tx)
        memberships.decide(tx, request.id, False, admins[1], now)
        assert memberships.waiting(tx) == []
        assert [event.kind for event in events.listed(tx, clerk)] == ["group-refused", "group-asked"]
    assert groups_of(uow, hasher, now) == {"metering"}


def test_nobody_gives_themselves_a_group(uow: UnitOfWork, now: datetime, admins: tuple[AccountId, AccountId]) -> None:
    for group in sorted(groups.GROUPS):
        with pytest.raises(NotAlone), uow.begin() as tx:
            memberships.grant(tx, admins[0], group, admins[0], now, reason="I would like to")


def test_an_administrator_alone_adds_no_powerful_colleague(
    uow: UnitOfWork, hasher: Hasher, now: datetime, admins: tuple[AccountId, AccountId]
) -> None:
    new = NewStaff("Minta Új", "uj@example.org", "uj", ("metering", "supervision"))
    with pytest.raises(staff.PowerfulGroup):
        staff.add(uow, hasher, new, now, by=admins[0])
    assert staff.add(uow, hasher, new, now).login == "uj", "whoever runs the installation adds the first ones"


def test_what_cannot_be_asked_for(
    uow: UnitOfWork, now: datetime, clerk: AccountId, admins: tuple[AccountId, AccountId], new_account: NewAccount
) -> None:
    customer = new_account("customer")
    for account, group, reason, error in (
        (clerk, "metring", "", Invalid),
        (clerk, ADMIN, " ", memberships.ReasonAsked),
        (clerk, ADMIN, "x" * 501, memberships.ReasonAsked),
        (customer, "metering", "", NotFound),
        (AccountId(clerk), "", "", Invalid),
    ):
        with pytest.raises(error), uow.begin() as tx:
            memberships.grant(tx, account, group, admins[0], now, reason=reason)


def test_the_last_administrator_stays(
    uow: UnitOfWork, now: datetime, admins: tuple[AccountId, AccountId], clerk: AccountId
) -> None:
    one, two = admins
    with uow.begin() as tx:
        memberships.take(tx, one, ADMIN, two, now)
    with pytest.raises(memberships.LastAdministrator), uow.begin() as tx:
        memberships.take(tx, two, ADMIN, two, now)
    with pytest.raises(NotFound), uow.begin() as tx:
        memberships.take(tx, clerk, "billing", two, now)
