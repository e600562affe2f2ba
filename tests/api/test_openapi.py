"""The description of the API is an artefact: committed, complete, with stable names."""

from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from api import app as application
from api.problems import MEDIA_TYPE

COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.json"


def test_the_committed_description_is_the_present_one() -> None:
    assert COMMITTED.read_text().rstrip() == application.description(), "python -m akta openapi > docs/openapi.json"


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [operation["operationId"] for path in _paths().values() for operation in path.values()]
    assert len(names) == len(set(names))


def test_every_refusal_is_described_as_a_problem() -> None:
    for path, operations in _paths().items():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                if status.startswith("4"):
                    assert list(answer["content"]) == [MEDIA_TYPE], path


def test_the_application_serves_its_description_and_no_page_with_foreign_scripts(client: TestClient) -> None:
    assert client.get("/api/v1/openapi.json").json()["info"]["title"] == "Akta"
    assert client.get("/docs").status_code == 404
    assert client.get("/redoc").status_code == 404


def _paths() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = application.described().openapi()["paths"]
    return found
