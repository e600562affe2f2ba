"""Headers on every answer; health says what fails and nothing else."""

import dataclasses
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api import app as application
from api.ports import Services
from storage.files.folder import FolderFiles
from storage.tenants import Tenant
from tests.api.conftest import PASSWORD, NewAccount
from tests.architecture.source import ROOT


@pytest.mark.parametrize("path", ["/health/live", "/api/v1/UKA/me", "/api/v1/UKA/nothing", "/UKA/nothing", "/"])
def test_every_answer_has_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "strict-transport-security" not in headers


def test_what_a_utility_shows_is_kept_in_no_cache(client: TestClient) -> None:
    assert client.get("/api/v1/UKA/me").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("length", ["2000000", "-1", "x"])
def test_a_body_that_is_too_large_or_says_nonsense_is_refused(client: TestClient, length: str) -> None:
    headers = {"content-type": "application/json", "content-length": length}
    assert client.post("/api/v1/UKA/sessions", content=b"{}", headers=headers).status_code == 413


def test_a_ready_application_says_so(client: TestClient) -> None:
    assert client.get("/health/live").status_code == 204
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "parts": {"database": "ok", "files": "ok"}}


def test_an_application_without_its_files_is_not_ready_and_says_which_part(services: Services, tmp_path: Path) -> None:
    class Gone(FolderFiles):
        def ready(self) -> None:
            raise OSError("/secret/place is gone")

    with TestClient(application.create(dataclasses.replace(services, files=Gone(tmp_path)))) as client:
        answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "parts": {"database": "ok", "files": "failed"}}


def by_https(services: Services) -> TestClient:
    secure = dataclasses.replace(services, public_url="https://akta.example.org")
    return TestClient(application.create(secure), base_url="https://akta.example.org", follow_redirects=False)


def test_every_cookie_by_https_is_locked_to_its_host(
    services: Services, tenant: Tenant, new_account: NewAccount
) -> None:
    new_account("ukazka")
    client = by_https(services)
    page = client.get("/uka/sign-in")
    token = page.text.partition('name="csrf" value="')[2].partition('"')[0]
    sent = {"csrf": token, "login": "ukazka", "password": PASSWORD, "to": ""}
    signed_in = client.post("/uka/sign-in", data=sent, headers={"origin": "https://akta.example.org"})
    assert signed_in.status_code == 303
    cookies = [*page.headers.get_list("set-cookie"), *signed_in.headers.get_list("set-cookie")]
    assert len(cookies) == 3
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
        assert "Domain" not in cookie


def test_by_https_browsers_are_told_to_stay_there(services: Services, tenant: Tenant) -> None:
    assert "max-age=31536000" in by_https(services).get("/uka/").headers["strict-transport-security"]


def test_a_plain_page_of_the_same_host_is_another_origin(services: Services, tenant: Tenant) -> None:
    client = by_https(services)
    token = client.get("/uka/sign-in").text.partition('name="csrf" value="')[2].partition('"')[0]
    sent = {"csrf": token, "login": "x", "password": "x"}
    answer = client.post("/uka/sign-in", data=sent, headers={"origin": "http://akta.example.org"})
    assert "open too long" in answer.text or answer.status_code == 403


NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def test_every_test_that_the_page_on_security_names_exists() -> None:
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    named = NAMED.findall(page)
    assert len(named) > 50
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).is_file() or (name and f"def {name}(" not in (ROOT / path).read_text(encoding="utf-8"))
    ]
    assert missing == []


def test_every_line_on_security_names_a_test_or_says_why_not() -> None:
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    lines = [line for line in page.splitlines() if re.match(r"\| V\d+ ", line)]
    assert {int(line[3:].split()[0]) for line in lines} == set(range(1, 18))
    assert [line for line in lines if not NAMED.search(line) and "not used" not in line] == []
