"""Administration adds colleagues, sees them, and closes their accounts."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from akta.errors import Invalid, NotFound
from people import accounts, sessions, staff
from people.passwords import Hasher
from people.staff import NewStaff
from storage.unit_of_work import UnitOfWork
from tests.people.conftest import PASSWORD, NewAccount

CLERK = NewStaff("Metering clerk", "metering@example.org", "Metering", ("metering", "billing"), "cs")


def test_a_new_colleague_signs_in_once_with_the_temporary_password(
    uow: UnitOfWork, hasher: Hasher, now: datetime
) -> None:
    added = staff.add(uow, hasher, CLERK, now)
    opened = accounts.sign_in(uow, hasher, "metering", added.secret, now)
    assert opened.must_change
    session = sessions.lookup(uow, opened.token, now)
    assert session is not None
    assert session.subject.groups == {"metering", "billing"}


def test_the_list_shows_staff_only(uow: UnitOfWork, hasher: Hasher, now: datetime, new_account: NewAccount) -> None:
    new_account("customer")
    staff.add(uow, hasher, CLERK, now)
    with uow.view() as tx:
        (found,) = staff.listed(tx)
    assert (found.login, found.name, found.state, found.groups) == (
        "metering",
        "Metering clerk",
        "pending",
        ("billing", "metering"),
    )


def test_an_unknown_group_adds_nobody(uow: UnitOfWork, hasher: Hasher, now: datetime) -> None:
    with pytest.raises(Invalid):
        staff.add(uow, hasher, NewStaff("Metering clerk", "", "metering", ("metring",)), now)
    with uow.view() as tx:
        assert staff.listed(tx) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"name": " "},
        {"name": "a\x00b"},
        {"login": " "},
        {"login": "two words"},
        {"login": "a\u202eb"},
        {"email": "nobody"},
        {"email": "a b@example.org"},
        {"email": "á@example.org"},
        {"groups": ()},
    ],
)
def test_a_colleague_nobody_could_work_with_is_refused(
    uow: UnitOfWork, hasher: Hasher, now: datetime, changed: dict[str, Any]
) -> None:
    with pytest.raises(Invalid):
        staff.add(uow, hasher, replace(CLERK, **changed), now)
    with uow.view() as tx:
        assert staff.listed(tx) == []


def test_a_closed_colleague_is_out_at_once(uow: UnitOfWork, hasher: Hasher, now: datetime) -> None:
    added = staff.add(uow, hasher, CLERK, now)
    token = accounts.sign_in(uow, hasher, "metering", added.secret, now).token
    with pytest.raises(staff.NotOneself):
        staff.close(uow, added.account, added.account, now)
    staff.close(uow, added.account, None, now)
    assert sessions.lookup(uow, token, now) is None
    with pytest.raises(accounts.SignInFailed):
        accounts.sign_in(uow, hasher, "metering", added.secret, now)
    with pytest.raises(accounts.NotPending):
        staff.reissue(uow, hasher, added.account, now)


def test_administration_does_not_touch_customers_accounts(
    uow: UnitOfWork, hasher: Hasher, now: datetime, new_account: NewAccount
) -> None:
    customer = new_account("customer")
    with pytest.raises(NotFound):
        staff.close(uow, customer, None, now)
    with pytest.raises(NotFound):
        staff.reissue(uow, hasher, customer, now)
    assert accounts.sign_in(uow, hasher, "customer", PASSWORD, now).token
