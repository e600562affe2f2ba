"""A link that sets a new password: once, within an hour, for nobody but its account."""

from datetime import datetime, timedelta

import pytest

from akta.errors import Invalid
from akta.ids import AccountId
from akta.languages import language
from people import accounts, resets, sessions
from people.passwords import Hasher
from storage.people import Account
from storage.unit_of_work import UnitOfWork
from tests.people.conftest import PASSWORD, NewAccount

ENGLISH = language("en")
NEW = "kolovrat 45"


def ask(uow: UnitOfWork, now: datetime, login: str = "ukazka") -> str:
    with uow.begin() as tx:
        account = resets.find(tx, login)
        assert account is not None
        return resets.issue(tx, account, now)


def test_the_link_sets_the_password_once_and_ends_every_session(
    uow: UnitOfWork, hasher: Hasher, now: datetime, new_account: NewAccount
) -> None:
    account = new_account()
    there = accounts.sign_in(uow, hasher, "ukazka", PASSWORD, now).token
    token = ask(uow, now)
    assert sessions.lookup(uow, there, now) is not None, "asking for a link changes nothing"
    assert resets.redeem(uow, hasher, token, NEW, NEW, ENGLISH, now) == account
    assert sessions.lookup(uow, there, now) is None
    assert accounts.sign_in(uow, hasher, "ukazka", NEW, now).token
    with pytest.raises(resets.ResetGone):
        resets.redeem(uow, hasher, token, "kolovrat 46", "kolovrat 46", ENGLISH, now)


def test_a_link_is_good_for_an_hour_and_the_next_one_ends_it(
    uow: UnitOfWork, hasher: Hasher, now: datetime, new_account: NewAccount
) -> None:
    new_account()
    first, second = ask(uow, now), ask(uow, now)
    for token, at in ((first, now), (second, now + timedelta(hours=1)), ("x" * 43, now), ("", now)):
        with pytest.raises(resets.ResetGone):
            resets.redeem(uow, hasher, token, NEW, NEW, ENGLISH, at)


def test_a_bad_password_leaves_the_link_good(
    uow: UnitOfWork, hasher: Hasher, now: datetime, new_account: NewAccount
) -> None:
    new_account()
    token = ask(uow, now)
    with pytest.raises(Invalid) as refused:
        resets.redeem(uow, hasher, token, "password1", "password2", ENGLISH, now)
    assert set(refused.value.fields) == {"new", "repeat"}
    resets.redeem(uow, hasher, token, NEW, NEW, ENGLISH, now)
    assert accounts.sign_in(uow, hasher, "ukazka", NEW, now).token


def test_no_link_for_an_account_that_is_pending_closed_or_unknown(
    uow: UnitOfWork, now: datetime, new_account: NewAccount
) -> None:
    new_account("fresh", password="")
    closed = new_account("gone")
    with uow.begin() as tx:
        accounts.close(tx, tx.locked(Account, closed), now)
        assert [resets.find(tx, login) for login in ("fresh", "gone", "nobody")] == [None, None, None]


def test_a_link_of_one_utility_opens_nothing_at_another(
    uow: UnitOfWork, hasher: Hasher, now: datetime, new_account: NewAccount, other_uow: UnitOfWork
) -> None:
    new_account()
    with pytest.raises(resets.ResetGone):
        resets.redeem(other_uow, hasher, ask(uow, now), NEW, NEW, ENGLISH, now)


def test_of_two_who_use_one_link_at_once_one_wins(
    uow: UnitOfWork, hasher: Hasher, now: datetime, new_account: NewAccount
) -> None:
    new_account()
    token = ask(uow, now)

    class Meanwhile(Hasher):
        """Somebody else uses the link while this password is being hashed."""

        def hash(self, password: str) -> str:
            won.append(resets.redeem(uow, hasher, token, "kolovrat 46", "kolovrat 46", ENGLISH, now))
            return hasher.hash(password)

    won: list[AccountId] = []
    with pytest.raises(resets.ResetGone):
        resets.redeem(uow, Meanwhile(), token, NEW, NEW, ENGLISH, now)
    assert len(won) == 1
    assert accounts.sign_in(uow, hasher, "ukazka", "kolovrat 46", now).token
