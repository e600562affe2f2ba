"""Refusals and failures: the right status, the reader's language, and nothing personal in the log."""

import json

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from structlog.testing import capture_logs

from akta.errors import Conflict, Forbidden, Invalid, NotFound, Refusal, SignInNeeded
from akta.languages import language
from api.dependencies import needs
from api.problems import MEDIA_TYPE, problem_of
from people.rights import Act
from tests.api.conftest import Visitor

router = APIRouter()


@router.get("/api/v1/{tenant}/probe/broken", dependencies=[needs(Act.SEE_SERVICES)])
def break_down() -> None:
    raise ValueError("the telephone of Minta Ügyfél is 123")


@router.get("/{tenant}/probe/broken", dependencies=[needs(Act.SEE_SERVICES)])
def break_down_on_a_page() -> None:
    raise ValueError("the telephone of Minta Ügyfél is 123")


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (NotFound(), 404),
        (Forbidden(), 403),
        (SignInNeeded(), 401),
        (Conflict(), 409),
        (Invalid(fields={"name": "Say who you are."}), 422),
        (Refusal(), 400),
    ],
)
def test_each_root_has_its_status(refusal: Refusal, status: int) -> None:
    problem = problem_of(refusal, language("en"))
    assert problem.status == status
    assert problem.title == refusal.title
    assert problem.as_json().get("fields") == (refusal.fields if isinstance(refusal, Invalid) else None)


def test_names_in_a_title_are_filled_in() -> None:
    class Taken(Conflict):
        title = "%(name)s has taken this task."

    assert problem_of(Taken(name="Minta Ügyfél"), language("en")).title == "Minta Ügyfél has taken this task."


def test_a_title_with_a_per_cent_sign_from_a_name_does_no_harm() -> None:
    class Taken(Conflict):
        title = "%(name)s has taken this task."

    assert problem_of(Taken(name="100 %(x)s"), language("en")).title == "100 %(x)s has taken this task."


@pytest.mark.parametrize(
    ("path", "status"), [("/api/v1/UKA/nothing", 404), ("/api/v1/nobody/me", 404), ("/api/v1/UKA/tasks", 401)]
)
def test_rest_answers_with_problems(client: TestClient, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.json()["status"] == status
    assert answer.json()["title"]


def test_a_wrong_method_and_an_unreadable_body_are_problems_too(client: TestClient) -> None:
    assert client.put("/api/v1/UKA/sessions").json()["status"] == 405
    answer = client.post("/api/v1/UKA/sessions", json={"login": "x"})
    assert answer.status_code == 422
    assert set(answer.json()["fields"]) == {"password"}


@pytest.mark.parametrize("text", ["\0", "\ud800", "a\0b"])
def test_text_no_database_takes_is_refused_and_breaks_nothing(visitor: Visitor, text: str) -> None:
    client = visitor("front-desk")
    entry = json.dumps({"login": text, "password": text}).encode()
    answer = client.post("/api/v1/UKA/sessions", content=entry, headers={"content-type": "application/json"})
    assert answer.status_code in (403, 422)
    if "\ud800" not in text:
        assert client.get("/api/v1/UKA/tasks", params={"search": text}).status_code in (200, 422)
        assert client.get("/api/v1/UKA/services/%00/form").status_code in (403, 404, 422)


def test_an_address_with_no_id_where_one_belongs_is_no_address(visitor: Visitor) -> None:
    assert visitor("front-desk").get("/api/v1/UKA/cases/none").status_code == 404


def test_a_person_without_a_session_is_sent_to_sign_in_and_comes_back(client: TestClient) -> None:
    answer = client.get("/UKA/password")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/UKA/sign-in?next=%2FUKA%2Fpassword"


@pytest.mark.parametrize("path", ["/api/v1/UKA/probe/broken", "/UKA/probe/broken"])
def test_a_failure_has_an_id_and_its_log_line_nothing_personal(app: FastAPI, client: TestClient, path: str) -> None:
    app.include_router(router)
    with capture_logs() as lines:
        answer = client.get(f"{path}?token=secret-token")
    assert answer.status_code == 500
    assert "content-security-policy" in answer.headers
    failed = next(line for line in lines if line["event"] == "failed")
    assert failed["id"] in answer.text
    assert failed["kind"] == "ValueError"
    assert "Ügyfél" not in answer.text
    logged = json.dumps(lines, ensure_ascii=False, default=str)
    assert "Ügyfél" not in logged
    assert "secret-token" not in logged


def test_every_answer_is_logged_by_route_and_not_by_address(visitor: Visitor) -> None:
    client = visitor("customer")
    with capture_logs() as lines:
        client.get("/api/v1/UKA/me?x=private")
    assert lines == [
        {
            "event": "answered",
            "log_level": "info",
            "route": "show_me",
            "method": "GET",
            "status": 200,
            "ms": lines[0]["ms"],
        }
    ]


def test_titles_come_in_the_language_asked_for(app: FastAPI, client: TestClient) -> None:
    title = client.get("/api/v1/UKA/tasks", headers={"accept-language": "cs-CZ, en;q=0.5"}).json()["title"]
    assert title == language("cs").gettext(SignInNeeded.title)


def test_a_body_nested_too_deeply_is_said_to_be_unreadable(client: TestClient) -> None:
    deep = b'{"answers":' + b'{"a":' * 5_000 + b"1" + b"}" * 5_001
    headers = {"content-type": "application/json", "idempotency-key": "a key of rubbish"}
    answer = client.post("/api/v1/UKA/cases", content=deep, headers=headers)
    assert 400 <= answer.status_code < 500
    assert answer.json()["title"] == "What was sent cannot be read."
