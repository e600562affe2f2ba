"""What a bundle says: settings, texts, forms, from a folder or from the shipped ones."""

import json
from pathlib import Path

import pytest

from akta.subjects import Kind
from bpmn import bundle
from bpmn.values import YearsMonths
from tests.bpmn.models import ENGLISH, FORM, TOML, files

SHIPPED = sorted(path for path in (Path(bundle.__file__).parents[1] / "bundles").iterdir() if path.is_dir())


def test_settings_are_read_with_their_kinds() -> None:
    toml = """
key = "toy"
retention = "P1Y6M"
work_groups = ["front-desk"]
[start]
form = "ask"
by = ["anonymous", "customer"]
language_key = "language"
[start.staff]
form = "paper"
by = ["front-desk"]
received = "received_on"
[applicant]
name = "name"
email = "email"
[sources]
start = ["own-meters"]
correct = ["own-meters", "own-contracts"]
[check]
start = "reading-entry"
[withdraw]
message = "case-withdrawn"
"""
    assert bundle.from_files(files(bundle_DOT_toml=toml)).settings == bundle.Settings(
        key="toy",
        retention=YearsMonths(18),
        work_groups=("front-desk",),
        start=bundle.Start(
            "ask",
            (Kind.ANONYMOUS, Kind.CUSTOMER),
            "language",
            bundle.StaffStart("paper", ("front-desk",), "received_on"),
        ),
        applicant=bundle.Applicant("name", "email"),
        sources={"start": ("own-meters",), "correct": ("own-meters", "own-contracts")},
        checks={"start": "reading-entry"},
        withdraw="case-withdrawn",
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("P10Y", "ten years"), "retention must be a duration"),
        (("P10Y", "P"), "retention must be a duration"),
        (('key = "toy"', 'key = "Toy!"'), "key must be small letters"),
        (('key = "toy"', ""), "key must be a text"),
        (('["front-desk"]', '"front-desk"'), "work_groups must be a list of texts"),
        (('["anonymous"]', '["staff"]'), "start.by must name some of anonymous, customer"),
        (('["anonymous"]', "[]"), "start.by must name some of"),
        (("[start]", "[begin]"), "begin is not known"),
        (("form =", "from ="), "and start.form a form"),
        (("retention", "= retention"), "bundle.toml: "),
    ],
)
def test_wrong_settings_are_refused_with_the_key(change: tuple[str, str], reason: str) -> None:
    with pytest.raises(bundle.BundleError, match=reason):
        bundle.from_files(files(bundle_DOT_toml=TOML.replace(*change)))


def test_texts_fall_back_to_english_key_by_key() -> None:
    czech = 'title = "Hračka"\n[elements.ask]\nname = "Zeptat se"\n'
    read = bundle.from_files(files(i18n__cs_DOT_toml=czech))
    texts = read.texts("cs")
    assert (texts.title, texts.summary) == ("Hračka", "A toy.")
    assert texts.element("ask") == bundle.ElementText("Zeptat se", "We are reading it.", "")
    assert texts.field("ask", "name").label == "Name"
    assert read.texts("hu").title == "Toy"


def test_a_language_is_offered_when_it_lacks_nothing() -> None:
    czech = (
        'title = "Hračka"\nsummary = "Hra."\n[elements.ask]\nname = "Zeptat se"\napplicant = "Čteme."\n'
        '[outcomes.done]\ntitle = "Hotovo"\n'
    )
    gap = bundle.from_files(files(i18n__cs_DOT_toml=czech))
    assert gap.missing("cs") == ("forms.ask.name.label",)
    assert gap.languages == ("en",)
    whole = bundle.from_files(files(i18n__cs_DOT_toml=czech + '[forms.ask.name]\nlabel = "Jméno"\n'))
    assert whole.missing("cs") == ()
    assert whole.languages == ("en", "cs")
    assert "title" in whole.missing("hu")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("titel = 'x'", "nothing reads the key titel"),
        ("[elements.a]\nlabel = 'x'", "nothing reads the key elements.a.label"),
        ("[forms.a.b]\nlable = 'x'", "nothing reads the key forms.a.b.lable"),
        ("title = 1", "title must be a text"),
        ("texts = 1", "texts must be a table"),
        ("before_you_start = 'x'", "before_you_start must be a list"),
        ("title = ", "i18n/cs.toml: "),
        ("title = " + "[" * 50_000, "i18n/cs.toml: "),
        ("a." * 5_000 + "a = 1", "i18n/cs.toml: "),
    ],
)
def test_a_text_nobody_would_read_is_refused(text: str, reason: str) -> None:
    with pytest.raises(bundle.BundleError, match=reason):
        bundle.from_files(files(i18n__cs_DOT_toml=text))


def test_every_kind_of_text_is_found() -> None:
    more = """
[forms.ask.name]
help = "Help"
invalid = "Wrong"
[forms.ask.name.options]
a = "A"
[forms.ask.name.columns]
c = "C"
[forms.ask.buttons]
submit = "Send"
[mails.sign]
subject = "S {reference}"
body = "B"
[texts]
reason = "Because"
[letters.agreement]
title = "Agreement"
"""
    english = 'before_you_start = ["One", "Two"]\n' + ENGLISH + more
    texts = bundle.from_files(files(i18n__en_DOT_toml=english)).texts("en")
    assert texts.before_you_start == ("One", "Two")
    assert texts.outcome("done") == bundle.OutcomeText("Done", "")
    assert (texts.field("ask", "name").help, texts.field("ask", "name").invalid) == ("Help", "Wrong")
    assert (texts.option("ask", "name", "a"), texts.column("ask", "name", "c")) == ("A", "C")
    assert texts.button("ask") == "Send"
    assert texts.mail("sign") == bundle.MailText("S {reference}", "B")
    assert (texts.text("reason"), texts.letter("agreement")) == ("Because", "Agreement")
    assert (texts.text("none"), texts.option("x", "y", "z"), texts.button("none")) == ("", "", "")


def test_a_form_is_called_like_its_file() -> None:
    with pytest.raises(bundle.BundleError, match="must be other"):
        bundle.from_files(files(forms__other_DOT_form=json.dumps(FORM)))
    with pytest.raises(bundle.BundleError, match=r"forms/ask\.form: the form is not JSON"):
        bundle.from_files(files(forms__ask_DOT_form="{"))


def test_a_broken_model_is_named() -> None:
    with pytest.raises(bundle.BundleError, match=r"process\.bpmn: the model is not XML"):
        bundle.from_files(files(b"<"))


def test_a_folder_is_read_without_its_dot_files(tmp_path: Path) -> None:
    for name, content in files(letters__agreement_DOT_en_DOT_docx=b"docx").items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    (tmp_path / ".DS_Store").write_bytes(b"")
    read = bundle.from_folder(tmp_path)
    assert (read.key, read.process_id, list(read.forms), read.calls) == ("toy", "toy", ["ask"], frozenset())
    assert read.letters == {"agreement.en": b"docx"}
    (tmp_path / "forms" / "link.form").symlink_to(tmp_path / "forms" / "ask.form")
    with pytest.raises(bundle.BundleError, match="link"):
        bundle.from_folder(tmp_path)


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_the_shipped_bundles_are_read(folder: Path) -> None:
    shipped = bundle.from_folder(folder)
    assert shipped.key == shipped.process_id == folder.name
    assert bundle.from_archive(shipped.to_archive()).content_hash == shipped.content_hash
