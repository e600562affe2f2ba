"""Answers as people, and as attackers, send them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpmn.texts import Texts
from tests.bpmn.forms.building import CZECH, ENGLISH, accept, complaint, field, form, one, options, required


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("12", "12"),
        ("12,5", "12.5"),
        ("12.50", "12.50"),
        ("-3", "-3"),
        ("\N{MINUS SIGN}3,25", "-3.25"),
        ("1 234", "1234"),
        ("1\N{NO-BREAK SPACE}234,5", "1234.5"),
        ("1\N{NARROW NO-BREAK SPACE}234\N{NARROW NO-BREAK SPACE}567", "1234567"),
        ("12\N{THIN SPACE}345", "12345"),
        ("007", "7"),
        (" 0 ", "0"),
    ],
)
def test_a_number_is_read_as_people_write_it(typed: str, value: str) -> None:
    assert one(field("number", "n"), typed) == Decimal(value)


@pytest.mark.parametrize(
    "typed", ["1e5", "NaN", "Infinity", "0x10", "1_000", "12 34", "1,2,3", "1.234,5", "٣", "½", "5 m3", "--1", "9" * 35]
)
def test_what_is_no_number_is_not_guessed(typed: str) -> None:
    assert complaint(field("number", "n"), typed)


def test_an_empty_number_is_no_answer_and_not_nought() -> None:
    assert one(field("number", "n"), "") is None
    assert one(field("number", "n"), "   ") is None
    assert complaint(required("number", "n"), "") == "Write the number here. If it is nought, write 0."
    assert one(required("number", "n"), "0") == 0


def test_a_separator_that_the_language_groups_thousands_with_is_asked_about() -> None:
    assert "two ways" in complaint(field("number", "n"), "1,234", ENGLISH)
    assert one(field("number", "n"), "1,234", CZECH) == Decimal("1.234")
    assert one(field("number", "n"), "0,234", ENGLISH) == Decimal("0.234")
    assert one(field("number", "n"), "1.234", ENGLISH) == Decimal("1.234")


def test_a_number_keeps_its_limits_and_its_precision() -> None:
    whole = field("number", "n", decimalDigits=0, validate={"min": 0, "max": 99})
    assert one(whole, "99") == 99
    assert complaint(whole, "1.5") == "Write a whole number, without decimal places."
    assert complaint(whole, "100") == "The number must be 99 or less."
    assert complaint(whole, "-1") == "The number must be 0 or more."
    assert complaint(field("number", "n", decimalDigits=2), "1.2345") == "Write at most 2 decimal places."
    assert complaint(field("number", "n", increment="0.5"), "1.2") == "The number must be a multiple of 0.5."


@pytest.mark.parametrize(
    "typed",
    ["2014-11-30", "30. 11. 2014", "30.11.2014", "2014.11.30.", "2014. 11. 30.", "30.\N{NO-BREAK SPACE}11. 2014"],
)
def test_a_date_is_read_as_each_country_writes_it(typed: str) -> None:
    assert one(field("datetime", "d", subtype="date"), typed) == date(2014, 11, 30)


@pytest.mark.parametrize("typed", ["31.2.2014", "11/30/2014", "30.11.14", "0000-01-01", "9999-12-31", "today", "2014"])
def test_what_is_no_date_is_not_guessed(typed: str) -> None:
    said = complaint(field("datetime", "d", subtype="date"), typed)
    assert said.startswith("This is not a date in the calendar.")
    assert "10\xa0Nov\xa02014" in said


def test_today_is_the_day_in_the_readers_zone() -> None:
    late = field("datetime", "d", subtype="date", properties={"latest": "today"})
    assert one(late, "2014-11-11") == date(2014, 11, 11)
    assert complaint(late, "2014-11-12") == "The date must be 11\xa0Nov\xa02014 or earlier."
    early = field("datetime", "d", subtype="date", disallowPassedDates=True)
    assert complaint(early, "2014-11-10") == "The date must be 11\xa0Nov\xa02014 or later."


def test_a_line_of_text_is_trimmed_and_composed() -> None:
    assert one(field("textfield", "t"), "  a\u030a b\r\nc ") == "å b c"
    assert one(field("textarea", "t"), " a\r\nb\r") == "a\nb"
    assert one(field("textfield", "t"), "   ") is None


@pytest.mark.parametrize("sent", ["a\0b", "a\x1bb", "\ud800", "\u202eevil"])
def test_signs_that_cannot_be_kept_are_refused(sent: str) -> None:
    assert "cannot be kept" in complaint(field("textfield", "t"), sent)


def test_what_was_typed_wrongly_comes_back_without_nul() -> None:
    assert accept(form(field("textfield", "t")), {"t": "a\0b"}).shown["t"] == "ab"


def test_lengths_are_counted_in_characters() -> None:
    short = field("textfield", "t", validate={"minLength": 2, "maxLength": 3})
    assert one(short, "🏠🏠🏠") == "🏠🏠🏠"
    assert complaint(short, "a") == "Write at least 2 characters."
    assert complaint(short, "abcde") == "At most 3 characters fit here: take out 2."
    assert complaint(field("textfield", "t"), "x" * 1001)
    assert complaint(field("textarea", "t"), "x" * 10_000_000)


@pytest.mark.parametrize("mail", ["a@example.org", "first.o'last+x@mail.example.org", "a.b@xn--pklad-zsa96e.example"])
def test_an_email_address_is_taken(mail: str) -> None:
    assert one(field("textfield", "m", validate={"validationType": "email"}), mail) == mail


@pytest.mark.parametrize(
    "mail",
    [
        "a",
        "a@b",
        "a b@example.org",
        "a@example.org, b@example.org",
        "<a@example.org>",
        "a@x..org",
        "a@@b.cz",
        ".a@example.org",
        "a..b@example.org",
        "ž@example.org",
        "a@-x.org",
        "a@example.o",
        "x" * 65 + "@example.org",
    ],
)
def test_what_is_no_email_address_is_refused(mail: str) -> None:
    assert "e-mail address" in complaint(field("textfield", "m", validate={"validationType": "email"}), mail)


def test_a_telephone_number_has_digits() -> None:
    phone = field("textfield", "p", validate={"validationType": "phone"})
    assert one(phone, "+420 601 234 567") == "+420 601 234 567"
    assert complaint(phone, "call me")
    assert complaint(phone, "-----")


def test_a_pattern_is_matched_in_no_time() -> None:
    slow = field("textfield", "t", validate={"pattern": "^(a+)+$"})
    assert complaint(slow, "a" * 999 + "!")
    assert one(field("textfield", "t", validate={"pattern": r"^\d{3}$"}), "123") == "123"


def test_a_wrong_pattern_is_said_in_the_forms_own_words() -> None:
    texts = Texts("en", {"forms": {"test": {"t": {"invalid": "A contract number has six digits."}}}}, {})
    answers = accept(form(field("textfield", "t", validate={"pattern": r"^\d{6}$"})), {"t": "1"}, texts=texts)
    assert answers.errors["t"] == "A contract number has six digits."


@pytest.mark.parametrize("kind", ["radio", "select"])
def test_only_an_offered_answer_is_taken(kind: str) -> None:
    choice = field(kind, "c", values=options("yes", "no"))
    assert one(choice, "yes") == "yes"
    assert one(choice, "") is None
    assert "not offered" in complaint(choice, "maybe")
    assert complaint(required(kind, "c") | {"values": options("yes")}, None) == "Choose one of the answers."


def test_answers_from_a_source_keep_their_kind() -> None:
    choice = form(field("select", "meter", valuesKey="meters"))
    meters = [{"value": Decimal(7), "label": "Kitchen"}, "spare"]
    assert accept(choice, {"meter": "7"}, meters=meters).values == {"meter": Decimal(7)}
    assert accept(choice, {"meter": "spare"}, meters=meters).values == {"meter": "spare"}
    assert accept(choice, {"meter": "8"}, meters=meters).errors
    assert accept(choice, {"meter": "7"}).errors


def test_a_checklist_keeps_the_order_it_was_offered_in() -> None:
    checklist = field("checklist", "c", values=options("a", "b", "c"))
    assert one(checklist, ["c", "a", "c"]) == ["a", "c"]
    assert one(checklist, []) == []
    assert complaint(checklist, ["a", "x"])
    assert complaint(checklist, ["a"] * 500)
    assert complaint(required("checklist", "c") | {"values": options("a")}, [])


def test_a_box_is_ticked_or_not() -> None:
    assert one(field("checkbox", "b"), "on") is True
    assert one(field("checkbox", "b"), []) is False
    assert complaint(field("checkbox", "b"), "perhaps")
    assert complaint(required("checkbox", "b"), "false") == "Tick the box to go on."


@pytest.mark.parametrize("kind", ["textfield", "textarea", "number", "datetime"])
def test_a_key_sent_twice_is_not_silently_halved(kind: str) -> None:
    assert "Only one answer fits" in complaint(field(kind, "k"), ["1", "2"])


def test_files_are_named_by_their_upload() -> None:
    several = form(field("filepicker", "f", multiple=True))
    answers = accept(several, {"f": ["0192-a", "0192-b", "0192-a"]})
    assert answers.files == {"f": ("0192-a", "0192-b")}
    assert complaint(field("filepicker", "f"), ["a", "b"])
    assert complaint(field("filepicker", "f", multiple=True), [str(i) for i in range(21)])
    assert complaint(field("filepicker", "f"), "../../etc/passwd")
    assert complaint(required("filepicker", "f"), "") == "Add a file here."


def test_a_read_only_answer_is_never_taken() -> None:
    shown = form(
        field("textfield", "a", readonly=True), field("textfield", "b", disabled=True), field("textfield", "c")
    )
    answers = accept(shown, {"a": "x", "b": "y", "c": "z", "stranger": "!"}, {"a": "kept"})
    assert answers.values == {"c": "z"}
    assert shown.keys == ("c",)


def test_a_hidden_answer_is_dropped_and_not_asked_for() -> None:
    asks = form(
        field("radio", "who", values=options("self", "proxy")),
        required("textfield", "agent") | {"conditional": {"hide": '=who != "proxy"'}},
    )
    assert accept(asks, {"who": "proxy"}).errors.keys() == {"agent"}
    answers = accept(asks, {"who": "self", "agent": "sneaked in"})
    assert answers.values == {"who": "self"}
    assert answers.hidden == {"agent"}
    assert not answers.errors


def test_what_hangs_on_a_hidden_answer_is_hidden_by_its_absence() -> None:
    chain = form(
        field("textfield", "a"),
        field("textfield", "b", conditional={"hide": "=a = null"}),
        field("textfield", "c", conditional={"hide": "=b = null"}),
    )
    assert accept(chain, {"b": "1", "c": "2"}).values == {"a": None}
    assert accept(chain, {"a": "0", "b": "1", "c": "2"}).values == {"a": "0", "b": "1", "c": "2"}


def test_a_condition_may_look_at_later_answers_and_at_what_is_known() -> None:
    looks = form(
        field("textfield", "a", conditional={"hide": '=z = "x" or known'}),
        field("textfield", "z"),
    )
    assert accept(looks, {"a": "1", "z": "y"}, {"known": False}).values == {"a": "1", "z": "y"}
    assert accept(looks, {"a": "1", "z": "x"}, {"known": False}).values == {"z": "x"}
    assert accept(looks, {"a": "1", "z": "y"}, {"known": True}).values == {"z": "y"}


def test_conditions_in_a_circle_come_to_an_end() -> None:
    circle = form(
        field("textfield", "a", conditional={"hide": "=b != null"}),
        field("textfield", "b", conditional={"hide": "=a = null"}),
    )
    assert "a" in accept(circle, {"a": "1", "b": "2"}).values


def test_a_hidden_group_hides_what_is_in_it() -> None:
    grouped = form(
        {
            "type": "group",
            "id": "g",
            "label": "G",
            "conditional": {"hide": "=true"},
            "components": [required("textfield", "inner")],
        },
        field("textfield", "outer"),
    )
    assert accept(grouped, {"inner": "x", "outer": "y"}).values == {"outer": "y"}


def test_an_address_is_asked_twice() -> None:
    twice = form(field("textfield", "mail"), field("textfield", "again", properties={"equals": "mail"}))
    assert not accept(twice, {"mail": "a", "again": "a"}).errors
    assert accept(twice, {"mail": "a", "again": "b"}).errors.keys() == {"again"}


EVERYTHING = form(
    field("textfield", "t", validate={"validationType": "email"}),
    field("textarea", "a"),
    field("number", "n", decimalDigits=2),
    field("datetime", "d"),
    field("checkbox", "b"),
    field("radio", "r", values=options("x", "y")),
    field("checklist", "c", values=options("x", "y")),
    field("filepicker", "f", multiple=True),
)


@given(st.dictionaries(st.sampled_from([*EVERYTHING.keys, "other"]), st.lists(st.text(max_size=30), max_size=3)))
def test_nothing_that_is_sent_breaks_the_form(sent: dict[str, list[str]]) -> None:
    answers = accept(EVERYTHING, sent)
    assert answers.values.keys() | answers.errors.keys() == set(EVERYTHING.keys)
    assert not answers.values.keys() & answers.errors.keys()
    assert all(sentence.strip() for sentence in answers.errors.values())
