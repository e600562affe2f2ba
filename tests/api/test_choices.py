"""Ad-hoc parts over REST and on the page of the case: seen and begun by whom they are for."""

import pytest
from fastapi.testclient import TestClient

from akta.ids import CaseId
from people.groups import BILLING, METERING, SUPERVISION
from storage.database import Database
from tests.api.conftest import Visitor

REST = "/api/v1/uka"


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """What the rows do is proved on both databases one floor below."""
    return sqlite_database


def reason(client: TestClient, case: CaseId, register: str = "") -> dict[str, object]:
    found = client.get(f"{REST}/cases/{case}/wait-reasons?register={register}").json()["reasons"]
    (one,) = [told for told in found if told["kind"] == "parts"]
    return dict(one)


def test_the_reason_a_clerk_reads_begins_a_part_as_it_stands(visitor: Visitor, open_case: CaseId) -> None:
    clerk, boss = visitor(METERING), visitor(SUPERVISION)
    told = reason(clerk, open_case)
    assert str(told["words"]).endswith("waits for Front desk, Metering to begin a part")
    assert reason(boss, open_case, "applicant")["words"] == "One of us is working on it."
    ends = told["unblock"]
    assert isinstance(ends, dict)
    assert clerk.request(ends["method"], ends["path"], json=ends["body"]).status_code == 204
    assert reason(boss, open_case)["beside"] is True
    (choice,) = clerk.get(f"{REST}/cases/{open_case}/choices").json()
    assert (choice["can_start"], choice["can_finish"]) == (True, False)
    assert [part["element"] for part in choice["parts"]] == ["visit", "write", "count", "ask"]
    early = clerk.post(f"{REST}/cases/{open_case}/choices/{choice['id']}/finish")
    assert early.status_code == 409


def test_only_who_may_begin_something_finds_it(visitor: Visitor, open_case: CaseId) -> None:
    clerk = visitor(METERING)
    (choice,) = clerk.get(f"{REST}/cases/{open_case}/choices").json()
    address = f"{REST}/cases/{open_case}/choices/{choice['id']}"
    assert visitor(BILLING).post(f"{address}/start", json={"part": "visit"}).status_code == 404
    assert visitor("customer").post(f"{address}/start", json={"part": "visit"}).status_code == 403
    wrong = clerk.post(f"{address}/start", json={"part": "report"})
    assert (wrong.status_code, list(wrong.json()["fields"])) == (422, ["part"])
    for rubbish in ({}, {"part": ""}, {"part": 7}, {"part": "x" * 200}):
        assert clerk.post(f"{address}/start", json=rubbish).status_code == 422
