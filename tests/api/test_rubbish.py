"""Whatever is sent to a route, it answers; only a fault of ours would be a 500."""

import json
from typing import Any

import pytest
from fastapi import FastAPI

from storage.database import Database
from tests.api.conftest import Visitor
from tests.api.routes import Route, routes

pytestmark = pytest.mark.slow

DEEP = "[" * 5_000 + "]" * 5_000
BODIES = [
    b"",
    b"{",
    b"null",
    b"[]",
    b"\xff\xfe",
    DEEP.encode(),
    json.dumps({"service": "question", "answers": {"name": "\x00", "text": ["x"] * 10, "email": 10**30}}).encode(),
    json.dumps({"answers": {"answer": {"deep": []}}, "reason": "\ud800", "period_end": "0001-01-01"}).encode(),
    json.dumps({"name": "x" * 10_000, "login": "", "groups": ["supervision", "x"], "password": None}).encode(),
    json.dumps({"answers": {"": "x", "a" * 5_000: None, "answer": "y" * 200_000}}).encode(),
    json.dumps({"period_end": "9999-12-31", "received_at": "9999-12-31T23:59:59+00:00"}).encode(),
    json.dumps({"period_end": "0001-01-01"}).encode(),
]
QUERIES = ["search=%00", "search=%25_%5C", "cursor=x", "limit=-1", "limit=99999999999999999999", "before=x", "page=1e9"]


@pytest.fixture
def database(postgres_database: Database) -> Database:
    """Of the two databases the one that takes less: neither NUL nor a number of any size."""
    return postgres_database


@pytest.mark.parametrize("kind", ["anonymous", "customer", "supervision", "administration"])
def test_no_rubbish_breaks_a_route(kind: str, app: FastAPI, visitor: Visitor) -> None:
    client = visitor(kind)
    headers = {"content-type": "application/json", "idempotency-key": "a key of rubbish", "if-match": '"1"'}
    broken: list[Any] = []
    for route in _kept_open(app):
        address = route.address("UKA")
        sent = [(address, body) for body in BODIES] if route.method != "GET" else []
        for target, body in [*sent, *((f"{address}?{query}", b"") for query in QUERIES)]:
            answer = client.request(route.method, target, content=body, headers=headers)
            if answer.status_code >= 500:
                broken.append((route.method, target, body[:80], answer.text))
    assert broken == []


LEFT_OUT = ("end_session", "follow_inbox", "follow_case")
"""What ends the session, and streams that go on until their reader leaves."""


def _kept_open(app: FastAPI) -> list[Route]:
    """Every other REST route."""
    return [route for route in routes(app) if route.is_rest and route.name not in LEFT_OUT]


ON_PAGES = [
    *(
        "q=%00",
        "q=%25_%5C",
        "queue=x",
        "view=x",
        "document=x",
        "before=x",
        "sent=x",
        "next=%00",
        "form=../x",
        "letter=%00",
    ),
    *("after=x", "after=0001-01-01T00:00:00%2B14:00~00000000-0000-0000-0000-000000000001"),
]


@pytest.mark.parametrize("kind", ["anonymous", "customer", "supervision", "process-owners"])
def test_no_rubbish_in_an_address_breaks_a_page(kind: str, app: FastAPI, visitor: Visitor) -> None:
    client = visitor(kind)
    pages = [route for route in routes(app) if not route.is_rest and route.method == "GET"]
    addresses = [f"{route.address('UKA')}?{query}" for route in pages for query in ON_PAGES]
    broken = [address for address in addresses if client.get(address).status_code >= 500]
    assert [address for address in broken if not address.startswith("/health/")] == []
