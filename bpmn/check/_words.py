"""The words are there: English whole, other languages said to be incomplete, letters in every language offered."""

from collections.abc import Iterator

from akta.errors import Refusal
from bpmn.bundle import Bundle
from bpmn.check import _variables
from bpmn.check._elements import named
from bpmn.check._finding import Checked, Finding, error, warning
from bpmn.model import Element, feel_text, is_feel

_LETTER = "letter"
_MAIL = "mail"
"""Input mappings with these targets and a plain text as source name a letter or a mail of the root bundle."""


def find(checked: Checked) -> Iterator[Finding]:
    bundle = checked.bundle
    yield from _english(checked)
    yield from _orphans(checked)
    for language in bundle.written_languages:
        gaps = bundle.missing(language)
        if gaps:
            more = f" and {len(gaps) - 3} more" if len(gaps) > 3 else ""
            message = f"{language} is not offered: it lacks {', '.join(gaps[:3])}{more}"
            yield warning("language-incomplete", f"i18n/{language}.toml", message)


def _english(checked: Checked) -> Iterator[Finding]:
    bundle, texts, here = checked.bundle, checked.bundle.texts("en"), "i18n/en.toml"
    if not texts.title:
        yield error("text-missing", here, "the process has no title")
    if bundle.settings.start and not texts.summary:
        yield error("text-missing", here, "the process has no summary for the catalogue")
    for task in bundle.model.user_tasks:
        said = texts.element(task.id)
        if not said.name or not said.applicant:
            what = "name" if not said.name else "sentence for the applicant"
            yield warning("text-missing", task.id, f"{named(task)} has no {what} in [elements.{task.id}]")
    for end in bundle.model.ends if bundle.settings.start else ():
        if not texts.outcome(end.id).title and (end.events == () or end.events[0].kind != "error"):
            yield warning("text-missing", end.id, f"{named(end)} has no title in [outcomes.{end.id}]")
    for id_, form in bundle.forms.items():
        for component in form.fields:
            if not (texts.field(id_, component.key).label or component.label):
                yield error("text-missing", id_, f"form {id_}: the field {component.key} has no label")


def _orphans(checked: Checked) -> Iterator[Finding]:
    """Texts for elements, ends and fields that are not there: written, and never to be seen."""
    bundle = checked.bundle
    elements = set(bundle.model.elements)
    for language in bundle.written_languages:
        for path in sorted(bundle.text_keys(language)):
            where = f"i18n/{language}.toml"
            lost = path[0] in ("elements", "outcomes") and path[1] not in elements
            if path[0] == "forms" and path[2] != "buttons":
                form = bundle.forms.get(path[1])
                lost = form is None or path[2] not in {c.key or c.id for c in form.all_components}
            if lost:
                yield warning("text-orphan", where, f"{'.'.join(path)} is about something that is not there")


def _named_by(bundle: Bundle, target: str) -> Iterator[tuple[Element, str]]:
    """Elements that name a letter or a mail plainly, with the name."""
    for element in bundle.model.of_type("serviceTask", "sendTask"):
        for mapped in element.zeebe.inputs:
            if mapped.target != target:
                continue
            text = feel_text(mapped.source) if is_feel(mapped.source) else f'"{mapped.source.strip()}"'
            if len(text) > 1 and text[0] == text[-1] == '"' and '"' not in text[1:-1]:
                yield element, text[1:-1]


def find_in_letters(checked: Checked) -> Iterator[Finding]:
    """Letters and mails named by this process and by those it calls are in this bundle, if cases start here."""
    bundle = checked.bundle
    names = {stem.rpartition(".")[0] for stem in bundle.letters}
    if bundle.settings.start is not None:
        for inner in checked.closure:
            yield from _named_letters(bundle, inner, names)
            yield from _named_mails(bundle, inner)
    for name in sorted(names):
        yield from _languages(bundle, name)
    yield from _placeholders(checked)


def _named_letters(root: Bundle, inner: Bundle, names: set[str]) -> Iterator[Finding]:
    for element, name in _named_by(inner, _LETTER):
        if name not in names:
            yield error("letter-missing", element.id, f"{named(element)}: there is no letter {name} in {root.key}")


def _named_mails(root: Bundle, inner: Bundle) -> Iterator[Finding]:
    for element, name in _named_by(inner, _MAIL):
        mail = root.texts("en").mail(name)
        if not mail.subject or not mail.body:
            message = f"{named(element)}: [mails.{name}] of {root.key} has no subject or no body"
            yield error("mail-missing", element.id, message)


def _languages(bundle: Bundle, name: str) -> Iterator[Finding]:
    for language in bundle.languages:
        if f"{name}.{language}" not in bundle.letters:
            yield error("letter-language", f"letters/{name}", f"the letter {name} is missing in {language}")
    if not bundle.texts("en").letter(name):
        yield warning("text-missing", f"letters/{name}", f"the letter {name} has no title in [letters.{name}]")


def _placeholders(checked: Checked) -> Iterator[Finding]:
    known = _variables.provided(checked)
    for stem, template in checked.bundle.letters.items():
        here = f"letters/{stem}.docx"
        try:
            wanted = checked.placeholders(template)
        except (ValueError, Refusal) as problem:
            yield error("letter-unreadable", here, f"{here} cannot be read: {problem}")
            continue
        for name in sorted({name.partition(".")[0] for name in wanted} - known.names - _variables.LETTER):
            yield known.complaint("placeholder", here, f"{here} wants {name}, which no step provides")
