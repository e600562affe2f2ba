"""The inbox: exact counters, keyset pages, search, and nothing that is not one's own."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from akta import languages
from akta.ids import CaseId, new_id
from akta.subjects import Door, Kind, Subject
from storage.tasks import Task
from storage.tenants import Tenant
from storage.unit_of_work import UnitOfWork
from tasks import claims, inbox, jobs
from tasks.desk import Desk
from tasks.inbox import After, Frame, Order, Queue, Row, Wanted
from tests.tasks.conftest import desk_of
from tests.workflows import toys
from tests.workflows.house import House, link_holder
from workflows import cases

PRAGUE = languages.language("en", "Europe/Prague")


@pytest.fixture
def petr(town: House, now: datetime) -> Subject:
    return town.subject("Petr Vzorový", now, "front-desk")


def frame(house: House, who: Subject, now: datetime) -> Frame:
    return Frame(house.visibility, who, now, PRAGUE)


def rows(house: House, who: Subject, now: datetime, queue: Queue = Queue.GROUPS, search: str = "") -> list[Row]:
    with house.uow.view() as tx:
        return list(inbox.page(tx, frame(house, who, now), Wanted(queue, search)).rows)


def counters(house: House, who: Subject, now: datetime) -> inbox.Counters:
    with house.uow.view() as tx:
        return inbox.counters(tx, frame(house, who, now))


def reviews(house: House, now: datetime, *names: str) -> list[CaseId]:
    """Cases that wait for a clerk, one per applicant."""
    found = [house.start("permit", now, house.person(name), plot="A 7") for name in names]
    jobs.run_due(house.database, house.runtime, now)
    return found


def test_a_row_says_who_what_since_when_until_when_and_how_late(town: House, petr: Subject, now: datetime) -> None:
    (case_id,) = reviews(town, now, "Jana Ukázková")
    later = now + timedelta(days=3)
    (row,) = rows(town, petr, later)
    assert (row.case_id, row.reference, row.title) == (case_id, "UKA-2026-000001", "A permit")
    assert (row.element, row.person, row.groups, row.assignee) == ("review", "Jana Ukázková", ("front-desk",), "")
    assert (row.since, row.due_at, row.late_by) == (now, now + timedelta(days=2), timedelta(days=1))
    assert rows(town, petr, now)[0].late_by is None


def test_counters_are_exact(town: House, desk: Desk, petr: Subject, now: datetime) -> None:
    first, second, third = reviews(town, now, "Jana", "Eva", "Karel")
    claims.claim(town.uow, desk, petr, Door.PAGE, town.task_id(first), now)
    town.complete(third, now, verdict="ask")
    assert counters(town, petr, now) == inbox.Counters(mine=1, groups=1, today=0, late=0, applicant=1)
    on_the_day = now + timedelta(days=2) - timedelta(hours=2)
    assert counters(town, petr, on_the_day).today == 2
    assert counters(town, petr, now + timedelta(days=2, minutes=1)).late == 2
    assert [row.case_id for row in rows(town, petr, now, Queue.MINE)] == [first]
    assert [row.case_id for row in rows(town, petr, now, Queue.GROUPS)] == [second]
    assert [row.case_id for row in rows(town, petr, now, Queue.APPLICANT)] == [third]
    assert rows(town, petr, now, Queue.MINE)[0].assignee == "Petr Vzorový"


def test_counters_agree_with_their_lists(town: House, desk: Desk, petr: Subject, now: datetime) -> None:
    cases = reviews(town, now, "Jana", "Eva", "Karel", "Marie")
    other = town.subject("Eva Ukázková", now, "front-desk")
    for who, case in ((petr, cases[0]), (other, cases[1])):
        claims.claim(town.uow, desk, who, Door.PAGE, town.task_id(case), now)
    for at in (now, now + timedelta(days=1, hours=20), now + timedelta(days=9)):
        counted = counters(town, petr, at)
        for queue in (Queue.MINE, Queue.GROUPS, Queue.TODAY, Queue.LATE, Queue.APPLICANT):
            assert getattr(counted, queue.value) == len(rows(town, petr, at, queue)), queue


def test_what_another_has_taken_is_late_for_them_only(town: House, desk: Desk, petr: Subject, now: datetime) -> None:
    (case_id,) = reviews(town, now, "Jana")
    other = town.subject("Eva Ukázková", now, "front-desk")
    claims.claim(town.uow, desk, other, Door.PAGE, town.task_id(case_id), now)
    late = now + timedelta(days=3)
    assert (counters(town, petr, late).late, counters(town, other, late).late) == (0, 1)


@pytest.mark.parametrize(
    ("search", "found"),
    [("jana", 1), ("UKÁZK", 1), ("2026-00000", 2), ("permit", 2), ("%", 0), ("_", 0), ("nobody", 0), ("  ", 2)],
)
def test_search_finds_parts_of_reference_title_and_name(
    town: House, petr: Subject, now: datetime, search: str, found: int
) -> None:
    reviews(town, now, "Jana Ukázková", "Eva Vzorová Řehořová")
    assert len(rows(town, petr, now, search=search)) == found


@pytest.mark.parametrize("search", ["řehoř", "ŘEHOŘ", "rehor", "lodz", "Łódź", "eva lodz", "lodz UKA-2026"])
def test_search_minds_neither_case_nor_marks_and_wants_every_word(
    town: House, petr: Subject, now: datetime, search: str
) -> None:
    (case,) = reviews(town, now, "Eva Řehořová")
    with town.uow.begin() as tx:
        cases.relate(tx, case, "plot", new_id(), ["91-001 Łódź, Główna 7"])
    assert len(rows(town, petr, now, search=search)) == 1
    assert rows(town, petr, now, search=f"{search} jana") == []


def test_a_list_is_of_one_process_and_one_group_if_wished(town: House, petr: Subject, now: datetime) -> None:
    reviews(town, now, "Jana", "Eva")
    with town.uow.view() as tx:
        here = frame(town, petr, now)
        assert inbox.processes(tx, here, Queue.GROUPS) == {"permit": 2}
        for wanted, count in (
            (Wanted(process="permit"), 2),
            (Wanted(process="other"), 0),
            (Wanted(group="front-desk"), 2),
            (Wanted(group="metering"), 0),
        ):
            assert inbox.count(tx, here, wanted) == len(inbox.page(tx, here, wanted).rows) == count


@pytest.mark.parametrize("order", list(Order))
@pytest.mark.parametrize("descending", [False, True])
def test_every_order_goes_through_everything_once_page_by_page(
    town: House, petr: Subject, now: datetime, order: Order, descending: bool
) -> None:
    reviews(town, now, "Zdeněk", "Čeněk", "Cyril", "Chrudoš", "Hana")
    wanted = Wanted(Queue.GROUPS, order=order, descending=descending)
    seen: list[Row] = []
    after: After | None = None
    with town.uow.view() as tx:
        here = Frame(town.visibility, petr, now, languages.language("cs"))
        whole = inbox.page(tx, here, wanted).rows
        for _ in range(5):
            page = inbox.page(tx, here, wanted, after=after, limit=1)
            seen.extend(page.rows)
            after = None if page.next is None else After.read(page.next.written(), order)
    assert seen == list(whole)
    assert after is None
    if order is Order.PERSON:
        names = ["Cyril", "Čeněk", "Hana", "Chrudoš", "Zdeněk"]
        assert [row.person for row in whole] == (names[::-1] if descending else names)


@pytest.mark.parametrize("text", ["", "|", "nonsense", "2026-99-99|x", "9999-12-31T23:59:59-23:59|" + "0" * 32])
def test_a_place_that_no_list_gave_out_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever is wrong with it
        After.read(text, Order.DUE)


def test_supervision_sees_the_open_work_of_every_group(town: House, petr: Subject, now: datetime) -> None:
    reviews(town, now, "Jana", "Eva")
    claims.claim(town.uow, desk_of(town), petr, Door.PAGE, rows(town, petr, now)[0].id, now)
    vera = town.subject("Věra Vedoucí", now, "supervision")
    with town.uow.view() as tx:
        (load,) = inbox.load(tx, frame(town, vera, now + timedelta(days=3)))
    assert (load.group, load.open, load.free, load.today, load.late, load.oldest) == ("front-desk", 2, 1, 0, 2, now)


def test_an_inbox_shows_only_the_own_groups(town: House, petr: Subject, now: datetime) -> None:
    reviews(town, now, "Jana")
    town.deploy(toys.waiter(), now=now)
    metering = town.subject("Otto Měřič", now, "metering")
    assert len(rows(town, petr, now)) == 1
    assert rows(town, metering, now) == []
    assert counters(town, metering, now) == inbox.Counters(0, 0, 0, 0, 0)
    nobody = town.subject("Nikdo", now)
    assert rows(town, nobody, now, Queue.ALL) == []


def test_an_inbox_shows_nothing_of_another_tenant(
    town: House, petr: Subject, other_tenant: Tenant, now: datetime
) -> None:
    reviews(town, now, "Jana")
    stranger = House(town.database, other_tenant)
    spy = stranger.subject("Petr Vzorový", now, "front-desk", "supervision")
    for queue in Queue:
        assert rows(stranger, spy, now, queue) == []
    assert counters(stranger, spy, now) == inbox.Counters(0, 0, 0, 0, 0)
    assert counters(town, petr, now).groups == 1


def test_an_applicant_sees_the_tasks_of_their_own_case(town: House, now: datetime) -> None:
    first, second = reviews(town, now, "Jana", "Eva")
    for case in (first, second):
        town.complete(case, now, verdict="ask")
    jana = link_holder(town, first)
    assert [row.case_id for row in rows(town, jana, now, Queue.APPLICANT)] == [first]
    with town.uow.view() as tx:
        assert len(inbox.of_case(tx, frame(town, jana, now), first)) == 1
        assert inbox.of_case(tx, frame(town, jana, now), second) == ()
    customer = town.subject("Karel Cizí", now, kind=Kind.CUSTOMER)
    assert rows(town, customer, now, Queue.ALL) == []


def spread(uow: UnitOfWork, due: list[int | None], now: datetime) -> None:
    """Give the open tasks these due dates (hours from now, or none)."""
    with uow.begin() as tx:
        for task_id, hours in zip(tx.session.scalars(select(Task.id).order_by(Task.id)).all(), due, strict=True):
            value = None if hours is None else now + timedelta(hours=hours)
            tx.session.execute(update(Task).where(Task.id == task_id).values(due_at=value))


@given(due=st.lists(st.none() | st.integers(-3, 3), min_size=9, max_size=9), size=st.integers(1, 5))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pages_go_through_everything_once_in_order(
    nine: tuple[House, Subject], now: datetime, due: list[int | None], size: int
) -> None:
    house, petr = nine
    spread(house.uow, due, now)
    seen: list[Row] = []
    after = None
    while True:
        with house.uow.view() as tx:
            page = inbox.page(tx, frame(house, petr, now), Wanted(Queue.GROUPS), after=after, limit=size)
        assert len(page.rows) <= size
        seen.extend(page.rows)
        after = page.next
        if after is None:
            break
    assert len({row.id for row in seen}) == len(seen) == 9
    keys = [(row.due_at is None, row.due_at, row.id) for row in seen]
    assert keys == sorted(keys, key=lambda key: (key[0], key[1] or now, key[2]))


@pytest.fixture
def nine(town: House, petr: Subject, now: datetime) -> tuple[House, Subject]:
    """Nine tasks that wait; due dates change, the rows stay."""
    reviews(town, now, *(f"Applicant {number}" for number in range(9)))
    return town, petr


def test_a_desk_finds_its_ports_by_name(house: House) -> None:
    desk = desk_of(house)
    assert set(desk.sources) == {"plots"}
    assert set(desk.checks) == {"plot-free"}
