"""What a person does to a running case by hand, with a preview, a reason, and a line of history."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from akta.ids import CaseId, IncidentId, TokenId, new_id
from akta.languages import unpacked
from bpmn.values import Value
from storage.cases import Case
from storage.documents import DocumentRow
from storage.unit_of_work import ChangedMeanwhile
from tasks import jobs
from tests.workflows import toys
from tests.workflows.house import BY, House
from workflows import by_hand, engine, incidents, messages, queries
from workflows.engine.commands import Modify, StartBefore
from workflows.handlers import BpmnError, CannotSucceed


@pytest.fixture
def town(house: House, now: datetime) -> House:
    bundles = (toys.fragile(), toys.stumbling(), toys.watched(), toys.permit(), toys.heralded(), toys.sloppy())
    house.deploy(*bundles, now=now)
    return house


def incident(house: House, case: CaseId) -> IncidentId:
    with house.uow.view() as tx:
        (found,) = incidents.of_case(tx, case)
        return IncidentId(found.id)


def failing(house: House, now: datetime) -> CaseId:
    def fail() -> Mapping[str, Value]:
        raise CannotSucceed("the line is dead")

    house.flaky.then = fail
    case = house.start("fragile", now, plot="A")
    jobs.run_due(house.database, house.runtime, now)
    house.flaky.then = lambda: {"got": True}
    return case


def kinds(house: House, case: CaseId) -> list[str]:
    with house.uow.view() as tx:
        return [line.kind for line in queries.history(tx, case)]


def test_a_failed_call_is_tried_again_with_edited_values(town: House, now: datetime) -> None:
    case = failing(town, now)
    with town.uow.begin() as tx:
        incidents.retry(tx, town.runtime, incident(town, case), BY, now, values={"plot": "B"})
    jobs.run_due(town.database, town.runtime, now)
    assert town.flaky.made[-1][1]["plot"] == "B"
    assert town.task(case).element == "look"
    assert kinds(town, case)[1:4] == ["incident-opened", "call-edited", "step-retried"]


def test_a_failed_call_is_answered_by_hand(town: House, now: datetime) -> None:
    case = failing(town, now)
    with town.uow.begin() as tx:
        incidents.answer(tx, town.runtime, incident(town, case), {"got": "by hand"}, BY, now)
    assert town.task(case).context["got"] == "by hand"
    assert "call-answered" in kinds(town, case)
    assert jobs.run_due(town.database, town.runtime, now + timedelta(days=1)) == 0


def test_a_failed_call_is_skipped_with_a_reason_in_the_history(town: House, now: datetime) -> None:
    case = failing(town, now)
    with town.uow.begin() as tx:
        incidents.skip(tx, town.runtime, incident(town, case), {}, BY, now)
    assert town.task(case).element == "look"
    with town.uow.view() as tx:
        assert incidents.of_case(tx, case) == []
        assert "step-skipped" in [line.kind for line in queries.history(tx, case)]


def test_a_condition_that_is_no_truth_value_is_edited_and_tried_again(town: House, now: datetime) -> None:
    case = town.start("stumbling", now)
    town.complete(case, now, answer="perhaps")
    with pytest.raises(incidents.NotACall), town.uow.begin() as tx:
        incidents.answer(tx, town.runtime, incident(town, case), {}, BY, now)
    with town.uow.begin() as tx:
        (stopped,) = incidents.of_case(tx, case)
        assert str(unpacked(stopped.told)) == stopped.cause
        assert "the condition is neither true nor false" in _msgids(stopped.told)
        incidents.retry(tx, town.runtime, incident(town, case), BY, now, values={"answer": True})
    assert town.task(case).element == "after"


def test_a_gateway_is_skipped_only_with_its_way(town: House, now: datetime) -> None:
    case = town.start("stumbling", now)
    town.complete(case, now, answer="perhaps")
    with pytest.raises(engine.NotPossible), town.uow.begin() as tx:
        incidents.skip(tx, town.runtime, incident(town, case), {}, BY, now)
    with town.uow.begin() as tx:
        incidents.skip(tx, town.runtime, incident(town, case), {}, BY, now, flow="no")
    assert town.case(case).outcome == "end"


def test_an_incident_somebody_else_handled_is_not_handled_again(town: House, now: datetime) -> None:
    case = failing(town, now)
    which = incident(town, case)
    with pytest.raises(ChangedMeanwhile), town.uow.begin() as tx:
        incidents.retry(tx, town.runtime, which, BY, now, version=7)
    with town.uow.begin() as tx:
        incidents.skip(tx, town.runtime, which, {}, BY, now, version=1)
    with pytest.raises(incidents.AlreadyResolved), town.uow.begin() as tx:
        incidents.retry(tx, town.runtime, which, BY, now)


def test_one_stuck_case_does_not_block_another(town: House, now: datetime) -> None:
    stuck = failing(town, now)
    other = town.start("fragile", now)
    jobs.run_due(town.database, town.runtime, now)
    assert town.task(other).element == "look"
    assert town.tasks(stuck) == []


def test_a_preview_says_what_a_move_would_do_and_changes_nothing(town: House, now: datetime) -> None:
    case = town.start("watched", now)
    with town.uow.view() as tx:
        decide = next(one for one in by_hand.tokens(tx, town.runtime, case) if not one.listens)
        move = Modify((decide.token,), (StartBefore("granted-by-law"),))
        shown = by_hand.preview(tx, town.runtime, case, move, now)
    assert [place.element for place in shown.gone] == ["decide"]
    assert shown.ends is not None
    assert shown.ends.element == "granted-by-law"
    assert town.task(case).element == "decide"
    assert kinds(town, case) == ["case-started", "task-opened"]


def test_a_moved_token_stands_where_it_was_put_and_history_says_from_where(town: House, now: datetime) -> None:
    case = town.start("permit", now, plot="A")
    jobs.run_due(town.database, town.runtime, now)
    with town.uow.view() as tx:
        seen = by_hand.version(tx, case)
        review = next(one for one in by_hand.tokens(tx, town.runtime, case) if one.place.element == "review")
    move = Modify((review.token,), (StartBefore("supplement"),))
    with town.uow.begin() as tx:
        by_hand.move(tx, town.runtime, case, move, BY, now, seen=seen)
    assert town.task(case).element == "supplement"
    with town.uow.view() as tx:
        moved = next(line for line in queries.history(tx, case) if line.kind == "tokens-moved")
    assert moved.data == {"from": ["review"], "to": ["supplement"]}
    with pytest.raises(ChangedMeanwhile), town.uow.begin() as tx:
        by_hand.move(tx, town.runtime, case, move, BY, now, seen=seen)


@pytest.mark.parametrize("move", [Modify((TokenId(99),)), Modify((), (StartBefore("nowhere"),))])
def test_an_impossible_move_is_refused_whole(move: Modify, town: House, now: datetime) -> None:
    case = town.start("watched", now)
    with pytest.raises((engine.NoSuchToken, engine.NotPossible)), town.uow.begin() as tx:
        by_hand.move(tx, town.runtime, case, move, BY, now)
    assert town.task(case).element == "decide"


def test_changed_variables_are_seen_by_what_comes_later(town: House, now: datetime) -> None:
    case = town.start("stumbling", now)
    with town.uow.begin() as tx:
        by_hand.set_variables(tx, town.runtime, case, {"note": "urgent"}, BY, now)
    with town.uow.view() as tx:
        assert by_hand.variables(tx, town.runtime, case)["note"] == "urgent"
        line = next(line for line in queries.history(tx, case) if line.kind == "variables-set")
    assert (line.data, line.personal) == ({"names": ["note"]}, {"answers": {"note": "urgent"}})


def test_a_case_is_begun_again_from_what_it_was_started_with(town: House, now: datetime) -> None:
    person = town.person("Minta Ügyfél", "ugyfel@example.org")
    paper = str(new_id())
    case = town.start("permit", now, person, plot="A", photos=[{"id": paper, "name": "plot.png"}])
    row = DocumentRow(
        case_id=case, object_key="k", kind="photos", name="p", media_type="", size=1, sha256="", origin="uploaded"
    )
    row.id, row.created_at = _uuid(paper), now
    with town.uow.begin() as tx:
        tx.add(row)
    jobs.run_due(town.database, town.runtime, now)
    town.complete(case, now, verdict="ask")
    with town.uow.begin() as tx:
        again = CaseId(by_hand.restart(tx, town.runtime, case, BY, now).id)
    with town.uow.begin() as tx:
        assert by_hand.restart(tx, town.runtime, case, BY, now).id == again
    old, new = town.case(case), town.case(again)
    assert (old.state, old.outcome) == ("closed", "cancelled")
    assert (new.person_id, new.received_at, new.channel) == (person, old.received_at, old.channel)
    with town.uow.view() as tx:
        values = by_hand.variables(tx, town.runtime, again)
        assert (values["plot"], "verdict" in values) == ("A", False)
        assert values["case"] == {"reference": new.reference, "id": str(again)}
        assert tx.get(DocumentRow, _uuid(paper)).case_id == again
    assert kinds(town, case)[-1] == "case-begun-again"


def _uuid(text: str) -> CaseId:
    from uuid import UUID

    return CaseId(UUID(text))


def test_an_error_caught_by_a_part_of_its_own_leaves_its_code_in_the_history(town: House, now: datetime) -> None:
    def full() -> Mapping[str, Value]:
        raise BpmnError("FULL")

    town.flaky.then = full
    case = town.start("sloppy", now)
    jobs.run_due(town.database, town.runtime, now)
    assert town.task(case).element == "look"
    with town.uow.view() as tx:
        caught = [line for line in queries.history(tx, case) if line.element == "went-wrong"]
    assert [(line.kind, line.data["error"]) for line in caught] == [("event-happened", "FULL")]


def test_a_message_with_a_key_begins_a_case_once_for_ever(town: House, now: datetime) -> None:
    def send(key: str) -> list[CaseId]:
        with town.uow.begin() as tx:
            return messages.correlate(tx, town.runtime, "herald", key, {"who": key}, BY, now)

    (first,) = send("A")
    assert send("A") == []
    (other,) = send("B")
    assert {first, other} == {case.id for case in _cases(town)}
    town.complete(first, now)
    assert send("A") == []
    assert town.case(first).channel == "message"
    assert town.case(first).title == "A heralded"


def test_a_message_without_a_key_begins_a_case_each_time(town: House, now: datetime) -> None:
    for _ in range(2):
        with town.uow.begin() as tx:
            assert len(messages.correlate(tx, town.runtime, "herald", "", {}, BY, now)) == 1
    assert len(_cases(town)) == 2


def test_a_signal_reaches_every_case_of_the_utility_and_begins_what_begins_with_it(
    town: House, other_tenant: object, now: datetime
) -> None:
    town.deploy(toys.signalled(), now=now)
    stranger = House(town.database, other_tenant)  # type: ignore[arg-type]
    stranger.deploy(toys.signalled(), now=now)
    elsewhere = stranger.start("signalled", now)
    waiting = [town.start("signalled", now) for _ in range(3)]
    with town.uow.begin() as tx:
        reached = messages.broadcast(tx, town.runtime, "all-clear", {"by": "siren"}, BY, now)
    assert reached[:3] == waiting
    assert [town.task(case).context["by"] for case in waiting] == ["siren"] * 3
    assert town.case(reached[3]).bundle == "heralded"
    assert stranger.tasks(elsewhere) == []


def _cases(house: House) -> list[Case]:
    from sqlalchemy import select

    with house.uow.view() as tx:
        return list(tx.session.scalars(select(Case).where(Case.bundle == "heralded")))


def _msgids(packed: object) -> list[str]:
    asked: list[str] = []

    def ask(text: str) -> str:
        asked.append(text)
        return text

    unpacked(packed).said(ask)
    return asked
