"""The real worker over real brokers: in this process on memory, and on Redis."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Event
from time import monotonic, sleep

import pytest
from sqlalchemy import select

from akta.ids import JobId, TenantId, new_id
from storage.jobs import Job
from tasks import jobs, jobs_celery
from tasks.jobs_celery import WorkerThread
from tests import services
from tests.workflows import toys
from tests.workflows.house import House

pytestmark = pytest.mark.slow


class Worked:
    """Performs jobs for a house and says when."""

    def __init__(self, house: House, now: datetime) -> None:
        self.house, self.now, self.done, self.times = house, now, Event(), 0

    def perform(self, tenant: TenantId, job: JobId) -> None:
        jobs.perform(self.house.database, self.house.runtime, tenant, job, self.now)
        self.times += 1
        self.done.set()


@pytest.fixture(params=["memory", "redis"])
def broker(request: pytest.FixtureRequest) -> str:
    if request.param == "memory":
        return jobs_celery.MEMORY
    url: str = request.getfixturevalue("redis_url")
    return url


@pytest.fixture
def worked(house: House, broker: str, now: datetime) -> Iterator[Worked]:
    """A worker thread that takes work, and a house that sends it there."""
    celery = jobs_celery.app(broker)
    worked = Worked(house, now)
    jobs_celery.serve(celery, worked.perform)
    object.__setattr__(house.runtime, "send", jobs_celery.Sender(celery))
    thread = WorkerThread(celery).begin()
    yield worked
    thread.finish()
    assert not thread.is_alive()
    celery.close()


def test_a_job_goes_through_the_broker_to_the_worker_and_the_case_goes_on(worked: Worked, now: datetime) -> None:
    worked.house.deploy(toys.permit(), now=now)
    case_id = worked.house.start("permit", now, plot="A 7")
    assert worked.done.wait(20)
    assert worked.house.task(case_id).element == "review"
    assert len(worked.house.stamps.made) == 1


def test_a_message_delivered_twice_performs_the_job_once(worked: Worked, now: datetime) -> None:
    worked.house.deploy(toys.permit(), now=now)
    worked.house.start("permit", now, plot="A 7")
    assert worked.done.wait(20)
    with worked.house.uow.view() as tx:
        job = JobId(tx.session.scalars(select(Job.id)).one())
    worked.done.clear()
    assert worked.house.runtime.send_now(worked.house.tenant, job)
    assert worked.done.wait(20)
    assert len(worked.house.stamps.made) == 1


@contextmanager
def forking(house: House, broker: str, now: datetime) -> Iterator[subprocess.Popen[str]]:
    """A worker process with two children; told to end at the end, as production does."""
    command = (sys.executable, "-m", "tests.tasks.forking_worker", house.database.url, broker, now.isoformat())
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
        try:
            assert worker.stdout is not None
            while worker.stdout.readline().strip() != "ready":
                assert worker.poll() is None, "the worker ended"
            yield worker
        finally:
            worker.terminate()
            worker.wait(30)


def until(wanted: Callable[[], bool], seconds: float = 30) -> bool:
    """Whether it comes true in time."""
    end = monotonic() + seconds
    while not wanted():
        if monotonic() > end:
            return False
        sleep(0.1)
    return True


def test_a_worker_that_forks_performs_many_jobs_each_once(house: House, redis_url: str, now: datetime) -> None:
    house.deploy(toys.permit(), now=now)
    object.__setattr__(house.runtime, "send", jobs_celery.Sender(jobs_celery.app(redis_url)))
    with forking(house, redis_url, now) as worker:
        cases = [house.start("permit", now, plot=f"A {number}") for number in range(12)]
        assert until(lambda: all(house.tasks(case) for case in cases))
    assert worker.returncode == 0
    with house.uow.view() as tx:
        assert set(tx.session.execute(select(Job.state, Job.attempts)).all()) == {("done", 1)}


def test_a_broker_that_is_not_there_is_given_up_quickly(house: House, now: datetime) -> None:
    object.__setattr__(house.runtime, "send", jobs_celery.Sender(jobs_celery.app("redis://127.0.0.1:1/0")))
    assert not house.runtime.send_now(house.tenant, JobId(new_id()))
    started = monotonic()
    assert not house.runtime.send_now(house.tenant, JobId(new_id()))
    assert monotonic() - started < 0.5


def test_a_broker_that_has_stopped_answering_is_given_up_in_time(house: House) -> None:
    with services.redis() as broker:
        send = jobs_celery.Sender(jobs_celery.app(broker.url, patience=0.5))
        object.__setattr__(house.runtime, "send", send)
        assert house.runtime.send_now(house.tenant, JobId(new_id()))
        broker.server.pause()
        started = monotonic()
        assert not house.runtime.send_now(house.tenant, JobId(new_id()))
        assert not house.runtime.send_now(house.tenant, JobId(new_id()))
        assert monotonic() - started < 2
        broker.server.go_on()


def test_the_settings_keep_a_job_until_it_is_done() -> None:
    conf = jobs_celery.app("redis://127.0.0.1:1/0").conf
    assert conf.task_acks_late
    assert conf.task_reject_on_worker_lost
    assert conf.task_ignore_result
    assert conf.worker_prefetch_multiplier == 1
    assert conf.accept_content == ["json"]
    assert not conf.task_always_eager
    assert conf.broker_transport_options["visibility_timeout"] > jobs_celery.HARD_LIMIT
    assert jobs.LEASE.total_seconds() > jobs_celery.HARD_LIMIT
