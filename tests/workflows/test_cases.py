"""Starting cases and taking them further, state stored and restored by the database at every step."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, update

from akta.errors import NotFound
from akta.ids import CaseId, TokenId
from akta.subjects import Kind
from storage.cases import Case, CaseState, HistoryEntry, Position, Subscription, Timer
from storage.database import Database
from storage.jobs import Job
from storage.tenants import Tenant
from tasks import jobs
from tests.workflows import toys
from tests.workflows.engine.models import Model, error, message
from tests.workflows.house import BY, House
from workflows import cases, messages, queries, waits
from workflows.cases import NewCase
from workflows.engine import NoSuchToken
from workflows.engine.commands import CompleteTask, ThrowError


@pytest.fixture
def permit(house: House, now: datetime) -> House:
    house.deploy(toys.permit(), now=now)
    return house


def run_jobs(house: House, now: datetime) -> int:
    return jobs.run_due(house.database, house.runtime, now)


def test_a_case_runs_from_start_to_end_through_the_database(permit: House, now: datetime) -> None:
    person = permit.person("Jana Ukázková", "jana@example.org")
    case_id = permit.start("permit", now, person, plot="A 7")
    assert permit.case(case_id).state == "waiting"
    assert run_jobs(permit, now) == 1
    assert permit.stamps.made[0][1] == {"plot": "A 7"}
    task = permit.task(case_id)
    assert (task.element, task.audience, task.form) == ("review", "staff", "review")
    assert task.due_at == now + timedelta(days=2)
    assert permit.case(case_id).state == "in_work"
    assert permit.case(case_id).due_at == task.due_at
    permit.complete(case_id, now, verdict="ask")
    assert permit.case(case_id).state == "waiting_applicant"
    permit.complete(case_id, now, plot="B 2")
    permit.complete(case_id, now, verdict="grant")
    assert run_jobs(permit, now) == 1
    closed = permit.case(case_id)
    assert (closed.state, closed.outcome, closed.closed_at) == ("closed", "granted", now)


def test_a_closed_case_leaves_nothing_waiting(permit: House, now: datetime) -> None:
    case_id = permit.start("permit", now, plot="A 7")
    run_jobs(permit, now)
    permit.complete(case_id, now, verdict="refuse")
    with permit.uow.view() as tx:
        for kind in (Timer, Subscription, Position):
            assert tx.session.scalars(select(kind).where(kind.case_id == case_id)).all() == []
        assert tx.session.scalars(select(Job).where(Job.state == "waiting")).all() == []
    assert permit.tasks(case_id) == []
    with pytest.raises(cases.CaseClosed), permit.uow.begin() as tx:
        cases.cancel(tx, permit.runtime, case_id, BY, now)


def test_a_cancelled_case_is_closed_and_says_why(permit: House, now: datetime) -> None:
    case_id = permit.start("permit", now, plot="A 7")
    with permit.uow.begin() as tx:
        cases.cancel(tx, permit.runtime, case_id, BY, now)
    assert permit.case(case_id).outcome == "cancelled"
    assert run_jobs(permit, now) == 0
    with permit.uow.view() as tx:
        assert [job.state for job in tx.session.scalars(select(Job))] == ["cancelled"]


def test_a_completed_task_cannot_be_completed_twice(permit: House, now: datetime) -> None:
    case_id = permit.start("permit", now, plot="A 7")
    run_jobs(permit, now)
    token = TokenId(permit.task(case_id).token)
    permit.complete(case_id, now, verdict="ask")
    with pytest.raises(NoSuchToken), permit.uow.begin() as tx:
        cases.advance(tx, permit.runtime, case_id, CompleteTask(token, {}), BY, now)


def test_the_same_submission_is_the_same_case(permit: House, now: datetime) -> None:
    new = NewCase("permit", "web", "en", "one key", now, {"plot": "A 7"})
    with permit.uow.begin() as tx:
        first = cases.start(tx, permit.runtime, new, BY, now)
    with permit.uow.begin() as tx:
        second = cases.start(tx, permit.runtime, new, BY, now)
    assert first.id == second.id
    assert len(permit.sent) == 1


def test_what_fails_leaves_no_trace(permit: House, now: datetime) -> None:
    new = NewCase("permit", "web", "en", "one key", now, {"plot": "A 7"})

    def start_and_fail() -> None:
        with permit.uow.begin() as tx:
            cases.start(tx, permit.runtime, new, BY, now)
            raise RuntimeError("the act broke off")

    with pytest.raises(RuntimeError):
        start_and_fail()
    with permit.uow.view() as tx:
        for kind in (Case, CaseState, Job, HistoryEntry):
            assert tx.session.scalars(select(kind)).all() == []
    assert permit.sent == []


def test_a_broken_broker_does_not_fail_the_act(permit: House, now: datetime) -> None:
    def broken(_tenant: object, _job: object) -> None:
        raise ConnectionError("no broker")

    object.__setattr__(permit.runtime, "send", broken)
    case_id = permit.start("permit", now, plot="A 7")
    assert permit.case(case_id).reference == "UKA-2026-000001"


def test_a_case_says_to_its_process_what_it_is(permit: House, now: datetime) -> None:
    person = permit.person("Jana Ukázková", "jana@example.org")
    case_id = permit.start("permit", now, person, plot="A 7", case="forged", applicant="forged")
    with permit.uow.view() as tx:
        known = queries.variables(tx, permit.runtime.definitions, case_id)
    assert known["case"] == {"reference": "UKA-2026-000001", "id": str(case_id)}
    assert known["applicant"] == {"person": str(person), "name": "Jana Ukázková", "email": "jana@example.org"}
    assert (known["channel"], known["language"], known["plot"]) == ("web", "en", "A 7")


def test_every_line_of_history_has_an_actor_and_a_door(permit: House, now: datetime) -> None:
    case_id = permit.start("permit", now, plot="A 7")
    run_jobs(permit, now)
    permit.complete(case_id, now, verdict="grant")
    run_jobs(permit, now)
    with permit.uow.view() as tx:
        lines = queries.history(tx, case_id)
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))
    assert all(line.actor_kind == Kind.SYSTEM and line.actor and line.door for line in lines)
    assert [line.kind for line in lines] == [
        "case-started",
        "call-completed",
        "task-opened",
        "task-completed",
        "call-completed",
        "end-reached",
        "case-ended",
    ]
    assert [line.door for line in lines] == ["cli", "job", "job", "cli", "job", "job", "job"]


def test_personal_content_of_history_stands_apart(permit: House, now: datetime) -> None:
    person = permit.person("Jana Ukázková")
    case_id = permit.start("permit", now, person, plot="A 7")
    run_jobs(permit, now)
    answered = cases.Evidence({"form": "review"}, {"answers": {"note": "a secret"}})
    token = TokenId(permit.task(case_id).token)
    with permit.uow.begin() as tx:
        command = CompleteTask(token, {"verdict": "refuse", "note": "a secret"})
        cases.advance(tx, permit.runtime, case_id, command, BY, now, evidence=answered)
    with permit.uow.view() as tx:
        entries = tx.session.scalars(select(HistoryEntry).where(HistoryEntry.case_id == case_id)).all()
        assert "a secret" not in str([(entry.data, entry.command) for entry in entries])
        told = [entry for entry in entries if entry.personal is not None]
        kinds = ["call-completed", "task-completed"]
        assert [(entry.kind, entry.person_id) for entry in told] == [(kind, person) for kind in kinds]


def test_references_count_up_per_year_of_the_utility(permit: House, now: datetime) -> None:
    last_second = datetime.fromisoformat("2026-12-31T23:30:00+00:00")
    found = [permit.case(permit.start("permit", at, plot="A")).reference for at in (now, now, last_second)]
    assert found == ["UKA-2026-000001", "UKA-2026-000002", "UKA-2027-000001"]


def test_no_other_tenant_reaches_a_case(permit: House, other_tenant: Tenant, now: datetime) -> None:
    case_id = permit.start("permit", now, plot="A 7")
    stranger = House(permit.database, other_tenant)
    stranger.runtime = permit.runtime
    with pytest.raises(NotFound):
        stranger.case(case_id)
    with pytest.raises(NotFound), stranger.uow.begin() as tx:
        cases.cancel(tx, stranger.runtime, case_id, BY, now)
    with pytest.raises(NotFound), stranger.uow.view() as tx:
        permit.runtime.definitions.bundle(tx, toys.permit().content_hash)


def test_a_step_takes_a_bounded_number_of_statements(permit: House, now: datetime, database: Database) -> None:
    case_id = permit.start("permit", now, plot="A 7")
    run_jobs(permit, now)
    task = permit.task(case_id)
    counted: list[str] = []

    def count(_c: Any, _k: Any, statement: str, _p: Any, _x: Any, _m: Any) -> None:
        counted.append(statement)

    event.listen(database.engine, "before_cursor_execute", count)
    with permit.uow.begin() as tx:
        cases.advance(tx, permit.runtime, case_id, CompleteTask(TokenId(task.token), {"verdict": "ask"}), BY, now)
    event.remove(database.engine, "before_cursor_execute", count)
    assert len(counted) <= 16, "\n".join(counted)


def test_state_that_was_tampered_with_is_not_run(permit: House, now: datetime) -> None:
    case_id = permit.start("permit", now, plot="A 7")
    with permit.uow.begin() as tx:
        tx.session.execute(update(CaseState).values(content=b"nonsense"))
    run_jobs(permit, now)
    assert permit.case(case_id).state == "waiting"


def test_cases_are_listed_newest_first_for_those_who_see_them(permit: House, now: datetime) -> None:
    jana = permit.person("Jana Ukázková")
    first, second = (permit.start("permit", now, jana, plot="A"), permit.start("permit", now, plot="B"))
    clerk = permit.subject("Petr Vzorový", now, "front-desk")
    stranger = permit.subject("Eva Cizí", now, kind=Kind.CUSTOMER)
    with permit.uow.view() as tx:
        seen = queries.cases(tx, permit.visibility, clerk)
        assert [view.id for view in seen] == [second, first]
        assert queries.cases(tx, permit.visibility, clerk, before=second)[0].id == first
        assert [view.id for view in queries.cases(tx, permit.visibility, clerk, search="UKÁZK")] == [first]
        assert queries.cases(tx, permit.visibility, stranger) == []
        with pytest.raises(NotFound):
            queries.case_view(tx, permit.visibility, stranger, first)
        assert queries.case_view(tx, permit.visibility, clerk, first).person == "Jana Ukázková"


def test_live_counts_say_where_tokens_stand(permit: House, now: datetime) -> None:
    for _ in range(2):
        permit.start("permit", now, plot="A")
    run_jobs(permit, now)
    permit.start("permit", now, plot="A")
    with permit.uow.view() as tx:
        counts = {(count.element, count.tokens) for count in queries.live_counts(tx, "permit")}
        assert counts == {("review", 2), ("stamp", 1)}
        assert sum(queries.open_cases(tx).values()) == 3


def test_a_case_names_why_it_waits(permit: House, now: datetime) -> None:
    case_id: CaseId = permit.start("permit", now, plot="A")
    with permit.uow.view() as tx:
        reasons = {(reason.kind, reason.element) for reason in waits.reasons(tx, case_id, now)}
    assert reasons == {(waits.Kind.CALL, "stamp"), (waits.Kind.MESSAGE, "taken-back")}


def test_today_in_a_model_is_the_day_of_the_utility(house: House) -> None:
    model = Model("dated").start().script("date-it", "today()", "day").user("keep", toys.groups(toys.GROUP)).end()
    before_midnight = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    house.deploy(toys.toy(model.path("start", "date-it", "keep", "end")), now=before_midnight)
    case_id = house.start("dated", before_midnight)
    with house.uow.view() as tx:
        assert queries.variables(tx, house.runtime.definitions, case_id)["day"] == date(2026, 7, 1)


def test_what_a_border_caught_is_told_once(house: House, now: datetime) -> None:
    model = Model("bordered", nudge="=case.id")
    model.errors.append("FULL")
    model.start().user("ask", toys.groups(toys.GROUP)).end()
    model.boundary("full", "ask", error("FULL")).boundary("nudged", "ask", message("nudge"), interrupts=False)
    house.deploy(toys.toy(model.path("start", "ask", "end").path("full", "end").path("nudged", "end")), now=now)
    case_id = house.start("bordered", now)
    token = TokenId(house.task(case_id).token)
    with house.uow.begin() as tx:
        assert messages.correlate(tx, house.runtime, "nudge", str(case_id), {}, BY, now) == [case_id]
        cases.advance(tx, house.runtime, case_id, ThrowError(token, "FULL"), BY, now)
        told = [(line.kind, line.element) for line in queries.history(tx, case_id)]
    assert told == [
        ("case-started", ""),
        ("task-opened", "ask"),
        ("message-received", "nudged"),
        ("end-reached", "end"),
        ("error-thrown", ""),
        ("task-cancelled", "ask"),
        ("event-happened", "full"),
        ("end-reached", "end"),
        ("case-ended", "end"),
    ]
