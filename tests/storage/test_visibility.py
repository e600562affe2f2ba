"""What a subject may see of cases, tasks and documents is decided in the query."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import ColumnElement, false, select

from akta.ids import AccountId, CaseId, PersonId, TenantId, new_id
from akta.subjects import Kind, Subject, system
from storage.cases import Case, CaseRelation
from storage.documents import DocumentRow
from storage.people import Account
from storage.tasks import Task
from storage.unit_of_work import Transaction, UnitOfWork
from storage.visibility import APPLICANT, Visibility
from tests.storage.rows import add_case, add_person, add_task

VISIBILITY = Visibility(frozenset({"supervision"}))


@dataclass(frozen=True)
class World:
    """Two cases: one of a customer with a clerk's and an applicant's task, one of somebody else without tasks."""

    mine: CaseId
    other: CaseId
    person: PersonId
    clerk: AccountId
    staff_task: UUID
    own_task: UUID


def _account(tx: Transaction, person: UUID, login: str, now: datetime) -> Account:
    row = Account(person_id=person, login=login, kind="staff", created_at=now)
    tx.add(row)
    return row


def _document(tx: Transaction, case: UUID | None, name: str, now: datetime, *, for_applicant: bool = True) -> None:
    row = DocumentRow(
        object_key=name, kind="k", name=name, media_type="image/png", size=1, sha256="", origin="uploaded"
    )
    row.case_id, row.created_at, row.for_applicant = case, now, for_applicant
    tx.add(row)


@pytest.fixture
def world(uow: UnitOfWork, now: datetime) -> World:
    with uow.begin() as tx:
        person, stranger = add_person(tx), add_person(tx)
        mine = add_case(tx, now, "UKA-1", person.id)
        other = add_case(tx, now, "UKA-2", stranger.id)
        clerk = _account(tx, person.id, "clerk", now)
        task = add_task(tx, mine, now, groups=("front-desk",))
        own = add_task(tx, mine, now, groups=(APPLICANT,), audience=APPLICANT, token=2)
        _document(tx, mine.id, "photo", now)
        _document(tx, mine.id, "finding", now, for_applicant=False)
        _document(tx, other.id, "theirs", now)
        _document(tx, None, "waiting", now)
        return World(CaseId(mine.id), CaseId(other.id), PersonId(person.id), AccountId(clerk.id), task.id, own.id)


@pytest.fixture
def tx(uow: UnitOfWork, world: World) -> Iterator[Transaction]:
    with uow.view() as tx:
        yield tx


def _seen(
    tx: Transaction, subject: Subject, visibility: Visibility = VISIBILITY
) -> tuple[set[UUID], set[UUID], set[str]]:
    cases = {row.id for row in tx.session.scalars(visibility.cases(subject))}
    tasks = {row.id for row in tx.session.scalars(visibility.tasks(subject))}
    return cases, tasks, {row.name for row in tx.session.scalars(visibility.documents(subject))}


def test_nobody_known_sees_nothing(tx: Transaction) -> None:
    assert _seen(tx, Subject(tx.tenant, Kind.ANONYMOUS)) == (set(), set(), set())


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.SYSTEM])
def test_a_subject_without_any_relation_sees_nothing(kind: Kind, tx: Transaction) -> None:
    assert _seen(tx, Subject(tx.tenant, kind)) == (set(), set(), set())


def test_a_customer_sees_the_own_case_the_own_tasks_and_the_documents_meant_for_them(
    tx: Transaction, world: World
) -> None:
    subject = Subject(tx.tenant, Kind.CUSTOMER, person=world.person)
    assert _seen(tx, subject) == ({world.mine}, {world.own_task}, {"photo"})


def test_a_case_link_opens_one_case(tx: Transaction, world: World) -> None:
    subject = Subject(tx.tenant, Kind.CASE_LINK, case=world.mine)
    assert _seen(tx, subject) == ({world.mine}, {world.own_task}, {"photo"})
    assert _seen(tx, replace(subject, case=world.other)) == ({world.other}, set(), {"theirs"})


def test_a_clerk_sees_the_tasks_of_the_own_groups_and_their_cases(tx: Transaction, world: World) -> None:
    subject = Subject(tx.tenant, Kind.STAFF, account=world.clerk, groups=frozenset({"front-desk"}))
    assert _seen(tx, subject) == ({world.mine}, {world.staff_task}, {"photo", "finding"})
    assert _seen(tx, replace(subject, groups=frozenset({"billing"}))) == (set(), set(), set())


def test_a_clerk_sees_an_assigned_task_without_its_group(uow: UnitOfWork, world: World) -> None:
    with uow.begin() as tx:
        tx.get(Task, world.staff_task).assignee_id = world.clerk
    with uow.view() as tx:
        cases, tasks, _ = _seen(tx, Subject(tx.tenant, Kind.STAFF, account=world.clerk))
    assert (cases, tasks) == ({world.mine}, {world.staff_task})


def test_supervision_and_the_system_see_every_case(tx: Transaction, world: World) -> None:
    supervisor = Subject(tx.tenant, Kind.STAFF, account=world.clerk, groups=frozenset({"supervision"}))
    assert _seen(tx, supervisor)[0] == {world.mine, world.other}
    assert _seen(tx, system(tx.tenant))[0] == {world.mine, world.other}


def test_a_subject_of_another_tenant_sees_nothing_even_in_the_wrong_unit_of_work(tx: Transaction, world: World) -> None:
    elsewhere = TenantId(new_id())
    assert _seen(tx, system(elsewhere)) == (set(), set(), set())
    assert _seen(tx, Subject(elsewhere, Kind.CUSTOMER, person=world.person)) == (set(), set(), set())


def test_a_registered_rule_adds_cases(uow: UnitOfWork, world: World) -> None:
    contract = new_id()

    def of_contract(subject: Subject) -> ColumnElement[bool] | None:
        if subject.kind is not Kind.CUSTOMER:
            return None
        return Case.id.in_(select(CaseRelation.case_id).where(CaseRelation.object_id == contract)) | false()

    visibility = Visibility(frozenset(), (of_contract,))
    with uow.begin() as tx:
        tx.add(CaseRelation(case_id=world.other, kind="contract", object_id=contract))
    with uow.view() as tx:
        customer = Subject(tx.tenant, Kind.CUSTOMER, person=world.person)
        assert _seen(tx, customer, visibility)[0] == {world.mine, world.other}
        assert _seen(tx, Subject(tx.tenant, Kind.ANONYMOUS), visibility)[0] == set()
