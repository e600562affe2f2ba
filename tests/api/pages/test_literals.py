"""No word of a page stands in a template untranslated: neither as text, nor in an attribute, nor in an expression."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import nodes

from api import render

EXPRESSION = "\N{OBJECT REPLACEMENT CHARACTER}"
SAID = {"alt", "aria-label", "aria-description", "label", "placeholder", "title"}
"""Attributes that are read out or shown."""
NAMES = {"Akta", "Enter", "Esc", "Ctrl"}
"""Words that are the same in every language."""
TEMPLATES = sorted(path for path in render.TEMPLATES.rglob("*.html") if path.name != "design.html")
"""All but the page for those who make pages."""
WORD = re.compile(r"[^\W\d_]{2,}")
CLASSES = re.compile(r"{% block (?:room|column|shape) %}[\w -]*{% endblock %}")
"""Blocks that fill an attribute nobody reads."""
ATTRIBUTE = re.compile(r'\baria-(?:describedby|invalid)="[^"]*"?')
"""Attributes that a macro gives by itself, outside of any tag."""


class _Words(HTMLParser):
    """Collects what a reader would read."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in SAID and value and WORD.search(value)]

    def handle_data(self, data: str) -> None:
        words = ATTRIBUTE.sub("", data).split(EXPRESSION)
        self.found += [word for word in words if set(WORD.findall(word)) - NAMES]


def _literals(source: str) -> Iterator[str]:
    made = render.environment("en", "Europe/Prague")
    tokens = [(kind, value) for _, kind, value in made.lex(CLASSES.sub("", source))]
    ends = {"variable_end", "block_end"}
    parser = _Words()
    parser.feed("".join(value if kind == "data" else EXPRESSION if kind in ends else "" for kind, value in tokens))
    parser.close()
    yield from (" ".join(word.split()) for word in parser.found)
    yield from (value for value in _constants(made.parse(source)) if re.match(r"[A-Z][a-z]+\b", value))


def _constants(node: nodes.Node) -> Iterator[str]:
    """Texts in expressions that are not handed to gettext."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in ("_", "ngettext"):
        return
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value
    for child in node.iter_child_nodes():
        yield from _constants(child)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_word_of_a_template_is_translated(path: Path) -> None:
    assert set(_literals(path.read_text())) - NAMES == set()


@pytest.mark.parametrize(
    "source",
    [
        "<p>Send it</p>",
        '<button aria-label="Close">{{ icon("x") }}</button>',
        '<input placeholder="{{ 1 }} name">',
        '{{ ui.tag("ok", "check", "Settled") }}',
        "{% if page.name %}<span>{{ page.name }} is here</span>{% endif %}",
    ],
)
def test_a_word_that_is_not_translated_is_found(source: str) -> None:
    assert list(_literals(source))


def test_what_is_translated_and_what_nobody_reads_is_let_through() -> None:
    source = """<p class="soft lead" data-x="y">{{ _("Send it") }} · 12 – {{ ngettext("One day", "Days", n) }}</p>"""
    assert list(_literals(source)) == []
