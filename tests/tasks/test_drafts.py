"""Drafts: what a clerk typed stays theirs until they complete the task, whoever else is faster."""

from datetime import datetime, timedelta

import pytest

from akta.errors import Forbidden, Invalid, NotFound
from akta.ids import CaseId, TaskId
from akta.subjects import Door, Subject
from storage.tasks import Task
from tasks import claims, drafts, inbox, jobs
from tasks.claims import Submitted
from tasks.desk import Desk
from tasks.inbox import Frame, Queue, Wanted
from tests.tasks.test_inbox import PRAGUE
from tests.workflows.house import House, link_holder

TYPED = {"verdict": ["grant"], "reason": ["Ž", ""], "empty": [""]}


@pytest.fixture
def petr(town: House, now: datetime) -> Subject:
    return town.subject("Petr Vzorový", now, "front-desk")


@pytest.fixture
def olga(town: House, now: datetime) -> Subject:
    return town.subject("Olga Kolegová", now, "front-desk")


@pytest.fixture
def task(town: House, petr: Subject, now: datetime) -> TaskId:
    town.start("permit", now, town.person("Jana"), plot="A 7")
    jobs.run_due(town.database, town.runtime, now)
    with town.uow.view() as tx:
        found = inbox.page(tx, Frame(town.visibility, petr, now, PRAGUE), Wanted(Queue.GROUPS))
    return found.rows[0].id


def case_of(town: House, task: TaskId) -> CaseId:
    with town.uow.view() as tx:
        return CaseId(tx.get(Task, task).case_id)


def found(town: House, who: Subject, task: TaskId) -> drafts.Kept | None:
    with town.uow.view() as tx:
        return drafts.find(tx, who, task)


def test_a_draft_is_kept_per_clerk_and_replaced_as_they_type(
    town: House, desk: Desk, petr: Subject, olga: Subject, task: TaskId, now: datetime
) -> None:
    drafts.keep(town.uow, desk, petr, task, TYPED, now)
    later = now + timedelta(minutes=1)
    drafts.keep(town.uow, desk, petr, task, {"reason": ["Ž1"]}, later)
    assert found(town, petr, task) == drafts.Kept({"reason": ["Ž1"]}, later)
    assert found(town, olga, task) is None


def test_completing_a_task_forgets_the_own_draft_and_keeps_that_of_a_colleague(
    town: House, desk: Desk, petr: Subject, olga: Subject, task: TaskId, now: datetime
) -> None:
    for clerk in (petr, olga):
        drafts.keep(town.uow, desk, clerk, task, TYPED, now)
    claims.claim(town.uow, desk, petr, Door.PAGE, task, now)
    claims.complete(town.uow, desk, petr, Door.PAGE, task, Submitted({"verdict": ["grant"]}), now)
    assert found(town, petr, task) is None
    kept = found(town, olga, task)
    assert kept is not None
    assert kept.answers == {"verdict": ["grant"], "reason": ["Ž", ""]}
    drafts.keep(town.uow, desk, olga, task, {"reason": ["more"]}, now)
    with town.uow.begin() as tx:
        drafts.drop(tx, olga, task)
    assert found(town, olga, task) is None


def test_drafts_are_for_those_who_may_do_the_task(
    town: House, desk: Desk, petr: Subject, task: TaskId, now: datetime
) -> None:
    stranger = town.subject("Otto Měřič", now, "metering")
    with pytest.raises(NotFound):
        drafts.keep(town.uow, desk, stranger, task, TYPED, now)
    with pytest.raises(Forbidden):
        drafts.keep(town.uow, desk, link_holder(town, case_of(town, task)), task, TYPED, now)


def test_a_draft_has_bounds(
    town: House, desk: Desk, petr: Subject, task: TaskId, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Invalid):
        drafts.keep(town.uow, desk, petr, task, {"reason": ["x" * (drafts.LONGEST + 1)]}, now)
    drafts.keep(town.uow, desk, petr, task, TYPED, now)
    monkeypatch.setattr(drafts, "LASTS", timedelta(0))
    other = drafts.keep(town.uow, desk, petr, task, {"reason": ["x"]}, now + timedelta(days=31))
    assert found(town, petr, task) == drafts.Kept({"reason": ["x"]}, other)
