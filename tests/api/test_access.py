"""By REST: why somebody may do something, ending links, second factors, groups and keys."""

import base64
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from akta.clock import SetClock
from akta.ids import CaseId
from akta.subjects import Kind
from people import case_links, groups, second_factors
from storage.cases import Case, HistoryEntry
from storage.database import Database
from storage.tasks import Task
from storage.unit_of_work import UnitOfWork
from tests.api.conftest import PASSWORD, NewAccount, Visitor

REST = "/api/v1/UKA"


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """The same queries run on both databases."""
    return sqlite_database


@pytest.fixture
def task(uow: UnitOfWork, case: Case) -> UUID:
    with uow.view() as tx:
        return tx.session.scalars(select(Task.id)).one()


def test_the_explanation_is_asked_for_a_user_and_a_task(visitor: Visitor, task: UUID, new_account: NewAccount) -> None:
    clerk = new_account("desk", Kind.STAFF, groups.FRONT_DESK)
    supervisor = visitor("supervision")
    told = supervisor.get(f"{REST}/authorizations/explain", params={"user": str(clerk), "task": str(task)}).json()
    assert (told["see"], told["act"], told["claim"]) == (True, True, True)
    assert {"rule": "candidate", "holds": True, "because": "They are in a candidate group: front-desk."} in told[
        "chain"
    ]
    for params, status in (
        ({"user": str(clerk), "task": str(uuid4())}, 404),
        ({"user": str(uuid4()), "task": str(task)}, 404),
        ({"user": str(clerk)}, 422),
        ({"user": "x", "task": "y"}, 422),
    ):
        assert supervisor.get(f"{REST}/authorizations/explain", params=params).status_code == status


def test_ending_the_links_of_a_case_ends_what_they_opened_and_is_history(
    visitor: Visitor, case: Case, uow: UnitOfWork, now: datetime
) -> None:
    follower, desk = visitor("case-link"), visitor("front-desk")
    address = f"{REST}/cases/{case.id}"
    assert follower.get(address).status_code == 200
    assert desk.post(f"{address}/links/revocation").status_code == 204
    assert follower.get(address).status_code == 401
    with uow.begin() as tx:
        kinds = tx.session.scalars(select(HistoryEntry.kind).where(HistoryEntry.case_id == case.id)).all()
        assert kinds[-1] == "links-revoked"
        fresh = case_links.issue(tx, CaseId(case.id), None, now)
    opened = follower.post(f"{REST}/sessions/case-link", json={"token": fresh}, headers={"authorization": ""})
    assert opened.status_code == 201, "a link sent afterwards is good"


def test_who_does_not_see_a_case_ends_none_of_its_links(visitor: Visitor, case: Case) -> None:
    follower = visitor("case-link")
    for kind, status in (("customer", 404), ("metering", 403), ("anonymous", 401)):
        assert visitor(kind).post(f"{REST}/cases/{case.id}/links/revocation").status_code == status
    assert follower.get(f"{REST}/cases/{case.id}").status_code == 200


def test_a_second_factor_by_rest_from_setting_up_to_signing_in(
    client: TestClient, visitor: Visitor, clock: SetClock
) -> None:
    clerk = visitor("metering")
    made = clerk.post(f"{REST}/me/factors/totp", json={"name": "Phone"}).json()
    key = base64.b32decode(made["key"].replace(" ", ""))
    code = second_factors.totp(key, int(clock.at.timestamp()) // 30)
    done = clerk.post(f"{REST}/me/factors/{made['id']}/confirmation", json={"code": code})
    codes = done.json()["recovery_codes"]
    assert len(codes) == 10
    half = client.post(f"{REST}/sessions", json={"login": "metering", "password": PASSWORD}).json()
    assert half["stage"] == "prove-factor"
    client.headers["authorization"] = f"Bearer {half['token']}"
    refused = client.get(f"{REST}/tasks")
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:akta:SecondFactorNeeded")
    assert client.get(f"{REST}/me").json()["may"] == ["choose-language", "own-session", "prove-oneself"]
    assert client.delete(f"{REST}/me/factors/{made['id']}").status_code == 403
    for wrong in ({"password": PASSWORD}, {"code": "000000"}, {"passkey": "{}"}, {}):
        assert client.post(f"{REST}/me/proof", json=wrong).status_code == 403
    whole = client.post(f"{REST}/me/proof", json={"code": codes[0]}).json()
    client.headers["authorization"] = f"Bearer {whole['token']}"
    assert client.get(f"{REST}/tasks").status_code == 200


def test_a_machine_does_what_its_key_names_and_nothing_else(visitor: Visitor, case: Case) -> None:
    machine = visitor("machine")
    assert machine.get(f"{REST}/cases/{case.id}").status_code == 200
    assert machine.get(f"{REST}/me").json()["kind"] == "machine"
    assert machine.get("/api/v1/UKA/tasks").status_code == 403
    assert machine.post(f"{REST}/keys", json={"name": "x", "scopes": ["see-case"]}).status_code == 403
