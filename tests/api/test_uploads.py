"""Files stream through the application into the store; what is refused or breaks off leaves nothing."""

import dataclasses
import io
from collections.abc import Callable, Iterator
from datetime import timedelta

import anyio
import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from PIL import Image
from sqlalchemy import select
from starlette.types import Message

from akta.clock import SetClock
from api import app as application
from api.dependencies import FormDep, VisitDep, needs
from api.ports import Services
from people.rights import Act
from storage.documents import DocumentRow
from storage.files import Files
from storage.tenants import Tenant
from storage.unit_of_work import UnitOfWork
from tests.api.conftest import Visitor

Sent = list[tuple[str, tuple[str | None, str | bytes] | tuple[str | None, str | bytes, str | None]]]

UPLOADS = "/api/v1/UKA/uploads"

router = APIRouter()


@router.get("/{tenant}/probe/token", dependencies=[needs(Act.SEE_SERVICES)])
def show_token(visit: VisitDep) -> str:
    return visit.csrf_token


@router.post("/{tenant}/probe", dependencies=[needs(Act.UPLOAD)])
def take(form: FormDep) -> dict[str, list[str]]:
    return form.values


@pytest.fixture
def browser(app: FastAPI, client: TestClient) -> TestClient:
    app.include_router(router)
    return client


@pytest.fixture
def token(browser: TestClient) -> str:
    found: str = browser.get("/UKA/probe/token").json()
    return found


def png(side: int = 8) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((side, side), 90).save(out, "PNG")
    return out.getvalue()


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def rows(uow: UnitOfWork) -> list[DocumentRow]:
    with uow.view() as tx:
        return list(tx.session.scalars(select(DocumentRow).order_by(DocumentRow.id)))


def test_a_file_sent_by_rest_waits_for_its_form(client: TestClient, uow: UnitOfWork, files: Files) -> None:
    answer = client.post(f"{UPLOADS}?name=přílohа.pdf&field=attachment", content=PDF, headers=_bytes())
    assert answer.status_code == 201, answer.text
    (row,) = rows(uow)
    assert answer.json()["id"] == str(row.id)
    assert answer.json()["upload_key"] == row.upload_key
    assert (row.case_id, row.kind, row.media_type, row.size) == (None, "attachment", "application/pdf", len(PDF))
    with files.get(row.object_key) as chunks:
        assert b"".join(chunks) == PDF


def test_a_client_without_cookies_sends_its_upload_key_back(
    new_client: Callable[[], TestClient], client: TestClient, uow: UnitOfWork
) -> None:
    key = client.post(f"{UPLOADS}?name=a.pdf", content=PDF, headers=_bytes()).json()["upload_key"]
    again = new_client().post(f"{UPLOADS}?name=b.pdf", content=PDF, headers={**_bytes(), "Upload-Key": key})
    assert again.json()["upload_key"] == key
    assert len({row.upload_key for row in rows(uow)}) == 1


def test_a_key_sent_by_somebody_signed_in_is_not_taken(visitor: Visitor) -> None:
    customer = visitor("customer")
    own = customer.post(f"{UPLOADS}?name=a.pdf", content=PDF, headers={**_bytes(), "Upload-Key": "x" * 40}).json()
    assert own["upload_key"] != "x" * 40


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("a.pdf", b"MZ this is a program", 422),
        ("a.exe", PDF, 422),
        ("a.pdf", b"", 422),
        ("a.png", png(700), 422),
    ],
)
def test_what_is_refused_leaves_nothing(
    client: TestClient, uow: UnitOfWork, files: Files, name: str, content: bytes, status: int
) -> None:
    answer = client.post(f"{UPLOADS}?name={name}", content=content, headers=_bytes())
    assert answer.status_code == status
    assert name in answer.json()["title"]
    assert rows(uow) == []
    assert list(files.list()) == []


def test_somebody_unknown_sends_so_many_files_and_no_more(
    services: Services, tenant: Tenant, files: Files, uow: UnitOfWork, clock: SetClock
) -> None:
    few = application.create(dataclasses.replace(services, uploads_per_hour=2))
    few.include_router(router)
    client = TestClient(few, base_url="http://testserver")
    first, second, third = (client.post(f"{UPLOADS}?name=a.pdf", content=PDF, headers=_bytes()) for _ in range(3))
    assert (first.status_code, second.status_code, third.status_code) == (201, 201, 429)
    assert int(third.headers["retry-after"]) == 3600
    token = client.get("/UKA/probe/token").json()
    sent: Sent = [("csrf", (None, token)), ("photo", ("a.png", png(), "image/png"))]
    assert client.post("/UKA/probe", files=sent).status_code == 429
    assert len(rows(uow)) == len(list(files.list())) == 2
    clock.at += timedelta(hours=1)
    assert client.post(f"{UPLOADS}?name=a.pdf", content=PDF, headers=_bytes()).status_code == 201


def test_a_body_above_the_limit_of_all_uploads_is_refused_before_it_is_read(client: TestClient) -> None:
    assert client.post(f"{UPLOADS}?name=a.pdf", content=b"x" * 1_000_001, headers=_bytes()).status_code == 413


def test_a_body_that_hides_its_length_is_cut_off(client: TestClient, uow: UnitOfWork, files: Files) -> None:
    def endless() -> Iterator[bytes]:
        yield PDF
        for _ in range(2_000):
            yield b"x" * 1_000

    answer = client.post(f"{UPLOADS}?name=a.pdf", content=endless(), headers=_bytes())
    assert answer.status_code in (413, 422)
    assert rows(uow) == []
    assert list(files.list()) == []


def test_a_page_form_carries_fields_and_files_without_scripts(browser: TestClient, token: str, uow: UnitOfWork) -> None:
    sent: Sent = [
        ("csrf", (None, token)),
        ("text", (None, "Žluťoučký kůň")),
        ("photo", ("foto měřidla.png", png(), "image/png")),
        ("photo", ("b.png", png(), "image/png")),
        ("after", (None, "the files")),
    ]
    answer = browser.post("/UKA/probe", files=sent)
    assert answer.status_code == 200, answer.text
    found = rows(uow)
    values = answer.json()
    assert values["photo"] == [str(row.id) for row in found]
    assert (values["text"], values["after"]) == (["Žluťoučký kůň"], ["the files"])
    assert [(row.name, row.kind) for row in found] == [("foto měřidla.png", "photo"), ("b.png", "photo")]


def test_a_file_field_left_empty_is_no_file(browser: TestClient, token: str, uow: UnitOfWork) -> None:
    head = f'--b\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{token}\r\n'
    part = '--b\r\nContent-Disposition: form-data; name="photo"; filename=""\r\n\r\n\r\n--b--\r\n'
    headers = {"content-type": "multipart/form-data; boundary=b"}
    assert browser.post("/UKA/probe", content=(head + part).encode(), headers=headers).json() == {"csrf": [token]}
    assert rows(uow) == []


@pytest.mark.parametrize("position", [0, 1])
def test_no_file_of_a_form_is_stored_without_its_token(
    browser: TestClient, token: str, files: Files, uow: UnitOfWork, position: int
) -> None:
    sent: Sent = [("photo", ("a.png", png(), "image/png"))]
    sent.insert(position, ("csrf", (None, token if position else "wrong")))
    assert browser.post("/UKA/probe", files=sent).status_code == 403
    assert rows(uow) == []
    assert list(files.list()) == []


def test_a_form_that_breaks_off_leaves_no_half_file(
    browser: TestClient, token: str, files: Files, uow: UnitOfWork
) -> None:
    head = f'--b\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{token}\r\n'
    part = '--b\r\nContent-Disposition: form-data; name="photo"; filename="a.pdf"\r\n\r\n'
    body = head.encode() + part.encode() + PDF
    answer = browser.post("/UKA/probe", content=body, headers={"content-type": "multipart/form-data; boundary=b"})
    assert answer.status_code == 422
    assert rows(uow) == []
    assert list(files.list()) == []


def test_a_sender_who_goes_away_leaves_no_half_file(
    app: FastAPI, tenant: Tenant, files: Files, uow: UnitOfWork
) -> None:
    came = iter([{"type": "http.request", "body": PDF + b"x" * 100_000, "more_body": True}])
    answered: list[Message] = []

    async def receive() -> Message:
        return next(came, {"type": "http.disconnect"})

    async def send(message: Message) -> None:
        answered.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/v1/UKA/uploads",
        "query_string": b"name=a.pdf",
        "headers": [(b"host", b"testserver"), (b"content-type", b"application/octet-stream")],
    }
    anyio.run(app, scope, receive, send)
    assert answered[0]["status"] == 422
    assert rows(uow) == []
    assert list(files.list()) == []


def test_process_owners_upload_nothing(visitor: Visitor, files: Files) -> None:
    assert visitor("process-owners").post(f"{UPLOADS}?name=a.pdf", content=PDF, headers=_bytes()).status_code == 403
    assert list(files.list()) == []


def _bytes() -> dict[str, str]:
    return {"content-type": "application/octet-stream"}
