"""Kept lists: one's own, shared with one's groups, and nobody else's."""

from datetime import datetime

import pytest

from akta.errors import Forbidden, Invalid, NotFound
from akta.subjects import Subject
from storage.unit_of_work import ChangedMeanwhile
from tasks import saved_views
from tasks.inbox import Order, Queue, Wanted
from tests.workflows.house import House

WANTED = Wanted(Queue.GROUPS, "łódź", "permit", "front-desk", Order.PERSON, descending=True)


@pytest.fixture
def petr(town: House, now: datetime) -> Subject:
    return town.subject("Petr Vzorový", now, "front-desk")


@pytest.fixture
def olga(town: House, now: datetime) -> Subject:
    return town.subject("Olga Kolegová", now, "front-desk", "metering")


def test_a_kept_list_is_the_list_it_was_made_from(town: House, petr: Subject) -> None:
    with town.uow.begin() as tx:
        kept = saved_views.keep(tx, petr, "  Late   in Łódź ", WANTED)
    assert (kept.name, kept.wanted, kept.mine, kept.group) == ("Late in Łódź", WANTED, True, "")
    with town.uow.view() as tx:
        assert saved_views.of(tx, petr) == [kept]


def test_a_list_is_seen_by_others_only_where_it_is_shared_with_their_group(
    town: House, petr: Subject, olga: Subject, now: datetime
) -> None:
    meter_reader = town.subject("Otto Měřič", now, "metering")
    with town.uow.begin() as tx:
        own = saved_views.keep(tx, petr, "Mine", WANTED)
        shared = saved_views.keep(tx, petr, "Ours", WANTED, "front-desk")
    with town.uow.view() as tx:
        (seen,) = saved_views.of(tx, olga)
        assert (seen.id, seen.mine, seen.owner) == (shared.id, False, "Petr Vzorový")
        assert saved_views.of(tx, meter_reader) == []
        with pytest.raises(NotFound):
            saved_views.one(tx, olga, own.id)
    with town.uow.begin() as tx, pytest.raises(NotFound):
        saved_views.drop(tx, olga, shared.id)
    vera = town.subject("Věra Vedoucí", now, "supervision")
    with town.uow.begin() as tx:
        saved_views.drop(tx, vera, shared.id)
    with town.uow.view() as tx:
        assert saved_views.of(tx, olga) == []


def test_lists_stand_in_the_order_of_their_reader_s_alphabet(town: House, petr: Subject) -> None:
    with town.uow.begin() as tx:
        for name in ("Zítra", "Čtvrtek", "Chyby", "Hned", "Cizí"):
            saved_views.keep(tx, petr, name, Wanted())
    czech = Subject(**{**{name: getattr(petr, name) for name in petr.__slots__}, "language": "cs"})
    with town.uow.view() as tx:
        assert [view.name for view in saved_views.of(tx, czech)] == ["Cizí", "Čtvrtek", "Hned", "Chyby", "Zítra"]


def test_what_cannot_be_kept_says_why(town: House, petr: Subject) -> None:
    with town.uow.begin() as tx:
        kept = saved_views.keep(tx, petr, "Late", WANTED)
        with pytest.raises(Invalid):
            saved_views.keep(tx, petr, "  ", WANTED)
        with pytest.raises(saved_views.NameTaken):
            saved_views.keep(tx, petr, "LATE", WANTED)
        with pytest.raises(Forbidden):
            saved_views.keep(tx, petr, "Theirs", WANTED, "metering")
        with pytest.raises(ChangedMeanwhile):
            saved_views.change(tx, petr, kept.id, "Later", WANTED, "", version=9)
        changed = saved_views.change(tx, petr, kept.id, "Later", Wanted(Queue.LATE), "front-desk", kept.version)
        assert (changed.name, changed.wanted, changed.group) == ("Later", Wanted(Queue.LATE), "front-desk")


def test_nobody_keeps_more_lists_than_a_rail_holds(town: House, petr: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_views, "MOST", 1)
    with town.uow.begin() as tx:
        saved_views.keep(tx, petr, "One", Wanted())
        with pytest.raises(saved_views.TooMany):
            saved_views.keep(tx, petr, "Two", Wanted())
