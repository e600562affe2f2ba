"""The words are there: English whole, other languages said to be incomplete, letters in every language offered."""

import re
from collections.abc import Collection, Iterator

from akta.languages import N_
from bpmn.bundle import Bundle
from bpmn.check import _flow, _variables
from bpmn.check._finding import Checked, Finding, error, named, warning
from bpmn.model import Element, feel_text, is_feel
from bpmn.texts import BASE_LANGUAGE

LETTER = "letter"
MAIL = "mail"
"""Input mappings with these targets and a plain text as source name a letter or a mail of the root bundle."""
_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def find(checked: Checked) -> Iterator[Finding]:
    bundle = checked.bundle
    yield from _english(checked)
    yield from _orphans(checked)
    for language in bundle.written_languages:
        gaps = bundle.missing(language)
        if gaps:
            text = N_("%(language)s is not offered: it lacks %(count)s texts, such as %(keys)s.")
            where, keys = f"i18n/{language}.toml", ", ".join(gaps[:3])
            yield warning("language-incomplete", where, text, language=language, count=len(gaps), keys=keys)


def _english(checked: Checked) -> Iterator[Finding]:
    bundle, texts, here = checked.bundle, checked.bundle.texts("en"), "i18n/en.toml"
    if not texts.title:
        yield error("text-missing", here, N_("The process has no title."))
    if bundle.settings.start and not texts.summary:
        yield error("text-missing", here, N_("The process has no summary for the catalogue."))
    for task in bundle.model.user_tasks:
        said = texts.element(task.id)
        if not said.name:
            text = N_("%(what)s has no name in [elements.%(id)s].")
            yield warning("text-missing", task.id, text, what=named(task), id=task.id)
        if not said.applicant:
            text = N_("%(what)s has no sentence for the applicant in [elements.%(id)s].")
            yield warning("text-missing", task.id, text, what=named(task), id=task.id)
    for end in _flow.outcomes(bundle.model) if bundle.settings.start else ():
        if not texts.outcome(end.id).title and not any(event.kind == "error" for event in end.events):
            text = N_("%(what)s has no title in [outcomes.%(id)s].")
            yield warning("text-missing", end.id, text, what=named(end), id=end.id)
    for id_, form in bundle.forms.items():
        for component in form.fields:
            if not (texts.field(id_, component.key).label or component.label):
                text = N_("Form %(form)s: the field %(key)s has no label.")
                yield error("text-missing", id_, text, form=id_, key=component.key)


def _orphans(checked: Checked) -> Iterator[Finding]:
    """Texts for elements, flows, ends and fields that are not there: written, and never to be seen."""
    bundle = checked.bundle
    elements = {*bundle.model.elements, *bundle.model.flows}
    for language in bundle.written_languages:
        for path in sorted(bundle.text_keys(language)):
            lost = path[0] in ("elements", "outcomes") and path[1] not in elements
            if path[0] == "forms" and path[2] != "buttons":
                form = bundle.forms.get(path[1])
                lost = form is None or path[2] not in {c.key or c.id for c in form.all_components}
            if lost:
                text = N_("The text %(key)s is about something that is not there.")
                yield warning("text-orphan", f"i18n/{language}.toml", text, key=".".join(path))


def named_by(bundle: Bundle, target: str) -> Iterator[tuple[Element, str]]:
    """Elements that name a letter or a mail plainly, with the name."""
    for element in bundle.model.of_type("serviceTask", "sendTask", "callActivity"):
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
    sent = {name for inner in checked.closure for _, name in named_by(inner, LETTER)}
    for name in sorted(names):
        yield from _languages(bundle, name, bundle.languages if name in sent else (BASE_LANGUAGE,))


def _named_letters(root: Bundle, inner: Bundle, names: set[str]) -> Iterator[Finding]:
    for element, name in named_by(inner, LETTER):
        if name not in names:
            text = N_("%(what)s: there is no letter %(letter)s in %(bundle)s.")
            yield error("letter-missing", element.id, text, what=named(element), letter=name, bundle=root.key)


def _named_mails(root: Bundle, inner: Bundle) -> Iterator[Finding]:
    for element, name in named_by(inner, MAIL):
        mail = root.texts("en").mail(name)
        if not mail.subject or not mail.body:
            text = N_("%(what)s: [mails.%(mail)s] of %(bundle)s has no subject or no body.")
            yield error("mail-missing", element.id, text, what=named(element), mail=name, bundle=root.key)
        else:
            yield from _places(root, element, name)


def _places(root: Bundle, element: Element, mail: str) -> Iterator[Finding]:
    """A place that nothing fills would stop the case when the mail is sent."""
    given = _variables.MAIL | {mapped.target for mapped in element.zeebe.inputs} | element.zeebe.headers.keys()
    for language in root.languages:
        said = root.texts(language).mail(mail)
        for place in sorted(set(_PLACE.findall(said.subject + said.body)) - given):
            text = N_("%(what)s: [mails.%(mail)s] wants {%(place)s}, which this task does not give it.")
            yield error("mail-place", element.id, text, what=named(element), mail=mail, place=place)


def _languages(bundle: Bundle, name: str, languages: Collection[str]) -> Iterator[Finding]:
    """A letter to the applicant is there in every language they may read; one chosen by a table, such as a document to
    be signed, is written in the utility's own language, and in English beside it."""
    here = f"letters/{name}"
    for language in languages:
        if f"{name}.{language}" not in bundle.letters:
            text = N_("The letter %(letter)s is missing in the language %(language)s.")
            yield error("letter-language", here, text, letter=name, language=language)
    if not bundle.texts("en").letter(name):
        yield warning("text-missing", here, N_("The letter %(letter)s has no title in [letters]."), letter=name)
