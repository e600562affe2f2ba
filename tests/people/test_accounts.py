"""Signing in, locking, temporary secrets and changing the password."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from akta.errors import Invalid, TooOften
from akta.ids import AccountId
from akta.languages import language
from akta.subjects import Kind
from people import accounts, events, passwords, sessions
from people.accounts import PasswordEntry, Source
from people.passwords import Cost, Hasher
from people.throttle import Limit
from storage.database import Database
from storage.people import Account, Session
from storage.unit_of_work import Transaction, UnitOfWork
from tests.people.conftest import PASSWORD, NewAccount

ENGLISH = language("en")


def test_signing_in_opens_a_session_of_that_account(
    uow: UnitOfWork, hasher: Hasher, now: datetime, new_account: NewAccount
) -> None:
    account_id = new_account("clerk", Kind.STAFF, groups=("metering", "billing"))
    opened = accounts.sign_in(uow, hasher, " Clerk ", PASSWORD, now)
    session = sessions.lookup(uow, opened.token, now)
    assert session is not None
    assert session.subject.account == account_id
    assert session.subject.kind is Kind.STAFF
    assert session.subject.groups == {"metering", "billing"}
    assert session.subject.language == "cs"
    assert not opened.must_change


def test_a_wrong_password_and_an_unknown_login_say_the_same(
    uow: UnitOfWork, hasher: Hasher, now: datetime, new_account: NewAccount
) -> None:
    new_account()
    with pytest.raises(accounts.SignInFailed) as wrong:
        accounts.sign_in(uow, hasher, "ukazka", "wrong 1", now)
    with pytest.raises(accounts.SignInFailed) as unknown:
        accounts.sign_in(uow, hasher, "nobody", "wrong 1", now)
    assert str(wrong.value) == str(unknown.value)


def test_an_unknown_login_costs_a_hash_too(uow: UnitOfWork, hasher: Hasher, now: datetime) -> None:
    class Counting(Hasher):
        verified = 0

        def verify(self, stored: str, password: str) -> bool:
            self.verified += 1
            return super().verify(stored, password)

    counting = Counting(Cost(passes=1, memory=8, lanes=1))
    with pytest.raises(accounts.SignInFailed):
        accounts.sign_in(uow, counting, "nobody", "x", now)
    assert counting.verified == 1


def test_five_failures_lock_for_fifteen_minutes_and_the_lock_says_nothing_more(
    uow: UnitOfWork, hasher: Hasher, now: datetime, new_account: NewAccount
) -> None:
    new_account()
    for _ in range(5):
        with pytest.raises(accounts.SignInFailed):
            accounts.sign_in(uow, hasher, "ukazka", "wrong 1", now)
    with pytest.raises(accounts.SignInFailed) as locked:
        accounts.sign_in(uow, hasher, "ukazka", PASSWORD, now + timedelta(minutes=14, seconds=59))
    assert str(locked.value) == accounts.SignInFailed.title
    assert accounts.sign_in(uow, hasher, "ukazka", PASSWORD, now + timedelta(minutes=15)).token


def test_many_guesses_at_once_do_not_outrun_the_lock(
    database: Database, uow: UnitOfWork, now: datetime, new_account: NewAccount
) -> None:
    class Counting(Hasher):
        tried = 0

        def verify(self, stored: str, password: str) -> bool:
            self.tried += bool(stored)
            return super().verify(stored, password)

    new_account()
    counting = Counting(Cost(passes=1, memory=8, lanes=1, at_once=1))

    def guess(number: int) -> None:
        with pytest.raises(accounts.SignInFailed):
            accounts.sign_in(database.unit_of_work(uow.tenant), counting, "ukazka", f"guess {number}", now)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(guess, range(16)))
    assert counting.tried == accounts.FAILURES_BEFORE_LOCK


def test_after_the_lock_there_are_five_tries_again(
    uow: UnitOfWork, hasher: Hasher, now: datetime, new_account: NewAccount
) -> None:
    new_account()
    for _ in range(5):
        with pytest.raises(accounts.SignInFailed):
            accounts.sign_in(uow, hasher, "ukazka", "wrong 1", now)
    later = now + timedelta(minutes=15)
    for _ in range(4):
        with pytest.raises(accounts.SignInFailed):
            accounts.sign_in(uow, hasher, "ukazka", "wrong 1", later)
    assert accounts.sign_in(uow, hasher, "ukazka", PASSWORD, later).token


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Smaller numbers where many tries would only take long."""
    monkeypatch.setattr(accounts, "BY_STRANGERS", Limit("narrow-login", 8, accounts.LOCK_LASTING))
    monkeypatch.setattr(accounts, "AT_ADDRESS", Limit("narrow-address", 8, accounts.LOCK_LASTING))


def test_guesses_from_elsewhere_do_not_keep_the_owner_out(
    uow: UnitOfWork, hasher: Hasher, now: datetime, new_account: NewAccount
) -> None:
    new_account()
    for _ in range(7):
        with pytest.raises(accounts.SignInFailed):
            accounts.sign_in(uow, hasher, "ukazka", "wrong 1", now, Source("198.51.100.7"))
    assert accounts.sign_in(uow, hasher, "ukazka", PASSWORD, now, Source("203.0.113.9")).token
    with pytest.raises(accounts.SignInFailed):
        accounts.sign_in(uow, hasher, "ukazka", PASSWORD, now, Source("198.51.100.7"))


@pytest.mark.usefixtures("narrow")
def test_guesses_from_everywhere_pause_strangers_and_not_the_browser_its_owner_has_used(
    uow: UnitOfWork, hasher: Hasher, now: datetime, new_account: NewAccount
) -> None:
    new_account()
    for number in range(accounts.BY_STRANGERS.most):
        with pytest.raises(accounts.SignInFailed):
            accounts.sign_in(uow, hasher, "ukazka", "wrong 1", now, Source(f"198.51.100.{number}"))
    with pytest.raises(accounts.SignInFailed):
        accounts.sign_in(uow, hasher, "ukazka", PASSWORD, now, Source("203.0.113.9"))
    assert accounts.sign_in(uow, hasher, "ukazka", PASSWORD, now, Source("203.0.113.9", device="known")).token
    for _ in range(5):
        with pytest.raises(accounts.SignInFailed):
            accounts.sign_in(uow, hasher, "ukazka", "wrong 1", now, Source("203.0.113.9", device="known"))
    with pytest.raises(accounts.SignInFailed):
        accounts.sign_in(uow, hasher, "ukazka", PASSWORD, now, Source("203.0.113.9", device="known"))


@pytest.mark.usefixtures("narrow")
def test_one_address_cannot_try_many_logins(uow: UnitOfWork, hasher: Hasher, now: datetime) -> None:
    there = Source("198.51.100.7")
    for number in range(accounts.AT_ADDRESS.most):
        with pytest.raises(accounts.SignInFailed):
            accounts.sign_in(uow, hasher, f"nobody {number}", "wrong 1", now, there)
    with pytest.raises(TooOften) as paused:
        accounts.sign_in(uow, hasher, "somebody else", "wrong 1", now + timedelta(minutes=5), there)
    assert paused.value.after == 600
    with pytest.raises(accounts.SignInFailed):
        accounts.sign_in(uow, hasher, "somebody else", "wrong 1", now + timedelta(minutes=15), there)


@pytest.mark.usefixtures("narrow")
def test_an_office_that_signs_in_all_day_from_one_address_is_never_paused(
    uow: UnitOfWork, hasher: Hasher, now: datetime, new_account: NewAccount
) -> None:
    new_account()
    for _ in range(accounts.AT_ADDRESS.most + 1):
        assert accounts.sign_in(uow, hasher, "ukazka", PASSWORD, now, Source("203.0.113.9")).token


def test_signing_in_and_failing_to_are_kept_as_events(
    uow: UnitOfWork, hasher: Hasher, now: datetime, new_account: NewAccount
) -> None:
    account_id = new_account()
    with pytest.raises(accounts.SignInFailed):
        accounts.sign_in(uow, hasher, "ukazka", "wrong 1", now)
    accounts.sign_in(uow, hasher, "ukazka", PASSWORD, now, Source(client="Firefox"))
    with uow.view() as tx:
        found = events.listed(tx, account_id)
    assert [(event.kind, event.detail) for event in found] == [
        ("signed-in", {"client": "Firefox"}),
        ("sign-in-failed", {}),
    ]
    assert "wrong 1" not in str(found)


def test_signing_in_forgets_the_failures_before(
    uow: UnitOfWork, hasher: Hasher, now: datetime, new_account: NewAccount
) -> None:
    new_account()
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(accounts.SignInFailed):
                accounts.sign_in(uow, hasher, "ukazka", "wrong 1", now)
        assert accounts.sign_in(uow, hasher, "ukazka", PASSWORD, now).token


def test_a_closed_account_does_not_open(
    uow: UnitOfWork, hasher: Hasher, now: datetime, new_account: NewAccount
) -> None:
    account_id = new_account()
    token = accounts.sign_in(uow, hasher, "ukazka", PASSWORD, now).token
    with uow.begin() as tx:
        tx.get(Account, account_id).state = "closed"
    assert sessions.lookup(uow, token, now) is None
    with pytest.raises(accounts.SignInFailed):
        accounts.sign_in(uow, hasher, "ukazka", PASSWORD, now)


def test_a_login_is_given_once_whatever_its_case(uow: UnitOfWork, now: datetime, new_account: NewAccount) -> None:
    new_account("SU0044")
    with pytest.raises(accounts.LoginTaken):
        new_account("su0044")


def test_only_staff_have_groups_and_only_known_ones(uow: UnitOfWork, new_account: NewAccount) -> None:
    with pytest.raises(Invalid):
        new_account("c", Kind.CUSTOMER, groups=("metering",))
    with pytest.raises(Invalid):
        new_account("s", Kind.STAFF, groups=("metring",))


def test_a_hash_of_an_old_cost_is_renewed_at_sign_in(
    uow: UnitOfWork, hasher: Hasher, now: datetime, new_account: NewAccount
) -> None:
    account_id = new_account()
    dearer = Hasher(Cost(passes=2, memory=16, lanes=1))
    accounts.sign_in(uow, dearer, "ukazka", PASSWORD, now)
    with uow.view() as tx:
        assert not dearer.outdated(tx.get(Account, account_id).password_hash)


def test_a_temporary_password_works_until_it_is_superseded_or_three_days_old(
    uow: UnitOfWork, hasher: Hasher, now: datetime, new_account: NewAccount
) -> None:
    account_id = new_account(password="")
    first = accounts.issue_secret(uow, hasher, account_id, now)
    second = accounts.issue_secret(uow, hasher, account_id, now)
    with pytest.raises(accounts.SignInFailed):
        accounts.sign_in(uow, hasher, "ukazka", first, now)
    assert accounts.sign_in(uow, hasher, "ukazka", second, now).must_change
    with pytest.raises(accounts.SecretExpired):
        accounts.sign_in(uow, hasher, "ukazka", second, now + timedelta(days=3))
    with pytest.raises(accounts.SignInFailed):
        accounts.sign_in(uow, hasher, "ukazka", "wrong 1", now + timedelta(days=3))


def test_no_row_holds_a_temporary_password(
    uow: UnitOfWork, hasher: Hasher, now: datetime, new_account: NewAccount
) -> None:
    account_id = new_account(password="")
    secret = accounts.issue_secret(uow, hasher, account_id, now)
    with uow.view() as tx:
        row = tx.get(Account, account_id)
        assert not any(secret in str(getattr(row, column.name)) for column in Account.__table__.columns)


def test_an_account_in_use_gets_no_temporary_password(
    uow: UnitOfWork, hasher: Hasher, now: datetime, new_account: NewAccount
) -> None:
    with pytest.raises(accounts.NotPending):
        accounts.issue_secret(uow, hasher, new_account(), now)


def test_the_new_password_works_from_the_next_sign_in_and_every_session_ends(
    uow: UnitOfWork, hasher: Hasher, now: datetime, new_account: NewAccount
) -> None:
    account_id = new_account(password="")
    secret = accounts.issue_secret(uow, hasher, account_id, now)
    here, there = (accounts.sign_in(uow, hasher, "ukazka", secret, now).token for _ in range(2))
    told: list[AccountId] = []

    def first_login(tx: Transaction, account: AccountId) -> None:
        assert tx.session.in_transaction()
        told.append(account)

    entry = PasswordEntry(secret, "kolovrat 45", "kolovrat 45")
    assert accounts.change_password(uow, hasher, account_id, entry, ENGLISH, now, first_login)
    assert told == [account_id]
    assert sessions.lookup(uow, here, now) is None
    assert sessions.lookup(uow, there, now) is None
    with pytest.raises(accounts.SignInFailed):
        accounts.sign_in(uow, hasher, "ukazka", secret, now)
    assert not accounts.sign_in(uow, hasher, "ukazka", "kolovrat 45", now).must_change


def test_a_first_login_that_fails_leaves_the_password_as_it_was(
    uow: UnitOfWork, hasher: Hasher, now: datetime, new_account: NewAccount
) -> None:
    account_id = new_account(password="")
    secret = accounts.issue_secret(uow, hasher, account_id, now)

    def broken(tx: Transaction, account: AccountId) -> None:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        accounts.change_password(
            uow, hasher, account_id, PasswordEntry(secret, "kolovrat 45", "kolovrat 45"), ENGLISH, now, broken
        )
    assert accounts.sign_in(uow, hasher, "ukazka", secret, now).must_change


def test_a_later_change_is_no_first_login(
    uow: UnitOfWork, hasher: Hasher, now: datetime, new_account: NewAccount
) -> None:
    account_id = new_account()
    entry = PasswordEntry(PASSWORD, "kolovrat 45", "kolovrat 45")

    def never(tx: Transaction, account: AccountId) -> None:
        raise AssertionError

    assert not accounts.change_password(uow, hasher, account_id, entry, ENGLISH, now, never)


@pytest.mark.parametrize(
    ("entry", "fields"),
    [
        (PasswordEntry("wrong 1", "kolovrat 45", "kolovrat 45"), {"old"}),
        (PasswordEntry(PASSWORD, "abcdefgh", "abcdefgh"), {"new"}),
        (PasswordEntry(PASSWORD, "kolovrat 45", "kolovrat 46"), {"repeat"}),
        (PasswordEntry(PASSWORD, PASSWORD, PASSWORD), {"new"}),
        (PasswordEntry(PASSWORD, "abc", "abd"), {"new", "repeat"}),
    ],
)
def test_a_wrong_entry_names_its_fields(
    uow: UnitOfWork, hasher: Hasher, now: datetime, new_account: NewAccount, entry: PasswordEntry, fields: set[str]
) -> None:
    account_id = new_account()
    with pytest.raises(Invalid) as refused:
        accounts.change_password(uow, hasher, account_id, entry, ENGLISH, now)
    assert set(refused.value.fields) == fields
    assert accounts.sign_in(uow, hasher, "ukazka", PASSWORD, now).token


def test_the_temporary_password_cannot_be_kept(
    uow: UnitOfWork, hasher: Hasher, now: datetime, new_account: NewAccount
) -> None:
    account_id = new_account(password="")
    secret = accounts.issue_secret(uow, hasher, account_id, now)
    with pytest.raises(Invalid) as refused:
        accounts.change_password(uow, hasher, account_id, PasswordEntry(secret, secret, secret), ENGLISH, now)
    assert refused.value.fields == {"new": str(passwords.SAME_AS_TEMPORARY)}


def test_guessing_the_old_password_in_a_stolen_session_locks_too(
    uow: UnitOfWork, hasher: Hasher, now: datetime, new_account: NewAccount
) -> None:
    account_id = new_account()
    for _ in range(5):
        with pytest.raises(Invalid):
            accounts.change_password(
                uow, hasher, account_id, PasswordEntry("guess 1", "kolovrat 45", "kolovrat 45"), ENGLISH, now
            )
    with pytest.raises(Invalid):
        accounts.change_password(
            uow, hasher, account_id, PasswordEntry(PASSWORD, "kolovrat 45", "kolovrat 45"), ENGLISH, now
        )


def test_an_account_of_another_utility_does_not_sign_in_here(
    uow: UnitOfWork, hasher: Hasher, now: datetime, new_account: NewAccount, other_uow: UnitOfWork
) -> None:
    new_account()
    token = accounts.sign_in(uow, hasher, "ukazka", PASSWORD, now).token
    with pytest.raises(accounts.SignInFailed):
        accounts.sign_in(other_uow, hasher, "ukazka", PASSWORD, now)
    assert sessions.lookup(other_uow, token, now) is None


def test_only_the_hash_of_a_token_is_stored(
    uow: UnitOfWork, hasher: Hasher, now: datetime, new_account: NewAccount
) -> None:
    new_account()
    token = accounts.sign_in(uow, hasher, "ukazka", PASSWORD, now).token
    with uow.view() as tx:
        row = tx.session.scalars(select(Session)).one()
        assert row.token_hash == sessions.token_hash(token)
        assert token not in (row.csrf, str(row.id))
    assert len(token) >= 43
