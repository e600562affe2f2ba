"""Whatever people, workers, clocks and messages do to a case in whatever order, its rows say what its engine says."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from akta.errors import Conflict
from akta.ids import CaseId, IncidentId, TokenId, new_id
from akta.subjects import system
from bpmn.values import Value
from storage.cases import Case, CaseState, Incident, Parcel, Position, Subscription, Timer
from storage.database import Database
from storage.jobs import Job
from storage.tasks import Task
from storage.tenants import Tenant
from tasks import jobs
from tests.workflows import toys
from tests.workflows.house import BY, House
from workflows import by_hand, calendars, cases, deadlines, engine, incidents, messages, suspension, timers, waits
from workflows.engine.commands import CompleteTask, Modify, StartBefore
from workflows.handlers import CannotSucceed

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ELEMENTS = ("think", "try", "race", "ask", "last", "five-days", "nowhere")


class AnyOrder(RuleBasedStateMachine):
    """One case of the forest bundle under every kind of act."""

    house: House

    @initialize()
    def begin(self) -> None:
        self.database = self.house.database
        self.now, self.plot = START, new_id().hex
        self.case = self.house.start("forest", self.now, plot=self.plot)

    def goes_on(self) -> bool:
        return self.house.case(self.case).state != "closed"

    @rule(hours=st.integers(0, 60))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        with self.database.across_tenants() as session:
            due, parcels = timers.due(session, self.now), messages.due(session, self.now)
        for timer in due:
            timers.fire(self.database.unit_of_work(timer.tenant), self.house.runtime, timer, self.now)
        for parcel in parcels:
            messages.relay(self.database.unit_of_work(parcel.tenant), self.house.runtime, parcel, self.now)

    @rule(how=st.sampled_from(["well", "badly", "hopelessly"]))
    def calls_are_made(self, how: str) -> None:
        def answer() -> Mapping[str, Value]:
            if how == "badly":
                raise OSError("the line is dead")
            if how == "hopelessly":
                raise CannotSucceed("the line is dead")
            return {"got": True}

        self.house.flaky.then = answer
        jobs.run_due(self.database, self.house.runtime, self.now)

    @rule(data=st.data(), answer=st.sampled_from([True, False, None]))
    def a_clerk_completes_a_task(self, data: st.DataObject, answer: bool | None) -> None:
        opened = self.house.tasks(self.case)
        if opened:
            task = data.draw(st.sampled_from(opened))
            self._try(
                lambda tx: cases.advance(
                    tx,
                    self.house.runtime,
                    self.case,
                    CompleteTask(TokenId(task.token), {"answer": answer}),
                    BY,
                    self.now,
                )
            )

    @rule()
    def the_word_is_sent(self) -> None:
        hour = timedelta(hours=1)
        self._try(lambda tx: messages.correlate(tx, self.house.runtime, "word", self.plot, {}, BY, self.now, ttl=hour))

    @rule()
    def it_is_suspended_or_resumed(self) -> None:
        if self.house.case(self.case).suspended_at is None:
            self._try(lambda tx: suspension.suspend(tx, self.case, BY, self.now))
        else:
            self._try(lambda tx: suspension.resume(tx, self.house.runtime, self.case, BY, self.now))

    @rule(data=st.data())
    def a_clock_is_stopped_or_started(self, data: st.DataObject) -> None:
        clocks = self._rows(Timer)
        if clocks:
            timer = data.draw(st.sampled_from(clocks))
            if timer.stopped_at is None:
                self._try(lambda tx: deadlines.stop(tx, timer.id, "law", BY, self.now))
            else:
                self._try(lambda tx: deadlines.start(tx, self.house.runtime, timer.id, BY, self.now))

    @rule(data=st.data(), verb=st.sampled_from(["retry", "edit", "skip", "answer"]))
    def an_incident_is_handled(self, data: st.DataObject, verb: str) -> None:
        opened = [row for row in self._rows(Incident) if row.resolved_at is None]
        if not opened:
            return
        row, runtime = data.draw(st.sampled_from(opened)), self.house.runtime
        incident = IncidentId(row.id)
        match verb:
            case "retry":
                self._try(lambda tx: incidents.retry(tx, runtime, incident, BY, self.now))
            case "edit":
                values: dict[str, Value] = {"answer": True}
                self._try(lambda tx: incidents.retry(tx, runtime, incident, BY, self.now, values=values))
            case "skip":
                flow = "no" if row.element == "which" else ""
                self._try(lambda tx: incidents.skip(tx, runtime, incident, {}, BY, self.now, flow=flow))
            case "answer":
                self._try(lambda tx: incidents.answer(tx, runtime, incident, {"got": False}, BY, self.now))

    @rule(data=st.data(), element=st.sampled_from(ELEMENTS))
    def a_token_is_moved(self, data: st.DataObject, element: str) -> None:
        with self.house.uow.view() as tx:
            standing = [one.token for one in by_hand.tokens(tx, self.house.runtime, self.case) if not one.listens]
        if not standing:
            return
        move = Modify((data.draw(st.sampled_from(standing)),), (StartBefore(element),))

        def act(tx: Any) -> None:
            expected = by_hand.preview(tx, self.house.runtime, self.case, move, self.now)
            outcome = by_hand.move(tx, self.house.runtime, self.case, move, BY, self.now)
            assert expected.standing == (() if outcome.ended else outcome.positions)

        self._try(act)

    @precondition(lambda self: self.now > START + timedelta(days=20))
    @rule()
    def it_is_begun_again(self) -> None:
        def act(tx: Any) -> None:
            self.case = CaseId(by_hand.restart(tx, self.house.runtime, self.case, BY, self.now).id)

        self._try(act)

    @invariant()
    def rows_say_what_the_engine_says(self) -> None:
        if not self.goes_on():
            for kind in (Timer, Subscription, Parcel):
                assert [row for row in self._rows(kind)] == [] or kind is Parcel
            assert [row for row in self._rows(Task) if row.state == "open"] == []
            assert [row for row in self._rows(Job) if row.state in ("waiting", "failed")] == []
            assert [row for row in self._rows(Incident) if row.resolved_at is None] == []
            return
        case = self.house.case(self.case)
        with self.house.uow.view() as tx:
            tokens = by_hand.tokens(tx, self.house.runtime, self.case)
            state = tx.session.scalar(select(CaseState.content).where(CaseState.id == self.case))
            assert state is not None
            places = engine.places(self.house.runtime.definitions.for_case(tx, case), state)
        failed = {row.token for row in self._rows(Incident) if row.resolved_at is None}

        def waiting(kind: str) -> set[int]:
            return {one.token for one in tokens if one.waits_for == kind}

        assert waiting("task") == {row.token for row in self._rows(Task) if row.state == "open"}
        live = {row.token for row in self._rows(Job) if row.state == "waiting"}
        broken = {row.token for row in self._rows(Job) if row.state == "failed"}
        assert waiting("call") == live | broken
        assert broken <= failed
        assert waiting("stopped") <= failed
        assert waiting("message") == {row.token for row in self._rows(Subscription)}
        assert waiting("timer") == {row.token for row in self._rows(Timer)}
        assert Counter((one.bundle, one.element) for one in places) == Counter(
            (row.bundle, row.element) for row in self._rows(Position)
        )
        if case.suspended_at is None:
            due = {one.token: one.due_at for one in tokens if one.waits_for == "timer"}
            assert due == {row.token: row.due_at for row in self._rows(Timer)}

    @invariant()
    def nothing_stalls_in_silence(self) -> None:
        if not self.goes_on():
            return
        case = self.house.case(self.case)
        with self.house.uow.view() as tx:
            tokens = by_hand.tokens(tx, self.house.runtime, self.case)
            found = waits.stalled(tx, self.house.visibility, system(self.house.tenant))
            reasons = waits.reasons(tx, self.case, self.now)
        moving = [one for one in tokens if one.waits_for not in ("others", "inside") and not one.listens]
        moving += [one for one in tokens if one.waits_for == "timer"]
        held = case.suspended_at is not None or bool(self._rows(Parcel))
        assert (self.case in [one.id for one in found]) is (not moving and not held)
        assert reasons
        explained = {(one.process, one.element) for one in reasons}
        assert all((row.bundle, row.element) in explained for row in self._rows(Position))

    def _rows(self, kind: Any) -> list[Any]:
        with self.house.uow.view() as tx:
            return list(tx.session.scalars(select(kind).where(kind.case_id == self.case)))

    def _try(self, act: Any) -> None:
        """An act may be refused for a reason; it never breaks off, and then nothing has changed."""
        before = self._state()
        try:
            with self.house.uow.begin() as tx:
                act(tx)
        except Conflict:
            assert self._state() == before

    def _state(self) -> tuple[bytes | None, str]:
        with self.house.uow.view() as tx:
            state = tx.session.scalar(select(CaseState.content).where(CaseState.id == self.case))
            return state, tx.get(Case, self.case).state


@pytest.mark.slow
def test_rows_and_engine_agree_in_any_order_of_acts(database: Database, tenant: Tenant) -> None:
    house = House(database, tenant)
    house.deploy(toys.forest(), now=START)
    with house.uow.begin() as tx:
        calendars.keep(tx, calendars.Kept("cz", grounds={"law": "The law"}))
    machine = type("Machine", (AnyOrder,), {"house": house})
    run_state_machine_as_test(
        machine,
        settings=settings(max_examples=5, stateful_step_count=16, deadline=None, suppress_health_check=[*HealthCheck]),
    )
