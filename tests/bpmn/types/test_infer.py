"""What is told of an expression before it is evaluated, and that it is true."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bpmn import feel, types
from bpmn.feel import nodes

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LINE = types.context_of({"price": types.NUMBER, "sku": types.STRING})
KNOWN: Mapping[str, types.Type] = {
    "amount": types.NUMBER.optional,
    "decision": types.enumeration(["accept", "reject"]).optional,
    "name": types.STRING.optional,
    "agreed": types.BOOLEAN,
    "day": types.DATE,
    "lines": types.list_of(LINE),
    "share": types.Type((types.Plain("number", limits=types.Limits(Decimal(0), Decimal(100), True)),)),
}
HERE = types.Environment(KNOWN)


def told(text: str, environment: types.Environment = HERE, *, condition: bool = False) -> list[tuple[str, str]]:
    found = types.inferred(feel.compile(text), environment, condition=condition)
    return [(misuse.code, str(misuse.sentence)) for misuse in found.misuses]


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ('decisoin = "accept"', "unknown-variable", 'Did you mean "decision"?'),
        ("lines[prize > 3]", "unknown-variable", 'Did you mean "price"?'),
        ("qwertz + 1", "unknown-variable", 'nothing sets "qwertz".'),
        ("amount + name", "wrong-type", "a number + a text has no meaning."),
        ("-name", "wrong-type", "a text has no negative."),
        ("day + 1", "wrong-type", "a date + 1 has no meaning."),
        ('amount > "a"', "wrong-type", 'a number and "a" have no order between them.'),
        ('day < "2026-01-01"', "wrong-type", "have no order"),
        ("amount between day and 3", "wrong-type", "have no order"),
        ("{f: 1, r: f(1)}", "wrong-type", "1 cannot be called."),
        ('decision = "acept"', "always-same", 'Did you mean "accept"?'),
        ('decision in ("acept", "reject")', "always-same", 'Did you mean "accept"?'),
        ('decision != "acept"', "always-same", "always so"),
        ('amount = "a"', "always-same", "never be true"),
        ("amount = name", "always-same", "never be true"),
        ("1 = null", "always-same", "never be true"),
        ("1 = 1", "always-same", "always true"),
        ("share > 100", "always-same", "a number from 0 to 100"),
        ("share >= 0", "always-same", "always true"),
        ("count(lines) < 0", "always-same", "never be true"),
        ("day.yaer", "no-entry", 'Did you mean "year"?'),
        ("lines.cost", "no-entry", 'there is no "cost" in it'),
        ("amount.size", "no-entry", "it is a number"),
        ("if amount then 1 else 2", "not-boolean", "this is a number"),
        ("agreed and amount", "not-boolean", "this is a number"),
        ("some line in lines satisfies line.price", "not-boolean", "this is a number"),
        ("lines[day]", "not-boolean", "a condition or a position"),
        ("string length(amount)", "wrong-argument", "string length takes a text as its string; this is a number."),
        ("sum(lines.sku)", "wrong-argument", "sum cannot do anything with a list whose items are a text."),
        ('not("accept")', "wrong-argument", "not takes yes or no"),
        ("substring(string: name, start position: name)", "wrong-argument", "takes a number as its start position"),
        ("{f: function(a) a, r: f(1, 2)}", "wrong-argument", "takes 1 arguments, not 2"),
        ("{f: function(a) a, r: f(b: 2)}", "wrong-argument", "are called a"),
    ],
)
def test_what_can_only_be_a_mistake_is_told_in_words(text: str, code: str, words: str) -> None:
    found = told(text)
    assert [each for each, _ in found][:1] == [code]
    assert words in found[0][1]


@pytest.mark.parametrize(
    "text",
    [
        'decision = "accept" or decision = null',
        "if amount = null then 0 else amount + 1",
        "lines[price > 3].sku",
        "lines[item.price > 3][1].sku",
        "lines[price > amount]",
        "for i in 1..count(lines) return lines[i].price * i",
        'day + duration("P1D") > today()',
        "sort(lines, function(a, b) a.price < b.price)[1].price + 1",
        'context put({a: 1}, "b", name).b = name',
        "{total: sum(lines.price), half: total / 2}.half > 3",
        "amount in ([1..3], > 10)",
        "get or else(amount, 0) + 1",
        'string join(lines.sku, ", ")',
        "every line in lines satisfies line.price > 0",
        "{f: function(a) if a = 0 then 0 else f(a - 1), r: f(3)}.r",
        "min(1, amount, 3) + max(lines.price)",
        'if decision = "accept" then amount else "none"',
        "[1, amount][item > 0]",
        'day of week(day) = "Monday"',
        "share > 99",
    ],
)
def test_what_may_be_right_is_left_alone(text: str) -> None:
    assert told(text) == []


def test_where_not_all_names_are_known_an_unknown_one_can_be_anything() -> None:
    assert told("elsewhere + 1 > elsewhere.more", types.Environment(KNOWN, closed=False)) == []


def test_two_sides_that_are_equal_only_when_both_are_missing_are_no_certain_mistake() -> None:
    (misuse,) = types.inferred(feel.compile("amount = name"), HERE).misuses
    assert not misuse.certain


def test_a_condition_as_a_whole_has_to_be_true_or_false() -> None:
    assert told("amount", condition=True) == [("not-boolean", "a condition must be true or false; this is a number.")]
    assert told("agreed", condition=True) == []


def test_the_place_of_a_mistake_is_its_offset() -> None:
    (misuse,) = types.inferred(feel.compile('amount > 1 and\n  decision = "x"'), HERE).misuses
    assert nodes.place('amount > 1 and\n  decision = "x"', misuse.at) == (2, 12)


@pytest.mark.parametrize(
    ("cell", "value", "codes"),
    [
        ('"acept"', KNOWN["decision"], ["always-same"]),
        ('"accept", "reject"', KNOWN["decision"], []),
        ('not("acept")', KNOWN["decision"], ["always-same"]),
        ("< 5", KNOWN["name"], ["wrong-type"]),
        ("[1..3]", KNOWN["name"], ["always-same"]),
        ("[1..3], > 7", KNOWN["amount"], []),
        ("true", KNOWN["amount"], ["always-same"]),
        ("amount > 3", KNOWN["name"], []),
        ("? > 3 and ? < 5", KNOWN["amount"], []),
        ("? + 1", KNOWN["amount"], ["not-boolean"]),
        ("null", KNOWN["amount"], []),
        ("-", KNOWN["amount"], []),
    ],
)
def test_a_cell_is_looked_at_with_the_type_of_its_column(cell: str, value: types.Type, codes: list[str]) -> None:
    assert [misuse.code for misuse in types.tested(feel.compile_unary(cell), value, HERE)] == codes


def test_every_built_in_function_has_a_result() -> None:
    from bpmn.types._results import RESULTS

    assert RESULTS.keys() == nodes.FORMS.keys()


# true for any values

_VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    "n": st.sampled_from([Decimal(0), Decimal(3), Decimal("-2.5"), None]),
    "s": st.sampled_from(["a", "b", None]),
    "t": st.sampled_from(["", "a b", "2026-01-31"]),
    "b": st.sampled_from([True, False, None]),
    "d": st.just(date(2026, 1, 31)),
    "p": st.sampled_from([timedelta(days=2), timedelta(0)]),
    "l": st.lists(st.sampled_from([Decimal(1), Decimal(2)]), max_size=3),
    "c": st.lists(st.fixed_dictionaries({"k": st.sampled_from([Decimal(1), "x", None])}), max_size=2),
    "u": st.sampled_from([Decimal(1), "x", None, [Decimal(1)], {"k": Decimal(1)}]),
}
_TYPES: Mapping[str, types.Type] = {
    "n": types.NUMBER.optional,
    "s": types.enumeration(["a", "b"]).optional,
    "t": types.STRING,
    "b": types.BOOLEAN.optional,
    "d": types.DATE,
    "p": types.DAYS,
    "l": types.list_of(types.enumeration([Decimal(1), Decimal(2)])),
    "c": types.list_of(types.context_of({"k": types.one_of(types.NUMBER, types.STRING, types.NULL)})),
    "u": types.one_of(*(types.of_value(v) for v in (Decimal(1), "x", None, [Decimal(1)], {"k": Decimal(1)}))),
}
_LEAVES = st.sampled_from([*_TYPES, "0", "3", "-1", '"a"', '"zz"', "true", "null", "[]", '@"P1D"', '@"2026-02-01"'])


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two = st.tuples(inner, inner)
    operators = st.sampled_from(["+", "-", "*", "/", "=", "!=", "<", "<=", ">", ">=", "and", "or"])
    functions = st.sampled_from(
        ["count", "sum", "string", "not", "abs", "string length", "flatten", "min", "is defined", "reverse", "date"]
    )
    return st.one_of(
        st.builds(lambda pair, sign: f"({pair[0]} {sign} {pair[1]})", two, operators),
        st.builds("{1}({0})".format, inner, functions),
        st.builds("(if {0} then {1} else {2})".format, inner, inner, inner),
        st.builds("{0}[{1}]".format, st.sampled_from(["l", "c", "u", "n"]), inner),
        st.builds("c[k = {0}]".format, inner),
        st.builds("({0}).k".format, inner),
        st.builds("(for i in {0} return i)".format, inner),
        st.builds("(some i in {0} satisfies i = {1})".format, inner, inner),
        st.builds("[{0}, {1}]".format, inner, inner),
        st.builds("{{k: {0}, m: k}}.m".format, inner),
        st.builds("({0} in ({1}, {2}))".format, inner, inner, inner),
        st.builds("({0} between {1} and {2})".format, inner, inner, inner),
        st.builds("append({0}, {1})".format, inner, inner),
        st.builds("get or else({0}, {1})".format, inner, inner),
    )


def _nothing(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(map(_nothing, value)))


@settings(max_examples=150, deadline=None)
@given(text=st.recursive(_LEAVES, _grown, max_leaves=6), values=st.fixed_dictionaries(dict(_VALUES)))
@example(text="append(c, [n]).k", values={"c": [{"k": "x"}], "n": Decimal(3)})
def test_what_is_told_is_true_for_any_values(text: str, values: Mapping[str, Any]) -> None:
    expression = feel.compile(text)
    found = types.inferred(expression, types.Environment(_TYPES))
    value = expression.evaluate(values, now=NOW)
    assert types.fits(value, found.type), (text, values, value, found.type)
    for misuse in found.misuses:
        if misuse.at != expression.node.at or not misuse.certain:
            continue
        if misuse.code == "always-same" and str(misuse.sentence).startswith("this can never be true"):
            assert value is not True, (text, values)
        elif misuse.code == "always-same":
            assert value is not False, (text, values)
        elif misuse.code in ("wrong-type", "no-entry"):
            assert value is False or _nothing(value), (text, values)
