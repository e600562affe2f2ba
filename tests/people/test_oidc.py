"""Signing in at a utility's own provider, against a real OpenID server on a port; and what no token may be."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OctKey

from akta.ids import AccountId
from akta.subjects import Kind
from people import accounts, oidc, sessions
from people.oidc import NotSignedIn, OutOfReach, Provider, Relying, Returned
from people.sessions import Stage
from people.vault import Vault
from storage.database import Database
from storage.identity import ExternalIdentity, ExternalSignIn
from storage.people import Account, Person
from storage.unit_of_work import UnitOfWork
from tests.people import provider as providers
from tests.people.conftest import NewAccount
from tests.people.provider import OpenIdProvider

pytestmark = pytest.mark.slow

BACK = "https://akta.example.org/uka/sign-in/back"
CLIENT = "akta at uka"


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """The same queries run on both databases."""
    return sqlite_database


@pytest.fixture(scope="module")
def server() -> Iterator[OpenIdProvider]:
    with providers.running() as running:
        yield running


@pytest.fixture
def vault() -> Vault:
    return Vault(b"only for tests, 32 bytes of key..")


@pytest.fixture
def relying(vault: Vault) -> Relying:
    return Relying(vault)


@pytest.fixture
def there(server: OpenIdProvider, vault: Vault) -> Provider:
    found = Provider.of({"oidc": oidc.profile_of(vault, server.issuer, CLIENT, "The house", "a: secret/€")})
    assert found is not None
    return found


@pytest.fixture
def now() -> datetime:
    """The provider's clock is the real one."""
    return datetime.now(UTC)


@pytest.fixture
def clerk(new_account: NewAccount) -> AccountId:
    return new_account("clerk", Kind.STAFF, groups=("metering",))


def sign_in(
    uow: UnitOfWork, relying: Relying, there: Provider, server: OpenIdProvider, now: datetime, subject: str = "s1"
) -> oidc.SignedIn:
    begun = relying.begin(uow, there, BACK, "/uka/inbox", now)
    came = server.signs_in(begun.url, subject)
    return relying.finish(uow, there, BACK, Returned(came["code"], came["state"], "", begun.browser), now)


def test_a_clerk_signs_in_with_the_address_the_provider_vouches_for_and_is_known_from_then_on(
    uow: UnitOfWork, relying: Relying, there: Provider, server: OpenIdProvider, now: datetime, clerk: AccountId
) -> None:
    server.user("s1", email="CLERK@example.org", email_verified=True)
    done = sign_in(uow, relying, there, server, now)
    assert done.wished == "/uka/inbox"
    session = sessions.lookup(uow, done.opened.token, now)
    assert session is not None
    assert (session.subject.account, session.stage) == (clerk, Stage.OPEN)
    assert session.subject.groups == {"metering"}
    server.user("s1", email="renamed@example.org", email_verified=True)
    again = sessions.lookup(uow, sign_in(uow, relying, there, server, now).opened.token, now)
    assert again is not None
    assert again.subject.account == clerk
    with uow.view() as tx:
        assert [row.subject for row in tx.session.query(ExternalIdentity)] == ["s1"]
        assert tx.session.query(ExternalSignIn).count() == 0


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "clerk@example.org", "email_verified": False},
        {"email": "clerk@example.org"},
        {"email": "clerk@example.org", "email_verified": "true"},
        {"email": "nobody@example.org", "email_verified": True},
        {"email": "", "email_verified": True},
        {"email": "customer@example.org", "email_verified": True},
        {"email": "gone@example.org", "email_verified": True},
    ],
)
def test_nobody_else_gets_in(
    uow: UnitOfWork,
    relying: Relying,
    there: Provider,
    server: OpenIdProvider,
    now: datetime,
    clerk: AccountId,
    new_account: NewAccount,
    claims: dict[str, object],
) -> None:
    new_account("customer")
    gone = new_account("gone", Kind.STAFF, groups=("billing",))
    with uow.begin() as tx:
        accounts.close(tx, tx.get(Account, gone), now)
    server.user("s2", **claims)
    with pytest.raises(NotSignedIn):
        sign_in(uow, relying, there, server, now, "s2")


def test_two_who_share_an_address_are_not_guessed_between(
    uow: UnitOfWork, relying: Relying, there: Provider, server: OpenIdProvider, now: datetime, new_account: NewAccount
) -> None:
    new_account("CLERK2", Kind.STAFF, groups=("billing",))
    new_account("clerk2x", Kind.STAFF, groups=("billing",))
    with uow.begin() as tx:
        for account in tx.session.query(Account).all():
            tx.get(Person, account.person_id).email = "shared@example.org"
    server.user("s3", email="shared@example.org", email_verified=True)
    with pytest.raises(NotSignedIn):
        sign_in(uow, relying, there, server, now, "s3")


def test_an_answer_is_taken_once_in_time_and_by_the_browser_that_asked(
    uow: UnitOfWork, relying: Relying, there: Provider, server: OpenIdProvider, now: datetime, clerk: AccountId
) -> None:
    server.user("s1", email="clerk@example.org", email_verified=True)

    def begin() -> Returned:
        begun = relying.begin(uow, there, BACK, "", now)
        came = server.signs_in(begun.url, "s1")
        return Returned(came["code"], came["state"], "", begun.browser)

    def refused(returned: Returned, at: datetime = now) -> None:
        with pytest.raises(NotSignedIn):
            relying.finish(uow, there, BACK, returned, at)

    good = begin()
    assert relying.finish(uow, there, BACK, good, now).opened.token
    refused(good)
    other = begin()
    refused(Returned(other.code, other.state, "", "another browser"))
    refused(other)
    refused(begin(), now + oidc.LASTING)
    mixed, up = begin(), begin()
    refused(Returned(mixed.code, up.state, "", up.browser))
    third = begin()
    refused(Returned(third.code, third.state, "https://evil.example.org", third.browser))
    for rubbish in (Returned("", "", "", ""), Returned("x", "x", "", "x")):
        refused(rubbish)


def test_a_provider_that_is_down_or_says_nonsense_is_told_as_such(
    uow: UnitOfWork, relying: Relying, server: OpenIdProvider, now: datetime
) -> None:
    for issuer in ("http://127.0.0.1:9", f"{server.issuer}/nowhere"):
        with pytest.raises((OutOfReach, NotSignedIn)):
            relying.begin(uow, Provider(issuer, CLIENT, ""), BACK, "", now)


@pytest.mark.parametrize(
    "profile",
    [
        {},
        {"oidc": None},
        {"oidc": {"issuer": "http://idp.example.org", "client_id": "x"}},
        {"oidc": {"issuer": "https://idp.example.org", "client_id": ""}},
        {"oidc": {"issuer": "file:///etc/passwd", "client_id": "x"}},
    ],
)
def test_a_profile_without_a_safe_provider_has_none(profile: dict[str, object]) -> None:
    assert Provider.of(profile) is None


KEY, STRANGE = ECKey.generate_key("P-256"), ECKey.generate_key("P-256")
KEYS = KeySet([KEY])
HERE = Provider("https://idp.example.org", CLIENT, "")
AT = datetime(2026, 3, 2, tzinfo=UTC)


def claims(**changed: object) -> dict[str, Any]:
    moment = int(AT.timestamp())
    good = {"iss": HERE.issuer, "sub": "s", "aud": CLIENT, "exp": moment + 60, "iat": moment, "nonce": "n"}
    return {name: value for name, value in {**good, **changed}.items() if value is not None}


def token(key: ECKey = KEY, **changed: object) -> str:
    return jwt.encode({"alg": "ES256"}, claims(**changed), key)


def test_a_right_token_tells_its_claims() -> None:
    assert oidc._verified(token(), KEYS, HERE, "n", AT)["sub"] == "s"
    several = token(aud=[CLIENT, "other"], azp=CLIENT)
    assert oidc._verified(several, KEYS, HERE, "n", AT)["sub"] == "s"


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://evil.example.org"},
        {"aud": "another client"},
        {"aud": [CLIENT, "other"]},
        {"aud": [CLIENT, "other"], "azp": "other"},
        {"azp": "other"},
        {"exp": int((AT - timedelta(minutes=2)).timestamp())},
        {"iat": int((AT + timedelta(hours=1)).timestamp())},
        {"nonce": "of another sign-in"},
        *({name: None} for name in ("iss", "sub", "aud", "exp", "iat", "nonce")),
    ],
)
def test_a_token_with_wrong_or_missing_claims_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises((JoseError, ValueError)):
        oidc._verified(token(**changed), KEYS, HERE, "n", AT)


def test_a_token_that_was_not_signed_by_the_provider_is_refused() -> None:
    def part(data: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=").decode()

    shared = OctKey.import_key(json.dumps(KEY.as_dict(private=False)))
    forged = [
        token(STRANGE),
        f"{part({'alg': 'none'})}.{part(claims())}.",
        jwt.encode({"alg": "HS256"}, claims(), shared),
        token()[:-4] + "AAAA",
        "",
        "a.b.c",
        "x" * 50_000,
    ]
    for each in forged:
        with pytest.raises((JoseError, ValueError)):
            oidc._verified(each, KEYS, HERE, "n", AT)
