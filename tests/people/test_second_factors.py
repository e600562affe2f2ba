"""Codes of an app, recovery codes and passkeys: right once, for their account, in their session."""

import base64
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from akta.errors import NotFound
from akta.ids import AccountId
from akta.subjects import Kind
from people import accounts, passkeys, second_factors, sessions, staff
from people.passkeys import Site
from people.passwords import Hasher
from people.sessions import Session, Stage
from people.vault import Unreadable, Vault
from storage.database import Database
from storage.identity import SecondFactor
from storage.tenants import Tenant
from storage.unit_of_work import UnitOfWork
from tests.people.authenticator import Authenticator
from tests.people.conftest import PASSWORD, NewAccount

SITE = Site.of("https://akta.example.org/")
SignIn = Callable[..., Session]


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """The same queries run on both databases."""
    return sqlite_database


@pytest.fixture
def vault() -> Vault:
    return Vault(b"only for tests, 32 bytes of key..")


@pytest.fixture
def account(new_account: NewAccount) -> AccountId:
    return new_account("clerk", Kind.STAFF, groups=("metering",))


@pytest.fixture
def sign_in(uow: UnitOfWork, hasher: Hasher, now: datetime, account: AccountId) -> SignIn:
    def make(at: datetime = now) -> Session:
        found = sessions.lookup(uow, accounts.sign_in(uow, hasher, "clerk", PASSWORD, at).token, at)
        assert found is not None
        return found

    return make


def code_of(shown: str, at: datetime) -> str:
    return second_factors.totp(base64.b32decode(shown.replace(" ", "")), int(at.timestamp()) // 30)


def add_app(uow: UnitOfWork, vault: Vault, account: AccountId, now: datetime) -> tuple[str, list[str]]:
    with uow.begin() as tx:
        made = second_factors.begin_totp(tx, vault, account, "Phone", now)
    codes = second_factors.confirm_totp(uow, vault, account, made.id, code_of(made.key, now), now)
    return made.key, list(codes)


@pytest.mark.parametrize(
    ("at", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_codes_are_those_of_the_standard(at: int, code: str) -> None:
    """RFC 6238, appendix B, with the last six digits."""
    assert second_factors.totp(b"12345678901234567890", at // 30) == code


def test_with_an_app_the_password_alone_opens_a_session_that_is_good_for_nothing_yet(
    uow: UnitOfWork, vault: Vault, account: AccountId, now: datetime, sign_in: SignIn
) -> None:
    assert sign_in().stage is Stage.OPEN
    key, codes = add_app(uow, vault, account, now)
    assert len(codes) == len(set(codes)) == 10
    half = sign_in()
    assert half.stage is Stage.PROVE_FACTOR
    later = now + timedelta(seconds=60)
    opened = second_factors.prove(uow, vault, half, code_of(key, later), later)
    whole = sessions.lookup(uow, opened.token, later)
    assert whole is not None
    assert (whole.stage, whole.subject.account) == (Stage.OPEN, account)
    with pytest.raises((NotFound, second_factors.WrongCode)):
        second_factors.prove(uow, vault, half, code_of(key, later + timedelta(seconds=60)), later)


def test_a_code_is_taken_once_and_only_near_its_time(
    uow: UnitOfWork, vault: Vault, account: AccountId, now: datetime, sign_in: SignIn
) -> None:
    key, _ = add_app(uow, vault, account, now)
    later = now + timedelta(minutes=5)
    for wrong in (code_of(key, now), code_of(key, later - timedelta(seconds=90)), "", "12345", "١٢٣٤٥٦"):
        with pytest.raises(second_factors.WrongCode):
            second_factors.prove(uow, vault, sign_in(later), wrong, later)
    later += timedelta(minutes=20)
    used = code_of(key, later)
    second_factors.prove(uow, vault, sign_in(later), f" {used[:3]} {used[3:]} ", later)
    with pytest.raises(second_factors.WrongCode):
        second_factors.prove(uow, vault, sign_in(later), used, later)


def test_five_wrong_codes_pause_even_for_the_right_one(
    uow: UnitOfWork, vault: Vault, account: AccountId, now: datetime, sign_in: SignIn
) -> None:
    key, _ = add_app(uow, vault, account, now)
    later = now + timedelta(minutes=5)
    for _ in range(5):
        with pytest.raises(second_factors.WrongCode):
            second_factors.prove(uow, vault, sign_in(later), "000000", later)
    with pytest.raises(second_factors.WrongCode):
        second_factors.prove(uow, vault, sign_in(later), code_of(key, later), later)
    after = later + timedelta(minutes=15)
    assert second_factors.prove(uow, vault, sign_in(after), code_of(key, after), after).stage is Stage.OPEN


def test_a_recovery_code_works_once_and_new_ones_end_the_old(
    uow: UnitOfWork, vault: Vault, account: AccountId, now: datetime, sign_in: SignIn
) -> None:
    _, codes = add_app(uow, vault, account, now)
    assert second_factors.prove(uow, vault, sign_in(), codes[0].upper().replace("-", " "), now).stage is Stage.OPEN
    with pytest.raises(second_factors.WrongCode):
        second_factors.prove(uow, vault, sign_in(), codes[0], now)
    with uow.begin() as tx:
        assert second_factors.codes_left(tx, account) == 9
        fresh = second_factors.new_codes(tx, vault, account, now)
    with pytest.raises(second_factors.WrongCode):
        second_factors.prove(uow, vault, sign_in(), codes[1], now)
    assert second_factors.prove(uow, vault, sign_in(), fresh[1], now).stage is Stage.OPEN


def test_a_key_counts_only_after_its_first_code(
    uow: UnitOfWork, vault: Vault, account: AccountId, now: datetime, sign_in: SignIn, new_account: NewAccount
) -> None:
    with uow.begin() as tx:
        made = second_factors.begin_totp(tx, vault, account, "Phone", now)
    assert sign_in().stage is Stage.OPEN
    stranger = new_account("stranger", Kind.STAFF, groups=("billing",))
    with pytest.raises(NotFound):
        second_factors.confirm_totp(uow, vault, stranger, made.id, code_of(made.key, now), now)
    with pytest.raises(second_factors.WrongCode):
        second_factors.confirm_totp(uow, vault, account, made.id, "000000", now)
    with uow.view() as tx:
        assert second_factors.unfinished_totp(tx, vault, account, made.id) == made
        assert second_factors.listed(tx, account) == []


def test_no_row_holds_a_key_or_code_that_could_be_used(
    uow: UnitOfWork, vault: Vault, account: AccountId, now: datetime
) -> None:
    key, codes = add_app(uow, vault, account, now)
    with uow.view() as tx:
        (row,) = tx.session.query(SecondFactor).all()
    raw = base64.b32decode(key.replace(" ", ""))
    assert raw not in row.secret
    assert codes[0].encode() not in row.secret
    with pytest.raises(Unreadable):
        vault.open(row.secret, "second factor of somebody else")
    with pytest.raises(Unreadable):
        Vault(b"another installation's secret key").open(row.secret, f"second factor {row.id}")


def test_the_last_factor_goes_unless_the_utility_asks_for_one(
    uow: UnitOfWork,
    vault: Vault,
    account: AccountId,
    now: datetime,
    sign_in: SignIn,
    tenant: Tenant,
    database: Database,
) -> None:
    add_app(uow, vault, account, now)
    with uow.view() as tx:
        (factor,) = second_factors.listed(tx, account)
    with database.across_tenants() as session:
        session.get_one(Tenant, tenant.id).profile = {"second_factor": "staff"}
    with pytest.raises(second_factors.AskedFor), uow.begin() as tx:
        second_factors.remove(tx, account, factor.id, now)
    with database.across_tenants() as session:
        session.get_one(Tenant, tenant.id).profile = {}
    with uow.begin() as tx:
        second_factors.remove(tx, account, factor.id, now)
        assert second_factors.codes_left(tx, account) == 0
    assert sign_in().stage is Stage.OPEN


def test_staff_of_a_utility_that_asks_for_a_second_factor_first_set_one_up(
    account: AccountId, sign_in: SignIn, tenant: Tenant, database: Database
) -> None:
    with database.across_tenants() as session:
        session.get_one(Tenant, tenant.id).profile = {"second_factor": "staff"}
    assert sign_in().stage is Stage.SET_UP_FACTOR


def test_an_administrator_takes_lost_factors_from_others_and_not_from_oneself(
    uow: UnitOfWork, vault: Vault, account: AccountId, now: datetime, sign_in: SignIn, new_account: NewAccount
) -> None:
    add_app(uow, vault, account, now)
    admin = new_account("admin", Kind.STAFF, groups=("administration",))
    with pytest.raises(staff.NotOneself):
        staff.take_factors(uow, account, account, now)
    staff.take_factors(uow, account, admin, now)
    assert sign_in().stage is Stage.OPEN


def add_passkey(uow: UnitOfWork, vault: Vault, session: Session, device: Authenticator, now: datetime) -> None:
    account = session.subject.account
    assert account is not None
    with uow.begin() as tx:
        options = passkeys.begin_adding(tx, SITE, session.id, account)
    with uow.begin() as tx:
        passkeys.add(tx, vault, SITE, session.id, account, "Laptop", device.made(options), now)


def ask(uow: UnitOfWork, session: Session) -> str:
    account = session.subject.account
    assert account is not None
    with uow.begin() as tx:
        return passkeys.begin_proving(tx, SITE, session.id, account)


def test_a_passkey_opens_the_session_it_was_asked_in(
    uow: UnitOfWork, vault: Vault, now: datetime, sign_in: SignIn
) -> None:
    device = Authenticator(SITE.origin)
    add_passkey(uow, vault, sign_in(), device, now)
    half = sign_in()
    assert half.stage is Stage.PROVE_FACTOR
    answer = device.signed(ask(uow, half))
    assert passkeys.prove(uow, SITE, half, answer, now).stage is Stage.OPEN
    other = sign_in()
    ask(uow, other)
    with pytest.raises(passkeys.NotProved):
        passkeys.prove(uow, SITE, other, answer, now)


def test_a_passkey_is_no_use_on_another_site_or_by_another_key(
    uow: UnitOfWork, vault: Vault, now: datetime, sign_in: SignIn
) -> None:
    device = Authenticator(SITE.origin)
    add_passkey(uow, vault, sign_in(), device, now)
    phished = Authenticator("https://akta.example.net", device.key, device.id, device.counter)
    forged = Authenticator(SITE.origin, id=device.id, counter=device.counter)
    unknown = Authenticator(SITE.origin)
    for wrong in (phished, forged, unknown):
        half = sign_in()
        with pytest.raises(passkeys.NotProved):
            passkeys.prove(uow, SITE, half, wrong.signed(ask(uow, half)), now)


@pytest.mark.parametrize("answer", ["", "{", "[]", "null", '{"id":"x"}', "x" * 10_000])
def test_rubbish_is_no_passkey_and_uses_the_question_up(
    uow: UnitOfWork, vault: Vault, now: datetime, sign_in: SignIn, answer: str
) -> None:
    device = Authenticator(SITE.origin)
    add_passkey(uow, vault, sign_in(), device, now)
    half = sign_in()
    options = ask(uow, half)
    for sent in (answer, device.signed(options)):
        with pytest.raises(passkeys.NotProved):
            passkeys.prove(uow, SITE, half, sent, now)


def test_a_copied_passkey_whose_counter_goes_back_is_refused(
    uow: UnitOfWork, vault: Vault, now: datetime, sign_in: SignIn
) -> None:
    device = Authenticator(SITE.origin, counter=5)
    add_passkey(uow, vault, sign_in(), device, now)
    half = sign_in()
    passkeys.prove(uow, SITE, half, device.signed(ask(uow, half)), now)
    device.counter = 2
    half = sign_in()
    with pytest.raises(passkeys.NotProved):
        passkeys.prove(uow, SITE, half, device.signed(ask(uow, half)), now)
