"""Ad-hoc parts: begun by whom they are for, as the query says, and ended when nothing is in work."""

from datetime import datetime
from uuid import UUID

import pytest

from akta.errors import NotFound
from akta.ids import CaseId, new_id
from akta.subjects import Door, Kind, Subject
from people.groups import BILLING, METERING, SUPERVISION
from tasks import choices
from tasks.choices import NoSuchPart, Open
from tasks.desk import Desk
from tests.workflows import toys
from tests.workflows.house import BY, House, link_holder
from workflows import queries, suspension
from workflows.cases import CaseSuspended
from workflows.engine import NotPossible


@pytest.fixture
def case(house: House, now: datetime) -> CaseId:
    house.deploy(toys.choosy(), now=now)
    return house.start("choosy", now, crew=["field"])


def offered(house: House, who: Subject, case: CaseId) -> list[Open]:
    with house.uow.view() as tx:
        return choices.of_case(tx, house.visibility, who, case)


def begin(house: House, desk: Desk, who: Subject, at: tuple[CaseId, UUID], part: str, now: datetime) -> None:
    with house.uow.begin() as tx:
        choices.start(tx, desk, who, at, part, who.acting(Door.PAGE), now)


def finish(house: House, desk: Desk, who: Subject, at: tuple[CaseId, UUID], now: datetime) -> None:
    with house.uow.begin() as tx:
        choices.finish(tx, desk, who, at, who.acting(Door.PAGE), now)


def only(house: House, who: Subject, case: CaseId) -> tuple[CaseId, UUID]:
    (choice,) = offered(house, who, case)
    return case, choice.id


def test_each_part_is_for_its_groups_or_for_whoever_works_on_the_process(
    house: House, case: CaseId, now: datetime
) -> None:
    def parts(*groups: str) -> list[str]:
        found = offered(house, house.subject("Minta Ügyfél", now, *groups), case)
        return [part.element for choice in found for part in choice.parts]

    assert parts(METERING) == ["visit", "write", "count"]
    assert parts(toys.GROUP) == ["write", "count"]
    assert parts("field") == ["ask"]
    assert parts(SUPERVISION) == ["visit", "write", "count", "ask"]
    assert parts(BILLING) == parts() == []
    for stranger in (link_holder(house, case), Subject(tenant=house.tenant, kind=Kind.MACHINE)):
        assert offered(house, stranger, case) == []


def test_a_part_to_begin_shows_its_case_to_its_groups(house: House, case: CaseId, now: datetime) -> None:
    crew, others = house.subject("Jan Vzor", now, "field"), house.subject("Eva Vzor", now, "nobodys")
    with house.uow.view() as tx:
        assert queries.case_view(tx, house.visibility, crew, case).id == case
        with pytest.raises(NotFound):
            queries.case_view(tx, house.visibility, others, case)


def test_parts_are_begun_and_ended_by_hand_and_history_says_by_whom(
    house: House, desk: Desk, case: CaseId, now: datetime
) -> None:
    clerk = house.subject("Petr Vzorový", now, METERING)
    at = only(house, clerk, case)
    begin(house, desk, clerk, at, "visit", now)
    assert [task.element for task in house.tasks(case)] == ["visit"]
    (choice,) = offered(house, clerk, case)
    assert (choice.in_work, choice.can_start, choice.can_finish) == (True, True, False)
    with pytest.raises(NotPossible, match="in work"):
        finish(house, desk, clerk, at, now)
    house.complete(case, now)
    house.complete(case, now)
    assert offered(house, clerk, case)[0].can_finish
    finish(house, desk, clerk, at, now)
    assert [task.element for task in house.tasks(case)] == ["after"]
    assert offered(house, clerk, case) == []
    with house.uow.view() as tx:
        told = [(line.kind, line.element, line.actor) for line in queries.history(tx, case) if "part" in line.kind]
        assert queries.case_view(tx, house.visibility, clerk, case).id == case
    assert told == [("part-started", "visit", "Petr Vzorový"), ("parts-finished", "desk", "Petr Vzorový")]


def test_nobody_begins_what_is_not_for_them_nor_anything_twice_ended(
    house: House, desk: Desk, case: CaseId, now: datetime
) -> None:
    clerk, crew = house.subject("Petr Vzorový", now, toys.GROUP), house.subject("Jan Vzor", now, "field")
    at = only(house, clerk, case)
    for part in ("visit", "ask", "report", "", "x" * 5000):
        with pytest.raises(NoSuchPart):
            begin(house, desk, clerk, at, part, now)
    for somewhere in ((case, new_id()), (CaseId(new_id()), at[1])):
        with pytest.raises(NotFound):
            begin(house, desk, clerk, somewhere, "write", now)
    stranger = house.subject("Eva Vzor", now, BILLING)
    with pytest.raises(NotFound):
        finish(house, desk, stranger, at, now)
    finish(house, desk, crew, at, now)
    with pytest.raises(NotFound):
        finish(house, desk, crew, at, now)


def test_nothing_is_begun_in_a_suspended_case(house: House, desk: Desk, case: CaseId, now: datetime) -> None:
    clerk = house.subject("Petr Vzorový", now, METERING)
    at = only(house, clerk, case)
    with house.uow.begin() as tx:
        suspension.suspend(tx, case, BY, now)
    with pytest.raises(CaseSuspended):
        begin(house, desk, clerk, at, "visit", now)
    assert house.tasks(case) == []
