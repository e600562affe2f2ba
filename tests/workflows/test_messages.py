"""Messages between cases: delivered in the transaction that throws them, to whoever waits under the key."""

from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from akta.ids import CaseId, IncidentId
from storage.cases import Parcel
from storage.tenants import Tenant
from storage.unit_of_work import ChangedMeanwhile
from tests.workflows import toys
from tests.workflows.house import BY, House
from workflows import _round, incidents, messages, queries


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


def relay(house: House, at: datetime) -> list[bool]:
    with house.database.across_tenants() as session:
        due = messages.due(session, at)
    return [messages.relay(house.uow, house.runtime, parcel, at) for parcel in due]


def test_one_transaction_reaches_a_few_cases_and_the_tick_the_others(
    talking: House, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_round, "AT_ONCE", 2)
    waiting = [talking.start("waiter", now, plot="A") for _ in range(5)]
    with talking.uow.begin() as tx:
        assert messages.correlate(tx, talking.runtime, "word", "A", {}, BY, now) == waiting[:2]
    assert [len(talking.tasks(case)) for case in waiting] == [1, 1, 0, 0, 0]
    assert relay(talking, now) == [True, True, True]
    assert [len(talking.tasks(case)) for case in waiting] == [1, 1, 1, 1, 1]
    assert relay(talking, now) == []


def test_the_limit_is_that_of_the_transaction_however_many_messages_are_sent_in_it(
    talking: House, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_round, "AT_ONCE", 1)
    one, two = talking.start("waiter", now, plot="A"), talking.start("waiter", now, plot="B")
    with talking.uow.begin() as tx:
        assert messages.correlate(tx, talking.runtime, "word", "A", {}, BY, now) == [one]
        assert messages.correlate(tx, talking.runtime, "word", "B", {}, BY, now) == []
    assert relay(talking, now) == [True]
    assert talking.task(two).element == "act"


def test_messages_that_lead_to_messages_without_end_become_an_incident_somebody_can_retry(
    talking: House, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_round, "AT_ONCE", 0)
    monkeypatch.setattr(messages, "MOST_HOPS", 0)
    case = talking.start("waiter", now, plot="A")
    with talking.uow.begin() as tx:
        messages.correlate(tx, talking.runtime, "word", "A", {}, BY, now)
    at = now
    for _ in range(messages.MOST_FAILURES):
        assert relay(talking, at) == [False]
        at += timedelta(hours=1)
    assert relay(talking, at) == []
    with talking.uow.view() as tx:
        (incident,) = incidents.of_case(tx, case)
        assert (incident.kind, incident.element) == ("message", "listen")
        assert incident.cause == "MessageStorm: word led to messages without end"
    monkeypatch.undo()
    with talking.uow.begin() as tx:
        incidents.retry(tx, talking.runtime, IncidentId(incident.id), BY, at)
    assert relay(talking, at) == [True]
    assert talking.task(case).element == "act"


def test_a_message_nobody_awaits_yet_waits_its_time_for_the_first_who_does(talking: House, now: datetime) -> None:
    with talking.uow.begin() as tx:
        assert messages.correlate(tx, talking.runtime, "word", "A", {}, BY, now, ttl=timedelta(days=1)) == []
    first = talking.start("waiter", now + timedelta(hours=23), plot="A")
    second = talking.start("waiter", now + timedelta(hours=23), plot="A")
    assert talking.task(first).element == "act"
    assert talking.tasks(second) == []


def test_a_kept_message_is_gone_when_its_time_is_over(talking: House, now: datetime) -> None:
    with talking.uow.begin() as tx:
        messages.correlate(tx, talking.runtime, "word", "A", {}, BY, now, ttl=timedelta(days=1))
    late = talking.start("waiter", now + timedelta(days=1), plot="A")
    assert talking.tasks(late) == []
    assert relay(talking, now + timedelta(days=1)) == []
    with talking.uow.view() as tx:
        assert tx.session.scalars(select(Parcel)).all() == []


def test_a_second_message_with_the_same_id_is_refused_while_the_first_is_kept(talking: House, now: datetime) -> None:
    def send() -> None:
        with talking.uow.begin() as tx:
            day = timedelta(days=1)
            messages.correlate(tx, talking.runtime, "word", "A", {}, BY, now, ttl=day, message_id="one")

    send()
    with pytest.raises(messages.AlreadySent):
        send()


def test_the_tick_delivers_a_kept_message_that_missed_its_receiver(
    talking: House, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with talking.uow.begin() as tx:
        messages.correlate(tx, talking.runtime, "word", "A", {}, BY, now, ttl=timedelta(days=1))
    with monkeypatch.context() as unseen:  # as two transactions do that do not see each other's rows
        unseen.setattr(_round.Round, "_kept_for", lambda *_: ())
        case = talking.start("waiter", now, plot="A")
    assert talking.tasks(case) == []
    assert relay(talking, now) == [True]
    assert talking.task(case).element == "act"


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
