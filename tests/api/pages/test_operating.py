"""Operating on pages: where supervision looks, what it does, and that everything works without scripts."""

from datetime import datetime

import pytest

from akta.subjects import Kind
from people.groups import ADMINISTRATION, FRONT_DESK, SUPERVISION
from storage.cases import Case, Incident
from storage.database import Database
from storage.unit_of_work import UnitOfWork
from tests.api.pages.browser import Browser
from tests.api.pages.conftest import SignedIn

WHY = {"reason": "The applicant called"}


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """What the rows do is proved on both databases two floors below."""
    return sqlite_database


@pytest.fixture
def boss(signed_in: SignedIn) -> Browser:
    return signed_in("boss", Kind.STAFF, SUPERVISION)


def test_a_case_is_suspended_resumed_and_begun_again_on_its_page(boss: Browser, case: Case) -> None:
    path = f"/cases/{case.id}"
    boss.open(path)
    boss.send(f"{path}/suspend", WHY)
    assert "This case is suspended." in boss.text
    boss.open("/operations")
    assert case.reference in boss.text
    boss.open(path)
    boss.send(f"{path}/resume", WHY)
    assert "This case is suspended." not in boss.text
    assert "Resumed" in boss.text
    boss.open(path)
    boss.send(f"{path}/cancel", {})
    assert boss.status == 422
    boss.open(path)
    boss.send(f"{path}/restart", WHY)
    assert "Answer the question: waits for Front desk" in boss.text
    assert case.reference not in boss.text.partition("History")[0]


def test_a_token_is_moved_after_a_look_at_what_that_would_do(boss: Browser, case: Case) -> None:
    path = f"/cases/{case.id}/move"
    page = boss.open(path)
    token = page.partition('name="cancel" value="')[2].partition('"')[0]
    chosen = f"{path}?cancel={token}&start=question:rate"
    boss.open(chosen)
    for words in ("Taken away Answer the question", "Then stands at Say whether it helped"):
        assert words in boss.text
    boss.open(f"{path}?start=question:nowhere")
    assert "The case cannot be changed this way." in boss.text
    boss.open(chosen)
    boss.send(path, {**WHY, "cancel": token, "start": "question:rate"})
    assert "Say whether it helped: waits for Applicant" in boss.text


def test_an_incident_offers_what_can_be_done(boss: Browser, case: Case, uow: UnitOfWork, now: datetime) -> None:
    row = Incident(case_id=case.id, token=99, element="answer", process="question", cause="It broke", created_at=now)
    with uow.begin() as tx:
        tx.add(row)
    boss.open("/operations")
    assert "Answer the question" in boss.text
    boss.open(f"/incidents/{row.id}")
    for words in ("It broke", "Try again as it is", "Change the values and try again", "Skip this step"):
        assert words in boss.text
    boss.open("/incidents")
    boss.send("/incidents/retry", {"incident": str(row.id)})
    assert "The case no longer waits for this." in boss.text
    boss.open(f"/incidents/{row.id}")
    boss.send(f"/incidents/{row.id}/edit", {**WHY, "values": "{"})
    assert boss.status == 422


def test_the_applicant_reads_that_the_case_is_paused(boss: Browser, signed_in: SignedIn, case: Case) -> None:
    clerk = signed_in("clerk", Kind.STAFF, FRONT_DESK)
    assert f"/cases/{case.id}/suspend" not in clerk.open(f"/cases/{case.id}")
    boss.open(f"/cases/{case.id}")
    boss.send(f"/cases/{case.id}/suspend", WHY)
    clerk.open(f"/cases/{case.id}")
    assert "This case is suspended." in clerk.text


def test_the_calendar_is_kept_by_administration(boss: Browser, signed_in: SignedIn) -> None:
    admin = signed_in("admin", Kind.STAFF, ADMINISTRATION)
    version = {"version": "0", "change": "day", "day": "2026-12-31", "name": "Inventory", "works": "no"}
    admin.open("/calendar")
    admin.send("/calendar", version)
    assert "Inventory" in admin.text
    admin.open("/calendar")
    admin.send("/calendar", {**version, "version": "1", "change": "ground", "words": "§ 35"})
    admin.open("/calendar?year=2026")
    for words in ("§ 35", "Velikonoční pondělí"):
        assert words in admin.text
    assert "Add a day" not in boss.open("/calendar?year=2026")
