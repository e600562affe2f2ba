"""Writes that a cookie authorises need their token and must not come from elsewhere; a Bearer token needs neither."""

from collections.abc import Callable

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient

from api.dependencies import FormDep, VisitDep, needs
from people.rights import Act
from storage.tenants import Tenant
from tests.api.conftest import PASSWORD, NewAccount

router = APIRouter()


@router.get("/{tenant}/probe/token", dependencies=[needs(Act.SEE_SERVICES)])
def show_token(visit: VisitDep) -> str:
    return visit.csrf_token


@router.post("/{tenant}/probe", dependencies=[needs(Act.SEE_SERVICES)])
def write(form: FormDep) -> dict[str, list[str]]:
    return form.values


@router.post("/{tenant}/probe/careless", dependencies=[needs(Act.SEE_SERVICES)])
def write_without_reading_the_form(visit: VisitDep) -> str:
    return visit.subject.kind


@pytest.fixture
def probed(app: FastAPI, client: TestClient) -> TestClient:
    """A browser, and three pages to try things on."""
    app.include_router(router)
    return client


@pytest.fixture
def signed_in(probed: TestClient, new_account: NewAccount) -> TestClient:
    """A browser with the cookie of a customer's session."""
    new_account("ukazka")
    token = probed.post("/api/v1/UKA/sessions", json={"login": "ukazka", "password": PASSWORD}).json()["token"]
    probed.cookies.set("akta-uka", token)
    return probed


def test_a_form_of_somebody_unknown_carries_a_token_bound_to_their_browser(probed: TestClient) -> None:
    token = probed.get("/UKA/probe/token").json()
    assert probed.get("/UKA/probe/token").json() == token
    assert probed.post("/UKA/probe", data={"csrf": token, "a": ["ž", "b"]}).json()["a"] == ["ž", "b"]


SAME_ORIGIN = {"sec-fetch-site": "same-origin", "origin": "http://testserver"}
OLD_BROWSER = {"origin": "http://testserver"}
"""One that does not say where a request comes from, except for its origin."""


@pytest.mark.parametrize("headers", [SAME_ORIGIN, OLD_BROWSER], ids=["says-the-site", "says-the-origin"])
def test_of_two_pages_opened_at_once_both_can_send_their_forms(probed: TestClient, headers: dict[str, str]) -> None:
    one, other = _opened_at_once(probed, "/UKA/probe/token")
    assert one != other
    for token in (one, other):
        assert probed.post("/UKA/probe", data={"csrf": token}, headers=headers).status_code == 200


def test_a_browser_that_vouches_for_nothing_needs_the_cookie(probed: TestClient) -> None:
    one, other = _opened_at_once(probed, "/UKA/probe/token")
    assert probed.post("/UKA/probe", data={"csrf": one}).status_code == 403
    assert probed.post("/UKA/probe", data={"csrf": other}).status_code == 200


def test_a_token_somebody_else_was_given_is_no_use_on_another_site(
    probed: TestClient, new_client: Callable[[], TestClient]
) -> None:
    theirs = new_client().get("/UKA/probe/token").json()
    probed.get("/UKA/probe/token")
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example.org"}):
        assert probed.post("/UKA/probe", data={"csrf": theirs}, headers=headers).status_code == 403


@pytest.mark.parametrize("token", [f"made-up.{'0' * 64}", ".", "a.b", "x" * 10_000, "😀.1"])
def test_a_name_we_did_not_sign_is_refused_whatever_the_browser_says(probed: TestClient, token: str) -> None:
    probed.get("/UKA/probe/token")
    assert probed.post("/UKA/probe", data={"csrf": token}, headers=SAME_ORIGIN).status_code == 403


@pytest.mark.parametrize("headers", [{"sec-fetch-mode": "no-cors"}, {"sec-fetch-mode": "cors"}, {"hx-request": "true"}])
def test_a_part_of_a_page_never_names_the_browser(probed: TestClient, headers: dict[str, str]) -> None:
    assert "set-cookie" not in probed.get("/UKA/probe/token", headers=headers).headers
    assert (
        "akta-browser" in probed.get("/UKA/probe/token", headers={"sec-fetch-mode": "navigate"}).headers["set-cookie"]
    )
    assert "set-cookie" not in probed.get("/UKA/probe/token").headers


def test_a_cookie_of_rubbish_is_no_name(probed: TestClient) -> None:
    probed.cookies.set("akta-browser", "x" * 5_000)
    assert "akta-browser" in probed.get("/UKA/probe/token").headers["set-cookie"]


def _opened_at_once(browser: TestClient, page: str) -> tuple[str, str]:
    """What two requests are answered that leave before either has brought a cookie."""
    one = browser.get(page).json()
    browser.cookies.clear()
    return one, browser.get(page).json()


@pytest.mark.parametrize("data", [{}, {"csrf": ""}, {"csrf": "0" * 64}])
@pytest.mark.parametrize("page", ["/UKA/probe", "/UKA/probe/careless"])
def test_a_form_without_its_token_is_refused(probed: TestClient, data: dict[str, str], page: str) -> None:
    probed.get("/UKA/probe/token")
    assert probed.post(page, data={"a": "b", **data}).status_code == 403


def test_the_token_of_another_browser_or_utility_is_refused(
    probed: TestClient, new_client: Callable[[], TestClient], other_tenant: Tenant
) -> None:
    token = probed.get("/UKA/probe/token").json()
    assert new_client().post("/UKA/probe", data={"csrf": token}).status_code == 403
    assert probed.post("/MIN/probe", data={"csrf": token}).status_code == 403


def test_the_token_of_a_session_is_its_own(signed_in: TestClient, new_client: Callable[[], TestClient]) -> None:
    unknown = new_client().get("/UKA/probe/token").json()
    token = signed_in.get("/UKA/probe/token").json()
    assert token != unknown
    assert signed_in.post("/UKA/probe", data={"csrf": token}).status_code == 200
    assert signed_in.post("/UKA/probe", data={"csrf": unknown}).status_code == 403


def test_a_script_may_send_the_token_as_a_header(signed_in: TestClient) -> None:
    token = signed_in.get("/UKA/probe/token").json()
    assert signed_in.post("/UKA/probe", headers={"X-CSRF-Token": token}, data={"a": "b"}).json() == {"a": ["b"]}
    assert signed_in.post("/UKA/probe", headers={"X-CSRF-Token": "x"}, data={"csrf": token}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example.org"},
        {"origin": "null"},
    ],
)
def test_a_write_from_another_site_is_refused_even_with_a_token(signed_in: TestClient, headers: dict[str, str]) -> None:
    token = signed_in.get("/UKA/probe/token").json()
    assert signed_in.post("/UKA/probe", data={"csrf": token}, headers=headers).status_code == 403


def test_a_write_from_this_site_passes(signed_in: TestClient) -> None:
    token = signed_in.get("/UKA/probe/token").json()
    headers = {"sec-fetch-site": "same-origin", "origin": "http://testserver"}
    assert signed_in.post("/UKA/probe", data={"csrf": token}, headers=headers).status_code == 200


def test_rest_writes_by_cookie_need_the_token_and_by_bearer_do_not(
    signed_in: TestClient, new_client: Callable[[], TestClient]
) -> None:
    assert signed_in.delete("/api/v1/UKA/sessions/current").status_code == 403
    bearer = {"authorization": f"Bearer {signed_in.cookies['akta-uka']}"}
    token = signed_in.get("/UKA/probe/token").json()
    assert signed_in.delete("/api/v1/UKA/sessions/current", headers={"X-CSRF-Token": token}).status_code == 204
    assert new_client().get("/api/v1/UKA/me", headers=bearer).json()["kind"] == "anonymous"


def test_signing_in_by_rest_needs_no_token_and_sets_no_cookie(client: TestClient, new_account: NewAccount) -> None:
    new_account("ukazka")
    answer = client.post("/api/v1/UKA/sessions", json={"login": "ukazka", "password": PASSWORD})
    assert answer.status_code == 201
    assert "set-cookie" not in answer.headers
    by_form = client.post("/api/v1/UKA/sessions", content='{"login":"ukazka"}', headers={"content-type": "text/plain"})
    assert by_form.status_code == 422
