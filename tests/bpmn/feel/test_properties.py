"""What holds for any text and any value."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bpmn import feel
from bpmn.feel._builtin import FORMS
from bpmn.values import FarDate, FarDateTime, YearsMonths, from_json, to_json

from .conftest import NOW

_NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9)
_FAR = [FarDate(-44, 3, 15), FarDateTime(FarDate(12026, 1, 31), time(10, tzinfo=UTC))]
_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    _NUMBERS,
    st.text(max_size=5),
    st.dates(),
    st.times(timezones=st.sampled_from([None, UTC])),
    st.datetimes(timezones=st.sampled_from([None, UTC, timezone(timedelta(hours=-5))])),
    st.sampled_from([Decimal("1E+6000"), Decimal("1E-6000"), datetime.max.replace(tzinfo=UTC), date.min, *_FAR]),
    st.timedeltas(timedelta(-1000), timedelta(1000)),
    st.integers(-100, 100).map(YearsMonths),
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
    max_leaves=5,
)
_SIGNS = ["(", ")", "[", "]", "{", "}", ":", ",", ".", "..", "+", "-", "*", "/", "**", "<", ">=", "=", "?"]
_WORDS = ["and", "or", "if", "then", "else", "for", "in", "return", "some", "satisfies", "between", "instance of"]
_OTHERS = ["a", "b", "1", "2.5", '"x"', "not", "count", "null", "true", "number", "function", '@"P1D"', "date", "item"]
_PIECES = st.sampled_from([*_SIGNS, *_WORDS, *_OTHERS])
OPERATORS = ["+", "-", "*", "/", "**", "<", "<=", ">", ">=", "=", "!=", "and", "or", "in"]
FUNCTIONS = sorted(name for name, forms in FORMS.items() if any(form.takes(1) for form in forms))


def _evaluated(text: str, **variables: Any) -> Any:
    return feel.compile(text).evaluate(variables, now=NOW)


@settings(deadline=None)
@given(st.lists(_PIECES, max_size=12).map(" ".join), _VALUES, _VALUES)
@example("a in (b in (1..2)..3)", 1, 2)
def test_any_text_is_an_expression_or_a_syntax_error_and_never_breaks(text: str, a: Any, b: Any) -> None:
    try:
        expression = feel.compile(text)
    except feel.FeelSyntaxError:
        return
    result = expression.evaluate({"a": a, "b": b}, now=NOW)
    assert from_json(to_json(result)) == result


@settings(deadline=None)
@given(st.text(max_size=30))
def test_any_text_of_a_cell_compiles_or_is_a_syntax_error(text: str) -> None:
    try:
        feel.compile_unary(text).evaluate(Decimal(1), {}, now=NOW)
    except feel.FeelSyntaxError:
        return


@settings(deadline=None)
@given(st.sampled_from(OPERATORS), _VALUES, _VALUES)
def test_an_operator_answers_any_two_values(operator: str, a: Any, b: Any) -> None:
    _evaluated(f"a {operator} b", a=a, b=b)


@settings(deadline=None)
@given(st.sampled_from(FUNCTIONS), _VALUES)
def test_a_function_answers_any_value(function: str, a: Any) -> None:
    _evaluated(f"{function}(a)", a=a)


@settings(deadline=None)
@given(_NUMBERS, _NUMBERS)
def test_numbers_are_exact(a: Decimal, b: Decimal) -> None:
    assert _evaluated("a + b - b = a and a * 1000 / 1000 = a", a=a, b=b) is True


@settings(deadline=None)
@given(_NUMBERS)
def test_a_number_survives_its_text(number: Decimal) -> None:
    assert _evaluated("number(string(a))", a=number) == number


@settings(deadline=None)
@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(-500, 500))
def test_days_between_dates_are_the_days_that_were_added(day: date, days: int) -> None:
    assert _evaluated("(day + duration) - day = duration", day=day, duration=timedelta(days)) is True


@settings(deadline=None)
@given(st.timedeltas(timedelta(-(10**5)), timedelta(10**5)))
def test_a_duration_survives_its_text(duration: timedelta) -> None:
    assert _evaluated("duration(string(a))", a=duration) == duration


@settings(deadline=None)
@given(_VALUES)
def test_a_value_equals_itself(value: Any) -> None:
    assert _evaluated("a = a", a=value) is True


@settings(deadline=None)
@given(st.text(max_size=20))
def test_a_quoted_text_means_itself(text: str) -> None:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    assert _evaluated(f'"{quoted}"') == text
