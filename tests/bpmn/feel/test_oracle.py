"""A second opinion: feelin, the FEEL of bpmn.io, evaluates what hypothesis makes up and must agree."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from bpmn import feel
from tests.bpmn.feel import oracle
from tests.conftest import serving

from .conftest import NOW
from .expressions import expressions

D = Decimal
CLOSE = D("1e-9")
"""feelin has binary numbers."""


@pytest.fixture(scope="module")
def feelin() -> Iterator[oracle.Oracle]:
    yield from serving(oracle.feelin)


def alike(ours: Any, theirs: Any) -> bool:
    """Whether two answers mean the same."""
    match theirs:
        case {"number": text}:
            other = Decimal(text)
            return isinstance(ours, Decimal) and abs(ours - other) <= CLOSE * max(D(1), abs(other))
        case {"context": entries}:
            return (
                isinstance(ours, dict)
                and ours.keys() == entries.keys()
                and all(alike(ours[k], entries[k]) for k in ours)
            )
        case {"other": text}:
            return bool(feel.compile("string(x)").evaluate({"x": ours}, now=NOW) == text)
        case list():
            return isinstance(ours, list) and len(ours) == len(theirs) and all(map(alike, ours, theirs))
    return type(ours) is type(theirs) and bool(ours == theirs)


KNOWN = [
    ("0.1 + 0.2 = 0.3", True, False, "feelin has binary numbers"),
    ("1/3 + 1/3 + 1/3 = 1", False, True, "of 34 digits the last ones are missing"),
    ("decimal(2.345, 2)", D("2.34"), {"number": "2.35"}, "half to even"),
    ("string(2.5 * 2)", "5.0", "5", "a number keeps the digits it was made with"),
    ('substring("foobar", 0)', None, "r", "there is no position 0"),
    ('substring("ab", 3)', None, "", "nothing stands there"),
    ("sublist([], 1)", None, [], "nothing stands there"),
    ("for i in 0..0 return i", [D(0)], None, "one round"),
    ("2 between 3 and 1", False, True, "the ends of between have an order"),
    ("2 in [3..1]", False, True, "the ends of a range have an order"),
    ("some x in [null] satisfies x > 1", None, False, "what cannot be told is null"),
    ("[1] != [1, 2]", True, None, "lists of different lengths are different"),
    ('@"2026-01-31" - @"PT36H"', date(2026, 1, 29), {"other": "2026-01-29T12:00:00Z"}, "a day stays a day"),
]
"""Where the two differ, on purpose: text, ours, theirs, why. The generator goes round these."""


@pytest.mark.slow
@pytest.mark.services
@pytest.mark.parametrize(("text", "ours", "theirs", "why"), KNOWN)
def test_the_known_differences_still_are(feelin: oracle.Oracle, text: str, ours: Any, theirs: Any, why: str) -> None:
    assert feel.compile(text).evaluate({}, now=NOW) == ours, why
    assert feelin.evaluate(text) == theirs, why


@pytest.mark.slow
@pytest.mark.services
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(text=expressions())
def test_feelin_gives_the_same_answers(feelin: oracle.Oracle, text: str) -> None:
    theirs = feelin.evaluate(text)
    ours = feel.compile(text).evaluate({}, now=NOW)
    assert alike(ours, theirs), (text, ours, theirs)
