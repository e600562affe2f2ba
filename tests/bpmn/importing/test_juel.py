"""Expressions of other engines: what FEEL says as well is said in FEEL, everything else is refused with its reason."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpmn import feel
from bpmn.importing import _juel

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("juel", "said"),
    [
        ("plain text", "plain text"),
        ("= not an expression there", '="= not an expression there"'),
        ("${amount}", "=amount"),
        ("#{case.applicant.name}", "=case.applicant.name"),
        ("${case['name']}", "=case.name"),
        ("${a - (b - c) * 2 / 4}", "=a - (b - c) * 2 / 4"),
        ("${-a + 1.5}", "=-a + 1.5"),
        ("${kind == 'new' ? 'P3D' : \"P10D\"}", '=if kind = "new" then "P3D" else "P10D"'),
        ("${'it\\'s \"x\"'}", '="it\'s \\"x\\""'),
        ("${ok}", "=ok"),
    ],
)
def test_a_value_says_the_same_in_feel(juel: str, said: str) -> None:
    assert _juel.value(juel) == said


@pytest.mark.parametrize(
    ("juel", "said"),
    [
        ("${ok}", "=ok = true"),
        ("=ok", "=ok"),
        ("${!ok}", "=not(ok = true)"),
        ("${amount ge 5 and kind ne 'x' or not urgent}", '=amount >= 5 and kind != "x" or not(urgent = true)'),
        ("${a && (b || c)}", "=a = true and (b = true or c = true)"),
        ("${(a || b) && c == (d > 1)}", "=(a = true or b = true) and c = (d > 1)"),
        ("${empty name}", '=list contains([null, "", [], {}], name)'),
        ("${a ? b : c}", "=(if a = true then b else c) = true"),
    ],
)
def test_a_condition_is_true_in_feel_when_it_was(juel: str, said: str) -> None:
    assert _juel.condition(juel) == said


@pytest.mark.parametrize(
    ("juel", "reason"),
    [
        ("Dear ${name}", "text and expressions are mixed"),
        ("${a}${b}", "text and expressions are mixed"),
        ("${", "text and expressions are mixed"),
        ("${}", "“…” is not understood there"),
        ("${a b}", "“b” is not understood there"),
        ("${a &}", "“&” is not understood there"),
        ("${bean.method(1)}", "it calls a method"),
        ("${now()}", "it calls a method"),
        ("${list[0]}", "it takes an item out of a list, or an entry whose name is computed"),
        ("${a[b]}", "it takes an item out of a list, or an entry whose name is computed"),
        ("${execution.id}", "execution is something of the other engine"),
        ("${loopCounter == 1}", "loopCounter is something of the other engine"),
        ("${a % 2}", "the remainder of a negative number is another one in FEEL"),
        ("${1e5}", "“1e5” is not understood there"),
        ("${a instanceof b}", "“instanceof” is not understood there"),
        ("${" + "(" * 60 + "a" + ")" * 60 + "}", "it is nested too deeply"),
        ("${" + "!" * 60 + "a}", "it is nested too deeply"),
        ("${" + "a" * 6_000 + "}", "it is too long"),
    ],
)
def test_what_feel_does_not_certainly_say_is_refused_with_its_reason(juel: str, reason: str) -> None:
    with pytest.raises(_juel.NotTranslated) as refused:
        _juel.value(juel)
    assert str(refused.value.why) == reason


def test_a_name_that_is_a_word_of_feel_is_refused() -> None:
    with pytest.raises(_juel.NotTranslated, match="FEEL has no such name"):
        _juel.value("${for}")


def test_a_condition_that_is_no_expression_is_refused() -> None:
    with pytest.raises(_juel.NotTranslated, match="no expression of the form"):
        _juel.condition("amount > 5")


@pytest.mark.parametrize(
    ("name", "empty"), [(None, True), ("", True), ("x", False), ([], True), ([1], False), (0, False)]
)
def test_empty_means_what_it_meant(name: object, empty: bool) -> None:
    found = feel.compile(_juel.condition("${empty name}")[1:]).evaluate({"name": name}, now=NOW)
    assert found is empty


def _trees() -> st.SearchStrategy[tuple[str, bool]]:
    """Conditions over a = true, b = false, n = null as text, with what Java would say."""
    leaves = st.sampled_from([("a", True), ("b", False), ("n", False), ("2 > 1", True), ("'x' == 'y'", False)])
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            inner.map(lambda one: (f"!({one[0]})", not one[1])),
            st.tuples(inner, inner).map(lambda two: (f"({two[0][0]}) && ({two[1][0]})", two[0][1] and two[1][1])),
            st.tuples(inner, inner).map(lambda two: (f"({two[0][0]}) or ({two[1][0]})", two[0][1] or two[1][1])),
            st.tuples(inner, inner, inner).map(
                lambda of: (f"({of[0][0]}) ? ({of[1][0]}) : ({of[2][0]})", of[1][1] if of[0][1] else of[2][1])
            ),
        ),
        max_leaves=8,
    )


@given(_trees())
def test_conditions_come_out_as_they_did_also_where_something_is_missing(tree: tuple[str, bool]) -> None:
    text, wanted = tree
    found = feel.compile(_juel.condition(f"${{{text}}}")[1:])
    assert found.evaluate({"a": True, "b": False, "n": None}, now=NOW) is wanted


@given(st.text(alphabet="ab.'\"()[]!&|=<>?:+-*/% ${}1e", max_size=30))
def test_any_text_is_translated_or_refused(text: str) -> None:
    for read in (_juel.value, _juel.condition):
        try:
            said = read(f"${{{text}}}")
        except _juel.NotTranslated:
            continue
        assert feel.compile(said[1:]).text == said[1:]
