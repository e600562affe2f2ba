"""Over every route that writes, as everybody: no ledger row without a named clerk who did not submit it (S002-15)."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from akta.ids import AccountId, CaseId
from api.app import create
from heating import readings
from people import accounts, api_keys, case_links, rights
from storage.people import Membership
from storage.tasks import Task
from tests.api.routes import Route, routes
from tests.journeys.office import PASSWORD, Office
from tests.journeys.test_meter_reading import entries, from_office, reading

pytestmark = pytest.mark.slow

STAFF = ("front-desk", "billing", "mandate-verification", "process-owners", "administration", "metering", "supervision")
ROLES = ("anonymous", "case-link", "machine", "zu0001", *STAFF)
LEAVES = {"end_session", "sign_out", "sign_out_everywhere", "revoke_links", "end_other_sessions", "release_task"}
"""Routes that would end the visit, or give the task back."""
FIRST = ("claim_task", "accept_clean_readings", "complete_task")


@pytest.fixture
def uka(sqlite_office: Callable[[str], Office]) -> Office:
    """Who may bill is decided in one place, the same on both databases."""
    return sqlite_office("UKA")


def visiting(uka: Office, client: TestClient, role: str, case: CaseId) -> TestClient:
    """A client of this role, with a Bearer token as any program or page would have it."""
    if role == "anonymous":
        return client
    with uka.uow.begin() as tx:
        if role == "case-link":
            link = case_links.issue(tx, case, uka.person("zu0001"), uka.now)
        elif role == "machine":
            admin = uka.signed_in("administration").account
            assert admin is not None
            token = api_keys.make(tx, "A machine", rights.SCOPES, timedelta(days=1), AccountId(admin), uka.now).key
    if role == "case-link":
        token = case_links.open(uka.uow, link, uka.now).session.token
    elif role != "machine":
        token = accounts.sign_in(uka.uow, uka.akta.hasher, role, PASSWORD, uka.now).token
    client.headers["authorization"] = f"Bearer {token}"
    return client


def tried(client: TestClient, route: Route, case: CaseId, task: Task) -> int:
    """The route asked to take the reading, in every way a form or a program could say so."""
    path = route.path.replace("{tenant}", "uka").replace("{case}", str(case)).replace("{task}", str(task.id))
    path = path.replace("{key}", "meter-reading").replace("{bundle}", "meter-reading")
    address = re.sub(r"{\w+}", str(uuid4()), path)
    decided = {"decision": "accept", "reason": "because", "corrected_value": "862.5"}
    body: dict[str, Any] = {**decided, "answers": decided, "tasks": [{"task": str(task.id), "version": task.version}]}
    if route.is_rest:
        more = {"if-match": f'"{task.version}"', "idempotency-key": str(uuid4())}
        return client.request(route.method, address, json=body, headers=more).status_code
    form = {**decided, "version": str(task.version), "act": "accept", "task": f"{task.id}:{task.version}"}
    return client.request(route.method, address, data=form).status_code


@pytest.mark.parametrize(("submitter", "roles"), [("zu0001", ROLES), ("metering", ("metering", "supervision"))])
def test_whatever_route_is_asked_by_whomever_only_an_entitled_clerk_makes_a_row(
    uka: Office, submitter: str, roles: tuple[str, ...]
) -> None:
    app = create(uka.akta.services)
    writing = [each for each in routes(app) if each.method not in ("GET", "HEAD") and each.name not in LEAVES]
    assert len(writing) > 80
    made: set[str] = set()
    for role in roles:
        own = uka.signed_in(submitter)
        uka.clock.at += timedelta(days=1)
        read = {"read_at": uka.now.date().isoformat(), "value": f"{862 + len(made)},5"}
        answers = reading(uka, **read) if submitter == "zu0001" else from_office(**read)
        case = uka.start("meter-reading", answers, own)
        client = visiting(uka, TestClient(app, follow_redirects=False, raise_server_exceptions=False), role, case)
        for route in sorted(writing, key=lambda each: FIRST.index(each.name) if each.name in FIRST else len(FIRST)):
            with uka.uow.view() as tx:
                waiting = select(Task).where(Task.case_id == case, Task.state == "open")
                task = tx.session.scalars(waiting.order_by(Task.created_at)).first()
            if task is None:
                break
            assert tried(client, route, case, task) != 500, (role, route)
        uka.settle()
        if any(entry.case_id == case for entry in entries(uka)):
            made.add(role)
    assert made == {"metering", "supervision"} - {submitter}
    for entry in entries(uka):
        with uka.uow.view() as tx:
            assert readings.state(tx, entry.reading_id) in ("verified", "corrected")
            held = tx.session.scalars(select(Membership.group).where(Membership.account_id == entry.verifier_id))
            assert readings.VERIFIERS & set(held)
            assert tx.get(Task, entry.task_id).ended_by == entry.verifier_id
        assert entry.verifier_name
        assert entry.verifier_id != entry.submitter_id
