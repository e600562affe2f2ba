"""Why a case waits: every kind of wait is named, and what the reason names ends it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from akta.ids import CaseId, IncidentId, JobId, TokenId
from akta.subjects import system
from bpmn.values import Value
from storage.cases import Case
from storage.tasks import Choice
from storage.unit_of_work import Transaction
from tasks import jobs
from tests.workflows import toys
from tests.workflows.house import BY, House
from workflows import _round, by_hand, cases, deadlines, incidents, messages, suspension, timers, waits
from workflows.engine.commands import CompleteTask, Modify, StartPart
from workflows.handlers import CannotSucceed
from workflows.waits import Act, ClockState, Kind, Reason


def reasons(house: House, case: CaseId, now: datetime) -> list[Reason]:
    with house.uow.view() as tx:
        return waits.reasons(tx, case, now)


def only(house: House, case: CaseId, now: datetime, kind: Kind) -> Reason:
    (found,) = [reason for reason in reasons(house, case, now) if reason.kind is kind]
    return found


def stalled(house: House) -> Sequence[Case]:
    with house.uow.view() as tx:
        return waits.stalled(tx, house.visibility, system(house.tenant))


def at_a_task(house: House, now: datetime) -> CaseId:
    house.deploy(toys.watched(), now=now)
    return house.start("watched", now)


def at_a_call(house: House, now: datetime) -> CaseId:
    house.deploy(toys.fragile(), now=now)
    return house.start("fragile", now)


def at_a_timer(house: House, now: datetime) -> CaseId:
    house.deploy(toys.patient(), now=now)
    return house.start("patient", now)


def at_a_message(house: House, now: datetime) -> CaseId:
    house.deploy(toys.waiter(), now=now)
    return house.start("waiter", now, plot="A")


def at_a_called_process(house: House, now: datetime) -> CaseId:
    house.deploy(toys.waiter(), toys.caller(), now=now)
    return house.start("caller", now, plot="A")


def at_a_signal(house: House, now: datetime) -> CaseId:
    house.deploy(toys.signalled(), now=now)
    return house.start("signalled", now)


def at_an_incident(house: House, now: datetime) -> CaseId:
    def fail() -> Mapping[str, Value]:
        house.flaky.then = lambda: {"got": True}
        raise CannotSucceed("the line is dead")

    house.flaky.then = fail
    case = at_a_call(house, now)
    jobs.run_due(house.database, house.runtime, now)
    return case


def suspended(house: House, now: datetime) -> CaseId:
    case = at_a_task(house, now)
    with house.uow.begin() as tx:
        suspension.suspend(tx, case, BY, now)
    return case


def with_its_clock_stopped(house: House, now: datetime) -> CaseId:
    from workflows import calendars

    case = at_a_timer(house, now)
    with house.uow.begin() as tx:
        calendars.keep(tx, calendars.Kept("cz", grounds={"asked": "The applicant was asked"}))
        deadlines.stop(tx, _uuid(only_clock(house, case, now)), "asked", BY, now)
    return case


def only_clock(house: House, case: CaseId, now: datetime) -> Reason:
    return only(house, case, now, Kind.TIMER)


def at_a_delivery(house: House, now: datetime) -> CaseId:
    case = at_a_message(house, now)
    with house.uow.begin() as tx:
        tx.session.info[_round._LEFT] = 0
        messages.correlate(tx, house.runtime, "word", "A", {}, BY, now)
    return case


def at_a_condition(house: House, now: datetime) -> CaseId:
    house.deploy(toys.conditional(), now=now)
    return house.start("conditional", now)


def at_a_choice(house: House, now: datetime) -> CaseId:
    house.deploy(toys.choosy(), now=now)
    return house.start("choosy", now, crew=["field"])


def nowhere(house: House, now: datetime) -> CaseId:
    house.deploy(toys.starved(), now=now)
    return house.start("starved", now)


def perform(house: House, case: CaseId, reason: Reason, now: datetime) -> None:
    """Do what the reason says."""
    target = reason.target
    with house.uow.begin() as tx:
        match reason.act:
            case Act.COMPLETE_TASK:
                task = next(task for task in house.tasks(case) if task.id == target)
                cases.advance(tx, house.runtime, case, CompleteTask(TokenId(task.token)), BY, now)
            case Act.SET_DUE:
                deadlines.set_due(tx, house.runtime, _uuid(reason), now, BY, now)
            case Act.START_CLOCK:
                deadlines.start(tx, house.runtime, _uuid(reason), BY, now)
            case Act.SEND_MESSAGE:
                key = reason.values["correlation_key"]
                messages.correlate(tx, house.runtime, reason.values["name"], key, {}, BY, now)
            case Act.SEND_SIGNAL:
                messages.broadcast(tx, house.runtime, reason.values["name"], {}, BY, now)
            case Act.SET_VARIABLES:
                by_hand.set_variables(tx, house.runtime, case, {"ready": True}, BY, now)
            case Act.START_PART:
                cases.advance(tx, house.runtime, case, StartPart(TokenId(_choice(tx, reason).token), "visit"), BY, now)
            case Act.RETRY_INCIDENT:
                incidents.retry(tx, house.runtime, IncidentId(_uuid(reason)), BY, now)
            case Act.RESUME_CASE:
                suspension.resume(tx, house.runtime, case, BY, now)
            case Act.MOVE_TOKEN:
                standing = by_hand.tokens(tx, house.runtime, case)
                stuck = [one.token for one in standing if one.place.element == reason.element]
                by_hand.move(tx, house.runtime, case, Modify(cancel=tuple(stuck)), BY, now)
    jobs.run_due(house.database, house.runtime, now)
    tick(house, now)


def tick(house: House, now: datetime) -> None:
    with house.database.across_tenants() as session:
        due, parcels = timers.due(session, now), messages.due(session, now)
    for timer in due:
        timers.fire(house.uow, house.runtime, timer, now)
    for parcel in parcels:
        messages.relay(house.uow, house.runtime, parcel, now)


def _choice(tx: Transaction, reason: Reason) -> Choice:
    return tx.get(Choice, _uuid(reason))


def _uuid(reason: Reason) -> UUID:
    assert reason.target is not None
    return reason.target


@pytest.mark.parametrize(
    ("make", "kind", "act"),
    [
        (at_a_task, Kind.TASK, Act.COMPLETE_TASK),
        (at_a_call, Kind.CALL, Act.RUN_CALL),
        (at_a_timer, Kind.TIMER, Act.SET_DUE),
        (at_a_message, Kind.MESSAGE, Act.SEND_MESSAGE),
        (at_a_called_process, Kind.MESSAGE, Act.SEND_MESSAGE),
        (at_a_signal, Kind.SIGNAL, Act.SEND_SIGNAL),
        (at_an_incident, Kind.INCIDENT, Act.RETRY_INCIDENT),
        (at_a_delivery, Kind.DELIVERY, Act.WAIT),
        (at_a_condition, Kind.CONDITION, Act.SET_VARIABLES),
        (at_a_choice, Kind.PARTS, Act.START_PART),
        (nowhere, Kind.NOTHING, Act.MOVE_TOKEN),
    ],
)
def test_what_a_reason_names_moves_the_token(
    make: Callable[[House, datetime], CaseId], kind: Kind, act: Act, house: House, now: datetime
) -> None:
    case = make(house, now)
    found = only(house, case, now, kind)
    assert (found.act, found.since in (None, now)) == (act, True)
    before = by_hand_places(house, case)
    perform(house, case, found, now)
    assert by_hand_places(house, case) != before


def by_hand_places(house: House, case: CaseId) -> list[tuple[str, str]]:
    with house.uow.view() as tx:
        return [(one.place.bundle, one.place.element) for one in by_hand.tokens(tx, house.runtime, case)]


@pytest.mark.parametrize(
    ("make", "kind", "act"),
    [(suspended, Kind.SUSPENDED, Act.RESUME_CASE), (with_its_clock_stopped, Kind.TIMER, Act.START_CLOCK)],
)
def test_what_somebody_halted_goes_on_by_what_the_reason_names(
    make: Callable[[House, datetime], CaseId], kind: Kind, act: Act, house: House, now: datetime
) -> None:
    case = make(house, now)
    found = only(house, case, now, kind)
    assert found.act is act
    later = now + timedelta(days=30)
    perform(house, case, found, later)
    after = reasons(house, case, later)
    assert {reason.clock.state for reason in after if reason.clock} == {ClockState.RUNNING}
    assert house.case(case).state != "closed"


def test_a_join_waits_for_what_the_other_reasons_name(house: House, now: datetime) -> None:
    house.deploy(toys.forked(), now=now)
    case = house.start("forked", now)
    assert [(one.kind, one.element) for one in reasons(house, case, now)] == [
        (Kind.TASK, "think"),
        (Kind.BRANCHES, "join"),
    ]
    perform(house, case, reasons(house, case, now)[0], now)
    assert reasons(house, case, now) == []
    assert house.case(case).outcome == "end"


def test_only_what_nothing_can_move_is_stalled(house: House, now: datetime) -> None:
    def fail() -> Mapping[str, Value]:
        raise CannotSucceed("the line is dead")

    house.flaky.then = fail
    for make in (at_a_timer, at_a_called_process, at_a_signal, at_a_call, at_a_choice, suspended):
        make(house, now)
    lost, until = nowhere(house, now), at_a_condition(house, now)
    assert [case.id for case in stalled(house)] == [lost, until]
    jobs.run_due(house.database, house.runtime, now)
    assert [case.id for case in stalled(house)] == [lost, until]
    perform(house, lost, only(house, lost, now, Kind.NOTHING), now)
    perform(house, until, only(house, until, now, Kind.CONDITION), now)
    assert stalled(house) == []


def test_a_condition_beside_the_flow_is_named_as_such(house: House, now: datetime) -> None:
    case = at_a_condition(house, now)
    assert only(house, case, now, Kind.CONDITION).about == "ready = true"
    perform(house, case, only(house, case, now, Kind.CONDITION), now)
    task, beside = reasons(house, case, now)
    assert (task.kind, beside.kind, beside.element, beside.beside) == (Kind.TASK, Kind.CONDITION, "no-longer", True)
    with house.uow.begin() as tx:
        by_hand.set_variables(tx, house.runtime, case, {"ready": False}, BY, now)
    assert house.case(case).outcome == "dropped"


def test_a_choice_is_for_the_groups_of_its_parts_and_stays_while_one_is_in_work(house: House, now: datetime) -> None:
    case = at_a_choice(house, now)
    choice = only(house, case, now, Kind.PARTS)
    assert (choice.groups, choice.beside) == (("field", toys.GROUP, "metering"), False)
    perform(house, case, choice, now)
    assert [(one.kind, one.beside) for one in reasons(house, case, now)] == [(Kind.TASK, False), (Kind.PARTS, True)]


def test_a_reason_says_who_can_act_since_when_and_how_much_time_is_left(house: House, now: datetime) -> None:
    case = at_a_task(house, now)
    later = now + timedelta(days=4)
    task, silence = reasons(house, case, later)
    assert (task.audience, task.groups, task.assignee, task.since) == ("staff", (toys.GROUP,), "", now)
    assert task.clock is not None
    assert task.clock.left == timedelta(days=6)
    assert (silence.kind, silence.element, silence.beside) == (Kind.TIMER, "silence", True)
    assert silence.clock is not None
    assert silence.clock.left == timedelta(days=10)


def test_the_clock_of_a_suspended_case_shows_the_time_it_had_left(house: House, now: datetime) -> None:
    case = suspended(house, now)
    clocks = [reason.clock for reason in reasons(house, case, now + timedelta(days=400)) if reason.clock]
    assert [(clock.state, clock.left.days) for clock in clocks] == [
        (ClockState.SUSPENDED, 10),
        (ClockState.SUSPENDED, 14),
    ]


def test_another_utility_sees_nothing_stalled(house: House, other_tenant: object, now: datetime) -> None:
    nowhere(house, now)
    stranger = House(house.database, other_tenant)  # type: ignore[arg-type]
    assert stalled(stranger) == []


def test_a_job_id_is_what_runs_it(house: House, now: datetime) -> None:
    case = at_a_call(house, now)
    found = only(house, case, now, Kind.CALL)
    assert jobs.perform(house.database, house.runtime, house.tenant, JobId(_uuid(found)), now) is jobs.Performed.DONE
