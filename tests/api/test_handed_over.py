"""Messages and starts by the clock that failed: no silent rows, and operators try them again."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from akta.subjects import Door, system
from api.ports import Services
from people.groups import FRONT_DESK, SUPERVISION
from storage.bundles import Schedule
from storage.cases import Parcel
from storage.database import Database
from storage.unit_of_work import UnitOfWork
from tasks import tick
from tests.api.conftest import Visitor
from tests.workflows import toys
from workflows import deployments

REST = "/api/v1/uka"


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """The same queries run on both databases."""
    return sqlite_database


@pytest.fixture
def boss(visitor: Visitor) -> TestClient:
    return visitor(SUPERVISION)


@pytest.fixture
def parcel(uow: UnitOfWork, now: datetime) -> UUID:
    """A message that nobody awaits and whose delivery broke off for good."""
    row = Parcel(message="herald", sent_at=now, due_at=now, failures=3, error="the model is gone", hops=60)
    with uow.begin() as tx:
        tx.add(row)
        tx.session.flush()
        return row.id


@pytest.fixture
def schedule(uow: UnitOfWork, services: Services, now: datetime) -> UUID:
    """A start by the clock that could not begin its case."""
    with uow.begin() as tx:
        by = system(uow.tenant).acting(Door.CLI)
        deployments.deploy(tx, toys.nightly(), by, now, gate=lambda _b, _c: [], activated=True)
    tick.once(services.database, services.runtime, "me", now)
    with uow.begin() as tx:
        tx.session.execute(update(Schedule).where(Schedule.element != "").values(error="the lights went out"))
        found = tx.session.query(Schedule).where(Schedule.element != "").one()
        return found.id


def test_a_message_that_failed_is_listed_without_its_content_and_sent_again(
    boss: TestClient, parcel: UUID, services: Services, now: datetime
) -> None:
    (told,) = boss.get(f"{REST}/messages?failed=true").json()
    assert (told["id"], told["message"], told["failures"], told["error"]) == (
        str(parcel),
        "herald",
        3,
        "the model is gone",
    )
    assert told.keys().isdisjoint({"variables", "correlation"})
    done = tick.once(services.database, services.runtime, "me", now + timedelta(days=1))
    assert done is not None
    assert done.relayed == 0
    assert boss.post(f"{REST}/messages/{parcel}/retry").status_code == 204
    assert boss.post(f"{REST}/messages/{parcel}/retry").status_code == 409
    done = tick.once(services.database, services.runtime, "me", now + timedelta(days=1))
    assert done is not None
    assert done.relayed == 1
    assert boss.get(f"{REST}/messages").json() == []


def test_a_start_that_failed_is_listed_and_begun_again(
    boss: TestClient, schedule: UUID, services: Services, now: datetime
) -> None:
    (told,) = boss.get(f"{REST}/schedules").json()
    assert (told["bundle"], told["element"], told["error"]) == ("nightly", "every-day", "the lights went out")
    assert boss.post(f"{REST}/schedules/{schedule}/retry").status_code == 204
    (version,) = (one for one in boss.get(f"{REST}/bundles/nightly/versions").json() if one["active"])
    (tried,) = (one for one in boss.get(f"{REST}/versions/{version['id']}/events").json() if one["kind"] == "retried")
    assert (tried["element"], tried["reason"], tried["door"]) == ("every-day", "the lights went out", "rest")
    assert tried["by"]
    done = tick.once(services.database, services.runtime, "me", now + timedelta(seconds=1))
    assert done is not None
    assert done.begun == 1
    (after,) = boss.get(f"{REST}/schedules").json()
    assert (after["error"], after["begun"]) == ("", told["begun"] + 1)
    assert boss.post(f"{REST}/schedules/{schedule}/retry").status_code == 409


def test_only_operators_see_and_try_again_and_nothing_is_nothing(visitor: Visitor, boss: TestClient) -> None:
    clerk = visitor(FRONT_DESK)
    for kind in ("messages", "schedules"):
        assert clerk.get(f"{REST}/{kind}").status_code == 403
        assert clerk.post(f"{REST}/{kind}/{uuid4()}/retry").status_code == 403
        assert boss.post(f"{REST}/{kind}/{uuid4()}/retry").status_code == 404


def test_what_failed_stands_on_the_operations_page(boss: TestClient, parcel: UUID, schedule: UUID) -> None:
    shown = boss.get("/uka/operations").text
    for words in ("Message: herald", "the model is gone", "every-day", "the lights went out"):
        assert words in shown
    assert f"/messages/{parcel}/retry" in shown
    assert f"/schedules/{schedule}/retry" in shown
