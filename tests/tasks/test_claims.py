"""Claiming, releasing, completing: by whom, once, and who is told what."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from akta.errors import Conflict, NotFound
from akta.ids import CaseId, TaskId
from akta.subjects import Door, Kind, Subject
from documents import uploads
from storage.cases import HistoryEntry
from storage.documents import DocumentRow
from storage.files import Files
from storage.unit_of_work import ChangedMeanwhile
from tasks import claims, jobs, views
from tasks._doors import NotYours, Part
from tasks.claims import DoneAlready, Gone, NotClaimed, Submitted, Taken
from tasks.desk import Desk, Unacceptable
from tests.documents import samples
from tests.workflows.house import BY, House, link_holder
from workflows import cases, queries

GRANT = Submitted({"verdict": ["grant"], "note": ["a private remark"]})
ASK = Submitted({"verdict": ["ask"]})


@pytest.fixture
def petr(town: House, now: datetime) -> Subject:
    return town.subject("Petr Vzorový", now, "front-desk")


@pytest.fixture
def eva(town: House, now: datetime) -> Subject:
    return town.subject("Eva Ukázková", now, "front-desk")


@pytest.fixture
def case_id(town: House, now: datetime) -> CaseId:
    """A case that waits for a clerk's review."""
    jana = town.person("Jana Ukázková", "jana@example.org")
    case = town.start("permit", now, jana, plot="A 7")
    jobs.run_due(town.database, town.runtime, now)
    return case


def take(house: House, desk: Desk, subject: Subject, case: CaseId, now: datetime) -> int:
    return claims.claim(house.uow, desk, subject, Door.PAGE, house.task_id(case), now)


def do(house: House, desk: Desk, who: Subject, task: TaskId, sent: Submitted, now: datetime) -> claims.Completed:
    return claims.complete(house.uow, desk, who, Door.PAGE, task, sent, now)


def test_a_clerk_claims_and_completes(town: House, desk: Desk, petr: Subject, case_id: CaseId, now: datetime) -> None:
    task = town.task_id(case_id)
    assert take(town, desk, petr, case_id, now) == 2
    done = do(town, desk, petr, task, GRANT, now)
    assert (done.case_id, done.next_task, done.case_closed) == (case_id, None, False)
    (row,) = town.tasks(case_id, "completed")
    assert (row.ended_by, row.ended_at) == (petr.account, now)
    with town.uow.view() as tx:
        entries = tx.session.scalars(select(HistoryEntry).order_by(HistoryEntry.number)).all()
        by_clerk = [entry for entry in entries if entry.actor_account == petr.account]
        assert [entry.kind for entry in by_clerk] == ["task-claimed", "task-completed"]
        completed = by_clerk[-1]
        assert (completed.actor_name, completed.actor_role, completed.door) == ("Petr Vzorový", "front-desk", "page")
        given = {"verdict": "grant", "note": "a private remark"}
        assert completed.personal == {"answers": given, "given": {"variables": given}}
        assert "private" not in str(completed.data)


def test_a_clerk_completes_only_what_they_claimed(
    town: House, desk: Desk, petr: Subject, eva: Subject, case_id: CaseId, now: datetime
) -> None:
    task = town.task_id(case_id)
    with pytest.raises(NotClaimed):
        do(town, desk, petr, task, GRANT, now)
    take(town, desk, petr, case_id, now)
    with pytest.raises(Taken) as taken:
        do(town, desk, eva, task, GRANT, now)
    assert taken.value.params == {"name": "Petr Vzorový"}


def test_one_task_has_one_assignee(
    town: House, desk: Desk, petr: Subject, eva: Subject, case_id: CaseId, now: datetime
) -> None:
    version = take(town, desk, petr, case_id, now)
    assert take(town, desk, petr, case_id, now) == version
    with pytest.raises(Taken):
        take(town, desk, eva, case_id, now)
    with pytest.raises(NotYours):
        claims.release(town.uow, desk, eva, Door.PAGE, town.task_id(case_id), now)
    claims.release(town.uow, desk, petr, Door.PAGE, town.task_id(case_id), now)
    take(town, desk, eva, case_id, now)
    assert town.task(case_id).assignee_id == eva.account


def test_only_candidate_groups_and_supervision_claim(
    town: House, desk: Desk, petr: Subject, case_id: CaseId, now: datetime
) -> None:
    metering = town.subject("Otto Měřič", now, "metering")
    with pytest.raises(NotFound):
        take(town, desk, metering, case_id, now)
    supervisor = town.subject("Sára Dohledová", now, "supervision")
    take(town, desk, petr, case_id, now)
    claims.release(town.uow, desk, supervisor, Door.PAGE, town.task_id(case_id), now)
    take(town, desk, supervisor, case_id, now)
    assert town.task(case_id).assignee_id == supervisor.account


def test_a_stale_form_is_refused(town: House, desk: Desk, petr: Subject, case_id: CaseId, now: datetime) -> None:
    take(town, desk, petr, case_id, now)
    with pytest.raises(ChangedMeanwhile):
        do(town, desk, petr, town.task_id(case_id), Submitted({"verdict": ["grant"]}, version=1), now)
    do(town, desk, petr, town.task_id(case_id), Submitted({"verdict": ["grant"]}, version=2), now)


def test_a_second_completion_is_told_who_was_faster(
    town: House, desk: Desk, petr: Subject, eva: Subject, case_id: CaseId, now: datetime
) -> None:
    task = town.task_id(case_id)
    take(town, desk, petr, case_id, now)
    do(town, desk, petr, task, ASK, now)
    for late in (petr, eva):
        with pytest.raises(DoneAlready) as faster:
            do(town, desk, late, task, GRANT, now)
        assert faster.value.params == {"name": "Petr Vzorový", "at": now}


def test_a_task_the_case_left_behind_is_gone(
    town: House, desk: Desk, petr: Subject, case_id: CaseId, now: datetime
) -> None:
    task = town.task_id(case_id)
    with town.uow.begin() as tx:
        cases.cancel(tx, town.runtime, case_id, BY, now)
    with pytest.raises(Gone):
        claims.claim(town.uow, desk, petr, Door.PAGE, task, now)


def test_wrong_answers_are_refused_with_a_sentence_each(
    town: House, desk: Desk, petr: Subject, case_id: CaseId, now: datetime
) -> None:
    take(town, desk, petr, case_id, now)
    with pytest.raises(Unacceptable) as wrong:
        do(town, desk, petr, town.task_id(case_id), Submitted({"verdict": ["perhaps"], "note": ["kept"]}), now)
    assert set(wrong.value.fields) == {"verdict"}
    assert wrong.value.shown["note"] == "kept"
    assert town.task(case_id).state == "open"


def together(*acts: Callable[[], object]) -> list[Exception | None]:
    """Run at once, each in a thread of its own; what each raised."""
    ready, raised = Barrier(len(acts)), [None] * len(acts)

    def run(number: int, act: Callable[[], object]) -> None:
        ready.wait()
        try:
            act()
        except Exception as failure:
            raised[number] = failure  # type: ignore[call-overload]

    threads = [Thread(target=run, args=item) for item in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return list(raised)


def test_of_two_clerks_at_once_exactly_one_claims(
    town: House, desk: Desk, petr: Subject, eva: Subject, case_id: CaseId, now: datetime
) -> None:
    raised = together(*(lambda who=who: take(town, desk, who, case_id, now) for who in (petr, eva)))
    (loser,) = [failure for failure in raised if failure is not None]
    assert isinstance(loser, Taken)
    assert town.task(case_id).assignee_id in (petr.account, eva.account)


def test_of_two_completions_at_once_exactly_one_wins(
    town: House, desk: Desk, petr: Subject, case_id: CaseId, now: datetime
) -> None:
    take(town, desk, petr, case_id, now)
    task = town.task_id(case_id)
    raised = together(*(lambda: do(town, desk, petr, task, ASK, now) for _ in range(3)))
    losers = [failure for failure in raised if failure is not None]
    assert len(losers) == 2
    assert all(isinstance(loser, DoneAlready | Conflict) for loser in losers)
    assert [row.element for row in town.tasks(case_id)] == ["supplement"]


@pytest.fixture
def supplement(town: House, desk: Desk, petr: Subject, case_id: CaseId, now: datetime) -> TaskId:
    """The applicant is asked for more."""
    take(town, desk, petr, case_id, now)
    do(town, desk, petr, town.task_id(case_id), ASK, now)
    return town.task_id(case_id)


MORE = Submitted({"plot": ["B 2"]})


def test_the_applicant_answers_by_case_link(
    town: House, desk: Desk, case_id: CaseId, supplement: TaskId, now: datetime
) -> None:
    jana = link_holder(town, case_id, None)
    with town.uow.view() as tx:
        view = views.task_view(tx, desk, jana, supplement, now)
        assert (view.part, view.can_complete, view.can_claim) == (Part.APPLICANT, True, False)
        assert [field.key for field in view.fields] == ["plot", "photos"]
        assert view.fields[0].value == "A 7"
    do(town, desk, jana, supplement, MORE, now)
    assert town.task(case_id).element == "review"
    with town.uow.view() as tx:
        told = [line for line in queries.history(tx, case_id) if line.kind == "task-completed"][-1]
        assert (told.actor_kind, told.on_behalf_of) == ("case-link", None)


def test_only_whom_the_case_is_about_answers(
    town: House, desk: Desk, case_id: CaseId, supplement: TaskId, now: datetime
) -> None:
    other = town.start("permit", now, plot="C")
    stranger = town.subject("Cyril Cizí", now, kind=Kind.CUSTOMER)
    for who in (link_holder(town, other), stranger):
        with pytest.raises(NotFound):
            do(town, desk, who, supplement, MORE, now)


def test_the_front_desk_answers_on_behalf_of_the_applicant(
    town: House, desk: Desk, eva: Subject, case_id: CaseId, supplement: TaskId, now: datetime
) -> None:
    do(town, desk, eva, supplement, MORE, now)
    with town.uow.view() as tx:
        told = [line for line in queries.history(tx, case_id) if line.kind == "task-completed"][-1]
        assert told.on_behalf_of == town.case(case_id).person_id
        assert told.actor == "Eva Ukázková"


def upload(house: House, files: Files, key: str, now: datetime) -> str:
    received = uploads.receive(files, [samples.png()], "plot.png")
    with house.uow.begin() as tx:
        return str(uploads.keep(tx, received, "photos", key, now, BY).id)


def test_files_become_documents_of_the_case_and_variables_name_them(
    town: House, desk: Desk, case_id: CaseId, supplement: TaskId, files: Files, now: datetime
) -> None:
    sent = upload(town, files, "my key", now)
    submitted = Submitted({"plot": ["B 2"], "photos": [sent]}, upload_key="my key")
    do(town, desk, link_holder(town, case_id), supplement, submitted, now)
    with town.uow.view() as tx:
        known = queries.variables(tx, town.runtime.definitions, case_id)
        assert known["photos"] == [{"id": sent, "name": "plot.png"}]
        assert [row.case_id for row in tx.session.scalars(select(DocumentRow))] == [case_id]


@pytest.mark.parametrize("key", ["another's key", ""])
def test_files_of_another_sender_are_refused_and_nothing_is_done(
    town: House, desk: Desk, case_id: CaseId, supplement: TaskId, files: Files, now: datetime, key: str
) -> None:
    ids: Sequence[str] = [upload(town, files, "my key", now)]
    submitted = Submitted({"plot": ["B 2"], "photos": ids}, upload_key=key)
    with pytest.raises(uploads.NotUploaded):
        do(town, desk, link_holder(town, case_id), supplement, submitted, now)
    assert town.task(case_id).element == "supplement"
    with pytest.raises(uploads.NotUploaded):
        do(town, desk, link_holder(town, case_id), supplement, Submitted({"plot": ["B"], "photos": ["x"]}, key), now)


def test_after_a_completion_the_most_urgent_of_ones_own_comes_next(
    town: House, desk: Desk, petr: Subject, case_id: CaseId, now: datetime
) -> None:
    later = town.start("permit", now + timedelta(days=1), plot="L")
    jobs.run_due(town.database, town.runtime, now + timedelta(days=1))
    take(town, desk, petr, case_id, now)
    take(town, desk, petr, later, now)
    done = do(town, desk, petr, town.task_id(case_id), GRANT, now)
    assert done.next_task == town.task_id(later)


def test_after_the_last_of_ones_own_the_most_urgent_of_ones_groups_comes_next(
    town: House, desk: Desk, petr: Subject, case_id: CaseId, now: datetime
) -> None:
    later = town.start("permit", now + timedelta(days=1), plot="L")
    jobs.run_due(town.database, town.runtime, now + timedelta(days=1))
    take(town, desk, petr, case_id, now)
    done = do(town, desk, petr, town.task_id(case_id), GRANT, now)
    assert done.next_task == town.task_id(later)


def test_a_view_says_which_verbs_are_open(
    town: House, desk: Desk, petr: Subject, eva: Subject, case_id: CaseId, now: datetime
) -> None:
    def verbs(who: Subject) -> tuple[bool, bool, bool]:
        with town.uow.view() as tx:
            view = views.task_view(tx, desk, who, town.task_id(case_id), now)
            return view.can_claim, view.can_release, view.can_complete

    assert verbs(petr) == (True, False, False)
    take(town, desk, petr, case_id, now)
    assert verbs(petr) == (False, True, True)
    assert verbs(eva) == (False, False, False)
