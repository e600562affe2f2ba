"""Cookies, tokens and what a session may do."""

import dataclasses
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from fastapi import APIRouter, FastAPI, Response
from fastapi.testclient import TestClient

from akta.clock import SetClock
from akta.subjects import Kind
from api import app as application
from api.dependencies import FormDep, VisitDep, needs
from api.ports import Services
from api.visits import drop_session, keep_session
from people import accounts
from people.passwords import Cost, Hasher
from people.rights import Act
from storage.tenants import Tenant
from storage.unit_of_work import UnitOfWork
from tests.api.conftest import PASSWORD, NewAccount, Visitor

REST = "/api/v1/UKA"

router = APIRouter()


@router.get("/{tenant}/probe", dependencies=[needs(Act.OWN_SESSION)])
def show(visit: VisitDep) -> list[str]:
    return [visit.csrf_token, visit.subject.kind]


@router.post("/{tenant}/probe/in", dependencies=[needs(Act.SIGN_IN)])
def sign_in(visit: VisitDep, form: FormDep) -> Response:
    answer = Response()
    keep_session(
        answer, visit, accounts.sign_in(visit.uow, visit.services.hasher, form.get("login"), PASSWORD, visit.now)
    )
    return answer


@router.post("/{tenant}/probe/out", dependencies=[needs(Act.OWN_SESSION)])
def sign_out(visit: VisitDep) -> Response:
    answer = Response()
    drop_session(answer, visit)
    return answer


@pytest.fixture
def browser(app: FastAPI, client: TestClient, new_account: NewAccount) -> TestClient:
    app.include_router(router)
    new_account("ukazka")
    return client


def _sign_in(browser: TestClient) -> str:
    token = browser.get("/UKA/probe").json()[0]
    answer = browser.post("/UKA/probe/in", data={"csrf": token, "login": "ukazka"})
    assert answer.status_code == 200
    cookie: str = answer.headers["set-cookie"]
    return cookie


def test_the_cookie_of_a_session_is_out_of_reach_of_scripts_and_other_sites(browser: TestClient) -> None:
    cookie = _sign_in(browser)
    assert cookie.startswith("akta-uka=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Max-Age=7200" in cookie
    assert browser.get("/UKA/probe").json()[1] == "customer"


def test_over_https_cookies_are_bound_to_the_host(services: Services, tenant: Tenant, new_account: NewAccount) -> None:
    from dataclasses import replace

    new_account("ukazka")
    app = application.create(replace(services, public_url="https://portal.example.org"))
    app.include_router(router)
    with TestClient(app, base_url="https://portal.example.org") as browser:
        answer = browser.get("/UKA/probe")
        assert "max-age" in answer.headers["strict-transport-security"]
        cookie = _sign_in(browser)
    assert cookie.startswith("__Host-akta-uka=")
    assert "Secure" in cookie
    assert "Domain" not in cookie


def test_signing_in_again_ends_the_session_before(browser: TestClient, new_client: Callable[[], TestClient]) -> None:
    _sign_in(browser)
    before = browser.cookies["akta-uka"]
    _sign_in(browser)
    assert browser.cookies["akta-uka"] != before
    old = new_client().get(f"{REST}/me", headers={"authorization": f"Bearer {before}"})
    assert old.json()["kind"] == "anonymous"


def test_signing_out_ends_the_session_and_clears_the_cookie(browser: TestClient) -> None:
    _sign_in(browser)
    token = browser.cookies["akta-uka"]
    answer = browser.post("/UKA/probe/out", data={"csrf": browser.get("/UKA/probe").json()[0]})
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert browser.get(f"{REST}/me", headers={"authorization": f"Bearer {token}"}).json()["kind"] == "anonymous"


def test_a_session_belongs_to_one_utility(browser: TestClient, other_tenant: Tenant) -> None:
    _sign_in(browser)
    token = browser.cookies["akta-uka"]
    there = browser.get("/api/v1/MIN/me", headers={"authorization": f"Bearer {token}"})
    assert there.json()["kind"] == "anonymous"


def test_a_session_ends_at_its_hour(visitor: Visitor, clock: SetClock) -> None:
    customer = visitor("customer")
    assert customer.get(f"{REST}/me").json()["kind"] == "customer"
    clock.at += timedelta(hours=2)
    assert customer.get(f"{REST}/me").json()["kind"] == "anonymous"


def test_me_says_who_one_is_and_what_one_may_do(visitor: Visitor) -> None:
    clerk = visitor("metering").get(f"{REST}/me").json()
    assert (clerk["kind"], clerk["groups"], clerk["name"]) == ("staff", ["metering"], "Minta Ügyfél")
    assert "see-inbox" in clerk["may"]
    assert "run-billing" not in clerk["may"]


def test_a_case_link_by_rest_opens_its_one_case(visitor: Visitor, case: object) -> None:
    follower = visitor("case-link").get(f"{REST}/me").json()
    assert follower["kind"] == "case-link"
    assert follower["case_id"] == str(case.id)  # type: ignore[attr-defined]


def test_an_unknown_case_link_is_gone(client: TestClient) -> None:
    assert client.post(f"{REST}/sessions/case-link", json={"token": "x" * 43}).status_code == 404


def test_a_wrong_password_and_an_unknown_login_answer_alike(client: TestClient, new_account: NewAccount) -> None:
    new_account("ukazka")
    wrong, unknown = (
        client.post(f"{REST}/sessions", json={"login": login, "password": "wrong 1"}) for login in ("ukazka", "nobody")
    )
    assert wrong.status_code == unknown.status_code == 403
    assert wrong.json() == unknown.json()


@pytest.fixture
def pending(
    client: TestClient, new_account: NewAccount, uow: UnitOfWork, hasher: Hasher, now: datetime
) -> tuple[TestClient, str]:
    """Somebody signed in with their temporary password."""
    secret = accounts.issue_secret(uow, hasher, new_account("ukazka", Kind.CUSTOMER, password=""), now)
    opened = client.post(f"{REST}/sessions", json={"login": "ukazka", "password": secret}).json()
    assert opened["must_change_password"]
    client.headers["authorization"] = f"Bearer {opened['token']}"
    return client, secret


def test_with_a_temporary_password_nothing_is_open_but_changing_it(
    app: FastAPI, pending: tuple[TestClient, str]
) -> None:
    client, _ = pending
    app.include_router(router)
    me = client.get(f"{REST}/me").json()
    assert me["must_change_password"]
    assert me["may"] == ["change-password", "choose-language", "own-session"]
    for path in ("services", "cases", "invoices", "meters", "contracts"):
        answer = client.get(f"{REST}/{path}")
        assert answer.status_code == 403
        assert answer.json()["type"] == "urn:akta:PasswordChangeNeeded"


def test_with_a_temporary_password_every_page_leads_to_changing_it(pending: tuple[TestClient, str]) -> None:
    client, _ = pending
    for page in ("/UKA/", "/UKA/my/cases", "/UKA/inbox", "/UKA/sign-in"):
        answer = client.get(page)
        assert (answer.status_code, answer.headers["location"]) == (303, "/UKA/password"), page
    assert client.get("/UKA/password").status_code == 200


def test_the_new_password_works_from_the_next_sign_in(pending: tuple[TestClient, str]) -> None:
    client, secret = pending
    refused = client.put(f"{REST}/me/password", json={"old": secret, "new": "abc1234", "repeat": "abc1234"})
    assert refused.status_code == 422
    assert refused.json()["fields"] == {"new": "Use at least 8 characters."}
    new = {"old": secret, "new": "kolovrat 45", "repeat": "kolovrat 45"}
    assert client.put(f"{REST}/me/password", json=new).status_code == 204
    assert client.get(f"{REST}/me").json()["kind"] == "anonymous"
    del client.headers["authorization"]
    again = client.post(f"{REST}/sessions", json={"login": "ukazka", "password": "kolovrat 45"})
    assert again.status_code == 201
    assert not again.json()["must_change_password"]
    assert client.post(f"{REST}/sessions", json={"login": "ukazka", "password": secret}).status_code == 403


def test_when_too_many_sign_in_at_once_they_are_told_when_to_come_back(
    services: Services, tenant: Tenant, new_account: NewAccount
) -> None:
    narrow = Hasher(Cost(passes=1, memory=8, lanes=1, at_once=1, patience=0.01))
    new_account("ukazka")
    client = TestClient(application.create(dataclasses.replace(services, hasher=narrow)))
    sent = {"login": "ukazka", "password": PASSWORD}
    with narrow._turn():
        answer = client.post(f"{REST}/sessions", json=sent)
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) >= 1
    assert client.post(f"{REST}/sessions", json=sent).status_code == 201
