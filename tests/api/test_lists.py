"""A list costs the same number of statements however many lines it has."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import event

from storage.bundles import Deployment
from storage.cases import Incident
from storage.database import Database
from storage.unit_of_work import UnitOfWork
from tests.api.conftest import Visitor
from tests.api.test_casework import REST, start

LISTS = [
    ("customer", "/uka/my/cases"),
    ("customer", f"{REST}/cases"),
    ("front-desk", "/uka/inbox"),
    ("front-desk", "/uka/cases"),
    ("front-desk", f"{REST}/tasks"),
    ("supervision", "/uka/incidents"),
    ("supervision", f"{REST}/incidents"),
]


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """Statements are the same on both databases."""
    return sqlite_database


@contextmanager
def counting(database: Database) -> Iterator[list[str]]:
    seen: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", count)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", count)


@pytest.mark.parametrize(("kind", "address"), LISTS)
def test_ten_lines_cost_what_two_do(
    kind: str, address: str, visitor: Visitor, database: Database, uow: UnitOfWork, toy: Deployment, now: datetime
) -> None:
    customer = visitor("customer")
    reader = customer if kind == "customer" else visitor(kind)

    def lines(count: int) -> int:
        for _ in range(count):
            stop(uow, UUID(start(customer).json()["case_id"]), now)
        with counting(database) as seen:
            assert reader.get(address).status_code == 200
        return len(seen)

    lines(1)
    assert lines(1) == lines(8)


def stop(uow: UnitOfWork, case: UUID, now: datetime) -> None:
    """A case with an incident, so that it stands in every list."""
    with uow.begin() as tx:
        tx.add(Incident(case_id=case, token=0, element="answer", cause="a test", created_at=now))
