"""What a process owner reads when an expression is wrong."""

import pytest

from bpmn import feel


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("", 1, 1, "expected a value, but the expression ends here"),
        ("1 +", 1, 4, "expected a value"),
        ("(1", 1, 3, 'expected ")" after the expression in brackets'),
        ("if a > 1 the 2", 1, 10, "expected"),
        ("if a\nthen 1", 2, 7, 'expected "else" after the "then" part'),
        ('a = "open', 1, 5, "no closing quote"),
        ("a ! b", 1, 3, "means nothing alone"),
        ("a $ b", 1, 3, 'the character "$" means nothing here'),
        ("for x of xs return x", 1, 13, 'expected "in" after the name "x of xs"'),
        ("[1..2", 1, 6, 'expected "]" or ")" after the end of the range'),
        ("{a 1}", 1, 5, 'expected ":" after the name "a 1"'),
        ("{a: 1, a: 2}", 1, 11, "stands twice"),
        ('@"yesterday"', 1, 1, "is no date, time"),
        ("1e9999", 1, 1, "too large"),
        ("string lenght(a)", 1, 8, 'did you mean "string length"'),
        ("cuont(a)", 1, 1, 'there is no function "cuont". Did you mean "count"?'),
        ("substring(a)", 1, 1, "substring is called as substring(string, start position[, length])"),
        ('"\\uD800"', 1, 1, "half of a character"),
    ],
)
def test_a_syntax_error_names_the_place_and_what_was_expected(text: str, line: int, column: int, words: str) -> None:
    with pytest.raises(feel.FeelSyntaxError) as caught:
        feel.compile(text)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert words in caught.value.message


def test_a_wrong_cell_is_told_like_a_wrong_expression() -> None:
    with pytest.raises(feel.FeelSyntaxError, match="expected"):
        feel.compile_unary('"a", ')


def test_an_error_is_put_together_in_the_language_of_its_reader() -> None:
    known = {
        "Line %(line)s, column %(column)s: %(problem)s": "%(line)s/%(column)s %(problem)s",
        "%(expected)s, but found %(found)s": "%(expected)s (%(found)s)",
        'expected ":" after the name "%(name)s"': "nach %(name)s",
    }
    with pytest.raises(feel.FeelSyntaxError) as caught:
        feel.compile("{a 1}")
    assert caught.value.whole.said(lambda msgid: known[msgid]) == "1/5 nach a 1 (})"
    assert str(caught.value) == 'Line 1, column 5: expected ":" after the name "a 1", but found }'
