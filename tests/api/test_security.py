"""Headers on every answer; health says what fails and nothing else."""

import dataclasses
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api import app as application
from api.ports import Services
from storage.files.folder import FolderFiles


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
