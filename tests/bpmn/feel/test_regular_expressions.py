"""Regular expressions as XPath has them, without backtracking."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpmn import feel

from .conftest import NOW, Evaluate


@pytest.mark.parametrize(
    ("text", "pattern", "flags", "expected"),
    [
        ("foobar", "^fo*b", "", True),
        ("foobar", "^fo{3}b", "", False),
        ("a\nb", "a.b", "", False),
        ("a\nb", "a.b", "s", True),
        ("x\nb", "^b$", "m", True),
        ("HELLO", "hello", "i", True),
        ("hello world", "hello \\ sworld", "x", True),
        ("hello", " h e l l o ", "x", True),
        ("Ž", "\\p{Lu}", "", True),
        ("x", "[a-z-[aeiou]]", "", True),
        ("e", "[a-z-[aeiou]]", "", False),
        ("12", "^[^\\d]+$", "", False),
        ("a-b", "^[\\w-]+$", "", True),
        ("ab", "(a", "", None),
        ("ab", "a", "q", None),
        ("abba", "^(a)(b)\\2\\1$", "", True),
        ("aA", "(a)\\1", "", False),
        ("aA", "(a)\\1", "i", True),
        ("b", "(a)?b\\1", "", True),
        ("aa", "\\1(a)", "", None),
    ],
)
def test_patterns(value: Evaluate, text: str, pattern: str, flags: str, expected: bool | None) -> None:
    assert value("matches(text, pattern, flags)", text=text, pattern=pattern, flags=flags) is expected


def test_replacing_takes_groups_and_escapes(value: Evaluate) -> None:
    assert value('replace("2026-01-31", "(\\\\d+)-(\\\\d+)-(\\\\d+)", "$3.$2.$1")') == "31.01.2026"
    assert value('replace("5", "5", "\\\\$5")') == "$5"
    assert value('replace("aaa", "a+?", "-")') == "---"


def test_what_matches_nothing_breaks_no_text(value: Evaluate, reasons: Evaluate) -> None:
    assert value('replace("aaa", "a*?", "-")') is None
    assert value('split("abc", "")') is None
    assert "breaks a text nowhere" in reasons('split("abc", "x*")')[0]


_PATTERNS = st.recursive(
    st.sampled_from(["a", "b", ".", "[ab]", "[^a]"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]}|{pair[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}"])).map(lambda pair: f"(?:{pair[0]}){pair[1]}"),
    ),
    max_leaves=5,
)


@settings(deadline=None)
@given(_PATTERNS, st.text("abc", max_size=8))
def test_it_finds_what_the_backtracking_machine_of_python_finds(pattern: str, text: str) -> None:
    found = feel.compile("matches(text, pattern)").evaluate({"text": text, "pattern": pattern}, now=NOW)
    assert found is (re.search(pattern, text) is not None)
