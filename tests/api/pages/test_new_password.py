"""Whoever has forgotten the password gets a link, once; whoever asks in vain learns nothing by it."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

import bpmn
from akta.clock import SetClock
from akta.subjects import Door, Kind, system
from api.ports import Services
from bpmn import bundle
from heating.visibility import contract_rule
from people import groups, second_factors
from people.passwords import Hasher
from storage.cases import Case
from storage.database import Database
from storage.files import Files
from storage.identity import SecondFactor
from storage.people import Person
from storage.unit_of_work import UnitOfWork
from storage.visibility import Visibility
from tasks import jobs, password_links
from tasks.correspondence import Links
from tasks.desk import Desk
from tasks.gate import gate
from tasks.mailer import Kept, Outbox
from tasks.notices import Post
from tests.api.conftest import ADDRESS, PASSWORD, NewAccount
from tests.api.pages.browser import Browser
from workflows import deployments
from workflows.definitions import Definitions
from workflows.handlers import Handlers
from workflows.runtime import Runtime

REST = "/api/v1/UKA/password-links"
NEW = "kolovrat 45"
PROCESS = Path(bpmn.__path__[0], "bundles", "new-password")


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """Links are kept by rows that tests of `people` try on both databases."""
    return sqlite_database


@pytest.fixture
def services(
    database: Database, files: Files, clock: SetClock, hasher: Hasher, uow: UnitOfWork, now: datetime
) -> Services:
    """An application that can send the mail, with its process deployed."""
    outbox, definitions = Outbox(), Definitions()
    handler = password_links.handler(Post(database, definitions, outbox, Links(ADDRESS)))
    runtime = Runtime(definitions, Handlers(handler), send=lambda tenant, job: None)
    desk = Desk.of(runtime, Visibility(groups.SEE_EVERY_CASE, (contract_rule,)))
    with uow.begin() as tx:
        by = system(uow.tenant).acting(Door.CLI)
        deployments.deploy(tx, bundle.from_folder(PROCESS), by, now, gate=gate(desk), activated=True)
    return Services(database, files, desk, gate(desk), clock, hasher, b"k" * 32, ADDRESS, 1, 1, outbox=outbox)


@pytest.fixture
def mails(services: Services, uow: UnitOfWork) -> Callable[[], list[Kept]]:
    """Lets the worker work, and gives what went out, newest first."""

    def sent() -> list[Kept]:
        jobs.run_due(services.database, services.runtime, services.clock.now())
        assert services.outbox is not None
        return list(services.outbox.mails(uow.tenant))

    return sent


Mails = Callable[[], list[Kept]]


def link_in(mail: Kept) -> str:
    found = re.search(rf"{ADDRESS}(\S+)", mail.body)
    assert found
    return found[1]


def test_a_forgotten_password_is_replaced_by_a_link_and_the_second_factor_stays(
    browser: Browser, new_account: NewAccount, new_client: Callable[[], TestClient], uow: UnitOfWork, mails: Mails,
    services: Services, now: datetime,
) -> None:  # fmt: skip
    account = new_account("clerk", Kind.STAFF, groups.FRONT_DESK)
    elsewhere = Browser(new_client(), browser.base)
    elsewhere.sign_in("clerk", PASSWORD)
    with uow.begin() as tx:
        begun = second_factors.begin_totp(tx, services.vault, account, "Phone", now)
        second_factors.confirm(tx, services.vault, tx.get(SecondFactor, begun.id), now)
    browser.open("/sign-in")
    assert 'href="/uka/forgotten"' in browser.page
    browser.open("/forgotten")
    browser.send("/forgotten", {"login": "  Clerk "})
    assert "Look into your e-mail" in browser.text
    link = link_in(mails()[0])
    browser.open(link)
    assert "For the login clerk" in browser.text
    browser.send(link, {"new": "clerk", "repeat": "other"})
    assert browser.status == 422
    assert 'href="#field-new"' in browser.page
    assert 'href="#field-repeat"' in browser.page
    browser.send(link, {"new": NEW, "repeat": NEW})
    assert browser.url == f"{browser.base}/sign-in"
    elsewhere.open("/inbox")
    assert elsewhere.url == f"{browser.base}/sign-in", "the session elsewhere has ended"
    browser.open(link)
    assert browser.status == 404
    assert "works once" in browser.text
    browser.sign_in("clerk", NEW)
    assert browser.url == f"{browser.base}/prove", "the second factor is asked for as before"


def test_a_known_and_an_unknown_login_are_told_the_same_and_limited_the_same(
    client: TestClient, new_account: NewAccount, uow: UnitOfWork, mails: Mails
) -> None:
    new_account("ugyfel")
    new_account("fresh", password="")
    told = {
        login: [client.post(REST, json={"login": login}) for _ in range(password_links.PER_LOGIN.most + 1)]
        for login in ("ugyfel", "fresh", "nobody")
    }
    said = {login: [(each.status_code, each.content, each.headers) for each in them] for login, them in told.items()}
    for login, them in said.items():
        assert [status for status, _, _ in them] == [202, 202, 202, 429], login
        assert [body for _, body, _ in them][:3] == [b"null"] * 3
    assert {mail.to for mail in mails()} == {"ugyfel@example.org"}
    with uow.view() as tx:
        assert set(tx.session.scalars(select(Case.person_id))) == {None}, "it stands in nobody's list of cases"
    assert client.post(REST, json={"login": " "}).status_code == 422


def test_one_place_cannot_ask_for_many(client: TestClient) -> None:
    most = password_links.PER_PLACE.most
    told = [client.post(REST, json={"login": f"login {n}"}).status_code for n in range(most + 1)]
    assert told[-2:] == [202, 429]


def test_the_mail_is_in_the_language_of_the_account_and_its_link_ends_after_an_hour(
    client: TestClient, new_account: NewAccount, uow: UnitOfWork, mails: Mails, clock: SetClock
) -> None:
    new_account("ugyfel")
    with uow.begin() as tx:
        tx.session.execute(update(Person).values(language="hu"))
    client.post(REST, json={"login": "ugyfel"})
    mail = mails()[0]
    assert mail.subject == "Új jelszó beállítása"
    token = link_in(mail).rpartition("/")[2]
    wrong = {"token": token, "new": "a", "repeat": "a"}
    assert client.post(f"{REST}/redemption", json=wrong).json()["fields"].keys() == {"new"}
    clock.at += timedelta(hours=1)
    late = client.post(f"{REST}/redemption", json={"token": token, "new": NEW, "repeat": NEW})
    assert (late.status_code, late.json()["type"]) == (404, "urn:akta:ResetGone")
