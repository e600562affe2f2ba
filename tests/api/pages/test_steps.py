"""A start form step by step, without scripts: kept on our side, gone on with, looked over and sent once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from akta.clock import SetClock
from akta.subjects import Door, Kind, system
from api.ports import Services
from documents import uploads
from storage.cases import Case
from storage.database import Database
from storage.desk import StartDraft
from storage.documents import DocumentRow
from storage.unit_of_work import UnitOfWork
from tasks import start_drafts
from tests.api import toy as toys
from tests.api.pages.browser import Browser
from tests.api.pages.conftest import SignedIn
from tests.api.pages.test_applicant import PDF
from workflows import deployments

START = f"/start/{toys.KEY}"
ASKER = {"name": "Minta Ügyfél", "email": "ugyfel@example.org"}


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    return sqlite_database


@pytest.fixture(autouse=True)
def stepped(uow: UnitOfWork, services: Services, clock: SetClock) -> None:
    with uow.begin() as tx:
        by = system(uow.tenant).acting(Door.CLI)
        deployments.deploy(tx, toys.in_steps(), by, clock.now(), gate=services.gate, activated=True)


def _to_summary(browser: Browser) -> None:
    browser.open(START)
    browser.send("/steps/asker", ASKER)
    browser.send("/steps/question", {"text": "Why is it <b>cold</b>?"}, files={"attachment": PDF})


def _cases(uow: UnitOfWork) -> int:
    with uow.view() as tx:
        return tx.session.scalar(select(func.count()).select_from(Case)) or 0


def _link(uow: UnitOfWork, now: SetClock) -> str:
    with uow.begin() as tx:
        return start_drafts.new_link(tx, tx.session.scalars(select(StartDraft.id)).one(), now.now())


def test_progress_is_said_in_words_and_counts_the_steps_that_show(browser: Browser) -> None:
    browser.open(START)
    assert "Step 1 of 2" in browser.text
    assert "The asker" in browser.text
    browser.send("/steps/asker", {**ASKER, "firm": "true"})
    assert "Step 2 of 3" in browser.text
    assert browser.url.endswith("/steps/company")


def test_a_mistake_stays_at_its_step_with_what_was_typed(browser: Browser) -> None:
    browser.open(START)
    browser.send("/steps/asker", {"name": "Minta Ügyfél", "email": ""})
    assert browser.status == 422
    assert 'value="Minta Ügyfél"' in browser.page
    assert '<a href="#field-email">' in browser.page


def test_back_keeps_what_was_typed_even_where_it_is_wrong(browser: Browser) -> None:
    browser.open(START)
    browser.send("/steps/asker", ASKER)
    browser.send("/steps/question", {"text": "Half a", "_to": "back"})
    assert browser.url.endswith("/steps/asker")
    assert 'value="Minta Ügyfél"' in browser.page
    browser.send("/steps/asker", ASKER)
    assert "Half a" in browser.text


def test_everything_is_looked_over_changed_and_sent_once(browser: Browser, uow: UnitOfWork) -> None:
    _to_summary(browser)
    summary = browser.page
    for words in ("Check your answers", "Minta Ügyfél", "Why is it <b>cold</b>?", "attachment.pdf"):
        assert words in browser.text
    browser.open(f"{START}/steps/asker?change=1")
    browser.send("/steps/asker", {**ASKER, "name": "Ügyfél Példa", "_to": "summary"})
    assert "Ügyfél Példa" in browser.text
    browser.send("/summary", {})
    assert "We have it. Your number is" in browser.text
    assert "/documents/" in browser.page
    first = browser.url
    browser.client.cookies.delete(f"akta-{browser.base[1:]}")
    browser.page = summary
    browser.send("/summary", {})
    assert browser.url == first
    assert _cases(uow) == 1


def test_what_is_not_complete_is_not_sent(browser: Browser, uow: UnitOfWork) -> None:
    _to_summary(browser)
    with uow.begin() as tx:
        draft = tx.session.scalars(select(StartDraft)).one()
        draft.content = {**draft.content, "answers": {**draft.content["answers"], "email": []}}
    browser.send("/summary", {})
    assert browser.status == 422
    assert '/steps/asker?check=1#field-email"' in browser.page
    browser.open(f"{START}/steps/asker?check=1")
    assert 'id="error-email"' in browser.page
    assert _cases(uow) == 0


def test_of_two_windows_none_overwrites_the_other_unseen(browser: Browser) -> None:
    first = browser.open(START)
    browser.send("/steps/asker", ASKER)
    browser.page = first
    browser.send("/steps/asker", {**ASKER, "name": "Másik Ablak"})
    assert browser.status == 409
    assert "Name: Minta Ügyfél" in browser.text
    assert 'value="Másik Ablak"' in browser.page
    browser.send("/steps/asker", {**ASKER, "name": "Másik Ablak"})
    assert browser.url.endswith("/steps/question")
    browser.page = first
    browser.send("/steps/asker", {**ASKER, "name": "Másik Ablak"})
    assert browser.status == 200, "what says the same is no change"


def test_a_link_leads_to_the_draft_from_another_device_with_its_files(
    browser: Browser, new_client: Callable[[], TestClient], uow: UnitOfWork, clock: SetClock
) -> None:
    _to_summary(browser)
    token = _link(uow, clock)
    phone = Browser(new_client(), browser.base)
    phone.open(START)
    assert "Minta Ügyfél" not in phone.page, "nobody else sees it"
    phone.open(f"/d/{token}")
    phone.send(f"/d/{token}", {})
    assert "Minta Ügyfél" in phone.text
    phone.send("/summary", {})
    assert "/documents/" in phone.page
    phone.open(f"/d/{token}")
    assert phone.status == 404


def test_a_draft_is_kept_for_a_fortnight_with_its_files(
    browser: Browser, uow: UnitOfWork, services: Services, clock: SetClock
) -> None:
    _to_summary(browser)
    token = _link(uow, clock)
    clock.at += timedelta(days=13)
    start_drafts.sweep(uow, clock.now())
    assert uploads.sweep(uow, services.files, clock.now()) == 0
    clock.at += timedelta(days=2)
    browser.open(f"/d/{token}")
    assert browser.status == 404
    assert start_drafts.sweep(uow, clock.now()) == 1
    assert uploads.sweep(uow, services.files, clock.now()) == 1


def test_a_customer_finds_the_draft_again_after_the_session_ended(
    signed_in: SignedIn, new_client: Callable[[], TestClient]
) -> None:
    customer = signed_in("customer", Kind.CUSTOMER)
    customer.open(START)
    customer.send("/steps/asker", ASKER)
    again = Browser(new_client(), customer.base)
    again.sign_in("customer", "correct horse 7")
    again.open(START)
    assert "You go on where you stopped" in again.text
    assert again.url.endswith("/steps/question")


def test_a_draft_can_be_thrown_away(browser: Browser, uow: UnitOfWork) -> None:
    browser.open(START)
    browser.send("/steps/asker", ASKER)
    browser.open(START)
    browser.send("/discard", {})
    assert browser.url.endswith("/steps/asker")
    assert "Minta" not in browser.page
    with uow.view() as tx:
        assert tx.session.scalars(select(StartDraft)).all() == []


def test_no_address_gets_no_link(browser: Browser) -> None:
    browser.open(START)
    browser.send("/steps/asker", {**ASKER, "_to": "later"})
    assert "Your answers are kept" in browser.text
    browser.send("/later", {"email": "nobody"})
    assert browser.status == 422
    assert 'value="nobody"' in browser.page


def test_steps_that_do_not_show_are_not_there(browser: Browser) -> None:
    browser.open(f"{START}/steps/company")
    assert browser.status == 404
    browser.open(f"{START}/summary")
    assert browser.url.endswith("/steps/asker")


def test_by_rest_a_draft_is_kept_changed_and_sent(client: TestClient, uow: UnitOfWork) -> None:
    base, own = f"/api/v1/UKA/services/{toys.KEY}/draft", {"upload-key": "k" * 40}
    assert client.get(base, headers=own).status_code == 404
    kept = client.put(base, json={"answers": {"name": "Minta Ügyfél"}}, headers=own)
    assert kept.status_code == 200, kept.text
    assert kept.json()["errors"].keys() == {"email", "text"}
    assert [step["id"] for step in kept.json()["steps"]] == ["asker", "question"]
    assert client.get(base, headers={"upload-key": "other" * 8}).status_code == 404
    assert client.post(f"{base}/completion", headers=own).status_code == 422
    whole = {"answers": {**ASKER, "text": "Why?"}}
    assert client.put(base, json=whole, headers=own).status_code == 409, "without the ETag it was not seen"
    changed = client.put(base, json=whole, headers={**own, "if-match": kept.headers["etag"]})
    assert changed.json()["errors"] == {}
    sent = client.post(f"{base}/completion", headers=own)
    assert sent.status_code == 201, sent.text
    assert _cases(uow) == 1
    assert client.post(f"{base}/completion", headers=own).status_code == 404
    assert client.delete(base, headers=own).status_code == 204


def test_files_of_others_do_not_come_along(client: TestClient, uow: UnitOfWork) -> None:
    """Naming somebody else's upload in a draft gives nobody a hold on it."""
    sent = client.post("/api/v1/UKA/uploads?name=a.pdf", content=PDF, headers={"upload-key": "t" * 40})
    base, own = f"/api/v1/UKA/services/{toys.KEY}/draft", {"upload-key": "k" * 40}
    answers = {"answers": {**ASKER, "text": "Why?", "attachment": [sent.json()["id"]]}}
    client.put(base, json=answers, headers=own)
    assert client.post(f"{base}/completion", headers=own).status_code == 422
    with uow.view() as tx:
        assert tx.session.scalars(select(DocumentRow)).one().upload_key == "t" * 40
