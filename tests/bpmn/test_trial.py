"""Trying things: what goes in as JSON comes out again, and a table says why."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akta.errors import Refusal
from bpmn import dmn, feel, trial
from bpmn.values import Value, YearsMonths

from .dmn.building import decision, file, table

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

_PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.text(max_size=5).filter(lambda text: not text.startswith("@")),
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**20), max_value=10**20).map(
        lambda number: number if len(str(number)) < 12 else Decimal(1)
    ),
    st.dates(),
    st.times().map(lambda value: value.replace(microsecond=0)),
    st.integers(-(10**6), 10**6).map(lambda seconds: timedelta(seconds=seconds)),
    st.integers(-500, 500).map(YearsMonths),
)
_VALUES = st.recursive(
    _PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1, max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(_VALUES)
def test_a_value_written_as_json_is_read_back(value: Value) -> None:
    assert trial.variables({"a": trial.as_json(value)}) == {"a": value}


@given(_VALUES)
def test_a_value_written_as_feel_is_read_back(value: Value) -> None:
    assert feel.compile(trial.as_feel(value)).evaluate({}, now=NOW) == value


def test_dates_times_and_durations_come_as_feel_writes_them() -> None:
    source = b'{"d": "@\\"2026-01-31\\"", "t": "@\\"10:30:00\\"", "p": "@\\"P1Y\\"", "s": "@home"}'
    expected = {"d": date(2026, 1, 31), "t": time(10, 30), "p": YearsMonths(12), "s": "@home"}
    assert trial.values(source) == expected


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (b"{", "line 1, column 2"),
        (b"[1]", "an object"),
        (b'{"a": NaN}', "NaN is no number"),
        (b'{"a": "@\\"2026-02-31\\""}', "a: @"),
        (b'{"a": ' + b"[" * 60 + b"]" * 60 + b"}", "nested"),
        (b"[" * 100_000, "nested"),
        (b'{"a": "' + b"x" * trial.MAX_INPUT + b'"}', "larger than"),
        (b'{"a": "\xff"}', "decode"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(source: bytes, words: str) -> None:
    with pytest.raises(trial.Unreadable, match=words):
        trial.values(source)


def test_names_of_several_words_are_known_from_the_values() -> None:
    tried = trial.expression("Monthly Salary * 12", {"Monthly Salary": Decimal(3)}, now=NOW)
    assert (tried.value, tried.reasons) == (Decimal(36), ())


def test_every_rule_says_why_it_did_not_match() -> None:
    rules = [["< 5", '"a"', "1"], [">= 5", '"b"', "2"], [">= 5", "-", "3"], ["-", "-", "4"]]
    source = file(decision("d", table(["x", "y"], ["out"], rules, "FIRST")))
    explained = trial.decision(source, "", {"x": Decimal(7), "y": "c"}, now=NOW)
    assert explained.decided.value == Decimal(3)
    assert explained.rules["d"] == (
        dmn.Told(1, False, "x", Decimal(7), "< 5"),
        dmn.Told(2, False, "y", "c", '"b"'),
        dmn.Told(3, True),
        dmn.Told(4, False),
    )
    told = trial.told(explained)
    assert told["rules"][1] == {"rule": 2, "matched": False, "missed": {"input": "y", "value": "c", "test": '"b"'}}
    assert told["matched"] == [3]


def test_the_decision_nothing_else_requires_is_meant_where_none_is_named() -> None:
    rules = [["> 0", "1"], ["<= 0", "2"]]
    first, second = decision("a", table(["x"], ["y"], rules)), decision("b", table(["a"], ["y"], rules), ["a"])
    explained = trial.decision(file(first, second), "", {"x": Decimal(1)}, now=NOW)
    assert explained.decided.decision == "b"
    assert explained.rules.keys() == {"a", "b"}
    with pytest.raises(dmn.DmnError, match="say which decision is meant: a, c"):
        trial.decision(file(first, decision("c", table(["x"], ["y"], rules))), "", {}, now=NOW)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (b"no xml", "is not XML"),
        (file(), "say which decision"),
        (file(decision("d", table(["x +"], ["y"], [["-", "1"]]))), "column"),
        (file(decision("d", table(["for i in 1..1000000000 return i"], ["y"], [["-", "1"]]))), "too long"),
    ],
)
def test_a_decision_that_cannot_be_tried_says_why(source: bytes, words: str) -> None:
    with pytest.raises(Refusal, match=words):
        trial.decision(source, "", {}, now=NOW)
