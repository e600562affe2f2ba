"""Replaying past cases on a candidate: what is reported, what is not, and that nothing leaves."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from akta.ids import CaseId
from benchmarks import replay as benchmark
from storage import schema
from storage.cases import HistoryEntry
from tests.workflows.house import House
from tests.workflows.replay import gardens
from tests.workflows.replay.gardens import Rules, Story, changed, garden, lived, replayed
from workflows.replay import Difference, Kind, Report

LATER = timedelta(days=60)


@pytest.fixture
def town(house: House, now: datetime) -> House:
    house.deploy(garden(), now=now)
    return house


def one(report: Report) -> Difference:
    """The only difference there is."""
    (group,) = report.groups
    return group.difference


@pytest.mark.slow
def test_of_a_thousand_cases_exactly_those_are_reported_that_the_changed_condition_sends_another_way(
    sqlite_house: House, now: datetime
) -> None:
    house = sqlite_house
    house.deploy(garden(), now=now)
    known = lived(house, list(gardens.stories(100)), now)
    copies = benchmark.copied(house.database.engine, list(known), 9)
    known |= {CaseId(copy): known[CaseId(source)] for copy, source in copies.items()}
    before, sent = _rows(house), list(house.sent)
    report = replayed(house, changed(large="area > 200"), now + LATER)
    expected = {case for case, story in known.items() if 100 < story.area <= 200 and story.until != "stamp"}
    assert {each.case for group in report.groups for each in group.cases} == expected
    assert (report.cases, report.same) == (1_000, 1_000 - len(expected))
    assert len(expected) > 200
    difference = one(report)
    assert (difference.kind, difference.where, difference.went, difference.goes) == (
        Kind.PATH,
        ("garden", "size"),
        "survey",
        "review",
    )
    assert (difference.reason.kind, difference.reason.was, difference.reason.now) == (
        "condition",
        "area > 100",
        "area > 200",
    )
    assert (_rows(house), house.sent) == (before, sent)
    assert house.stamps.made == house.flaky.made == []


def _rows(house: House) -> dict[str, int]:
    """How many rows every table has: jobs and mails are rows."""
    with house.database.view_across_tenants() as session:
        tables = schema.metadata().tables.values()
        return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


ALL = {
    "large": Story(150),
    "small": Story(50),
    "refused": Story(50, verdict="refuse"),
    "late": Story(50, until="late"),
    "slow": Story(50, days=9),
    "surveyed": Story(250, until="review"),
    "waits": Story(50, until="stamp"),
}


def test_the_same_version_goes_the_same_way(town: House, now: datetime) -> None:
    known = lived(town, ALL, now)
    report = replayed(town, garden(), now + LATER)
    assert (report.cases, report.same, report.groups) == (len(known), len(known), ())


def reported(town: House, now: datetime, **rules: object) -> dict[str, Difference]:
    """Which of the stories go otherwise, and how."""
    known = dict(zip(lived(town, ALL, now), ALL, strict=True))
    report = replayed(town, changed(**rules), now + timedelta(days=10))
    return {known[each.case]: group.difference for group in report.groups for each in group.cases}


def test_another_table_of_values_is_told_by_the_variables_that_differ(town: House, now: datetime) -> None:
    town.deploy(garden(Rules(large="sum > 200")), now=now)
    known = dict(zip(lived(town, ALL, now), ALL, strict=True))
    report = replayed(town, garden(Rules(large="sum > 200", sum="area * 4")), now + LATER)
    assert {known[each.case] for group in report.groups for each in group.cases} == set()
    report = replayed(town, garden(Rules(large="sum > 200", sum="area * 5")), now + LATER)
    (group,) = report.groups
    assert {known[each.case] for each in group.cases} == {"small", "refused", "late", "slow"}
    assert (group.difference.reason.kind, group.difference.reason.names) == ("values", ("sum",))


def test_a_field_nobody_answered_is_data_that_lacks(town: House, now: datetime) -> None:
    found = reported(town, now, survey_asks=("soil",))
    assert set(found) == {"large", "surveyed"}
    assert found["large"].kind is Kind.DATA
    assert (found["large"].where, found["large"].reason.names) == (("garden", "survey"), ("soil",))


def test_a_further_task_is_data_that_lacks_for_whoever_came_to_it(town: House, now: datetime) -> None:
    found = reported(town, now, second=True)
    assert set(found) == {"large", "small", "refused", "slow"}
    assert {(each.kind, each.where) for each in found.values()} == {(Kind.DATA, ("garden", "second"))}


def test_an_answer_of_another_handler_is_data_that_lacks(town: House, now: datetime) -> None:
    found = reported(town, now, stamp="near")
    assert set(found) == set(ALL) - {"waits"}
    assert {(each.kind, each.reason.names) for each in found.values()} == {(Kind.DATA, ("near",))}


def test_a_shorter_time_ends_what_was_answered_after_it(town: House, now: datetime) -> None:
    found = reported(town, now, patience="P7D")
    assert {name: each.kind for name, each in found.items()} == dict.fromkeys(
        ("large", "small", "refused", "late", "slow", "surveyed"), Kind.WAIT
    )
    assert (found["slow"].where, found["slow"].went, found["slow"].goes) == (
        ("garden", "too-late"),
        "review",
        "too-late",
    )
    assert (found["slow"].reason.was, found["slow"].reason.now) == ("P14D", "P7D")
    assert found["small"].went == found["small"].goes == "too-late"


def test_a_longer_time_to_work_is_another_wait(town: House, now: datetime) -> None:
    found = reported(town, now, due="P5D")
    assert {each.reason.now for each in found.values()} == {"P5D"}
    assert {each.where for each in found.values()} == {("garden", "review")}


def test_another_end_is_another_outcome(town: House, now: datetime) -> None:
    found = reported(town, now, refused="rejected")
    assert set(found) == {"refused"}


def test_an_expression_that_fails_stops_the_case(town: House, now: datetime) -> None:
    found = reported(town, now, large="areas")
    assert {each.kind for each in found.values()} == {Kind.STOPS}
    assert {each.where for each in found.values()} == {("garden", "size")}
    assert "waits" not in found


def test_what_was_erased_cannot_be_told(town: House, now: datetime) -> None:
    lived(town, {"small": ALL["small"]}, now)
    with town.uow.begin() as tx:
        for entry in tx.session.scalars(select(HistoryEntry)):
            entry.personal = None
    assert one(replayed(town, garden(), now + LATER)).kind is Kind.UNKNOWN


def test_only_so_many_closed_cases_are_taken_the_last_ones_first(town: House, now: datetime) -> None:
    known = lived(town, ALL, now)
    report = replayed(town, changed(large="area > 10"), now + LATER, closed=1)
    still = sum(1 for story in known.values() if story.until in ("stamp", "review"))
    assert report.cases == still + 1
