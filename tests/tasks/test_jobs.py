"""Jobs: claimed once, performed behind a lease, retried, and shown as incidents when they cannot be done."""

import signal
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from akta.ids import CaseId, IncidentId, JobId
from bpmn.values import Value
from storage.cases import HistoryEntry
from storage.jobs import Job
from storage.people import Person
from storage.tenants import Tenant
from storage.unit_of_work import Transaction
from tasks import jobs
from tasks.jobs import BACK_OFF, LEASE, Performed
from tests.workflows import toys
from tests.workflows.house import ANY, BY, House
from workflows import cases, failures, incidents, queries, waits
from workflows.failures import Wanted
from workflows.handlers import BpmnError, CallContext, Handler


@pytest.fixture
def fragile(house: House, now: datetime) -> House:
    house.deploy(toys.fragile(), now=now)
    return house


def job(house: House) -> Job:
    with house.uow.view() as tx:
        return tx.session.scalars(select(Job).order_by(Job.id.desc())).first() or pytest.fail("there is no job")


def perform(house: House, at: datetime) -> Performed:
    return jobs.perform(house.database, house.runtime, house.tenant, JobId(job(house).id), at)


def kinds(house: House, case_id: CaseId) -> list[str]:
    with house.uow.view() as tx:
        return [line.kind for line in queries.history(tx, case_id)]


def test_a_job_is_sent_once_it_is_durable_and_performed_once(fragile: House, now: datetime) -> None:
    case_id = fragile.start("fragile", now)
    assert fragile.sent == [(fragile.tenant, job(fragile).id)]
    assert perform(fragile, now) is Performed.DONE
    assert perform(fragile, now) is Performed.SKIPPED
    assert len(fragile.flaky.made) == 1
    assert fragile.task(case_id).element == "look"
    assert job(fragile).state == "done"


def test_a_failing_call_is_tried_again_and_then_waits_for_a_person(fragile: House, now: datetime) -> None:
    def fail() -> Mapping[str, Value]:
        raise OSError("the line is dead, password=hunter2")

    fragile.flaky.then = fail
    case_id = fragile.start("fragile", now)
    at = now
    for wait in BACK_OFF[:2]:
        assert perform(fragile, at) is Performed.RETRY
        assert perform(fragile, at) is Performed.SKIPPED
        at += wait
    assert perform(fragile, at) is Performed.FAILED
    with fragile.uow.view() as tx:
        (incident,) = incidents.of_case(tx, case_id)
        assert incident.cause == "OSError: the line is dead, password=…"
        assert waits.reasons(tx, case_id, at)[0].kind is waits.Kind.INCIDENT
    assert kinds(fragile, case_id) == ["case-started", "call-failed", "call-failed", "incident-opened"]
    assert perform(fragile, at + timedelta(days=1)) is Performed.SKIPPED


def test_a_person_retries_an_incident_and_the_attempts_count_afresh(fragile: House, now: datetime) -> None:
    def fail() -> Mapping[str, Value]:
        raise OSError("the line is dead")

    fragile.flaky.then = fail
    case_id = fragile.start("fragile", now)
    at = now
    while perform(fragile, at) is not Performed.FAILED:
        at += timedelta(minutes=10)
    with fragile.uow.view() as tx:
        incident = IncidentId(incidents.of_case(tx, case_id)[0].id)
    with fragile.uow.begin() as tx:
        incidents.retry(tx, fragile.runtime, incident, BY, at)
    assert (job(fragile).attempts, job(fragile).state) == (0, "waiting")
    assert len(fragile.sent) == 2
    with pytest.raises(incidents.AlreadyResolved), fragile.uow.begin() as tx:
        incidents.retry(tx, fragile.runtime, incident, BY, at)
    fragile.flaky.then = lambda: {"got": True}
    assert perform(fragile, at) is Performed.DONE
    assert fragile.task(case_id).element == "look"
    with fragile.uow.view() as tx:
        assert incidents.of_case(tx, case_id) == []


def test_a_killed_worker_loses_its_lease_and_another_takes_the_job(fragile: House, now: datetime) -> None:
    fragile.start("fragile", now)
    assert jobs.claim(fragile.uow, JobId(job(fragile).id), now) is not None
    assert perform(fragile, now + LEASE - timedelta(seconds=1)) is Performed.SKIPPED
    assert perform(fragile, now + LEASE) is Performed.DONE
    assert len(fragile.flaky.made) == 1


def test_a_job_whose_worker_was_killed_in_the_middle_is_done_by_another(fragile: House, now: datetime) -> None:
    case_id = fragile.start("fragile", now)
    worker = (sys.executable, "-m", "tests.tasks.dying_worker", fragile.database.url, str(fragile.tenant))
    killed = subprocess.run((*worker, str(job(fragile).id), now.isoformat()), timeout=60, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert (job(fragile).state, job(fragile).attempts) == ("waiting", 1)
    assert perform(fragile, now) is Performed.SKIPPED
    assert perform(fragile, now + LEASE) is Performed.DONE
    assert fragile.task(case_id).element == "look"


def test_a_worker_that_dies_every_time_becomes_an_incident(fragile: House, now: datetime) -> None:
    case_id = fragile.start("fragile", now)
    at = now
    for _ in range(3):
        assert jobs.claim(fragile.uow, JobId(job(fragile).id), at) is not None
        at += LEASE
    assert perform(fragile, at) is Performed.FAILED
    with fragile.uow.view() as tx:
        assert incidents.of_case(tx, case_id)[0].cause.startswith("WorkerLost: the worker was lost 3 times")
    assert fragile.flaky.made == []


def test_the_late_answer_of_a_lost_worker_is_dropped(fragile: House, now: datetime) -> None:
    case_id = fragile.start("fragile", now)
    job_id = JobId(job(fragile).id)

    def slow() -> Mapping[str, Value]:
        fragile.flaky.then = lambda: {"got": True}
        later = jobs.perform(fragile.database, fragile.runtime, fragile.tenant, job_id, now + LEASE)
        assert later is Performed.DONE
        return {"got": False}

    fragile.flaky.then = slow
    assert perform(fragile, now) is Performed.DROPPED
    with fragile.uow.view() as tx:
        assert queries.variables(tx, fragile.runtime.definitions, case_id)["got"] is True
    assert len(fragile.tasks(case_id)) == 1


def test_the_answer_to_a_call_cancelled_meanwhile_is_dropped_and_told(fragile: House, now: datetime) -> None:
    case_id = fragile.start("fragile", now)

    def cancel_meanwhile() -> Mapping[str, Value]:
        with fragile.uow.begin() as tx:
            cases.cancel(tx, fragile.runtime, case_id, BY, now)
        return {"got": True}

    fragile.flaky.then = cancel_meanwhile
    assert perform(fragile, now) is Performed.DROPPED
    assert kinds(fragile, case_id)[-1] == "result-dropped"
    assert fragile.case(case_id).outcome == "cancelled"


def test_a_bpmn_error_goes_to_the_boundary_that_catches_it(fragile: House, now: datetime) -> None:
    def full() -> Mapping[str, Value]:
        raise BpmnError("FULL", "nothing is free")

    fragile.flaky.then = full
    case_id = fragile.start("fragile", now)
    assert perform(fragile, now) is Performed.DONE
    assert fragile.case(case_id).outcome == "overfull"
    assert "error-thrown" in kinds(fragile, case_id)


def test_an_error_nobody_catches_waits_for_a_person_who_calls_again(fragile: House, now: datetime) -> None:
    def odd() -> Mapping[str, Value]:
        raise BpmnError("ODD", "nobody knows this")

    fragile.flaky.then = odd
    case_id = fragile.start("fragile", now)
    assert perform(fragile, now) is Performed.DONE
    with fragile.uow.view() as tx:
        (incident,) = incidents.of_case(tx, case_id)
    with fragile.uow.begin() as tx:
        incidents.retry(tx, fragile.runtime, IncidentId(incident.id), BY, now)
    assert job(fragile).key.endswith(":2")
    fragile.flaky.then = lambda: {"got": True}
    assert perform(fragile, now) is Performed.DONE
    assert fragile.task(case_id).element == "look"


def test_a_local_handler_writes_in_the_transaction_that_resumes_the_case(house: House, now: datetime) -> None:
    house.deploy(toys.fragile("near"), now=now)
    case_id = house.start("fragile", now)

    def fail() -> Mapping[str, Value]:
        raise OSError("not now")

    house.flaky.then = fail
    assert perform(house, now) is Performed.RETRY
    house.flaky.then = lambda: {"got": True}
    assert perform(house, now + BACK_OFF[0]) is Performed.DONE
    assert house.task(case_id).element == "look"


def writing(error: type[Exception]) -> Handler:
    """A local handler that writes a row and then fails."""

    def write(tx: Transaction, _context: CallContext, _values: Mapping[str, Value]) -> Mapping[str, Value]:
        tx.add(Person(name="Half written"))
        raise error("FULL")

    return Handler("near", "Near", ANY, ANY, local=write)


@pytest.mark.parametrize(("error", "became"), [(BpmnError, Performed.DONE), (OSError, Performed.RETRY)])
def test_what_a_local_handler_wrote_before_failing_is_taken_back(
    fragile: House, now: datetime, error: type[Exception], became: Performed
) -> None:
    house = House(fragile.database, tenant_of(fragile), writing(error))
    house.deploy(toys.fragile("near"), now=now)
    house.start("fragile", now)
    assert perform(house, now) is became
    with house.uow.view() as tx:
        assert tx.session.scalars(select(Person)).all() == []


def tenant_of(house: House) -> Tenant:
    with house.uow.view() as tx:
        return tx.get(Tenant, house.tenant)


STRICT = {"type": "object", "properties": {"got": {"type": "string"}}, "required": ["got"]}


def test_a_call_with_wrong_data_is_an_incident_at_once_and_names_no_values(fragile: House, now: datetime) -> None:
    strict = Handler("flaky", "Flaky", STRICT, ANY, remote=fragile.flaky.remote)
    house = House(fragile.database, tenant_of(fragile), strict)
    case_id = house.start("fragile", now, got={"secret": "a secret"})
    assert perform(house, now) is Performed.FAILED
    with house.uow.view() as tx:
        (incident,) = incidents.of_case(tx, case_id)
    assert incident.cause.startswith("WrongShape: flaky takes: got breaks the rule")
    assert "a secret" not in incident.cause


def test_an_answer_of_the_wrong_shape_is_an_incident(fragile: House, now: datetime) -> None:
    strict = Handler("flaky", "Flaky", ANY, STRICT, remote=lambda _context, _values: {"got": True})
    house = House(fragile.database, tenant_of(fragile), strict)
    house.start("fragile", now)
    assert perform(house, now) is Performed.FAILED


def test_a_handler_that_is_not_there_is_an_incident(house: House, now: datetime) -> None:
    house.deploy(toys.fragile("nobody"), now=now)
    case_id = house.start("fragile", now)
    assert perform(house, now) is Performed.FAILED
    with house.uow.view() as tx:
        assert incidents.of_case(tx, case_id)[0].cause == "UnknownHandler: nobody"


def test_two_workers_at_once_perform_a_job_once(fragile: House, now: datetime) -> None:
    fragile.start("fragile", now)
    ready, became = Barrier(3), []

    def work() -> None:
        ready.wait()
        became.append(perform(fragile, now))

    threads = [Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(became) == [Performed.DONE, Performed.SKIPPED, Performed.SKIPPED]
    assert len(fragile.flaky.made) == 1


def test_incidents_are_shown_to_who_sees_the_case(house: House, now: datetime) -> None:
    house.deploy(toys.fragile("nobody"), now=now)
    case_id = house.start("fragile", now)
    perform(house, now)
    clerk, admin = (house.subject(group, now, group) for group in ("front-desk", "administration"))
    with house.uow.view() as tx:
        (shown,) = failures.opened(tx, house.visibility, clerk)
        assert (shown.case_id, shown.element, str(shown.cause)) == (case_id, "try", "UnknownHandler: nobody")
        assert failures.opened(tx, house.visibility, clerk, Wanted(CaseId(shown.id))) == []
        assert failures.opened(tx, house.visibility, admin) == []


def test_a_handler_is_told_what_it_must_be_idempotent_on(fragile: House, now: datetime) -> None:
    def fail() -> Mapping[str, Value]:
        raise OSError

    fragile.flaky.then = fail
    case_id = fragile.start("fragile", now)
    perform(fragile, now)
    perform(fragile, now + BACK_OFF[0])
    assert len({key for key, _ in fragile.flaky.made}) == 1
    assert fragile.flaky.made[0][0].startswith(str(case_id))


def test_every_line_about_a_job_has_an_actor(fragile: House, now: datetime) -> None:
    fragile.flaky.then = lambda: (_ for _ in ()).throw(OSError("no"))
    fragile.start("fragile", now)
    perform(fragile, now)
    with fragile.uow.view() as tx:
        entries = tx.session.scalars(select(HistoryEntry)).all()
    assert all(entry.actor_kind and entry.actor_name and entry.door for entry in entries)
