"""A case by REST from its form to its end, seen by each who may see it, and by nobody else."""

import base64
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient

from akta.ids import CaseId
from api.ports import Services
from bpmn import bundle as bundles
from bpmn.texts import MailText
from storage.bundles import Deployment
from storage.cases import Case
from storage.tenants import Tenant
from storage.unit_of_work import UnitOfWork
from tasks import correspondence
from tasks.correspondence import Links
from tests.api.conftest import Visitor
from tests.api.test_uploads import PDF, png
from tests.api.toy import FILES, TOY, changed, forked

REST = "/api/v1/UKA"
ANSWERS = {"name": "Minta Ügyfél", "email": "ugyfel@example.org", "text": "Why is it cold?"}


def start(client: TestClient, key: str = "", **more: Any) -> Any:
    answers, upload_key = {**ANSWERS, **more.pop("answers", {})}, more.pop("upload_key", "")
    sent = {"service": "question", "answers": answers, **more}
    headers = {"Idempotency-Key": key or uuid4().hex, "upload-key": upload_key}
    return client.post(f"{REST}/cases", json=sent, headers=headers)


def only_task(client: TestClient, queue: str = "groups") -> dict[str, Any]:
    (found,) = client.get(f"{REST}/tasks", params={"queue": queue}).json()["tasks"]
    return dict(found)


def test_the_catalogue_and_its_form_say_what_to_fill_in(client: TestClient, toy: Deployment) -> None:
    (service,) = client.get(f"{REST}/services", headers={"accept-language": "cs"}).json()
    assert (service["key"], service["title"], service["version"]) == ("question", "Dotaz", 1)
    form = client.get(f"{REST}/services/question/form").json()
    assert [field["key"] for field in form["fields"]] == ["name", "email", "text", "attachment"]
    assert form["submission_key"]
    assert client.get(f"{REST}/services/nothing/form").status_code == 404


def test_the_same_submission_twice_is_one_case(client: TestClient, toy: Deployment) -> None:
    first, second = start(client, "the same key"), start(client, "the same key")
    assert (first.status_code, first.json()["again"]) == (201, False)
    assert second.json() == {**first.json(), "again": True}
    assert start(client, "another key").json()["case_id"] != first.json()["case_id"]


def test_wrong_answers_are_named_and_start_nothing(client: TestClient, visitor: Visitor) -> None:
    answer = start(client, answers={"text": ""})
    assert answer.status_code == 422
    assert set(answer.json()["fields"]) == {"text"}
    assert client.post(f"{REST}/cases", json={"service": "question"}).status_code == 422
    assert len(visitor("supervision").get(f"{REST}/cases").json()) == 1


def test_a_case_goes_from_its_form_to_its_end(client: TestClient, visitor: Visitor, case: Case) -> None:
    clerk, follower = visitor("front-desk"), visitor("case-link")
    task = only_task(clerk)
    assert (task["person"], task["name"], task["late"]) == ("Minta Ügyfél", "Answer the question", False)
    shown = clerk.get(f"{REST}/tasks/{task['id']}")
    assert shown.json()["can_claim"]
    assert not shown.json()["can_complete"]
    claimed = clerk.post(f"{REST}/tasks/{task['id']}/claim", headers={"If-Match": shown.headers["etag"]})
    assert claimed.status_code == 200
    assert clerk.get(f"{REST}/tasks/counters").json()["mine"] == 1
    assert clerk.get(f"{REST}/cases/{case.id}/places").json() == [
        {"process": "question", "element": "answer", "tokens": 1}
    ]
    assert follower.get(f"{REST}/cases/{case.id}").json()["now"][0]["meaning"] == "Somebody reads your question."

    done = clerk.post(f"{REST}/tasks/{task['id']}/completion", json={"answers": {"answer": "The pump."}}).json()
    assert not done["case_closed"]
    mine = follower.get(f"{REST}/cases/{case.id}").json()
    (waiting,) = mine["tasks"]
    end = follower.post(f"{REST}/tasks/{waiting['id']}/completion", json={"answers": {"helped": True}}).json()
    assert end["case_closed"]
    closed = follower.get(f"{REST}/cases/{case.id}").json()
    assert closed["case"]["state"] == "closed"
    assert closed["outcome"] == {"id": "done", "title": "Answered", "text": "Your question was answered."}
    assert not closed["can_withdraw"]


def test_a_reason_nobody_can_read_is_refused_before_it_is_kept(visitor: Visitor, case: Case) -> None:
    clerk = visitor("front-desk")
    task = only_task(clerk)
    clerk.post(f"{REST}/tasks/{task['id']}/claim")
    for reason in ("a\x00b", "a\x1b[2Jb"):
        sent = {"answers": {"answer": "The pump."}, "reason": reason}
        answer = clerk.post(f"{REST}/tasks/{task['id']}/completion", json=sent)
        assert (answer.status_code, list(answer.json()["fields"])) == (422, ["reason"])
    assert only_task(clerk, "mine")["id"] == task["id"]


def test_what_is_wrong_with_an_answer_is_said_in_the_language_asked_for(visitor: Visitor, case: Case) -> None:
    clerk = visitor("front-desk")
    task = only_task(clerk)
    clerk.post(f"{REST}/tasks/{task['id']}/claim")
    said = {}
    for language in ("en", "cs"):
        headers = {"accept-language": language}
        answer = clerk.post(f"{REST}/tasks/{task['id']}/completion", json={"answers": {}}, headers=headers)
        assert answer.status_code == 422
        said[language] = (answer.json()["title"], answer.json()["fields"]["answer"])
    assert said["en"] == ("Some answers need another look.", "Write an answer here.")
    assert "Write" not in said["cs"][1]


def test_an_applicant_reads_no_word_meant_for_colleagues(visitor: Visitor, case: Case) -> None:
    clerk, follower = visitor("front-desk"), visitor("case-link")
    task = only_task(clerk)
    clerk.post(f"{REST}/tasks/{task['id']}/claim")
    sent = {"answers": {"answer": "The pump."}, "reason": "a difficult customer"}
    clerk.post(f"{REST}/tasks/{task['id']}/completion", json=sent)
    staff = clerk.get(f"{REST}/cases/{case.id}")
    assert "a difficult customer" in staff.text
    applicant = follower.get(f"{REST}/cases/{case.id}")
    assert "difficult" not in applicant.text
    assert {line["kind"] for line in applicant.json()["history"]} == {"case-started", "task-completed"}
    assert all(line["data"] == {} and line["personal"] is None for line in applicant.json()["history"])


def test_a_stale_version_is_refused(visitor: Visitor, case: Case) -> None:
    first = visitor("front-desk")
    second = visitor("supervision")
    task = only_task(first)
    before = first.get(f"{REST}/tasks/{task['id']}").headers["etag"]
    assert first.post(f"{REST}/tasks/{task['id']}/claim", headers={"If-Match": before}).status_code == 200
    late = second.post(f"{REST}/tasks/{task['id']}/claim", headers={"If-Match": before})
    assert late.status_code == 409
    assert late.json()["title"] == "Minta Ügyfél has taken this task."
    assert first.post(f"{REST}/tasks/{task['id']}/claim", headers={"If-Match": "x"}).status_code == 422
    assert first.post(f"{REST}/tasks/{task['id']}/release").json()["version"] > int(before.strip('"'))


def test_nobody_sees_a_case_that_is_not_theirs(
    visitor: Visitor, client: TestClient, case: Case, other_tenant: Tenant
) -> None:
    task = only_task(visitor("front-desk"))
    for kind in ("customer", "metering", "billing", "signatories"):
        somebody = visitor(kind)
        assert somebody.get(f"{REST}/cases").json() == []
        assert somebody.get(f"{REST}/cases/{case.id}").status_code == 404
        assert somebody.get(f"{REST}/tasks/{task['id']}").status_code == 404
        assert somebody.post(f"{REST}/tasks/{task['id']}/completion", json={"answers": {}}).status_code == 404
    for kind in ("process-owners", "administration"):
        assert visitor(kind).get(f"{REST}/cases/{case.id}").status_code == 403
    assert client.get(f"{REST}/cases/{case.id}").status_code == 401
    assert visitor("supervision").get(f"/api/v1/MIN/cases/{case.id}").status_code == 401


def test_a_case_link_sees_its_own_case_only(visitor: Visitor, client: TestClient, case: Case) -> None:
    other = start(client).json()["case_id"]
    follower = visitor("case-link")
    assert [found["id"] for found in follower.get(f"{REST}/cases").json()] == [str(case.id)]
    assert follower.get(f"{REST}/cases/{other}").status_code == 404
    assert follower.post(f"{REST}/cases/{other}/withdrawal").status_code == 404


def test_a_customer_follows_what_they_applied_for_with_their_account(visitor: Visitor, toy: Deployment) -> None:
    customer, other = visitor("customer"), visitor("case-link")
    made = start(customer).json()
    found = customer.get(f"{REST}/cases/{made['case_id']}").json()
    assert (found["case"]["reference"], found["can_withdraw"]) == (made["reference"], True)
    assert [case["id"] for case in customer.get(f"{REST}/cases").json()] == [made["case_id"]]
    assert other.get(f"{REST}/cases/{made['case_id']}").status_code == 404


def test_an_applicant_takes_their_case_back_once(visitor: Visitor, case: Case) -> None:
    follower = visitor("case-link")
    assert follower.get(f"{REST}/cases/{case.id}").json()["can_withdraw"]
    assert follower.post(f"{REST}/cases/{case.id}/withdrawal").status_code == 204
    assert follower.get(f"{REST}/cases/{case.id}").json()["case"]["outcome"] == "taken-back"
    assert follower.post(f"{REST}/cases/{case.id}/withdrawal").status_code == 409


def test_a_clerk_enters_what_came_on_paper_with_its_stamp(visitor: Visitor, toy: Deployment) -> None:
    clerk = visitor("front-desk")
    made = start(clerk, answers={"received_on": "2026-02-27"}, language="cs").json()
    found = clerk.get(f"{REST}/cases/{made['case_id']}").json()["case"]
    assert (found["channel"], found["language"]) == ("paper", "cs")
    assert found["received_at"] == "2026-02-26T23:00:00Z"
    assert "received_on" in start(clerk, answers={"received_on": "2026-03-03"}).json()["fields"]
    assert start(visitor("metering")).status_code == 403


def test_documents_are_for_those_who_see_the_case(visitor: Visitor, client: TestClient, case: Case) -> None:
    headers = {"content-type": "application/octet-stream"}
    upload = client.post(f"{REST}/uploads?name=účet.pdf&field=attachment", content=PDF, headers=headers).json()
    made = start(client, upload_key=upload["upload_key"], answers={"attachment": [upload["id"]]}).json()
    clerk = visitor("front-desk")
    (document,) = clerk.get(f"{REST}/cases/{made['case_id']}").json()["documents"]
    assert (document["name"], document["kind"]) == ("účet.pdf", "attachment")
    answer = clerk.get(f"{REST}/documents/{document['id']}/content")
    assert answer.content == PDF
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%C3%BA")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert clerk.get(f"{REST}/documents/{document['id']}/pages/0").status_code == 404
    assert visitor("case-link").get(f"{REST}/documents/{document['id']}/content").status_code == 404
    assert visitor("customer").get(f"{REST}/documents/{document['id']}/content").status_code == 404
    assert start(client, upload_key=upload["upload_key"], answers={"attachment": [upload["id"]]}).status_code == 422


def test_a_photo_is_shown_as_a_picture(visitor: Visitor, client: TestClient, toy: Deployment) -> None:
    headers = {"content-type": "application/octet-stream"}
    upload = client.post(f"{REST}/uploads?name=photo.png&field=attachment", content=png(), headers=headers).json()
    made = start(client, upload_key=upload["upload_key"], answers={"attachment": [upload["id"]]}).json()
    clerk = visitor("front-desk")
    (document,) = clerk.get(f"{REST}/cases/{made['case_id']}").json()["documents"]
    shown = clerk.get(f"{REST}/documents/{document['id']}/pages/1")
    assert (shown.headers["content-type"], shown.content[:4]) == ("image/png", b"\x89PNG")
    assert clerk.get(f"{REST}/documents/{document['id']}/pages/2").status_code == 404


def test_somebody_elses_upload_cannot_be_taken(visitor: Visitor, client: TestClient, toy: Deployment) -> None:
    headers = {"content-type": "application/octet-stream"}
    theirs = visitor("customer").post(f"{REST}/uploads?name=a.pdf", content=PDF, headers=headers).json()
    assert start(client, answers={"attachment": [theirs["id"]]}).status_code == 422
    assert start(client, answers={"attachment": ["no id"]}).status_code == 422


def test_the_inbox_is_paged_and_searched(visitor: Visitor, client: TestClient, case: Case) -> None:
    for _ in range(4):
        assert start(client).status_code == 201
    clerk = visitor("front-desk")
    seen, cursor = [], ""
    while True:
        page = clerk.get(f"{REST}/tasks", params={"queue": "groups", "limit": 2, "cursor": cursor}).json()
        seen += [task["id"] for task in page["tasks"]]
        cursor = page["next"] or ""
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 5
    found = clerk.get(f"{REST}/tasks", params={"search": case.reference}).json()["tasks"]
    assert [task["reference"] for task in found] == [case.reference]


BEFORE_ALL_TIME = base64.urlsafe_b64encode(f"0001-01-01T00:00:00+14:00|{UUID(int=7)}".encode()).decode()


@pytest.mark.parametrize("cursor", ["x", "////", "AAAA", "bm9wZXx4", BEFORE_ALL_TIME])
def test_a_cursor_of_ones_own_making_is_refused(visitor: Visitor, cursor: str) -> None:
    assert visitor("front-desk").get(f"{REST}/tasks", params={"cursor": cursor}).status_code == 422


def test_nobody_finds_the_key_to_a_case_in_its_mails(
    visitor: Visitor, services: Services, uow: UnitOfWork, case: Case, now: datetime
) -> None:
    links = Links("https://portal.example.org")
    with uow.begin() as tx:
        about = correspondence.matter(tx, services.runtime.definitions, CaseId(case.id))
        link = correspondence.link(tx, links, about, now)
        text = MailText("News", f"Follow your case here:\n{link}")
        mail = correspondence.compose(about, text, {}, links, key="news", to="ugyfel@example.org")
        correspondence.keep(tx, about, mail, "news", now)
    token = link.rpartition("/")[2]
    assert token in mail.body
    (kept,) = visitor("front-desk").get(f"{REST}/cases/{case.id}").json()["messages"]
    assert kept["body"] == "Follow your case here:\nhttps://portal.example.org/uka/c/…\n"


def test_a_process_owner_sees_numbers_and_releases_a_version(
    visitor: Visitor, client: TestClient, case: Case, services: Services
) -> None:
    owner = visitor("process-owners")
    (active,) = owner.get(f"{REST}/bundles").json()
    assert owner.get(f"{REST}/versions/{active['id']}/counts").json() == [{"element": "answer", "tokens": 1}]
    assert owner.get(f"{REST}/versions/{active['id']}/diagram").content == TOY.process
    assert owner.get(f"{REST}/versions/{active['id']}/archive").content == TOY.to_archive()

    def upload(content: bytes) -> Any:
        headers = {"content-type": "application/zip"}
        return owner.post(f"{REST}/bundles/versions?note=clearer", content=content, headers=headers)

    assert upload(TOY.to_archive()).status_code == 409
    made = upload(changed("Ask, and you get an answer.").to_archive())
    assert (made.status_code, made.json()["version"], made.json()["active"]) == (201, 2, False)
    assert client.get(f"{REST}/services").json()[0]["version"] == 1
    unproven = owner.post(f"{REST}/versions/{made.json()['id']}/activation")
    assert (unproven.status_code, unproven.json()["type"]) == (409, "urn:akta:NotProven")
    assert owner.post(f"{REST}/versions/{made.json()['id']}/replays").json()["groups"] == []
    settle(owner, made.json()["id"])
    assert owner.post(f"{REST}/versions/{made.json()['id']}/activation").json()["active"]
    assert client.get(f"{REST}/services").json()[0]["summary"] == "Ask, and you get an answer."
    assert [version["version"] for version in owner.get(f"{REST}/bundles/question/versions").json()] == [2, 1]
    assert visitor("front-desk").get(f"{REST}/cases/{case.id}").json()["case"]["version"] == 1


def test_a_version_that_cannot_run_is_refused_with_reasons(visitor: Visitor) -> None:
    owner = visitor("process-owners")
    headers = {"content-type": "application/zip"}
    broken = FILES["process.bpmn"].replace(b'formId="answer"', b'formId="missing"')
    content = bundles.from_files({**FILES, "process.bpmn": broken}).to_archive()
    answer = owner.post(f"{REST}/bundles/versions", content=content, headers=headers)
    assert answer.status_code == 422
    assert "answer" in {finding["element"] for finding in answer.json()["findings"]}
    assert owner.post(f"{REST}/bundles/versions", content=b"no archive", headers=headers).status_code == 422


def test_findings_are_told_whole_accepted_with_a_reason_and_corrected(visitor: Visitor) -> None:
    owner = visitor("process-owners")
    headers = {"content-type": "application/zip"}
    archive = forked().to_archive()
    refused = owner.post(f"{REST}/bundles/versions", content=archive, headers=headers).json()["findings"]
    (stuck,) = [finding for finding in refused if finding["code"] == "deadlock"]
    assert stuck["elements"] == ["together"]
    assert stuck["path"] == ["asked", "choice", "way-1"]
    fix = {"change": "type", "element": "together", "value": "exclusiveGateway", "instead_of": ""}
    assert stuck["fix"] == fix
    made = owner.post(f"{REST}/bundles/corrections?element=together", content=archive, headers=headers).content
    assert owner.post(f"{REST}/bundles/corrections?element=f1", content=archive, headers=headers).status_code == 404
    version = owner.post(f"{REST}/bundles/versions", content=made, headers=headers).json()
    url = f"{REST}/versions/{version['id']}"
    (warning,) = [one for one in owner.get(f"{url}/findings").json() if one["code"] == "language-incomplete"]
    said = {"code": warning["code"], "element": warning["element"], "reason": "Czech follows."}
    assert (warning["severity"], warning["accepted"]) == ("warning", None)
    assert owner.post(f"{url}/acceptances", json={**said, "code": "deadlock"}).status_code == 404
    assert owner.post(f"{url}/acceptances", json={**said, "reason": " "}).status_code == 422
    assert owner.post(f"{url}/acceptances", json=said).status_code == 201
    assert owner.post(f"{url}/acceptances", json=said).status_code == 409
    accepted = [one["accepted"] for one in owner.get(f"{url}/findings").json() if one["accepted"]]
    assert [one["reason"] for one in accepted] == ["Czech follows."]
    (same,) = [one for one in owner.get(f"{url}/differences").json() if one["element"] == "f1"]
    assert (same["file"], same["property"], same["before"], same["after"]) == (
        "process.bpmn",
        "targetRef",
        "answer",
        "choice",
    )
    assert [event["kind"] for event in owner.get(f"{url}/events").json()] == ["deployed", "accepted"]


def settle(owner: TestClient, version: str) -> None:
    """Take responsibility for what is not green of a version."""
    for one in owner.get(f"{REST}/versions/{version}/proofs").json()["unsettled"]:
        told = owner.post(f"{REST}/versions/{version}/explanations", json={**one, "reason": "It is a toy."})
        assert told.status_code == 201


def test_who_deployed_a_version_activates_it_unless_a_second_person_is_wanted(
    visitor: Visitor, uow: UnitOfWork, toy: Deployment
) -> None:
    owner, headers = visitor("process-owners"), {"content-type": "application/zip"}
    first = owner.post(f"{REST}/bundles/versions", content=changed("One.").to_archive(), headers=headers).json()
    settle(owner, first["id"])
    assert owner.post(f"{REST}/versions/{first['id']}/activation").status_code == 200
    with uow.begin() as tx:
        tx.get(Tenant, tx.tenant).profile = {"release": {"second_person": True}}
    second = owner.post(f"{REST}/bundles/versions", content=changed("Two.").to_archive(), headers=headers).json()
    refused = owner.post(f"{REST}/versions/{second['id']}/activation")
    assert refused.status_code == 403
    assert refused.json()["title"] == "You deployed this version, so somebody else has to activate it."
    settle(owner, second["id"])
    other = visitor("administration")
    late = other.post(f"{REST}/versions/{second['id']}/activation?seen={toy.id}")
    assert (late.status_code, late.json()["type"]) == (409, "urn:akta:AnotherReleased")
    assert other.post(f"{REST}/versions/{second['id']}/activation?seen={first['id']}").json()["active"]
    assert owner.post(f"{REST}/versions/{second['id']}/return").json()["id"] == first["id"]
    kinds = [event["kind"] for event in owner.get(f"{REST}/versions/{second['id']}/events").json()]
    assert {*kinds} == {"deployed", "accepted", "explained", "activated"}


def test_administration_keeps_the_accounts_of_staff(visitor: Visitor, client: TestClient) -> None:
    admin = visitor("administration")
    new = {"name": "Billing clerk", "email": "billing@example.org", "login": "biller", "groups": ["billing"]}
    made = admin.post(f"{REST}/accounts", json=new).json()
    entry = {"login": "biller", "password": made["temporary_password"]}
    assert client.post(f"{REST}/sessions", json=entry).json()["must_change_password"]
    assert "biller" in {account["login"] for account in admin.get(f"{REST}/accounts").json()}
    assert admin.post(f"{REST}/accounts", json=new).status_code == 409
    again = admin.post(f"{REST}/accounts/{made['account']}/temporary-password").json()["temporary_password"]
    assert client.post(f"{REST}/sessions", json=entry).status_code == 403
    assert client.post(f"{REST}/sessions", json={**entry, "password": again}).status_code == 201
    assert admin.post(f"{REST}/accounts/{made['account']}/closure").status_code == 204
    assert client.post(f"{REST}/sessions", json={**entry, "password": again}).status_code == 403
