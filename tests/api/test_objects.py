"""Whoever knows the id of a thing gains nothing by it: each route asks whose it is."""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from akta.ids import CaseId, TenantId
from akta.subjects import Door, Kind, system
from api.ports import Services
from documents import store
from documents.store import Made
from people import accounts, groups
from people.passwords import Hasher
from storage.bundles import Deployment
from storage.cases import Case, Incident
from storage.database import Database
from storage.people import Person
from storage.tasks import Task
from storage.tenants import Tenant
from storage.unit_of_work import UnitOfWork
from tests.api.conftest import PASSWORD, NewAccount, Visitor
from tests.api.routes import Route, routes

WHY: Mapping[str, object] = {"reason": "because"}
BODIES: Mapping[str, Mapping[str, object]] = {
    "complete_task": {"answers": {}},
    "keep_draft": {"answers": {}},
    "sign_with_code": {"code": "123456"},
    "preview_move": {},
    "accept_finding": {**WHY, "code": "form"},
    "change_variables": {**WHY, "variables": {}},
    "hand_case_to_office": {**WHY, "office": ""},
    "put_into_office": {"office": ""},
    "explain": {**WHY, "code": "replay"},
    "stop_clock": {**WHY, "ground": "law"},
    "extend_clock": {**WHY, "ground": "law", "days": 1},
    "set_clock": {**WHY, "due_at": "2026-03-02T10:00:00Z"},
    **dict.fromkeys(("grant_group", "suspend_case", "resume_case", "cancel_case", "restart_case"), WHY),
    **dict.fromkeys(("move_tokens", "start_clock", "skip_incident", "answer_incident"), WHY),
}
"""What a route asks for before it asks whose the thing is."""

Things = Mapping[str, UUID]


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """The same queries run on both databases."""
    return sqlite_database


@pytest.fixture
def things(
    uow: UnitOfWork, services: Services, case: Case, toy: Deployment, new_account: NewAccount, now: datetime
) -> Things:
    """One of each thing that has an address, at the utility UKA."""
    with uow.begin() as tx:
        made = Made(b"A letter", "letter.docx", "letter", "application/octet-stream")
        by = system(uow.tenant).acting(Door.JOB)
        document = store.add_made(tx, services.files, CaseId(case.id), made, now, by)
        incident = Incident(case_id=case.id, token=0, element="answer", cause="a test", created_at=now)
        tx.add(incident)
        task = tx.session.scalars(select(Task.id)).one()
    return {
        "case": case.id,
        "task": task,
        "document": document.id,
        "deployment": toy.id,
        "incident": incident.id,
        "account": new_account("somebody", Kind.STAFF, groups.FRONT_DESK),
    }


@pytest.fixture
def neighbour(
    new_client: Callable[[], TestClient],
    database: Database,
    other_tenant: Tenant,
    hasher: Hasher,
    now: datetime,
) -> TestClient:
    """Somebody of the utility MIN who may do everything there."""
    uow = database.unit_of_work(TenantId(other_tenant.id))
    with uow.begin() as tx:
        person = Person(name="Minta Rendszer", email="minta@example.org", language="en")
        tx.add(person)
        hashed = hasher.hash(PASSWORD)
        accounts.create(tx, person, "all", Kind.STAFF, now, groups=groups.GROUPS, password_hash=hashed)
    client = new_client()
    client.headers["authorization"] = f"Bearer {accounts.sign_in(uow, hasher, 'all', PASSWORD, now).token}"
    return client


def about(app: FastAPI, things: Things) -> list[Route]:
    """REST routes, and pages to look at, that are about one of these things."""
    found = [route for route in routes(app) if any(f"{{{name}}}" in route.path for name in things)]
    return [route for route in found if route.is_rest or route.method == "GET"]


def ask(client: TestClient, route: Route, tenant: str, things: Things) -> int:
    address = route.path.replace("{tenant}", tenant)
    for name, key in things.items():
        address = address.replace(f"{{{name}}}", str(key))
    address = address.replace("{number}", "1").replace("{bundle}", "question").replace("{group}", "metering")
    return client.request(route.method, address, json=BODIES.get(route.name)).status_code


def test_nothing_of_one_utility_is_found_at_another(app: FastAPI, things: Things, neighbour: TestClient) -> None:
    asked = about(app, things)
    assert {name for name in things for route in asked if f"{{{name}}}" in route.path} == set(things)
    found = {(route.method, route.path): ask(neighbour, route, "min", things) for route in asked}
    closed = {("POST", "/api/v1/{tenant}/cases/{case}/withdrawal"): 403}
    assert {at: status for at, status in found.items() if status != closed.get(at, 404)} == {}


@pytest.mark.parametrize("kind", ["customer", "metering", "billing"])
def test_nothing_of_a_case_is_found_by_who_does_not_see_it(
    kind: str, app: FastAPI, things: Things, visitor: Visitor
) -> None:
    client = visitor(kind)
    of_case = {name: things[name] for name in ("case", "task", "document")}
    found = {(route.method, route.path): ask(client, route, "uka", of_case) for route in about(app, of_case)}
    assert {at: status for at, status in found.items() if status not in (403, 404)} == {}
