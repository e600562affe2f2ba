"""Withdrawing: the own open case, where its bundle offers it."""

from datetime import datetime

import pytest

from akta.errors import NotFound
from akta.subjects import Door, Kind
from tasks import jobs, withdraw
from tasks.desk import Desk
from tasks.withdraw import NotNow
from tests.workflows import toys
from tests.workflows.house import House, link_holder
from workflows import queries


def test_an_applicant_withdraws_the_own_case_once(town: House, desk: Desk, now: datetime) -> None:
    case_id = town.start("permit", now, town.person("Jana Ukázková"), plot="A 7")
    jobs.run_due(town.database, town.runtime, now)
    jana = link_holder(town, case_id)
    with town.uow.view() as tx:
        assert withdraw.offered(tx, desk, jana, town.case(case_id))
    withdraw.withdraw(town.uow, desk, jana, Door.PAGE, case_id, now)
    assert town.case(case_id).outcome == "withdrawn"
    assert town.tasks(case_id) == []
    with town.uow.view() as tx:
        assert not withdraw.offered(tx, desk, jana, town.case(case_id))
        told = [line for line in queries.history(tx, case_id) if line.kind == "message-received"]
        assert [line.actor_kind for line in told] == ["case-link"]
    with pytest.raises(NotNow):
        withdraw.withdraw(town.uow, desk, jana, Door.PAGE, case_id, now)


def test_a_case_of_somebody_else_is_not_there_to_withdraw(town: House, desk: Desk, now: datetime) -> None:
    case_id, other = (town.start("permit", now, plot=plot) for plot in "AB")
    strangers = [
        link_holder(town, other),
        town.subject("Karel Cizí", now, kind=Kind.CUSTOMER),
        town.subject("Petr Vzorový", now, "front-desk"),
    ]
    for stranger in strangers:
        with pytest.raises(NotFound):
            withdraw.withdraw(town.uow, desk, stranger, Door.PAGE, case_id, now)
    assert town.case(case_id).state != "closed"


def test_a_bundle_that_does_not_offer_it_cannot_be_withdrawn(town: House, desk: Desk, now: datetime) -> None:
    town.deploy(toys.waiter(), now=now)
    case_id = town.start("waiter", now, plot="A")
    with pytest.raises(NotNow):
        withdraw.withdraw(town.uow, desk, link_holder(town, case_id), Door.PAGE, case_id, now)
