"""Random FEEL expressions whose parts fit together, mostly."""

from collections.abc import Callable

from hypothesis import strategies as st

Text = st.SearchStrategy[str]

NUMBERS = st.one_of(st.integers(-20, 20).map(str), st.sampled_from(["0.5", "1.25", "100", "-2.5"]))
STRINGS = st.sampled_from(['""', '"a"', '"b"', '"ab"', '"foobar"', '"Ab c"'])
BOOLEANS = st.sampled_from(["true", "false"])
DAYS = st.sampled_from(['@"2026-01-31"', '@"2024-02-29"', 'date("2026-03-02")', "date(2025, 12, 31)"])
DURATIONS = st.sampled_from(['@"P1D"', '@"P10D"', '@"PT48H"', '@"P1M"', '@"P1Y2M"'])


NUMBERED = st.lists(NUMBERS, max_size=4).map(lambda items: f"[{', '.join(items)}]")


def _filled(pattern: str, *parts: Text) -> Text:
    return st.tuples(*parts).map(lambda texts: pattern.format(*texts))


def expressions(depth: int = 3) -> Text:
    """An expression of any kind."""
    return st.one_of(numbers(depth), strings(depth), booleans(depth), lists(depth), dates(depth), contexts(depth))


def _later(make: Callable[[int], Text], depth: int) -> Text:
    """What has one level less."""
    return st.deferred(lambda: make(max(0, depth - 1)))


def _any(depth: int) -> Text:
    return st.one_of(_single(depth), st.deferred(lambda: lists(depth)))


def _single(depth: int) -> Text:
    return st.deferred(lambda: st.one_of(st.just("null"), numbers(depth), strings(depth), booleans(depth)))


def numbers(depth: int) -> Text:
    if depth == 0:
        return NUMBERS
    number, text, items = (_later(make, depth) for make in (numbers, strings, lists))
    several = st.lists(number, min_size=1, max_size=3).map(", ".join)
    return st.one_of(
        NUMBERS,
        _filled("({} {} {})", number, st.sampled_from("+-*"), number),
        _filled("(if {} then {} else {})", _later(booleans, depth), number, number),
        _filled("count({})", items),
        _filled("string length({})", text),
        _filled("{}([{}])", st.sampled_from(["sum", "min", "max", "mean"]), several),
        _filled("{}({})", st.sampled_from(["abs", "floor", "ceiling"]), number),
        _filled("{}[{}]", items, st.integers(-3, 3).map(str)),
        _filled("{{a: {}, b: a + 1}}.b", number),
        _filled("{}.{}", DAYS, st.sampled_from(["year", "month", "day", "weekday"])),
        _filled("(function(x, y) x * y + {})({}, 2)", number, number),
    )


def strings(depth: int) -> Text:
    if depth == 0:
        return STRINGS
    text = _later(strings, depth)
    return st.one_of(
        STRINGS,
        _filled("({} + {})", text, text),
        _filled("upper case({})", text),
        _filled('substring("foobar", {})', st.sampled_from(["1", "3", "6", "-2", "-6", "2, 2", "-3, 1"])),
        _filled("substring before({}, {})", text, STRINGS),
        _filled("substring after({}, {})", text, STRINGS),
        _filled("string join([{}, {}], {})", text, text, STRINGS),
        _filled("string({})", st.one_of(NUMBERS, _later(dates, depth))),
    )


def booleans(depth: int) -> Text:
    if depth == 0:
        return BOOLEANS
    number, text, boolean, items, day = (_later(make, depth) for make in (numbers, strings, booleans, lists, dates))
    sign, same = st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), st.sampled_from(["=", "!="])
    low, high = st.sampled_from(["-3", "0", "1.5"]), st.sampled_from(["2", "10"])
    return st.one_of(
        BOOLEANS,
        *(_filled("({} {} {})", kind, sign, kind) for kind in (number, text, day)),
        _filled("({} {} {})", _single(depth - 1), same, _single(depth - 1)),
        _filled("([{}, {}] = [{}, 1])", number, NUMBERS, NUMBERS),
        _filled("({} {} {})", boolean, st.sampled_from(["and", "or"]), boolean),
        _filled("not({})", boolean),
        _filled("({} between {} and {})", number, low, high),
        _filled("({} in [{}..{}])", number, low, high),
        _filled("({} in ({}, > {}))", number, number, number),
        _filled("(some x in {} satisfies x = {})", NUMBERED, number),
        _filled("(every x in {} satisfies x > {})", NUMBERED, NUMBERS),
        _filled("contains({}, {})", text, STRINGS),
        _filled("starts with({}, {})", text, STRINGS),
        _filled("list contains({}, {})", items, number),
        _filled("({} instance of number)", _any(depth - 1)),
    )


def lists(depth: int) -> Text:
    if depth == 0:
        return NUMBERED
    items, number = _later(lists, depth), _later(numbers, depth)
    return st.one_of(
        NUMBERED,
        st.lists(_any(depth - 1), max_size=3).map(lambda found: f"[{', '.join(found)}]"),
        _filled("{}[item > {}]", NUMBERED, number),
        _filled("(for x in {} return [x, {}])", items, number),
        _filled("(for i in {}..{} return i * 2)", st.integers(-3, 0).map(str), st.integers(1, 3).map(str)),
        _filled("(for x in {}, y in [1, 2] return y)", items),
        _filled("append({}, {})", items, number),
        _filled("concatenate({}, {})", items, items),
        _filled("reverse({})", items),
        _filled("distinct values({})", items),
        _filled("flatten([{}, {}])", items, items),
        _filled("sublist([1, 2, 3], {})", st.sampled_from(["1", "2", "3", "-1", "-3", "1, 2", "2, 1", "-2, 2"])),
        _filled("index of({}, {})", items, number),
        _filled("sort({}, function(x, y) x < y)", NUMBERED),
        _filled("[{{v: {}}}, {{v: {}}}].v", number, number),
    )


def dates(depth: int) -> Text:
    if depth == 0:
        return DAYS
    day = _later(dates, depth)
    return st.one_of(
        DAYS,
        st.tuples(day, st.sampled_from("+-"), DURATIONS).map(" ".join).map("({})".format),
    )


def contexts(depth: int) -> Text:
    number, text = _later(numbers, depth), _later(strings, depth)
    made = _filled('{{a: {}, "b c": {}}}', number, text)
    return st.one_of(
        made,
        _filled('context put({}, "a", {})', made, number),
        _filled("context merge([{}, {{z: {}}}])", made, number),
        _filled('get value({}, "a")', made),
        _filled("get entries({})", made),
    )
