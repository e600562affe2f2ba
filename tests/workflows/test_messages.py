"""Messages between cases: delivered in the transaction that throws them, to whoever waits under the key."""

from datetime import datetime
from threading import Barrier, Thread

import pytest

from akta.ids import CaseId
from storage.tenants import Tenant
from storage.unit_of_work import ChangedMeanwhile
from tests.workflows import toys
from tests.workflows.house import BY, House
from workflows import _stepping, messages, queries
from workflows.cases import MessageStorm


@pytest.fixture
def talking(house: House, now: datetime) -> House:
    house.deploy(toys.waiter(), toys.speaker(), now=now)
    return house


def test_a_thrown_message_reaches_the_case_that_waits_for_it(talking: House, now: datetime) -> None:
    waiting, other = talking.start("waiter", now, plot="A"), talking.start("waiter", now, plot="B")
    speaking = talking.start("speaker", now, plot="A")
    talking.complete(speaking, now)
    assert talking.task(waiting).element == "act"
    assert talking.tasks(other) == []
    assert talking.task(speaking).element == "rest"
    with talking.uow.view() as tx:
        assert "message-sent" in [line.kind for line in queries.history(tx, speaking)]
        heard = [line for line in queries.history(tx, waiting) if line.kind == "message-received"]
        assert [(line.data["message"], line.actor) for line in heard] == [("word", "Test")]


def test_a_key_of_any_length_finds_its_case_only(talking: House, now: datetime) -> None:
    waiting, other = (talking.start("waiter", now, plot="A" * 5_000 + last) for last in "xy")
    speaking = talking.start("speaker", now, plot="A" * 5_000 + "x")
    talking.complete(speaking, now)
    assert talking.task(waiting).element == "act"
    assert talking.tasks(other) == []


def test_a_thrown_message_reaches_the_thrower_too(talking: House, now: datetime) -> None:
    talking.deploy(toys.soliloquy(), now=now)
    case = talking.start("soliloquy", now, plot="A")
    waiting = talking.start("waiter", now, plot="A")
    talking.complete(case, now)
    assert talking.case(case).outcome == "end"
    assert talking.task(waiting).element == "act"


def test_cases_that_speak_to_each_other_at_once_do_not_lock_for_ever(talking: House, now: datetime) -> None:
    talking.deploy(toys.soliloquy(), now=now)
    cases = [talking.start("soliloquy", now, plot="A") for _ in range(2)]
    ready, lost = Barrier(2), []

    def speak(case: CaseId) -> None:
        ready.wait()
        try:
            talking.complete(case, now)
        except ChangedMeanwhile:
            lost.append(case)

    threads = [Thread(target=speak, args=(case,)) for case in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(lost) <= 1
    for case in lost:
        talking.complete(case, now)
    assert [talking.case(case).outcome for case in cases] == ["end", "end"]


def test_a_message_nobody_awaits_is_no_error(talking: House, now: datetime) -> None:
    speaking = talking.start("speaker", now, plot="C")
    talking.complete(speaking, now)
    assert talking.task(speaking).element == "rest"


def test_correlating_reaches_every_case_under_the_key_once(talking: House, now: datetime) -> None:
    waiting = [talking.start("waiter", now, plot="A") for _ in range(3)]
    with talking.uow.begin() as tx:
        assert messages.correlate(tx, talking.runtime, "word", "A", {"said": "yes"}, BY, now) == waiting
    with talking.uow.begin() as tx:
        assert messages.correlate(tx, talking.runtime, "word", "A", {}, BY, now) == []


def test_a_message_does_not_cross_to_another_tenant(talking: House, other_tenant: Tenant, now: datetime) -> None:
    talking.start("waiter", now, plot="A")
    stranger = House(talking.database, other_tenant)
    with stranger.uow.begin() as tx:
        assert messages.correlate(tx, stranger.runtime, "word", "A", {}, BY, now) == []


def test_a_message_to_one_case_needs_no_key(talking: House, now: datetime) -> None:
    one, two = talking.start("waiter", now, plot="A"), talking.start("waiter", now, plot="A")
    with talking.uow.begin() as tx:
        assert messages.deliver(tx, talking.runtime, two, "word", {}, BY, now)
        assert not messages.deliver(tx, talking.runtime, two, "word", {}, BY, now)
        assert messages.awaits(tx, one, "word")
        assert not messages.awaits(tx, two, "word")


def test_messages_without_end_are_refused_whole(talking: House, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_stepping, "DELIVERIES", 2)
    waiting = [talking.start("waiter", now, plot="A") for _ in range(3)]
    with pytest.raises(MessageStorm), talking.uow.begin() as tx:
        messages.correlate(tx, talking.runtime, "word", "A", {}, BY, now)
    assert all(talking.tasks(case) == [] for case in waiting)


def test_two_messages_at_once_are_delivered_once(talking: House, now: datetime) -> None:
    case = talking.start("waiter", now, plot="A")
    ready, reached = Barrier(2), []

    def send() -> None:
        ready.wait()
        with talking.uow.begin() as tx:
            reached.extend(messages.correlate(tx, talking.runtime, "word", "A", {}, BY, now))

    threads = [Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert reached == [case]
    assert len(talking.tasks(case)) == 1
