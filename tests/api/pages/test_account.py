"""Own account, second factors and the administrator's room on pages."""

import base64
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from fastapi.testclient import TestClient

from akta.clock import SetClock
from akta.subjects import Kind
from people import groups, second_factors
from people.groups import ADMINISTRATION, METERING
from storage.database import Database
from storage.tenants import Tenant
from tests.api.conftest import PASSWORD, NewAccount
from tests.api.pages.browser import Browser
from tests.api.pages.conftest import SignedIn


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """The same queries run on both databases."""
    return sqlite_database


def add_app(browser: Browser, clock: SetClock) -> str:
    """Add an app on the account page; gives its key."""
    browser.open("/account")
    browser.send("/account/app", {})
    key = re.search(r"<code>([A-Z2-7 ]+)</code>", browser.page)
    assert key is not None, browser.text
    action = re.search(r'action="[^"]*(/account/app/[0-9a-f-]+)"', browser.page)
    assert action is not None
    browser.send(action[1], {"code": code(key[1], clock)})
    return key[1]


def code(key: str, clock: SetClock) -> str:
    return second_factors.totp(base64.b32decode(key.replace(" ", "")), int(clock.at.timestamp()) // 30)


def test_an_app_is_added_and_its_owner_shown_recovery_codes_once(signed_in: SignedIn, clock: SetClock) -> None:
    clerk = signed_in("clerk", Kind.STAFF, METERING)
    add_app(clerk, clock)
    assert "Recovery codes" in clerk.text
    assert len(re.findall(r"<code>\w{5}(?:-\w{5}){3}</code>", clerk.page)) == 10
    clerk.open("/account")
    assert "Authenticator app" in clerk.text
    assert "10 recovery codes are left." in clerk.text
    assert not re.search(r"<code>\w{5}-", clerk.page)


def test_a_right_code_opens_the_session_with_another_token(
    signed_in: SignedIn, browser: Browser, clock: SetClock
) -> None:
    key = add_app(signed_in("clerk", Kind.STAFF, METERING), clock)
    clock.at += timedelta(minutes=1)
    browser.open("/sign-in")
    browser.send("/sign-in", {"login": "clerk", "password": PASSWORD, "to": f"{browser.base}/account"})
    assert browser.url == f"{browser.base}/prove"
    half = browser.client.cookies["akta-uka"]
    browser.open("/inbox")
    assert browser.url == f"{browser.base}/prove", "nothing else is open until then"
    browser.send("/prove", {"code": "000000"})
    assert browser.status == 403
    assert "not right" in browser.text
    browser.send("/prove", {"code": code(key, clock), "to": f"{browser.base}/account"})
    assert browser.url == f"{browser.base}/account"
    assert browser.client.cookies["akta-uka"] != half


def test_what_changes_accounts_asks_for_a_recent_proof(signed_in: SignedIn, clock: SetClock) -> None:
    admin = signed_in("admin", Kind.STAFF, ADMINISTRATION)
    page = admin.open("/administration")
    clock.at += timedelta(minutes=16)
    admin.page = page
    new = {"name": "Minta Új", "email": "uj@example.org", "login": "uj", "groups": METERING}
    admin.send("/administration", new)
    assert admin.url == f"{admin.base}/prove"
    admin.send("/prove", {"password": "wrong 1"})
    assert "not your present password" in admin.text
    admin.send("/prove", {"password": PASSWORD, "to": f"{admin.base}/administration"})
    assert admin.url == f"{admin.base}/administration"
    admin.send("/administration", new)
    assert "The temporary password of uj is" in admin.text


def test_a_powerful_group_waits_on_the_page_for_a_second_administrator(
    signed_in: SignedIn, new_account: NewAccount
) -> None:
    clerk = new_account("clerk", Kind.STAFF, METERING)
    one, two = signed_in("one", Kind.STAFF, ADMINISTRATION), signed_in("two", Kind.STAFF, ADMINISTRATION)
    one.open("/administration")
    asked = {"do": "grant-group", "group": groups.SUPERVISION, "reason": "She leads the office"}
    one.send(f"/administration/accounts/{clerk}", asked)
    assert "A second administrator has to agree." in one.text
    request = re.search(r"/administration/requests/[0-9a-f-]+", one.page)
    assert request is not None
    one.send(request[0], {"agreed": "yes"})
    assert one.status == 409
    assert "nobody decides about themselves" in one.text
    two.open("/administration")
    two.send(request[0], {"agreed": "yes"})
    assert "Waiting for a second administrator" not in two.text
    assert "Supervision" in two.text
    two.open("/administration/events")
    for words in ("A powerful group was asked for", "Put into a group", "She leads the office"):
        assert words in two.text


def test_a_key_is_shown_once_and_revoked(signed_in: SignedIn) -> None:
    admin = signed_in("admin", Kind.STAFF, ADMINISTRATION)
    admin.open("/administration/keys")
    admin.send("/administration/keys", {"name": "The map", "scopes": ["see-processes"], "days": "30"})
    key = re.search(r"<code>(akta_[\w-]{43})</code>", admin.page)
    assert key is not None, admin.text
    headers = {"authorization": f"Bearer {key[1]}"}
    bundles = f"/api/v1{admin.base}/bundles"
    assert admin.client.get(bundles, headers=headers).status_code == 200
    assert admin.client.get(f"/api/v1{admin.base}/tasks", headers=headers).status_code == 403
    admin.open("/administration/keys")
    assert key[1] not in admin.page
    admin.send("/revocation", {})
    assert admin.client.get(bundles, headers=headers).status_code == 401
    admin.send("/administration/keys", {"name": "", "scopes": ["see-processes"], "days": "x"})
    assert admin.status == 422


@pytest.mark.parametrize(
    ("client", "called"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/156.0 Safari/537.36 Edg/156.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19 like Mac OS X) Version/19 Safari/604.1", "Safari on iOS"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("", "An unnamed program"),
    ],
)
def test_people_recognise_where_they_are_signed_in(
    new_client: Callable[[], TestClient], tenant: Tenant, new_account: NewAccount, client: str, called: str
) -> None:
    new_account("ugyfel")
    one = new_client()
    one.headers["user-agent"] = client
    here = Browser(one, f"/{tenant.code.lower()}")
    here.sign_in("ugyfel", PASSWORD)
    here.open("/account")
    assert called in here.text or called in unescape(here.page)
    assert "<script>alert" not in here.page


def test_people_sign_out_elsewhere(signed_in: SignedIn, browser: Browser) -> None:
    here = signed_in("ugyfel", Kind.CUSTOMER)
    browser.sign_in("ugyfel", PASSWORD)
    here.open("/account")
    assert here.text.count("Sign out there") == 1
    here.send("/end", {})
    browser.open("/my/cases")
    assert browser.url == f"{browser.base}/sign-in"
    here.open("/my/cases")
    assert here.url == f"{here.base}/my/cases"
