"""Comparing two versions: each difference knows the elements it is about and the open cases that stand on them."""

from datetime import datetime

import pytest
from sqlalchemy import text

from akta.ids import CaseId, DeploymentId, TokenId
from bpmn.bundle import Bundle, from_files
from storage.bundles import Deployment
from tests.workflows import toys
from tests.workflows.engine.models import Model
from tests.workflows.house import BY, House
from workflows import cases, comparing
from workflows.comparing import Comparison, NothingBefore
from workflows.engine.commands import CompleteTask


def plots(first: str, second: str) -> Bundle:
    """Two tasks side by side, due after so long."""
    model = Model("plots").start().both("fork").user("dig", toys.groups("metering") + toys.due(first))
    model.user("sow", toys.groups("metering") + toys.due(second)).both("join").end()
    model.path("start", "fork", "dig", "join", "end").path("fork", "sow", "join")
    return toys.toy(model)


def compared(house: House, after: Deployment, before: Deployment | None = None) -> Comparison:
    with house.uow.view() as tx:
        definitions = house.runtime.definitions
        other = DeploymentId(before.id) if before else None
        return comparing.compared(tx, definitions, DeploymentId(after.id), other)


def finish(house: House, case: CaseId, element: str, now: datetime) -> None:
    (token,) = [task.token for task in house.tasks(case) if task.element == element]
    with house.uow.begin() as tx:
        cases.advance(tx, house.runtime, case, CompleteTask(TokenId(token), {}), BY, now)


TRUTH = text(
    "select count(distinct positions.case_id) from positions join cases on cases.id = positions.case_id "
    "where positions.element = :element and cases.state <> 'closed'"
)


def test_the_cases_of_each_difference_are_those_that_stand_there(house: House, now: datetime) -> None:
    house.deploy(plots("P1D", "P2D"), now=now)
    waiting = [house.start("plots", now) for _ in range(3)]
    for case, element in ((waiting[0], "dig"), (waiting[1], "dig"), (waiting[1], "sow")):
        finish(house, case, element, now)
    after = house.deploy(plots("P3D", "P4D"), now=now)
    house.start("plots", now)
    found = {one.elements: one.cases for one in compared(house, after).differences}
    with house.database.view_across_tenants() as session:
        truth = {(name,): session.scalar(TRUTH, {"element": name}) for name in ("dig", "sow")}
    assert found == truth == {("dig",): 2, ("sow",): 3}


def test_a_form_is_about_the_tasks_that_show_it(house: House, now: datetime) -> None:
    house.deploy(toys.permit(), now=now)
    form = toys.permit().files["forms/review.form"].replace(b'"Note"', b'"Remark"')
    after = house.deploy(from_files({**toys.permit().files, "forms/review.form": form}), now=now)
    assert [one.elements for one in compared(house, after).differences] == [("review",)]


def test_versions_of_two_processes_are_not_compared(house: House, now: datetime) -> None:
    one, other = house.deploy(toys.permit(), now=now), house.deploy(toys.waiter(), now=now)
    with pytest.raises(NothingBefore):
        compared(house, one, other)
    with pytest.raises(NothingBefore):
        compared(house, one)
