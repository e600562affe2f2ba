"""RP1 to RP12 recognised on the sample data by the shipped table, and nothing else (domain.md §2.5, F3)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from akta.clock import SetClock
from bpmn import bundle as bundles
from bpmn import dmn
from heating import consumption, facts, lists, meters, trials
from heating.facts import Circumstances, Facts
from heating.tables.metering import Meter
from tests.journeys import office
from tests.journeys.office import Office

pytestmark = pytest.mark.slow

NOW = datetime(2014, 11, 10, 9, 30, tzinfo=UTC)
TABLE = dmn.read((Path(bundles.__file__).parents[1] / "bundles" / lists.BUNDLE / trials.TABLE).read_bytes())
CLEAN = Circumstances(photo="fresh", in_window=True)
NOVEMBER = date(2014, 11, 30)


@pytest.fixture(scope="module")
def minta(tmp_path_factory: pytest.TempPathFactory, office_on_sqlite: Path) -> Iterator[Office]:
    """The utility of F3; nothing is written."""
    clock = SetClock(NOW)
    akta = office.build(f"sqlite:///{office_on_sqlite}", tmp_path_factory.mktemp("files"), clock)
    yield Office.opened(akta, clock, "MIN")
    akta.close()


def judged(minta: Office, value: str, on: date = NOVEMBER, around: Circumstances = CLEAN, *, without: int = 0) -> Facts:
    """A value of meter 37461, after its history without the last so many readings."""
    with minta.uow.view() as tx:
        meter = tx.session.scalars(select(Meter).where(Meter.serial == "37461")).one()
        history = meters.history(tx, meter)
        return facts.judged(tx, meter, history[: len(history) - without], Decimal(value), on, around)


def flags(found: Facts) -> set[str]:
    outputs = TABLE.evaluate(trials.DECISION, {"reading": found.told()}, now=NOW).outputs
    assert all(each["text"] and each["hint"] and each["severity"] for each in outputs)
    return {f"{each['flag']} {each['text']}" for each in outputs}


def test_the_seeds_next_reading_is_clean(minta: Office) -> None:
    assert flags(judged(minta, "1078")) == set()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1703", {"RP2 flag-high", "RP2 flag-too-much", "RP5 flag-swapped"}),
        ("1037", {"RP1 flag-negative", "RP5 flag-swapped"}),
        ("10730", {"RP2 flag-high", "RP2 flag-too-much", "RP5 flag-swapped"}),
        ("107.3", {"RP1 flag-negative", "RP5 flag-swapped"}),
        ("1073", set()),
    ],
)
def test_slips_of_the_october_reading_of_f3_are_recognised(minta: Office, value: str, expected: set[str]) -> None:
    """1703 and 1037 for 1073, and a shifted decimal mark, after 1068 on 30 September."""
    found = judged(minta, value, date(2014, 10, 31), without=1)
    assert flags(found) == expected
    assert not expected or Decimal(1073) in {slip.value for slip in found.slips}


@pytest.mark.parametrize(
    ("last", "value", "flag"), [("99998", "4", "RP1 flag-rollover"), ("1073", "4", "RP1 flag-negative")]
)
def test_a_counter_that_passed_zero_is_a_candidate_and_nothing_more(
    minta: Office, last: str, value: str, flag: str
) -> None:
    found = judged(minta, value)
    passed = consumption.rollover_candidate(Decimal(last), Decimal(value), found.meter.digits)
    moved = replace(found, last=replace(found.last, value=Decimal(last)), rollover_candidate=passed)
    assert flag in flags(replace(moved, consumption=Decimal(value) - Decimal(last), slips=()))


@pytest.mark.parametrize(
    ("changed", "flag"),
    [
        ({"value": "1083"}, "RP2 flag-high"),
        ({"value": "1273"}, "RP2 flag-too-much"),
        ({"value": "1073.5"}, "RP3 flag-low"),
        ({"value": "1073"}, "RP4 flag-zero"),
        ({"around": replace(CLEAN, duplicate=True)}, "RP6 flag-duplicate"),
        ({"around": replace(CLEAN, replaced=True), "without": 6}, "RP7 flag-new-meter"),
        ({"on": date(2016, 1, 31)}, "RP8 flag-calibration"),
        ({"around": replace(CLEAN, in_window=False)}, "RP11 flag-window"),
        ({"on": date(2014, 10, 31)}, "RP11 flag-day"),
        ({"around": replace(CLEAN, photo="none")}, "RP12 flag-no-photo"),
        ({"around": replace(CLEAN, photo="old")}, "RP12 flag-old-photo"),
    ],
)
def test_every_other_oddity_of_a_reading_has_its_flag(minta: Office, changed: dict[str, object], flag: str) -> None:
    given = {"value": "1078", **changed}
    assert flag in flags(judged(minta, **given))  # type: ignore[arg-type]  # whichever the row names


@pytest.mark.parametrize(
    ("known", "flag"),
    [
        ({"idle": 3}, "RP4 flag-idle"),
        ({"last_times": Decimal(5)}, "RP9 flag-last-implausible"),
        ({"unchecked": 12}, "RP10 flag-unchecked"),
    ],
)
def test_what_the_readings_before_were_is_told_too(minta: Office, known: dict[str, int], flag: str) -> None:
    zero = {"consumption": Decimal(0)} if "idle" in known else {}
    assert flag in flags(replace(judged(minta, "1078"), **known, **zero))  # type: ignore[arg-type]  # likewise


def test_a_last_reading_that_is_an_estimate_is_told(minta: Office) -> None:
    found = judged(minta, "1078")
    assert "RP9 flag-after-estimate" in flags(replace(found, last=replace(found.last, kind="estimated")))
