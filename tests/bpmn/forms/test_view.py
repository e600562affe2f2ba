"""What a template is given to draw."""

import time
from datetime import date
from decimal import Decimal
from typing import Any

from bpmn import forms
from bpmn.texts import Texts
from tests.bpmn.forms.building import CZECH, ENGLISH, NO_TEXTS, NOW, accept, field, form, options


def view(
    of: forms.Form, values: dict[str, Any] | None = None, texts: Texts = NO_TEXTS, **more: Any
) -> dict[str, forms.FieldView]:
    return {row.key: row for row in of.view(values or {}, texts, now=NOW, **more)}


def test_groups_are_flattened_under_their_headings() -> None:
    grouped = form(
        {"type": "group", "id": "g", "label": "About you", "components": [field("textfield", "name")]},
        field("textfield", "other"),
    )
    rows = grouped.view({}, NO_TEXTS, now=NOW)
    assert [(row.type, row.key, row.group, row.level) for row in rows] == [
        ("group", "g", "", 0),
        ("textfield", "name", "g", 1),
        ("textfield", "other", "", 0),
    ]


def test_a_group_of_which_nothing_shows_has_no_heading() -> None:
    inner = field("textfield", "a", conditional={"hide": "=true"})
    assert not form({"type": "group", "id": "g", "components": [inner]}).view({}, NO_TEXTS, now=NOW)


def test_words_come_from_the_texts_before_the_schema() -> None:
    choice = form(field("radio", "r", values=options("yes", "no"), description="Schema hint"))
    tree = {"forms": {"test": {"r": {"label": "Souhlas", "help": "Delší", "options": {"yes": "Ano"}}}}}
    row = view(choice, {"r": "yes"}, Texts("cs", tree, {}))["r"]
    assert (row.label, row.hint, row.help) == ("Souhlas", "Schema hint", "Delší")
    assert row.options == (forms.OptionView("yes", "Ano", True), forms.OptionView("no", "No", False))
    assert row.shown == "Ano"


def test_inputs_get_what_a_phone_needs() -> None:
    rows = view(
        form(
            field("textfield", "mail", validate={"validationType": "email"}),
            field("number", "whole", decimalDigits=0, validate={"min": 0}, appearance={"suffixAdorner": "m³"}),
            field("number", "any"),
            field("datetime", "day", properties={"latest": "today", "earliest": "2014-01-01"}),
            field("filepicker", "photo", accept="image/*", properties={}),
            field("textarea", "note", properties={"rows": 8}),
            field("textfield", "name", properties={"autocomplete": "name"}),
        )
    )
    assert (rows["mail"].input_type, rows["mail"].autocomplete, rows["mail"].inputmode) == ("email", "email", "email")
    assert (rows["whole"].inputmode, rows["whole"].min, rows["whole"].suffix) == ("numeric", "0", "m³")
    assert rows["any"].inputmode == "decimal"
    assert (rows["day"].input_type, rows["day"].min, rows["day"].max) == ("date", "2014-01-01", "2014-11-11")
    assert rows["photo"].accept == "image/*"
    assert rows["note"].rows == 8
    assert rows["note"].max_length == 20_000
    assert rows["name"].autocomplete == "name"


def test_values_are_written_for_inputs_and_for_readers() -> None:
    shows = form(field("number", "n"), field("datetime", "d"), field("checkbox", "b"))
    values = {"n": Decimal("12345.5"), "d": date(2014, 11, 30), "b": True}
    czech = view(shows, values, language=CZECH)
    assert czech["n"].value == "12345,5"
    assert czech["n"].shown == "12\N{NO-BREAK SPACE}345,5"
    assert (czech["d"].value, czech["d"].shown) == ("2014-11-30", "30. listopadu 2014")
    assert czech["b"].checked
    assert view(shows, values, language=ENGLISH)["n"].value == "12345.5"


def test_what_is_written_into_an_input_is_read_back_the_same() -> None:
    shows = form(field("number", "n"), field("datetime", "d"))
    for number in (Decimal("-1234567.25"), Decimal("0.001"), Decimal(1000)):
        for speech in (ENGLISH, CZECH):
            rows = view(shows, {"n": number, "d": date(2014, 2, 1)}, language=speech)
            again = accept(shows, {"n": rows["n"].value, "d": rows["d"].value}, speech=speech)
            assert again.values == {"n": number, "d": date(2014, 2, 1)}


def test_a_wrong_answer_is_shown_as_it_was_typed_with_its_error() -> None:
    shows = form(field("number", "n"))
    answers = accept(shows, {"n": "lots"})
    row = view(shows, dict(answers.shown), errors=answers.errors)["n"]
    assert row.value == "lots"
    assert row.error == answers.errors["n"]


def test_a_read_only_field_can_show_what_is_worked_out() -> None:
    shows = form(field("textfield", "serial_shown", readonly=True, properties={"value": "=meter.serial"}))
    row = view(shows, {"meter": {"serial": "37461"}})["serial_shown"]
    assert row.readonly
    assert row.shown == "37461"
    assert shows.keys == ()


def test_a_default_stands_until_there_is_an_answer() -> None:
    shows = form(field("textfield", "t", defaultValue="x"))
    assert view(shows)["t"].value == "x"
    assert view(shows, {"t": "y"})["t"].value == "y"


def test_a_table_lists_rows_and_puts_text_keys_into_words() -> None:
    columns = [{"key": "severity", "label": "Severity"}, {"key": "text", "label": "Finding"}]
    shows = form({"type": "table", "id": "checks", "label": "Checks", "dataSource": "=flags", "columns": columns})
    texts = Texts("en", {"texts": {"WARN": "Look closer"}}, {})
    row = view(shows, {"flags": [{"severity": "WARN", "text": Decimal("1.5")}, "bare"]}, texts)["checks"]
    assert row.columns == ("Severity", "Finding")
    assert row.cells == (
        (forms.Cell("Look closer", "WARN"), forms.Cell("1.5", "1.5")),
        (forms.Cell("bare", "bare"), forms.Cell("", "")),
    )
    assert view(shows, {})["checks"].cells == ()


def test_a_worked_out_value_that_names_a_text_is_put_into_words_and_an_answer_is_not() -> None:
    shows = form(field("textfield", "why", readonly=True, properties={"value": "=refusal"}), field("textfield", "t"))
    texts = Texts("en", {"texts": {"flag-own": "You entered it yourself"}}, {})
    rows = view(shows, {"refusal": "flag-own", "t": "flag-own"}, texts)
    assert (rows["why"].shown, rows["t"].value) == ("You entered it yourself", "flag-own")
    assert view(shows, {"refusal": "Other words"}, texts)["why"].shown == "Other words"


def test_paragraphs_of_a_text_block_stand_apart() -> None:
    shows = form({"type": "text", "id": "intro", "text": "One\nline.\n\nTwo."})
    assert view(shows)["intro"].paragraphs == ("One line.", "Two.")


def test_files_given_before_are_listed() -> None:
    shows = form(field("filepicker", "f", multiple=True))
    row = view(shows, {"f": ["u1", {"id": "u2", "name": "photo.jpg"}]})["f"]
    assert row.files == (forms.FileView("u1", ""), forms.FileView("u2", "photo.jpg"))


def test_answers_of_a_source_are_offered() -> None:
    shows = form(field("select", "meter", valuesKey="meters"))
    row = view(shows, {"meter": Decimal(2)}, sources={"meters": [{"value": Decimal(2), "label": "Kitchen"}]})["meter"]
    assert row.options == (forms.OptionView("2", "Kitchen", True),)


def test_conditions_that_would_take_for_ever_share_an_allowance_and_then_show_their_fields() -> None:
    heavy = "=count(for i in 1..150000 return i) = if next = null then 0 else 1"
    asked = [field("textfield", f"f{n}", conditional={"hide": heavy.replace("next", f"f{n + 1}")}) for n in range(50)]
    started = time.perf_counter()
    assert len(view(form(*asked))) == 50
    assert time.perf_counter() - started < 20
