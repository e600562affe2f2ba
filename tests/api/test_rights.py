"""Every route declares its right, and enforces it for every kind of visitor."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from akta.subjects import Kind, Subject
from people import groups, rights
from storage.database import Database
from storage.tenants import Tenant
from storage.unit_of_work import UnitOfWork
from tests.api.conftest import KINDS, Visitor
from tests.api.routes import Route, routes

DENIED = ("urn:akta:Forbidden", "urn:akta:SignInNeeded")
"""What the table of rights refuses with; refusals of use cases have types of their own."""


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """Rights are read from one table and need no second database to prove."""
    return sqlite_database


def test_every_route_declares_its_right(app: FastAPI) -> None:
    found = list(routes(app))
    assert len(found) > 40
    assert [route for route in found if route.acts is None] == []


def test_only_addresses_of_no_utility_are_public(app: FastAPI) -> None:
    public = [route for route in routes(app) if route.acts == ()]
    assert all("{tenant}" not in route.path for route in public)
    assert all(route.method == "GET" for route in public)


def test_every_act_is_asked_for_somewhere(app: FastAPI) -> None:
    asked = {act for route in routes(app) for act in route.acts or ()}
    assert set(rights.Act) - asked == set()


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_each_route_is_open_to_those_the_table_names_and_to_nobody_else(
    kind: str, app: FastAPI, visitor: Visitor, uow: UnitOfWork
) -> None:
    client, subject = visitor(kind), _subject(kind, uow)
    wrong = []
    for route in sorted(routes(app), key=lambda route: route.name == "end_session"):
        if not route.acts:
            continue
        expected = any(rights.allowed(subject, act) for act in route.acts)
        answer = client.request(route.method, route.address("UKA"))
        if _let_in(route, answer, expected) is not expected:
            wrong.append((route.method, route.path, answer.status_code, expected))
    assert wrong == []


def test_every_writing_page_route_reads_its_form_or_is_refused_without_a_token(
    app: FastAPI, client: TestClient, tenant: Tenant
) -> None:
    open_to_all = [route for route in routes(app) if not route.is_rest and route.method != "GET"]
    for route in open_to_all:
        answer = client.request(route.method, route.address("UKA"), data={"a": "b"})
        assert answer.status_code in (303, 403), route
        assert "sign-in" in answer.headers.get("location", "sign-in"), route


def _let_in(route: Route, answer: Response, expected: bool) -> bool:
    """Whether the right was held. A page refuses a write without its token with 403 too, after the right was held."""
    if route.is_rest:
        problem = answer.headers["content-type"] == "application/problem+json"
        return not (problem and answer.json()["type"] in DENIED)
    if route.method != "GET" and answer.status_code == 403:
        return expected
    to_sign_in = answer.headers.get("location", "").partition("?")[0].endswith("/sign-in")
    return answer.status_code != 403 and not to_sign_in


def _subject(kind: str, uow: UnitOfWork) -> Subject:
    if kind in groups.GROUPS:
        return Subject(tenant=uow.tenant, kind=Kind.STAFF, groups=frozenset({kind}))
    return Subject(tenant=uow.tenant, kind=Kind(kind))
