"""The tick: due timers fire, lost jobs are sent again, one process at a time."""

from datetime import datetime, timedelta
from threading import Event

import pytest
from sqlalchemy import select

from akta.clock import SetClock
from akta.ids import JobId
from documents import uploads
from storage.files.folder import FolderFiles
from storage.jobs import Job, Lease
from tasks import jobs, tick
from tasks.jobs import RESEND
from tasks.tick import LEASE, Tick, Ticked
from tests.documents import samples
from tests.workflows import toys
from tests.workflows.house import BY, House


@pytest.fixture
def waiting(house: House, now: datetime) -> House:
    house.deploy(toys.patient(), toys.permit(), now=now)
    return house


def once(house: House, at: datetime, me: str = "me") -> Ticked | None:
    return tick.once(house.database, house.runtime, me, at)


def test_a_pass_fires_due_timers(waiting: House, now: datetime) -> None:
    case_id = waiting.start("patient", now)
    assert once(waiting, now) == Ticked(0, 0)
    assert once(waiting, now + timedelta(days=3)) == Ticked(1, 0)
    assert waiting.case(case_id).outcome == "waited"
    assert once(waiting, now + timedelta(days=3)) == Ticked(0, 0)


def test_a_pass_that_could_not_fire_all_says_that_there_is_more(waiting: House, now: datetime) -> None:
    for _ in range(3):
        waiting.start("patient", now)
    later = now + timedelta(days=3)
    passes = [tick.once(waiting.database, waiting.runtime, "me", later, limit=2) for _ in range(3)]
    assert passes == [Ticked(2, 0, more=True), Ticked(1, 0), Ticked(0, 0)]


def test_a_job_that_was_lost_is_sent_again_but_not_at_every_pass(waiting: House, now: datetime) -> None:
    waiting.start("permit", now, plot="A")
    waiting.sent.clear()
    assert once(waiting, now + timedelta(seconds=5)) == Ticked(0, 0)
    assert once(waiting, now + RESEND) == Ticked(0, 1)
    assert once(waiting, now + RESEND + timedelta(seconds=5)) == Ticked(0, 0)
    assert once(waiting, now + 2 * RESEND) == Ticked(0, 1)
    assert len(waiting.sent) == 2


def test_a_broken_broker_is_tried_again_by_the_tick(waiting: House, now: datetime) -> None:
    def broken(_tenant: object, _job: object) -> None:
        raise ConnectionError("no broker")

    object.__setattr__(waiting.runtime, "send", broken)
    waiting.start("permit", now, plot="A")
    assert once(waiting, now + RESEND) == Ticked(0, 0)
    object.__setattr__(waiting.runtime, "send", lambda tenant, job: waiting.sent.append((tenant, job)))
    assert once(waiting, now + 2 * RESEND) == Ticked(0, 1)


def test_a_job_somebody_has_is_not_sent(waiting: House, now: datetime) -> None:
    waiting.start("permit", now, plot="A")
    with waiting.uow.view() as tx:
        job = JobId(tx.session.scalars(select(Job.id)).one())
    jobs.claim(waiting.uow, job, now)
    assert once(waiting, now + RESEND) == Ticked(0, 0)
    assert once(waiting, now + jobs.LEASE) == Ticked(0, 1)


def test_one_process_ticks_at_a_time(waiting: House, now: datetime) -> None:
    assert once(waiting, now) is not None
    assert once(waiting, now, "other") is None
    assert once(waiting, now + LEASE - timedelta(seconds=1)) is not None
    assert once(waiting, now + LEASE, "other") is None
    assert once(waiting, now + 2 * LEASE, "other") is not None
    assert once(waiting, now + 2 * LEASE) is None
    tick.release(waiting.database, "other")
    assert once(waiting, now + 2 * LEASE) is not None


def test_the_thread_ticks_until_it_is_stopped_and_gives_the_lease_back(
    waiting: House, files: FolderFiles, now: datetime
) -> None:
    case_id = waiting.start("patient", now)
    beaten = Event()
    clock = SetClock(now + timedelta(days=3))
    thread = Tick(waiting.database, waiting.runtime, clock, every=0.01, files=files, beat=beaten.set)
    thread.start()
    assert beaten.wait(10)
    thread.stop()
    assert not thread.is_alive()
    assert waiting.case(case_id).outcome == "waited"
    with waiting.database.across_tenants() as session:
        assert session.scalars(select(Lease)).all() == []


def test_uploads_whose_form_never_came_are_tidied_away(waiting: House, files: FolderFiles, now: datetime) -> None:
    for at in (now - timedelta(days=2), now):
        received = uploads.receive(files, [samples.png()], "plot.png")
        with waiting.uow.begin() as tx:
            uploads.keep(tx, received, "photos", "mine", at, BY)
    assert tick.tidy(waiting.database, files, now) == 1
    assert tick.tidy(waiting.database, files, now) == 0
    assert len(list(files.list())) == 1


def test_every_process_has_a_name_of_its_own() -> None:
    assert tick.owner() != tick.owner()
    assert len(tick.owner()) <= 80
