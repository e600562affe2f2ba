"""Terms of use from a version that is published to accounts that accept it, or cannot go on (S000-13)."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from api import app
from heating import terms
from heating.tables.terms import TermsAcceptance, TermsVersion
from storage.cases import Case
from tests.journeys import applicants
from tests.journeys.applicants import OWN_PASSWORD, application, confirm, new_contract, sign_on_paper
from tests.journeys.office import Office

pytestmark = pytest.mark.slow
REST = "/api/v1/prz"
WORDS = {
    "pl": {"text": "1. Portal jest bezpłatny.", "changes": "Punkt 1 jest nowy."},
    "en": {"text": "1. The portal is free.", "changes": "Point 1 is new."},
}


@pytest.fixture
def prz(sqlite_office: Callable[[str], Office]) -> Office:
    return sqlite_office("PRZ")


@pytest.fixture
def client(prz: Office) -> Iterator[TestClient]:
    with TestClient(app.create(prz.akta.services), follow_redirects=False) as client:
        yield client


def notices(prz: Office) -> dict[str, str | None]:
    """Outcomes of the notices, by the name of whom they are for."""
    with prz.uow.view() as tx:
        found = tx.session.scalars(select(Case).where(Case.bundle == terms.NOTICE)).all()
        return {case.words: case.outcome for case in found}


def publish(prz: Office, client: TestClient, days: int) -> int:
    since = (prz.now + timedelta(days=days)).date().isoformat()
    prz.sign_in(client, "supervision")
    return client.post(f"{REST}/terms", json={"effective_from": since, "words": WORDS}).status_code


def test_a_version_is_told_to_every_account_reminded_and_asked_for_before_they_go_on(
    prz: Office, client: TestClient
) -> None:
    prz.sign_in(client, "supervision")
    told = {"effective_from": (prz.now + timedelta(days=29)).date().isoformat(), "words": WORDS}
    assert "effective_from" in client.post(f"{REST}/terms", json=told).json()["fields"], "thirty days before"
    late = (prz.now + timedelta(days=60)).date().isoformat()
    only_english = {"effective_from": late, "words": {"en": WORDS["en"]}}
    assert set(client.post(f"{REST}/terms", json=only_english).json()["fields"]) == {"text_pl", "changes_pl"}
    before = len(prz.mails)
    assert publish(prz, client, 60) == 201
    prz.settle()
    count = len(prz.mails) - before
    assert count == len(notices(prz)) > 1
    assert all("Regulamin portalu" in mail.subject and "Punkt 1 jest nowy." in mail.body for mail in prz.mails[:count])

    prz.sign_in(client, "oc1001")
    assert client.get(f"{REST}/terms").json()["owed"] == 2
    assert client.get(f"{REST}/terms").json()["due"] is False
    assert "/prz/terms" in client.get("/prz/my/meters").text
    assert client.post(f"{REST}/terms/1/acceptance").status_code == 409, "a newer one is to be accepted"
    assert client.post(f"{REST}/terms/9/acceptance").status_code == 404
    assert [client.post(f"{REST}/terms/2/acceptance").status_code for _ in range(2)] == [204, 204]
    prz.settle()
    assert list(notices(prz).values()).count("terms-accepted") == 1

    prz.wait(days=54)
    assert len(prz.mails) - before == 2 * count - 1, "who has accepted is not reminded"
    prz.wait(days=7)
    assert set(notices(prz).values()) == {"terms-accepted", "terms-not-accepted"}
    prz.sign_in(client, "oc1001")
    assert client.get(f"{REST}/meters").status_code == 200
    prz.sign_in(client, "oc1002")
    refused = client.get(f"{REST}/meters")
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:akta:TermsNeeded")
    assert client.get("/prz/my/meters").headers["location"].endswith("/prz/terms")
    assert client.get(f"{REST}/cases").status_code == 200, "one's cases stay open"
    assert client.post(f"{REST}/terms/2/acceptance").status_code == 204
    assert client.get(f"{REST}/meters").status_code == 200


def test_who_applies_has_accepted_the_version_that_was_the_newest_then(prz: Office, client: TestClient) -> None:
    assert publish(prz, client, 30) == 201
    prz.settle()
    case = prz.start("portal-access", application(prz, new_contract(prz)))
    applied = prz.case(case).received_at
    confirm(prz, case)
    sign_on_paper(prz, case)
    login = applicants.first_sign_in(prz)
    with prz.uow.view() as tx:
        kept = select(TermsVersion.number, TermsAcceptance.accepted_at, TermsAcceptance.door).join(
            TermsVersion, TermsVersion.id == TermsAcceptance.version_id
        )
        account = applicants.account(prz, login).id
        rows = tx.session.execute(kept.where(TermsAcceptance.account_id == account)).all()
    assert [tuple(row) for row in rows] == [(2, applied, "application")]
    prz.sign_in(client, login, OWN_PASSWORD)
    assert client.get(f"{REST}/terms").json()["owed"] is None
