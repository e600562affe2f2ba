"""What types hold, what they have in common, and that none grows without end."""

from decimal import Decimal

from bpmn import feel, types
from bpmn.types._types import MAX_DEPTH, MAX_ENTRIES, MAX_SIZE, MAX_VALUES


def test_a_type_holds_the_values_it_was_told_from() -> None:
    for value in (None, True, Decimal(3), "a", [Decimal(1), "x"], {"a": {"b": [None]}}):
        assert types.fits(value, types.of_value(value))
    assert not types.fits("b", types.of_value("a"))
    assert not types.fits(True, types.NUMBER)
    assert not types.fits({"a": Decimal(1), "b": None}, types.context_of({"a": types.NUMBER}))
    assert types.fits({"a": Decimal(1), "b": None}, types.context_of({"a": types.NUMBER}, more=True))


def test_what_two_types_have_in_common_holds_the_values_of_both() -> None:
    both = types.one_of(types.enumeration(["a", "b"]), types.enumeration(["b", "c"]), types.NULL)
    assert both == types.enumeration(["a", "b", "c"]).optional
    lines = types.one_of(types.of_value({"a": Decimal(1)}), types.of_value({"b": "x"}))
    assert types.fits({"a": Decimal(1)}, lines)
    assert types.fits({"b": "x"}, lines)
    assert types.one_of(types.NUMBER, types.ANY) == types.ANY
    assert types.one_of(types.NUMBER, types.NOTHING) == types.NUMBER


def test_long_enumerations_become_their_kind_within_limits() -> None:
    many = types.enumeration(Decimal(value) for value in range(MAX_VALUES + 1))
    assert many == types.Type((types.Plain("number", None, types.Limits(Decimal(0), Decimal(MAX_VALUES), True)),))


def test_no_type_grows_without_end() -> None:
    deep, wide = types.NUMBER, types.NUMBER
    for _ in range(2 * MAX_DEPTH):
        deep = types.list_of(deep)
        wide = types.context_of({str(place): wide for place in range(40)})
        assert deep.depth <= MAX_DEPTH
        assert wide.size <= MAX_SIZE
    assert types.context_of(dict.fromkeys(map(str, range(MAX_ENTRIES + 1)), types.NUMBER)).size < 10


def test_the_largest_expressions_are_gone_through_once() -> None:
    doubled = ", ".join(f"x{i + 1}: {{a: x{i}, b: x{i}}}" for i in range(600))
    found = types.inferred(feel.compile(f"{{x0: 1, {doubled}}}"), types.Environment())
    assert found.misuses == ()
    chain = "(" * 60 + "unknown" + " + 1)" * 60
    assert len(types.inferred(feel.compile(chain), types.Environment()).misuses) == 1
    many = " and ".join(f"unknown{i}" for i in range(250))
    assert len(types.inferred(feel.compile(many), types.Environment()).misuses) == 50
