"""Signing in and out, the password, and that no page leads away to another site."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from akta.subjects import Kind
from people import accounts
from people.groups import FRONT_DESK
from people.passwords import Hasher
from storage.tenants import Tenant
from storage.unit_of_work import UnitOfWork
from tests.api.conftest import PASSWORD, NewAccount
from tests.api.pages.browser import Browser
from tests.api.pages.conftest import SignedIn


def test_a_wrong_password_is_told_and_the_login_stays(browser: Browser, new_account: NewAccount) -> None:
    new_account("ugyfel")
    browser.sign_in("ugyfel", "wrong")
    assert browser.status == 403
    assert 'role="alert"' in browser.page
    assert 'value="ugyfel"' in browser.page


def test_signing_in_leads_back_to_where_one_wanted_to_go(browser: Browser, new_account: NewAccount) -> None:
    new_account("ugyfel")
    browser.open("/my/cases")
    browser.send("/sign-in", {"login": "ugyfel", "password": PASSWORD})
    assert browser.url == f"{browser.base}/my/cases"


@pytest.mark.parametrize(
    "wished",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "/\\elsewhere.example",
        "{base}evil.example/",
        "{base}//x.example",
    ],
)
def test_signing_in_leads_nowhere_else(browser: Browser, new_account: NewAccount, wished: str) -> None:
    new_account("ugyfel")
    browser.open("/sign-in")
    sent = {"login": "ugyfel", "password": PASSWORD, "to": wished.format(base=browser.base)}
    browser.send("/sign-in", sent)
    assert browser.url == f"{browser.base}/"


def test_signing_out_ends_the_session_and_says_so(signed_in: SignedIn) -> None:
    customer = signed_in("ugyfel", Kind.CUSTOMER)
    customer.open("/my/cases")
    customer.send("/sign-out", {})
    assert "You are signed out" in customer.text
    customer.open("/my/cases")
    assert customer.url == f"{customer.base}/sign-in"


def test_the_first_sign_in_asks_for_an_own_password_and_then_a_new_sign_in(
    browser: Browser, new_account: NewAccount, uow: UnitOfWork, hasher: Hasher, now: object
) -> None:
    account = new_account("fresh", Kind.CUSTOMER, password="")
    secret = accounts.issue_secret(uow, hasher, account, now)  # type: ignore[arg-type]
    browser.sign_in("fresh", secret)
    assert browser.url == f"{browser.base}/password"
    assert "Choose your own password" in browser.text
    browser.open("/my/cases")
    assert browser.url == f"{browser.base}/password", "nothing else is open until then"
    browser.send("/password", {"old": secret, "new": "abcdefgh", "repeat": "abcdefgX"})
    assert browser.status == 422
    assert '<a href="#field-new">New password: ' in browser.page
    assert '<a href="#field-repeat">New password again: ' in browser.page
    assert secret not in browser.page
    browser.send("/password", {"old": secret, "new": "kolovrat 45", "repeat": "kolovrat 45"})
    assert browser.url == f"{browser.base}/sign-in"
    assert "Your password is changed" in browser.text
    browser.sign_in("fresh", "kolovrat 45")
    assert browser.url == f"{browser.base}/"


def test_a_form_without_its_token_is_refused_with_a_way_back(signed_in: SignedIn) -> None:
    clerk = signed_in("clerk", Kind.STAFF, FRONT_DESK)
    answer = clerk.client.post(f"{clerk.base}/sign-out", data={})
    assert answer.status_code == 403
    assert "open too long" in answer.text


SAME_ORIGIN = {"sec-fetch-site": "same-origin", "origin": "http://testserver"}


def opened_at_once(browser: Browser, path: str) -> tuple[str, str]:
    """The tokens of two pages asked for before either has brought a cookie: tabs that are restored."""
    tokens = []
    for _ in range(2):
        browser.client.cookies.clear()
        tokens.append(browser.open(path).partition('name="csrf" value="')[2].partition('"')[0])
    return tokens[0], tokens[1]


def test_of_two_tabs_restored_at_once_each_can_sign_in(browser: Browser, new_account: NewAccount) -> None:
    new_account("ugyfel")
    one, other = opened_at_once(browser, "/sign-in")
    for token in (one, other):
        sent = {"csrf": token, "login": "ugyfel", "password": PASSWORD, "to": ""}
        answer = browser.client.post(f"{browser.base}/sign-in", data=sent, headers=SAME_ORIGIN)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{browser.base}/")
        assert "akta-uka" in answer.headers["set-cookie"]
        browser.client.cookies.delete("akta-uka")


def test_a_sign_in_form_that_was_open_too_long_comes_back_with_what_was_typed(
    browser: Browser, new_account: NewAccount
) -> None:
    new_account("ugyfel")
    browser.open("/sign-in?next=/uka/my/cases")
    browser.client.cookies.clear()
    browser.send("/sign-in", {"login": "ugyfel", "password": PASSWORD})
    assert browser.status == 403
    assert "open too long" in browser.text
    assert 'value="ugyfel"' in browser.page
    assert PASSWORD not in browser.page
    browser.send("/sign-in", {"login": "ugyfel", "password": PASSWORD})
    assert browser.url == f"{browser.base}/my/cases"


def test_the_first_page_asks_which_utility(
    new_client: Callable[[], TestClient], tenant: Tenant, other_tenant: Tenant
) -> None:
    page = new_client().get("/").text
    assert tenant.name in page
    assert other_tenant.name in page


def test_a_utility_that_is_none_is_a_designed_page(browser: Browser) -> None:
    answer = browser.client.get("/nowhere/")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text


def test_the_appearance_a_reader_chose_is_there_before_the_first_paint(browser: Browser) -> None:
    browser.client.cookies.set("akta-theme", "dark")
    assert 'data-theme="dark"' in browser.open("/")
    browser.client.cookies.set("akta-theme", '"><script>')
    assert '<html lang="en">' in browser.open("/")


def test_the_page_without_a_connection_needs_nobody(browser: Browser) -> None:
    answer = browser.client.get("/offline")
    assert answer.status_code == 200
    assert "There is no connection" in answer.text
    script = browser.client.get("/service-worker.js")
    assert script.headers["content-type"].startswith("text/javascript")


def test_static_files_are_kept_for_ever_under_their_digest(browser: Browser) -> None:
    address = browser.open("/").partition('rel="stylesheet" href="')[2].partition('"')[0]
    answer = browser.client.get(address, headers={"accept-encoding": "gzip"})
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"
    old = browser.client.get(address.replace(address.split("/")[2], "000000000000"))
    assert old.headers["cache-control"] == "no-cache"
    assert browser.client.get("/static/x/../../app.py").status_code == 404
