"""Letters are filled from data alone: no code runs, nothing missing is passed over, same data same bytes."""

from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from documents import letters, previews
from documents.letters import LetterError
from tests.documents import samples

AGREEMENT = samples.docx(
    "Agreement {{ contract.number }}",
    "For {{ applicant.name }}{% if applicant.company %} of {{ applicant.company }}{% endif %}.",
    header="{{ utility.name }}",
    table=[
        ("Meter", "Value"),
        ("{%tr for meter in meters %}", ""),
        ("{{ meter.serial }}", "{{ meter.value }}"),
        ("{%tr endfor %}", ""),
    ],
    title="Agreement {{ contract.number }}",
)
DATA: dict[str, Any] = {
    "contract": {"number": "C-1"},
    "applicant": {"name": "Minta Ügyfél", "company": None},
    "utility": {"name": "Tepelná Ukázka s.r.o."},
    "meters": [{"serial": "37461", "value": Decimal("1073")}, {"serial": "37462", "value": 5}],
}


def _text(letter: bytes) -> str:
    return "\n".join(previews.paragraphs(letter))


def test_a_letter_is_filled() -> None:
    letter = letters.fill(AGREEMENT, DATA)
    expected = ("Agreement C-1", "For Minta Ügyfél.", "Meter\tValue", "37461\t1073", "37462\t5")
    assert previews.paragraphs(letter) == expected
    document = Document(BytesIO(letter))
    assert document.sections[0].header.paragraphs[0].text == "Tepelná Ukázka s.r.o."
    assert document.core_properties.title == "Agreement C-1"


def test_the_same_data_gives_the_same_bytes() -> None:
    first = letters.fill(AGREEMENT, DATA)
    reordered = dict(reversed(list(DATA.items())))
    assert letters.fill(AGREEMENT, reordered) == first
    assert letters.fill(AGREEMENT, {**DATA, "contract": {"number": "C-2"}}) != first


def test_a_letter_says_when_it_was_made() -> None:
    made_at = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    properties = Document(BytesIO(letters.fill(AGREEMENT, DATA, made_at=made_at))).core_properties
    assert properties.created == properties.modified
    assert str(properties.created).startswith("2026-03-02 09:30")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("{{ a.b }}", {("a", "b"): True}),
        ("{% if a %}{{ b }}{% elif c %}{{ d }}{% endif %}",
         {("a",): True, ("b",): False, ("c",): False, ("d",): False}),
        ("{% if a is defined %}{{ a }}{% endif %}{{ a | default('x') }}", {("a",): False}),
        ("{% for m in a.list %}{{ m.no }}{{ loop.index }}{{ b }}{% endfor %}",
         {("a", "list"): True, ("a", "list", "[]", "no"): False, ("b",): False}),
        ("{% for m in a %}{% for n in m.parts %}{{ n }}{% endfor %}{% endfor %}",
         {("a",): True, ("a", "[]", "parts"): False, ("a", "[]", "parts", "[]"): False}),
        ("{{ a if b else c }}{{ d and e }}{{ f | upper }}",
         {("b",): True, ("a",): False, ("c",): False, ("d",): True, ("e",): False, ("f",): True}),
        ("{% if a is defined %}{% endif %}{{ a }}", {("a",): True}),
    ],
)  # fmt: skip
def test_what_a_template_always_reads_differs_from_what_it_may_do_without(
    text: str, read: dict[tuple[str, ...], bool]
) -> None:
    assert letters.readings(samples.docx(text)) == read


def test_the_placeholders_of_a_template_are_told() -> None:
    expected = {"contract.number", "applicant.name", "applicant.company", "utility.name", "meters"}
    assert letters.placeholders(AGREEMENT) == expected
    assert letters.placeholders(samples.docx("plain text")) == set()
    assert letters.placeholders(samples.docx("{{ a['b'].c }} {{ a.b }} {{ d | upper }}")) == {"a.b.c", "a.b", "d"}


@pytest.mark.parametrize(
    ("data", "placeholder"),
    [
        ({**DATA, "contract": {}}, "contract.number"),
        ({key: value for key, value in DATA.items() if key != "contract"}, "contract.number"),
        ({**DATA, "meters": [{"serial": "37461"}]}, "value"),
        ({**DATA, "applicant": "Minta Ügyfél"}, "applicant.name"),
        ({key: value for key, value in DATA.items() if key != "meters"}, "meters"),
    ],
)
def test_missing_data_is_named(data: dict[str, Any], placeholder: str) -> None:
    with pytest.raises(LetterError) as refused:
        letters.fill(AGREEMENT, data)
    assert refused.value.placeholder == placeholder
    assert placeholder in refused.value.detail


ATTACKS = [
    "{{ ''.__class__.__mro__ }}",
    "{{ ''['__class__'] }}",
    "{{ a.__init__.__globals__ }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ range(9) }}",
    "{{ a() }}",
    "{{ a.items() }}",
    "{{ 'a' * 1000000000 }}",
    "{{ 9 ** 9 ** 9 }}",
    "{{ a | attr('__class__') }}",
    "{{ a | safe }}",
    "{{ a | map('upper') }}",
    "{% set b = a %}",
    "{% include 'other' %}",
    "{% import 'other' as other %}",
    "{% macro m() %}{% endmacro %}",
    "{% for x in a recursive %}{% endfor %}",
    "{{ self._TemplateReference__context }}",
    "{{ '%1000000d' % 1 }}",
    "{{ lipsum }}{{ lipsum() }}",
    "{{ a is divisibleby 2 }}",
    "{{ a[:5] }}",
]


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("place", ["body", "header", "title"])
def test_a_template_runs_no_code(attack: str, place: str) -> None:
    template = {
        "body": samples.docx(attack),
        "header": samples.docx("text", header=attack),
        "title": samples.docx("text", title=attack),
    }[place]
    with pytest.raises(LetterError):
        letters.placeholders(template)
    with pytest.raises(LetterError):
        letters.fill(template, {"a": {}})


def test_jinjas_own_functions_are_not_data() -> None:
    assert letters.placeholders(samples.docx("{{ cycler }}")) == {"cycler"}
    with pytest.raises(LetterError, match="cycler"):
        letters.fill(samples.docx("{{ cycler }}"), {})


def test_a_part_of_the_data_named_like_a_method_is_the_data() -> None:
    assert _text(letters.fill(samples.docx("{{ a.items }}{{ a.keys }}"), {"a": {"items": 1, "keys": 2}})) == "12"
    with pytest.raises(LetterError, match=r"a\.items"):
        letters.fill(samples.docx("{{ a.items }}"), {"a": {}})


@pytest.mark.parametrize(
    "value", ["<w:p>&amp;</w:p>", "{{ contract }}", "{% raw %}", "]]>", "a\nb", "a\0b\x0b", "‘’“”", "{_{ x }_}"]
)
def test_what_an_applicant_writes_stays_text(value: str) -> None:
    letter = letters.fill(samples.docx("before {{ name }} after"), {"name": value, "contract": "leaked"})
    text = _text(letter)
    assert text.startswith("before ")
    assert text.endswith(" after")
    assert "leaked" not in text
    if value.startswith("<"):
        assert value in text


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60))
def test_any_text_can_stand_in_a_letter(value: str) -> None:
    letters.fill(samples.docx("{{ name }}"), {"name": value})


def test_own_filters_write_values() -> None:
    template = samples.docx("{{ amount | money }}")
    filters = {"money": lambda value: f"{value} Ft"}
    assert _text(letters.fill(template, {"amount": 5}, filters=filters)) == "5 Ft"
    assert letters.placeholders(template, filters) == {"amount"}
    with pytest.raises(LetterError, match="money"):
        letters.placeholders(template)


NO_TEMPLATES = {
    "empty": b"",
    "text": b"not a document",
    "pdf": samples.pdf(),
    "macros": samples.macro_docx(),
    "bomb": samples.zip_bomb(),
    "open braces": samples.docx("{{ a"),
    "open condition": samples.docx("{% if a %}"),
    "two names": samples.docx("{{ a b }}"),
}


@pytest.mark.parametrize("template", NO_TEMPLATES.values(), ids=NO_TEMPLATES)
def test_what_is_no_template_is_refused(template: bytes) -> None:
    with pytest.raises(LetterError):
        letters.placeholders(template)
    with pytest.raises(LetterError):
        letters.fill(template, {"a": 1})


def test_a_comparison_that_makes_no_sense_is_an_error_of_the_letter() -> None:
    with pytest.raises(LetterError):
        letters.fill(samples.docx("{% if a > 1 %}x{% endif %}"), {"a": "text"})
