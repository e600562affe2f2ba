"""Operating through REST and on pages: for who may, for a reason, in the version that was seen."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from akta.clock import SetClock
from akta.languages import language, sentence
from people.groups import ADMINISTRATION, FRONT_DESK, SUPERVISION
from storage.cases import Case, CaseState, Incident, Timer
from storage.database import Database
from storage.tasks import Task
from storage.unit_of_work import UnitOfWork
from tests.api.conftest import Visitor

REST = "/api/v1/uka"
WHY = {"reason": "The applicant called"}


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """What the rows do is proved on both databases one floor below."""
    return sqlite_database


@pytest.fixture
def boss(visitor: Visitor) -> TestClient:
    return visitor(SUPERVISION)


def reasons(client: TestClient, case: Case, register: str = "") -> list[Mapping[str, Any]]:
    asked = f"?register={register}" if register else ""
    found: list[Mapping[str, Any]] = client.get(f"{REST}/cases/{case.id}/wait-reasons{asked}").json()["reasons"]
    return found


def test_why_a_case_waits_is_said_in_the_words_of_who_asks(visitor: Visitor, boss: TestClient, case: Case) -> None:
    applicant = visitor("case-link")
    (plain,) = reasons(applicant, case)
    assert (plain["words"], plain["element"], plain["unblock"]) == ("Somebody reads your question.", "", None)
    (task,) = reasons(visitor(FRONT_DESK), case)
    assert task["words"] == "Answer the question: waits for Front desk"
    assert (task["clock"]["state"], task["clock"]["left"]) == ("running", 2 * 24 * 3600)
    assert task["unblock"]["act"] == "complete-task"
    whole = reasons(boss, case)
    assert [(one["kind"], one["beside"], one["about"]) for one in whole] == [
        ("task", False, ""),
        ("message", True, "withdrawn"),
    ]
    assert [one["words"] for one in reasons(boss, case, "applicant")] == [plain["words"]]
    assert applicant.get(f"{REST}/cases/{case.id}/wait-reasons?register=operator").status_code == 403


def test_what_a_reason_offers_can_be_sent_as_it_stands(boss: TestClient, case: Case) -> None:
    withdrawal = reasons(boss, case)[1]["unblock"]
    answer = boss.request(withdrawal["method"], withdrawal["path"], json=withdrawal["body"])
    assert answer.json() == {"cases": [str(case.id)]}
    assert reasons(boss, case) == []
    assert boss.get(f"{REST}/stalled").json() == []


def test_a_case_is_suspended_and_resumed_for_a_reason(boss: TestClient, case: Case, clock: SetClock) -> None:
    path = f"{REST}/cases/{case.id}"
    assert boss.post(f"{path}/suspend", json={"reason": "  "}).json()["fields"].keys() == {"reason"}
    assert boss.post(f"{path}/suspend", json=WHY).status_code == 204
    assert boss.post(f"{path}/suspend", json=WHY).status_code == 409
    assert reasons(boss, case)[0]["kind"] == "suspended"
    clock.at += timedelta(minutes=10)
    assert boss.post(f"{path}/resume", json=WHY).status_code == 204
    told = boss.get(path).json()["history"]
    assert [(line["kind"], line["reason"]) for line in told][-2:] == [
        ("case-suspended", WHY["reason"]),
        ("case-resumed", WHY["reason"]),
    ]


def test_tokens_are_moved_after_a_preview_in_the_version_that_was_seen(boss: TestClient, case: Case) -> None:
    path = f"{REST}/cases/{case.id}"
    seen = boss.get(f"{path}/tokens")
    (answer,) = (one for one in seen.json() if not one["listens"])
    move = {"cancel": [answer["token"]], "start": [{"element": "rate"}]}
    shown = boss.post(f"{path}/modify/preview", json=move).json()
    assert [place["element"] for place in shown["gone"]] == ["answer"]
    assert [place["element"] for place in shown["standing"]] == ["rate"]
    done = boss.post(f"{path}/modify", json={**move, **WHY}, headers={"If-Match": seen.headers["etag"]})
    assert done.status_code == 204
    late = boss.post(f"{path}/modify", json={**move, **WHY}, headers={"If-Match": seen.headers["etag"]})
    assert late.status_code == 409
    nowhere = {"start": [{"element": "nowhere"}]}
    assert boss.post(f"{path}/modify/preview", json=nowhere).status_code == 409


def test_variables_are_seen_and_changed_by_who_may(visitor: Visitor, boss: TestClient, case: Case) -> None:
    path = f"{REST}/cases/{case.id}/variables"
    assert boss.get(path).json()["channel"] == "web"
    assert visitor(FRONT_DESK).get(path).status_code == 403
    changed = {"note": "urgent", "until": '=date("2026-04-01")', "share": 0.5}
    assert boss.patch(path, json={**WHY, "variables": changed}).status_code == 204
    shown = boss.get(path).json()
    assert (shown["note"], shown["until"], shown["share"]) == ("urgent", "2026-04-01", "0.5")
    for wrong in ("=", "=1 +", "=nothing"):
        answer = boss.patch(path, json={**WHY, "variables": {"x": wrong}})
        assert (answer.status_code, list(answer.json()["fields"])) == (422, ["x"])


def test_a_case_is_begun_again_once_and_cancelled(boss: TestClient, case: Case) -> None:
    again = boss.post(f"{REST}/cases/{case.id}/restart", json=WHY).json()
    assert boss.post(f"{REST}/cases/{case.id}/restart", json=WHY).json() == again
    assert reasons(boss, case) == []
    path = f"{REST}/cases/{again['case_id']}"
    assert boss.post(f"{path}/cancel", json=WHY).status_code == 204
    assert boss.post(f"{path}/cancel", json=WHY).status_code == 409


def incident(uow: UnitOfWork, case: Case, now: datetime, cause: str = "It broke", told: object = None) -> str:
    row = Incident(case_id=case.id, token=99, element="answer", process="question", created_at=now)
    row.cause, row.told = cause, told
    with uow.begin() as tx:
        tx.add(row)
    return str(row.id)


def test_incidents_are_found_by_what_they_say(boss: TestClient, case: Case, uow: UnitOfWork, now: datetime) -> None:
    first, second = incident(uow, case, now), incident(uow, case, now, "Ünlucky 100 %")
    assert [one["id"] for one in boss.get(f"{REST}/incidents?cause=ünlucky 100 %25").json()] == [second]
    assert [one["id"] for one in boss.get(f"{REST}/incidents?after={first}").json()] == [second]
    assert boss.get(f"{REST}/incidents?kind=timer").json() == []
    assert boss.get(f"{REST}/incidents/{first}").headers["etag"] == '"1"'


def test_what_stopped_a_case_and_what_cannot_be_moved_is_said_in_the_language_of_who_asks(
    boss: TestClient, case: Case, uow: UnitOfWork, now: datetime
) -> None:
    told = sentence("%(where)s: %(reason)s", where="=fee > 3", reason=sentence("It is too early for this."))
    found = incident(uow, case, now, str(told), told.packed())
    boss.headers["accept-language"] = "hu"
    said = f"=fee > 3: {language('hu').gettext('It is too early for this.')}"
    assert said != str(told)
    assert boss.get(f"{REST}/incidents/{found}").json()["cause"] == said
    assert [one["cause"] for one in boss.get(f"{REST}/incidents?cause=too early").json()] == [said]
    assert said in [one["about"] for one in reasons(boss, case)]
    path = f"{REST}/cases/{case.id}/modify/preview"
    refused = boss.post(path, json={"cancel": [], "start": [{"element": "nowhere"}]})
    assert (refused.status_code, "nowhere" in refused.json()["detail"]) == (409, True)


def test_a_batch_says_what_could_not_be_tried_again(
    boss: TestClient, case: Case, uow: UnitOfWork, now: datetime
) -> None:
    gone = incident(uow, case, now)
    done = boss.post(f"{REST}/incidents/retry", json={"incidents": [gone, str(case.id)]}).json()
    assert [one["refused"] for one in done] == [
        "The case no longer waits for this.",
        "There is nothing here, or it is not yours to see.",
    ]


def test_the_calendar_is_edited_in_the_version_that_was_seen(visitor: Visitor, boss: TestClient) -> None:
    admin = visitor(ADMINISTRATION)
    seen = admin.get(f"{REST}/calendar")
    assert (seen.json()["country"], seen.headers["etag"]) == ("cz", '"0"')
    wanted = {"country": "hu", "days": [{"day": "2027-12-18", "works": True}], "grounds": {"a": "§ 1"}}
    assert boss.put(f"{REST}/calendar", json=wanted, headers={"If-Match": '"0"'}).status_code == 403
    made = admin.put(f"{REST}/calendar", json=wanted, headers={"If-Match": '"0"'})
    assert made.headers["etag"] == '"1"'
    assert admin.put(f"{REST}/calendar", json=wanted, headers={"If-Match": '"0"'}).status_code == 409
    assert admin.put(f"{REST}/calendar", json=wanted).status_code == 422
    days = {one["day"]: one["name"] for one in boss.get(f"{REST}/calendar/holidays?year=2026").json()}
    assert days["2026-08-20"] == "Szent István ünnepe"


def test_a_message_waits_for_who_will_await_it(boss: TestClient, case: Case) -> None:
    sent = {"name": "news", "time_to_live": "PT1H", "message_id": "one"}
    assert boss.post(f"{REST}/messages", json=sent).json() == {"cases": []}
    assert boss.post(f"{REST}/messages", json=sent).status_code == 409
    assert boss.post(f"{REST}/messages", json={"name": "news", "time_to_live": "P9999D"}).status_code == 422
    assert boss.post(f"{REST}/signals", json={"name": "all-clear"}).json() == {"cases": []}


def test_a_planted_stall_is_found(boss: TestClient, case: Case, uow: UnitOfWork) -> None:
    with uow.begin() as tx:
        assert tx.session.scalar(select(CaseState.id).where(CaseState.id == case.id)) is not None
        tx.session.execute(update(Task).where(Task.case_id == case.id).values(state="cancelled"))
    (found,) = boss.get(f"{REST}/stalled").json()
    assert found["case_id"] == str(case.id)
    assert "nothing" in [one["kind"] for one in reasons(boss, case)]


def test_a_clock_is_reached_only_through_its_own_case(
    visitor: Visitor, boss: TestClient, case: Case, uow: UnitOfWork, now: datetime
) -> None:
    row = Timer(case_id=case.id, token=99, element="silence", armed_at=now, due_at=now + timedelta(days=14))
    with uow.begin() as tx:
        tx.add(row)
    visitor(ADMINISTRATION).put(
        f"{REST}/calendar", json={"country": "cz", "grounds": {"a": "§ 35"}}, headers={"If-Match": '"0"'}
    )
    stop = {**WHY, "ground": "a"}
    assert boss.post(f"{REST}/cases/{row.id}/deadlines/{row.id}/stop", json=stop).status_code == 404
    made = boss.post(f"{REST}/cases/{case.id}/deadlines/{row.id}/stop", json=stop, headers={"If-Match": '"1"'})
    assert (made.json()["clock"]["state"], made.json()["basis"]) == ("stopped", "§ 35")
    late = boss.post(f"{REST}/cases/{case.id}/deadlines/{row.id}/resume", json=WHY, headers={"If-Match": '"1"'})
    assert late.status_code == 409
    (shown,) = visitor(FRONT_DESK).get(f"{REST}/cases/{case.id}/deadlines").json()
    assert (shown["version"], shown["clock"]["left"]) == (2, 14 * 24 * 3600)
    unknown = {**WHY, "ground": "too much to do"}
    assert (
        boss.post(f"{REST}/cases/{case.id}/deadlines/{row.id}/extend", json={**unknown, "days": 3}).status_code == 422
    )
