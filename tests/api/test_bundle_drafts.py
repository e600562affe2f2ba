"""Drafts of bundles over HTTP: ETags, collisions, problems, and the pages around them without scripts."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from akta.subjects import Kind
from people import groups
from storage.bundles import Deployment
from storage.database import Database
from tests.api.conftest import NewAccount, Visitor
from tests.api.pages.browser import Browser


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """The rows have their own tests on both databases."""
    return sqlite_database


@pytest.fixture
def owner(visitor: Visitor) -> TestClient:
    return visitor(groups.PROCESS_OWNERS)


@pytest.fixture
def draft(owner: TestClient, toy: Deployment) -> str:
    begun = owner.post("/api/v1/uka/drafts", json={"version": str(toy.id), "title": "Ask less"})
    assert begun.status_code == 201, begun.text
    return f"/api/v1/uka/drafts/{begun.json()['id']}"


def test_a_file_is_saved_with_the_etag_it_was_read_with(owner: TestClient, draft: str) -> None:
    url = f"{draft}/files/forms/rate.form"
    read = owner.get(url)
    saved = owner.put(url, content=b'{"id": "hers"}', headers={"if-match": read.headers["etag"]})
    assert (saved.status_code, saved.json()["did"]) == (200, "saved")
    again = owner.put(url, content=b'{"id": "his"}', headers={"if-match": read.headers["etag"]})
    assert (again.status_code, again.json()["did"]) == (202, "beside")
    assert owner.get(url).json() == {"id": "hers"}
    assert owner.get(draft).json()["beside"] == [again.json()["number"]]
    chosen = owner.post(f"{draft}/choices", json={"number": again.json()["number"], "mine": ["/"]})
    assert (chosen.json()["did"], owner.get(url).json()) == ("merged", {"id": "his"})
    undone = owner.post(f"{draft}/undoing", json={"path": "forms/rate.form"})
    assert undone.json()["did"] == "undone"
    assert [one["kind"] for one in owner.get(f"{draft}/saves").json()] == [
        "begun",
        "saved",
        "beside",
        "merged",
        "undone",
    ]


def test_the_problems_of_a_draft_are_those_of_the_check_or_why_it_is_no_bundle(owner: TestClient, draft: str) -> None:
    assert not [one for one in owner.get(f"{draft}/findings").json() if one["severity"] == "error"]
    model = owner.get(f"{draft}/files/process.bpmn")
    broken = model.content.replace(b'formId="answer"', b'formId="nothing"')
    etag = owner.put(f"{draft}/files/process.bpmn", content=broken, headers={"if-match": model.headers["etag"]})
    told = owner.get(f"{draft}/findings").json()
    assert [one["element"] for one in told if one["severity"] == "error"] == ["answer"]
    owner.put(f"{draft}/files/process.bpmn", content=b"<bpmn:definitions", headers={"if-match": etag.json()["etag"]})
    (told,) = owner.get(f"{draft}/findings").json()
    assert (told["code"], told["element"]) == ("not-readable", "process.bpmn")
    assert owner.get(f"{draft}/archive").content[:2] == b"PK"


@pytest.mark.parametrize("path", ["../secret", "run.py", "letters/x.docx", "bundle.toml/x"])
def test_what_no_bundle_has_is_not_taken(owner: TestClient, draft: str, path: str) -> None:
    answer = owner.put(f"{draft}/files/{path.replace('..', '%2e%2e')}", content=b"x", headers={"if-match": ""})
    assert answer.status_code in (404, 422)


def test_a_draft_as_large_as_nobody_draws_is_refused_and_the_file_stays(owner: TestClient, draft: str) -> None:
    url = f"{draft}/files/process.bpmn"
    before = owner.get(url)
    huge = owner.put(url, content=b" " * 11_000_000, headers={"if-match": before.headers["etag"]})
    assert huge.status_code in (413, 422)
    assert owner.get(url).content == before.content


def test_supervision_reads_drafts_and_changes_none(visitor: Visitor, draft: str) -> None:
    looking = visitor(groups.SUPERVISION)
    url = f"{draft}/files/README.md"
    assert looking.get(draft).status_code == 200
    assert looking.put(url, content=b"x", headers={"if-match": ""}).status_code == 403
    assert looking.delete(draft).status_code == 403


def test_where_somebody_is_named_others_are_told_so(
    owner: TestClient, draft: str, visitor: Visitor, new_account: NewAccount
) -> None:
    named = new_account("chosen", Kind.STAFF, groups.PROCESS_OWNERS)
    url = "/api/v1/uka/bundles/question/rights"
    administrator = visitor(groups.ADMINISTRATION)
    assert owner.put(f"{url}/edit", json={"accounts": [str(named)]}).status_code == 403
    assert administrator.put(f"{url}/edit", json={"accounts": [str(uuid4())]}).status_code == 404
    assert administrator.put(f"{url}/edit", json={"accounts": [str(named)]}).status_code == 204
    refused = owner.put(f"{draft}/files/README.md", content=b"x", headers={"if-match": ""})
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:akta:NotNamed")
    assert owner.get(url).json() == {"edit": [str(named)]}


def test_handlers_are_offered_as_element_templates(owner: TestClient, draft: str) -> None:
    assert owner.get("/api/v1/uka/element-templates").json() == []


@pytest.fixture
def page(new_client: Callable[[], TestClient], new_account: NewAccount, toy: Deployment) -> Browser:
    """Somebody who owns processes, at the page of the toy process."""
    new_account("ema", Kind.STAFF, groups.PROCESS_OWNERS)
    made = Browser(new_client(), "/uka")
    made.sign_in("ema", "correct horse 7")
    made.open(f"/processes/{toy.id}")
    return made


def test_a_draft_is_begun_named_discarded_and_brought_back_without_scripts(page: Browser) -> None:
    page.send("/drafts", {"title": "Ask <b>less</b>"})
    url = page.url
    assert "Ask <b>less</b>" in page.text
    page.send("/name", {"reason": "One question less"})
    assert "One question less" in page.text
    page.send("/discarding", {})
    assert "It can be brought back for 30 days." in page.text
    page.open("/processes")
    assert "Discarded drafts" in page.text
    page.open(url)
    page.send("/return", {})
    assert "Discard" in page.text


@pytest.mark.parametrize("path", ["process.bpmn", "forms/ask.form", "i18n/en.toml", "bundle.toml"])
def test_every_part_has_an_editor_whose_page_may_set_styles_but_runs_only_our_scripts(page: Browser, path: str) -> None:
    page.send("/drafts", {"title": "Look"})
    answer = page.client.get(f"{page.url}/edit?path={path}")
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "'unsafe-eval'" not in policy


def test_hostile_words_in_a_model_stay_words(page: Browser) -> None:
    page.send("/drafts", {"title": "Hostile"})
    url = page.url
    hostile = '<img src=x onerror="alert(1)">'
    model = page.client.get(f"{url}/model").text
    api = f"/api/v1{url}/files/process.bpmn"
    etag = page.client.get(api).headers["etag"]
    token = page.page.partition('name="csrf" value="')[2].partition('"')[0]
    changed = model.replace('formId="answer"', "formId='&lt;img src=x onerror=\"alert(1)\"&gt;'")
    saved = page.client.put(
        api,
        content=changed.encode(),
        headers={"if-match": etag, "x-csrf-token": token, "content-type": "application/octet-stream"},
    )
    assert saved.status_code == 200, saved.text
    told = page.client.get(f"{url}/problems").text
    assert "&lt;img" in told
    assert hostile not in told


def test_a_draft_becomes_a_version_from_its_page(page: Browser) -> None:
    page.send("/drafts", {"title": "Say why"})
    url = page.url
    token = page.page.partition('name="csrf" value="')[2].partition('"')[0]
    headers = {"if-match": "", "x-csrf-token": token, "content-type": "application/octet-stream"}
    saved = page.client.put(f"/api/v1{url}/files/README.md", content=b"Why", headers=headers)
    assert saved.status_code == 200, saved.text
    page.send("/version", {})
    assert page.url.endswith("/release")
    page.open(url)
    assert "became a version" in page.text
