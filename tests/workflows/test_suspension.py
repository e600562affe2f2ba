"""A suspended case stands still, loses nothing, and goes on with all the time it had left."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from akta.ids import CaseId, JobId
from storage.cases import Parcel, Subscription, Timer
from storage.jobs import Job
from tasks import jobs
from tests.workflows import toys
from tests.workflows.house import BY, House
from workflows import by_hand, cases, messages, queries, suspension, timers
from workflows.engine.commands import Modify, StartBefore

YEAR = timedelta(days=366)


def suspend(house: House, case: CaseId, now: datetime) -> None:
    with house.uow.begin() as tx:
        suspension.suspend(tx, case, BY, now)


def resume(house: House, case: CaseId, now: datetime) -> None:
    with house.uow.begin() as tx:
        suspension.resume(tx, house.runtime, case, BY, now)


def tick(house: House, now: datetime) -> list[bool]:
    with house.database.across_tenants() as session:
        due = timers.due(session, now)
    return [timers.fire(house.uow, house.runtime, timer, now) for timer in due]


@pytest.fixture
def watched(house: House, now: datetime) -> House:
    house.deploy(toys.watched(), toys.waiter(), toys.fragile(), now=now)
    return house


def test_a_case_asleep_for_a_year_goes_on_with_the_time_it_had_left(watched: House, now: datetime) -> None:
    case = watched.start("watched", now)
    suspend(watched, case, now + timedelta(days=4))
    assert tick(watched, now + YEAR) == []
    resume(watched, case, now + YEAR)
    assert watched.task(case).due_at == now + YEAR + timedelta(days=6)
    assert watched.case(case).due_at == now + YEAR + timedelta(days=6)
    assert tick(watched, now + YEAR + timedelta(days=10, seconds=-1)) == []
    assert tick(watched, now + YEAR + timedelta(days=10)) == [True]
    assert watched.case(case).outcome == "granted-by-law"


def test_nothing_can_be_done_in_a_suspended_case(watched: House, now: datetime) -> None:
    case = watched.start("watched", now)
    suspend(watched, case, now)
    with pytest.raises(cases.CaseSuspended):
        watched.complete(case, now)
    with pytest.raises(cases.CaseSuspended):
        suspend(watched, case, now)
    resume(watched, case, now)
    with pytest.raises(suspension.NotSuspended):
        resume(watched, case, now)
    watched.complete(case, now)
    with pytest.raises(cases.CaseClosed):
        suspend(watched, case, now)


def test_a_form_that_was_open_meanwhile_can_still_be_sent(watched: House, now: datetime) -> None:
    case = watched.start("watched", now)
    version = watched.task(case).version
    suspend(watched, case, now)
    resume(watched, case, now + YEAR)
    assert watched.task(case).version == version


def test_a_message_that_comes_meanwhile_is_delivered_when_the_case_goes_on(watched: House, now: datetime) -> None:
    case = watched.start("waiter", now, plot="A")
    suspend(watched, case, now)
    with watched.uow.begin() as tx:
        assert messages.correlate(tx, watched.runtime, "word", "A", {"said": "yes"}, BY, now) == []
    with watched.database.across_tenants() as session:
        assert messages.due(session, now + YEAR) == []
    resume(watched, case, now + YEAR)
    assert watched.task(case).context["said"] == "yes"
    with watched.uow.view() as tx:
        assert tx.session.scalars(select(Parcel)).all() == []


def test_a_call_is_not_made_meanwhile_and_made_at_once_afterwards(watched: House, now: datetime) -> None:
    case = watched.start("fragile", now)
    suspend(watched, case, now)
    assert jobs.run_due(watched.database, watched.runtime, now + YEAR) == 0
    watched.sent.clear()
    resume(watched, case, now + YEAR)
    ((_, job),) = watched.sent
    assert jobs.perform(watched.database, watched.runtime, watched.tenant, job, now + YEAR) is jobs.Performed.DONE


def test_the_answer_of_a_call_under_way_when_the_case_was_halted_is_asked_for_again(
    watched: House, now: datetime
) -> None:
    case = watched.start("fragile", now)
    with watched.uow.view() as tx:
        (job,) = tx.session.scalars(select(Job))

    def halted() -> dict[str, bool]:
        suspend(watched, case, now)
        watched.flaky.then = lambda: {"got": True}
        return {"got": False}

    watched.flaky.then = halted
    perform = jobs.perform(watched.database, watched.runtime, watched.tenant, JobId(job.id), now)
    assert perform is jobs.Performed.DROPPED
    resume(watched, case, now)
    assert jobs.perform(watched.database, watched.runtime, watched.tenant, JobId(job.id), now) is jobs.Performed.DONE
    assert watched.task(case).context["got"] is True
    assert len({key for key, _ in watched.flaky.made}) == 1


def test_a_timer_armed_by_hand_meanwhile_keeps_all_of_its_time(watched: House, now: datetime) -> None:
    case = watched.start("watched", now)
    suspend(watched, case, now)
    with watched.uow.begin() as tx:
        (decide,) = (one.token for one in by_hand.tokens(tx, watched.runtime, case) if not one.listens)
        again = Modify((decide,), (StartBefore("decide"),))
        by_hand.move(tx, watched.runtime, case, again, BY, now + timedelta(days=3))
    resume(watched, case, now + YEAR)
    with watched.uow.view() as tx:
        (timer,) = tx.session.scalars(select(Timer))
        assert timer.due_at == now + YEAR + timedelta(days=14)
    assert watched.task(case).due_at == now + YEAR + timedelta(days=10)


def test_a_suspended_case_can_be_cancelled(watched: House, now: datetime) -> None:
    case = watched.start("waiter", now, plot="A")
    suspend(watched, case, now)
    with watched.uow.begin() as tx:
        messages.correlate(tx, watched.runtime, "word", "A", {}, BY, now)
        cases.cancel(tx, watched.runtime, case, BY, now)
    assert (watched.case(case).state, watched.case(case).suspended_at) == ("closed", None)
    with watched.uow.view() as tx:
        assert tx.session.scalars(select(Parcel)).all() == []
        assert tx.session.scalars(select(Subscription)).all() == []


def test_history_says_who_halted_it_and_when_it_went_on(watched: House, now: datetime) -> None:
    case = watched.start("watched", now)
    suspend(watched, case, now)
    resume(watched, case, now + YEAR)
    with watched.uow.view() as tx:
        lines = [line for line in queries.history(tx, case) if "suspend" in line.kind or "resume" in line.kind]
    assert [(line.kind, line.actor) for line in lines] == [("case-suspended", "Test"), ("case-resumed", "Test")]
    assert lines[1].data["since"] == now.isoformat()


def test_rows_and_engine_agree_about_timers_after_a_suspension(watched: House, now: datetime) -> None:
    case = watched.start("watched", now)
    suspend(watched, case, now)
    resume(watched, case, now + YEAR)
    with watched.uow.view() as tx:
        (timer,) = tx.session.scalars(select(Timer))
        (listener,) = (one for one in by_hand.tokens(tx, watched.runtime, case) if one.listens)
    assert (timer.token, timer.due_at) == (listener.token, listener.due_at)
