"""How much a step says to the database: the same for every step of its kind, and one commit."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal

import pytest
from sqlalchemy import event

from akta.ids import CaseId, TokenId
from benchmarks.engine_models import two_desks
from storage.database import Database
from tests.workflows import toys
from tests.workflows.engine.models import Model, timer
from tests.workflows.house import BY, House
from workflows import cases
from workflows.engine.commands import CompleteTask

STEP = [
    "SELECT cases",
    "UPDATE tasks",
    "UPDATE positions",
    "UPDATE case_states",
    "INSERT INTO history",
    "INSERT INTO tasks",
    "UPDATE passages",
    "INSERT INTO passages",
]
"""The last two keep how long cases stay where, for the live diagram."""


@contextmanager
def told(database: Database) -> Iterator[list[str]]:
    """The statements and commits inside the block, each by its first words."""
    said: list[str] = []

    def note(*arguments: object) -> None:
        words = str(arguments[2]).split()
        if words[0] != "BEGIN":  # SQLite's own word for what the driver of PostgreSQL sends by itself
            said.append(
                " ".join(words[: 3 if words[0] in ("INSERT", "DELETE") else 2]).partition(".")[0].partition("%")[0]
            )

    def commit(_connection: object) -> None:
        said.append("COMMIT")

    event.listen(database.engine, "before_cursor_execute", note)
    event.listen(database.engine, "commit", commit)
    try:
        yield said
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
        event.remove(database.engine, "commit", commit)


def wanted_of(house: House, *statements: str) -> list[str]:
    """On PostgreSQL one statement more tells other processes, whose live pages show the case."""
    return sorted([*statements, "COMMIT", *([] if house.database.embedded else ["SELECT pg_notify("])])


def step(house: House, case: CaseId, now: datetime, element: str) -> list[str]:
    (task,) = [task for task in house.tasks(case) if task.element == element]
    with told(house.database) as said, house.uow.begin() as tx:
        cases.advance(tx, house.runtime, case, CompleteTask(TokenId(task.token)), BY, now)
    return said


def test_a_users_step_is_eight_statements_and_one_commit(house: House, now: datetime) -> None:
    house.deploy(toys.toy(two_desks(100, toys.groups("clerks", "metering"))), now=now)
    case = house.start("p", now, n=Decimal(0))
    for element in ("u", "v", "u"):
        said = step(house, case, now, element)
        assert sorted(said) == wanted_of(house, *STEP)
        assert said[0] == "SELECT cases", "the case is locked first"


@pytest.mark.parametrize("tasks", [2, 5])
def test_what_a_step_opens_is_one_statement_for_each_kind_however_much_it_is(
    house: House, now: datetime, tasks: int
) -> None:
    model = Model().start().user("a").both("fork").both("join").end()
    model.path("start", "a", "fork").path("join", "end")
    for number in range(tasks):
        model.user(f"u{number}").boundary(f"late{number}", f"u{number}", timer("PT1H"))
        model.service(f"s{number}", "flaky").path("fork", f"u{number}", "join").path("fork", f"s{number}", "join")
        model.flow(f"late{number}", "end")
    house.deploy(toys.toy(model), now=now)
    case = house.start("p", now)
    wanted = [*STEP, "DELETE FROM positions", "INSERT INTO positions", "INSERT INTO timers", "SELECT jobs"]
    wanted = [each for each in [*wanted, "INSERT INTO jobs"] if each != "UPDATE positions"]
    assert sorted(step(house, case, now, "a")) == wanted_of(house, *wanted)
