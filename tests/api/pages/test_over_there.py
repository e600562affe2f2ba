"""Signing in at the utility's own provider, on pages and against a real OpenID server."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from akta.clock import SetClock
from akta.subjects import Kind
from api.ports import Services
from people import oidc
from people.groups import METERING
from storage.database import Database
from storage.tenants import Tenant
from tests.api.conftest import NewAccount
from tests.api.pages.browser import Browser
from tests.people import provider as providers
from tests.people.provider import OpenIdProvider

pytestmark = pytest.mark.slow


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """The same queries run on both databases."""
    return sqlite_database


@pytest.fixture(scope="module")
def server() -> Iterator[OpenIdProvider]:
    with providers.running() as running:
        yield running


@pytest.fixture
def clock() -> SetClock:
    """The provider's clock is the real one."""
    return SetClock(datetime.now(UTC))


@pytest.fixture
def browser(
    new_client: Callable[[], TestClient],
    tenant: Tenant,
    database: Database,
    services: Services,
    server: OpenIdProvider,
) -> Browser:
    """Somebody unknown at a utility that has a provider of its own."""
    told = oidc.profile_of(services.vault, server.issuer, "akta", "House sign-in", "secret")
    with database.across_tenants() as session:
        session.get_one(Tenant, tenant.id).profile = {oidc.PROFILE: told}
    return Browser(new_client(), f"/{tenant.code.lower()}")


def test_a_clerk_leaves_for_the_provider_and_comes_back_signed_in(
    browser: Browser, server: OpenIdProvider, new_account: NewAccount
) -> None:
    new_account("clerk", Kind.STAFF, METERING)
    server.user("c1", email="clerk@example.org", email_verified=True)
    browser.open(f"/sign-in?next={browser.base}/account")
    assert "Staff: sign in with House sign-in" in browser.text
    left = browser.client.get(f"{browser.base}/sign-in/over-there", params={"next": f"{browser.base}/account"})
    assert left.headers["location"].startswith(server.issuer)
    came = server.signs_in(left.headers["location"], "c1")
    back = browser.client.get(f"{browser.base}/sign-in/back", params=came)
    assert (back.status_code, back.headers["location"]) == (303, f"{browser.base}/account")
    browser.open("/account")
    assert "Linked to the utility's own sign-in" in browser.text
    again = browser.client.get(f"{browser.base}/sign-in/back", params=came)
    assert again.status_code == 403


def test_an_answer_to_another_browser_signs_nobody_in(
    browser: Browser, server: OpenIdProvider, new_client: Callable[[], TestClient], new_account: NewAccount
) -> None:
    new_account("clerk", Kind.STAFF, METERING)
    server.user("c1", email="clerk@example.org", email_verified=True)
    left = browser.client.get(f"{browser.base}/sign-in/over-there")
    came = server.signs_in(left.headers["location"], "c1")
    victim = new_client()
    answer = victim.get(f"{browser.base}/sign-in/back", params=came)
    assert answer.status_code == 403
    assert "akta-uka=" not in str(answer.headers.get_list("set-cookie"))
    assert "sign in with your password" in answer.text


def test_a_utility_without_a_provider_has_no_such_address(
    new_client: Callable[[], TestClient], tenant: Tenant, other_tenant: Tenant
) -> None:
    assert new_client().get("/min/sign-in/over-there").status_code == 404
    assert "Staff: sign in" not in new_client().get("/min/sign-in").text
