"""A unit of work: one transaction of one tenant, that sees and writes nothing of another."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import delete, exists, func, insert, select, text, union_all, update
from sqlalchemy.orm import aliased

from akta.errors import NotFound
from akta.ids import TenantId, new_id
from storage.base import Base
from storage.cases import Case, Incident, Position
from storage.database import Database
from storage.documents import DocumentRow
from storage.people import Person
from storage.tasks import Task
from storage.tenants import Tenant
from storage.unit_of_work import ChangedMeanwhile, Transaction, UnitOfWork
from tests.storage.rows import add_case, add_person, add_task


class Interrupted(Exception):
    pass


def interrupted(act: Callable[[], object]) -> None:
    act()
    raise Interrupted


def change(tx: Transaction, row: Base, **values: object) -> None:
    """Change a row that was read elsewhere."""
    tx.session.add(row)
    for name, value in values.items():
        setattr(row, name, value)


@pytest.fixture
def theirs(database: Database, other_tenant: Tenant, now: datetime) -> Case:
    """A case of another utility, with a task."""
    with database.unit_of_work(TenantId(other_tenant.id)).begin() as tx:
        case = add_case(tx, now, "MIN-1", person=add_person(tx).id)
        add_task(tx, case, now, groups=("front-desk",))
        return case


@pytest.fixture
def ours(uow: UnitOfWork, now: datetime) -> Case:
    with uow.begin() as tx:
        return add_case(tx, now, "UKA-1")


def test_leaving_cleanly_commits(uow: UnitOfWork, ours: Case) -> None:
    with uow.view() as tx:
        assert tx.get(Case, ours.id).reference == "UKA-1"


def test_an_exception_rolls_everything_back(uow: UnitOfWork) -> None:
    with pytest.raises(Interrupted), uow.begin() as tx:
        interrupted(lambda: add_person(tx))
    with uow.view() as tx:
        assert tx.session.scalars(select(Person)).all() == []


def test_nesting_is_refused(uow: UnitOfWork) -> None:
    with uow.begin(), pytest.raises(RuntimeError, match="already open"), uow.begin():
        pass


def test_what_is_done_afterwards_happens_after_the_commit_and_only_then(uow: UnitOfWork, database: Database) -> None:
    seen: list[int] = []

    def count() -> None:
        with database.view_across_tenants() as session:
            seen.append(len(session.scalars(select(Person)).all()))

    with uow.begin() as tx:
        add_person(tx)
        tx.after_commit(count)
        assert seen == []
    assert seen == [1]
    with pytest.raises(Interrupted), uow.begin() as tx:
        interrupted(lambda: tx.after_commit(count))
    assert seen == [1]


def test_a_row_is_found_by_its_own_tenant_only(uow: UnitOfWork, ours: Case, theirs: Case) -> None:
    with uow.view() as tx:
        assert tx.get(Case, ours.id).id == ours.id
        assert tx.find(Case, theirs.id) is None
        assert tx.session.get(Case, theirs.id) is None
        with pytest.raises(NotFound):
            tx.get(Case, theirs.id)
    with uow.begin() as tx, pytest.raises(NotFound):
        tx.locked(Case, theirs.id)


QUERIES: dict[str, Callable[[], Any]] = {
    "rows": lambda: select(Case),
    "one column": lambda: select(Case.id),
    "a count": lambda: select(func.max(Case.reference)).having(func.count(Case.id) > 0),
    "an alias": lambda: select(aliased(Case)),
    "a join of two classes": lambda: select(Task).join(Case, Case.id == Task.case_id),
    "a join the other way": lambda: select(Case).join(Task, Task.case_id == Case.id),
    "an outer join": lambda: select(Task.element).outerjoin(Case, Case.id == Task.case_id),
    "a list of tables": lambda: select(Case.id, Task.id).where(Case.id == Task.case_id),
    "a query in in_": lambda: select(Tenant.id).where(Tenant.id.in_(select(Case.tenant_id))),
    "exists": lambda: select(Tenant.id).where(exists().where(Case.tenant_id == Tenant.id)),
    "a scalar query": lambda: select(Tenant.id).where(select(func.count(Case.id)).scalar_subquery() > 0),
    "a common table expression": lambda: select(select(Case.id).cte("cases_found").c.id),
    "a sub-query": lambda: select(select(Case.id).subquery().c.id),
    "a union": lambda: select(Case).from_statement(select(Case).union_all(select(Case))),
    "a bare union": lambda: union_all(select(Case.id), select(Task.case_id)),
    "a union in from": lambda: select(union_all(select(Case.id), select(Task.case_id)).subquery().c.id),
    "a scalar query alone": lambda: select(select(func.max(Case.reference)).scalar_subquery().label("m")).where(
        exists(select(Case.id))
    ),
    "counting a sub-query": lambda: select(func.min(1)).select_from(select(Case).subquery()).having(func.count() > 0),
    "from a class, columns elsewhere": lambda: select(func.min(1)).select_from(Case).having(func.count() > 0),
}


@pytest.mark.parametrize("name", QUERIES)
def test_no_form_of_query_sees_another_tenant(name: str, uow: UnitOfWork, theirs: Case, other_tenant: Tenant) -> None:
    with uow.view() as tx:
        found = tx.session.execute(QUERIES[name]()).all()
    assert found == [], name


def test_the_same_queries_do_see_the_rows_of_their_tenant(
    database: Database, theirs: Case, other_tenant: Tenant, tenant: Tenant
) -> None:
    with database.unit_of_work(TenantId(other_tenant.id)).view() as tx:
        for name, query in QUERIES.items():
            assert tx.session.execute(query()).all(), name


def test_the_tenant_is_no_part_of_a_cached_query(database: Database, ours: Case, theirs: Case) -> None:
    """The compiled statement is cached across units of work: the tenant must be a parameter in it."""
    for _ in range(2):
        for case in (ours, theirs):
            with database.unit_of_work(case.tenant_id).view() as tx:
                assert tx.session.scalars(select(Case.id)).all() == [case.id]


def test_updates_and_deletes_reach_only_their_tenant(
    database: Database, uow: UnitOfWork, ours: Case, theirs: Case
) -> None:
    with uow.begin() as tx:
        tx.session.execute(update(Case).values(title="Changed"))
        tx.session.execute(delete(Task).where(Task.case_id.in_(select(Case.id))))
    with database.view_across_tenants() as session:
        titles = {row.id: row.title for row in session.execute(select(Case.id, Case.title))}
        assert titles == {ours.id: "Changed", theirs.id: ""}
        assert len(session.scalars(select(Task)).all()) == 1


def test_a_row_of_another_tenant_is_not_written(uow: UnitOfWork, ours: Case, theirs: Case) -> None:
    with pytest.raises(RuntimeError, match="another tenant"), uow.begin() as tx:
        tx.get(Case, ours.id).tenant_id = theirs.tenant_id
    with pytest.raises(RuntimeError, match="another tenant"), uow.begin() as tx:
        tx.session.add(Person(tenant_id=theirs.tenant_id, name="Minta Ügyfél"))
    with pytest.raises(RuntimeError, match="another tenant"), uow.begin() as tx:
        change(tx, theirs, title="Changed")


@pytest.mark.parametrize(
    "statement",
    [
        text("select * from cases"),
        select(Case.__table__),
        update(Case.__table__).values(title="Changed"),  # type: ignore[arg-type]
        delete(Case.__table__),  # type: ignore[arg-type]
        select(select(Case.__table__.c.id).subquery()),
        insert(Person).values(id=new_id(), tenant_id=new_id(), name="Minta Ügyfél"),
    ],
    ids=["text", "bare table", "bare update", "bare delete", "bare sub-query", "insert"],
)
def test_what_cannot_be_confined_is_refused(statement: Any, uow: UnitOfWork) -> None:
    with pytest.raises(RuntimeError), uow.begin() as tx:
        tx.session.execute(statement)


def test_a_stale_row_is_a_conflict(database: Database, uow: UnitOfWork, ours: Case, now: datetime) -> None:
    with uow.begin() as tx:
        task = add_task(tx, tx.get(Case, ours.id), now)
    with uow.begin() as tx:
        tx.get(Task, task.id).priority = 60
    with pytest.raises(ChangedMeanwhile), uow.begin() as tx:
        change(tx, task, priority=70)  # still at the version it had when it was made


def test_what_is_changed_in_a_view_is_dropped(uow: UnitOfWork, ours: Case) -> None:
    with uow.view() as tx:
        tx.get(Case, ours.id).title = "Changed"
        assert tx.session.scalars(select(Case.title)).all() == [""]
    with uow.view() as tx:
        assert tx.get(Case, ours.id).title == ""


def test_a_view_cannot_write(uow: UnitOfWork, ours: Case) -> None:
    def flush(tx: Transaction) -> None:
        tx.get(Case, ours.id).title = "Changed"
        tx.session.flush()

    attempts: list[Callable[[Transaction], object]] = [
        flush,
        lambda tx: tx.session.execute(update(Case).values(title="Changed")),
        lambda tx: tx.session.execute(delete(Position)),
        lambda tx: tx.locked(Case, ours.id),
        lambda tx: tx.add(Person(name="Minta Ügyfél")),
    ]
    for attempt in attempts:
        with pytest.raises(RuntimeError, match="view"), uow.view() as tx:
            attempt(tx)


def test_a_view_waits_for_no_writer_and_no_writer_waits_for_it(database: Database, uow: UnitOfWork, ours: Case) -> None:
    other = database.unit_of_work(uow.tenant)
    with uow.begin() as writing:
        writing.locked(Case, ours.id).title = "Changed"
        writing.session.flush()
        with other.view() as seeing:
            assert seeing.get(Case, ours.id).title == ""
        database.ready()
    with other.view() as seeing:
        seeing.get(Case, ours.id)
        with uow.begin() as writing:
            writing.locked(Case, ours.id).title = "Again"


def test_json_null_is_null_in_the_database(uow: UnitOfWork, ours: Case) -> None:
    with uow.begin() as tx:
        row = Incident(case_id=ours.id, token=1, element="a", cause="", created_at=ours.received_at)
        document = DocumentRow(
            object_key="a",
            kind="a",
            name="a",
            media_type="a",
            size=1,
            sha256="a",
            origin="a",
            created_at=row.created_at,
        )
        tx.add(row, document)
    with uow.view() as tx:
        assert tx.session.scalars(select(DocumentRow.data)).all() == [{}]
