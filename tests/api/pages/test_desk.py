"""The clerk's pages without scripts: queues, taking a task, completing it, the whole case, what has stopped."""

import re
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from akta.clock import SetClock
from akta.subjects import Kind
from people.groups import BILLING, FRONT_DESK, METERING, PROCESS_OWNERS, SUPERVISION
from storage.bundles import Deployment
from storage.cases import Case, Incident
from storage.tasks import Task
from storage.unit_of_work import UnitOfWork
from tests.api.pages.browser import Browser
from tests.api.pages.conftest import SignedIn


@pytest.fixture
def clerk(signed_in: SignedIn) -> Browser:
    return signed_in("clerk", Kind.STAFF, FRONT_DESK)


def _counter(page: str, queue: str) -> int:
    found = re.search(rf'queue={queue}"[^>]*>.*?<span class="count[^"]*">(\d+)</span>', page, re.S)
    assert found is not None
    return int(found[1])


def _task(clerk: Browser) -> str:
    found: list[str] = re.findall(r'href="([^"]+/tasks/[^"?]+)', clerk.open("/inbox"))
    return found[0]


def test_staff_land_where_their_work_is(signed_in: SignedIn, toy: Deployment) -> None:
    assert signed_in("one", Kind.STAFF, FRONT_DESK).url.endswith("/inbox")
    assert signed_in("two", Kind.STAFF, PROCESS_OWNERS).url.endswith("/processes")


def test_a_row_answers_who_what_since_when_and_until_when(clerk: Browser, case: Case) -> None:
    clerk.open("/inbox")
    for words in ("Answer the question", "Minta Ügyfél", "A question", case.reference, "due ", "since ", "Front desk"):
        assert words in clerk.text


def test_what_is_late_says_how_late_and_counts(clerk: Browser, case: Case, clock: SetClock, now: datetime) -> None:
    assert _counter(clerk.open("/inbox"), "late") == 0
    clock.at = now + timedelta(days=5)
    clerk.sign_in("clerk", "correct horse 7")
    assert _counter(clerk.open("/inbox?queue=late"), "late") == 1
    assert "3 days late" in clerk.text


def test_a_task_is_taken_answered_and_the_next_one_is_there(clerk: Browser, case: Case) -> None:
    clerk.open(_task(clerk))
    assert "<fieldset disabled>" in clerk.page, "only who has taken a task fills it in"
    clerk.send("/claim", {})
    assert "yours" in clerk.text
    assert 'aria-current="true"' in clerk.page, "it stays in the list it was taken from"
    assert "<fieldset disabled>" not in clerk.page
    task = clerk.url
    clerk.send(task, {"answer": ""})
    assert clerk.status == 422
    assert '<a href="#field-answer">' in clerk.page
    clerk.send(task, {"answer": "Because it is winter."})
    assert clerk.status == 200
    assert "Say whether it helped" in clerk.text
    assert "This is for the applicant to do" in clerk.text, "the front desk may enter what the applicant says"


def test_a_task_given_back_is_free_for_others(clerk: Browser, case: Case, signed_in: SignedIn) -> None:
    clerk.open(_task(clerk))
    clerk.send("/claim", {})
    other = signed_in("other", Kind.STAFF, FRONT_DESK)
    assert "Minta Ügyfél" in other.open(clerk.url)
    assert "Take this task" not in other.text
    clerk.send("/release", {})
    other.open(_task(other))
    assert "Take this task" in other.text


def test_who_was_slower_is_told_and_loses_nothing(clerk: Browser, case: Case, signed_in: SignedIn) -> None:
    other = signed_in("other", Kind.STAFF, FRONT_DESK)
    task = _task(clerk)
    other.open(task)
    clerk.open(task)
    clerk.send("/claim", {})
    other.send("/claim", {})
    assert other.status == 409
    assert "has taken this task" in other.text


def test_the_search_finds_a_name_and_finds_nothing_kindly(clerk: Browser, case: Case) -> None:
    assert case.reference in clerk.open("/inbox?q=minta")
    clerk.open("/inbox?q=nobody")
    assert "Nothing found" in clerk.text


def test_history_and_diagram_are_views_of_a_task(clerk: Browser, case: Case) -> None:
    task = _task(clerk)
    clerk.open(f"{task}?view=history")
    assert "Received" in clerk.text
    clerk.open(f"{task}?view=diagram")
    assert 'data-active="answer"' in clerk.page
    assert "Stands at: Answer the question" in clerk.text
    model = re.findall(r'data-diagram="([^"]+)"', clerk.page)[0]
    answer = clerk.client.get(model)
    assert answer.status_code == 200
    assert b"<bpmn:userTask" in answer.content


def test_the_model_speaks_the_language_of_the_page(clerk: Browser, case: Case) -> None:
    model = clerk.client.get(f"{clerk.base}/cases/{case.id}/diagram/question").text
    assert 'name="Answer the question"' in model
    assert clerk.client.get(f"{clerk.base}/cases/{case.id}/diagram/other").status_code == 404


def test_the_whole_case_says_what_it_waits_for(clerk: Browser, case: Case) -> None:
    clerk.open(f"/cases/{case.id}")
    for words in (case.reference, "being worked on", "Answer the question", "History", "by web form"):
        assert words in clerk.text


def test_who_may_not_do_a_task_still_sees_that_the_case_waits_for_it(
    clerk: Browser, case: Case, uow: UnitOfWork
) -> None:
    with uow.begin() as tx:
        tx.session.execute(update(Task).values(groups=[METERING]))
    clerk.open(f"/cases/{case.id}")
    for words in ("What it waits for Answer the question: waits for Metering", "due "):
        assert words in clerk.text
    assert "/tasks/" not in clerk.page


def test_the_list_of_cases_is_searched(clerk: Browser, case: Case) -> None:
    assert case.reference in clerk.open("/cases?q=minta")
    clerk.open("/cases?q=zzz")
    assert "No case found" in clerk.text


def test_paper_is_entered_by_the_front_desk(clerk: Browser, toy: Deployment) -> None:
    clerk.open("/paper")
    assert "A question" in clerk.text
    clerk.open(f"/start/{toy.key}")
    assert _counter(clerk.page, "groups") == 0, "the rail keeps its queues"
    clerk.send(f"/start/{toy.key}", {"name": "Minta Ügyfél", "email": "u@example.org", "text": "On paper"})
    assert "Entered. The number is" in clerk.text
    assert "on paper" in clerk.text


@pytest.mark.parametrize(
    ("path", "allowed", "refused"),
    [("/incidents", SUPERVISION, FRONT_DESK), ("/billing", BILLING, METERING), ("/processes", PROCESS_OWNERS, BILLING)],
)
def test_rooms_are_for_those_who_work_in_them(
    signed_in: SignedIn, toy: Deployment, path: str, allowed: str, refused: str
) -> None:
    inside = signed_in("inside", Kind.STAFF, allowed)
    inside.open(path)
    assert inside.status == 200
    outside = signed_in("outside", Kind.STAFF, refused)
    outside.open(path)
    assert outside.status == 403
    assert "This is not open to you" in outside.text


def test_an_incident_shows_its_cause(signed_in: SignedIn, case: Case, uow: UnitOfWork, now: datetime) -> None:
    with uow.begin() as tx:
        tx.add(
            Incident(
                case_id=case.id, token=1, element="answer", cause="The mail server did not answer.", created_at=now
            )
        )
    supervisor = signed_in("boss", Kind.STAFF, SUPERVISION)
    supervisor.open("/incidents")
    for words in ("Answer the question", "The mail server did not answer.", "What can be done", case.reference):
        assert words in supervisor.text
    supervisor.open(f"/cases/{case.id}")
    for words in ("stopped", "Stopped at: Answer the question", "The system reported: The mail server"):
        assert words in supervisor.text


def test_billing_says_that_nothing_waits(signed_in: SignedIn, toy: Deployment) -> None:
    clerk = signed_in("biller", Kind.STAFF, BILLING)
    clerk.open("/billing")
    assert "No reading waits to be billed" in clerk.text
    clerk.send("/billing/runs", {"period_end": "no day"})
    assert clerk.status == 422
    assert "Enter the day" in clerk.text


@pytest.mark.parametrize("version", ["9" * 6_000, "x", "-1", "\u0663"])
def test_a_version_no_task_has_is_told_as_a_change(clerk: Browser, case: Case, version: str) -> None:
    clerk.open(_task(clerk))
    clerk.send("/claim", {"version": version})
    assert clerk.status == 409


@pytest.mark.parametrize(
    "place", ["x", "~x", f"0001-01-01T00:00:00%2B14:00~{UUID(int=7)}", f"2026-01-01~{UUID(int=7)}"]
)
def test_a_place_in_the_list_that_is_none_is_its_beginning(clerk: Browser, case: Case, place: str) -> None:
    clerk.open(f"/inbox?after={place}")
    assert clerk.status == 200


def test_a_case_that_is_none_is_not_found(clerk: Browser) -> None:
    clerk.open("/cases/018f0000-0000-7000-8000-000000000000")
    assert clerk.status == 404
    clerk.open("/cases/none")
    assert clerk.status == 404


def test_a_task_of_a_suspended_case_says_by_whom_and_why_and_keeps_what_is_typed(
    signed_in: SignedIn, case: Case
) -> None:
    boss, clerk = signed_in("boss", Kind.STAFF, SUPERVISION), signed_in("clerk", Kind.STAFF, FRONT_DESK)
    boss.open(f"/cases/{case.id}")
    boss.send(f"/cases/{case.id}/suspend", {"reason": "A court decides first"})
    clerk.open("/inbox?queue=groups")
    assert "suspended" in clerk.text
    address = re.search(r"/uka(/tasks/[0-9a-f-]+)", clerk.page)
    assert address is not None
    clerk.open(address[1])
    clerk.send(f"{address[1]}/claim", {})
    assert "suspended it on" in clerk.text
    assert "A court decides first" in clerk.text
    clerk.send(address[1], {"answer": "It is the valve"})
    assert clerk.status == 409
    clerk.open(address[1])
    assert "It is the valve" in clerk.page
    boss.open(f"/cases/{case.id}")
    boss.send(f"/cases/{case.id}/resume", {"reason": "Decided"})
    clerk.open(address[1])
    assert "suspended it on" not in clerk.text
    assert "It is the valve" in clerk.page
