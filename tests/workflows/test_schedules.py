"""Cases that the clock begins: once for each time, on the active version only."""

from datetime import datetime, timedelta

from sqlalchemy import select

from storage.bundles import Schedule
from storage.cases import Case
from tasks import tick
from tests.workflows import toys
from tests.workflows.engine.models import Model
from tests.workflows.house import House

DAY = timedelta(days=1)


def begun(house: House, at: datetime) -> int:
    done = tick.once(house.database, house.runtime, "me", at)
    assert done is not None
    return done.begun


def cases_of(house: House) -> list[Case]:
    with house.uow.view() as tx:
        return list(tx.session.scalars(select(Case).where(Case.bundle == "nightly").order_by(Case.id)))


def test_a_case_begins_each_day_and_what_was_missed_is_not_made_up_for(house: House, now: datetime) -> None:
    house.deploy(toys.nightly(), now=now)
    assert begun(house, now) == begun(house, now + DAY - timedelta(seconds=1)) == 0
    assert [begun(house, now + DAY), begun(house, now + DAY)] == [1, 0]
    assert [begun(house, now + 30 * DAY), begun(house, now + 30 * DAY)] == [1, 0]
    first, second = cases_of(house)
    assert (first.channel, first.title, second.received_at) == ("timer", "A nightly", now + 30 * DAY)
    assert house.task(first.id).element == "look"  # type: ignore[arg-type]


def test_a_version_that_is_not_active_any_more_begins_nothing(house: House, now: datetime) -> None:
    house.deploy(toys.nightly(), now=now)
    begun(house, now)
    house.deploy(toys.toy(_plain()), now=now)
    assert begun(house, now + DAY) == 0
    assert cases_of(house) == []
    with house.uow.view() as tx:
        assert len(tx.session.scalars(select(Schedule)).all()) == 3


def _plain() -> Model:
    model = Model("nightly")
    model.start().user("look", toys.groups(toys.GROUP)).end()
    return model.path("start", "look", "end")
