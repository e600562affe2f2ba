"""Numbers of a living process: counted against what the stories of its cases say."""

import math
import statistics
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from akta.subjects import Subject
from people import groups
from storage.database import Database
from tests.workflows.house import House
from tests.workflows.replay.gardens import Story, garden, lived, stories
from workflows import passages
from workflows.passages import Lively, Which

LATER = timedelta(days=20)


@pytest.fixture
def town(house: House, now: datetime) -> House:
    house.deploy(garden(), now=now)
    return house


def numbers(town: House, now: datetime) -> dict[str, Lively]:
    with town.uow.view() as tx:
        return {one.element: one for one in passages.of_process(tx, "garden", now)}


def test_every_element_tells_who_is_there_and_how_long_those_stayed_who_left(town: House, now: datetime) -> None:
    every = list(stories(30))
    lived(town, every, now)
    found = numbers(town, now + LATER)
    decided = [story for story in every if story.until == "end"]
    assert found["review"].now == sum(story.until == "review" for story in every)
    assert found["stamp"].now == sum(story.until == "stamp" for story in every)
    assert found["review"].passed == len(decided)
    assert found["size"].passed == sum(story.until != "stamp" for story in every)
    assert found["too-late"].passed == found["lapsed"].passed == sum(story.until == "late" for story in every)
    days = sorted(story.days for story in decided)
    assert found["review"].median == timedelta(days=statistics.median_low(days))
    assert found["review"].most == timedelta(days=days[math.ceil(len(days) * 0.95) - 1])
    assert found["size"].median == timedelta()


def test_what_is_older_than_thirty_days_is_not_counted_and_at_last_removed(town: House, now: datetime) -> None:
    lived(town, [Story(50), Story(50, until="review")], now)
    found = numbers(town, now + timedelta(days=60))
    assert (found["review"].now, found["review"].passed, found["review"].median) == (1, 0, None)
    passages.sweep(town.uow, now + timedelta(days=500))
    with town.database.view_across_tenants() as session:
        assert session.execute(text("select distinct element from passages")).scalars().all() == ["review"]


def test_the_cases_behind_a_number_are_those_the_subject_sees(town: House, now: datetime) -> None:
    cases = list(lived(town, [Story(50), Story(50, until="review"), Story(250, until="review")], now))
    chief = town.subject("Ředitelka Ukázková", now, groups.SUPERVISION)
    owner = town.subject("Vlastník Ukázkový", now, groups.PROCESS_OWNERS)

    def behind(which: Which, element: str = "review", subject: Subject = chief) -> list[object]:
        with town.uow.view() as tx:
            found = passages.cases_at(tx, town.visibility, subject, "garden", element, which, now + LATER)
            return [case.id for case in found]

    assert behind(Which.NOW) == [cases[2], cases[1]]
    assert behind(Which.LATELY) == [cases[0]]
    assert behind(Which.LATELY, "survey") == [cases[2]]
    assert behind(Which.FAILED) == []
    assert behind(Which.NOW, subject=owner) == []


def test_the_numbers_are_read_from_indexes(sqlite_database: Database) -> None:
    with sqlite_database.view_across_tenants() as session:
        asked = "explain query plan select element, waited from passages where tenant_id = 1 and bundle = 'x' "
        plan = " ".join(str(row) for row in session.execute(text(f"{asked} and left_at >= 1")))
    assert "ix_passages_left" in plan
    assert "SCAN" not in plan
