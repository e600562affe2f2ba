"""Forms on pages: what was typed is drawn again after a mistake, or when a choice shows other questions."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from akta.ids import DocumentId
from api import render
from api.problems import problem_of
from api.render import Link
from api.uploads import Form
from api.visits import Visit
from bpmn.bundle import Bundle
from bpmn.forms import FieldView
from bpmn.forms import Form as BundleForm
from bpmn.values import Value
from documents import uploads
from storage.unit_of_work import Transaction

REFRESH, LEAVE_OUT = "_refresh", "_leave_out"
"""Names of what a form sends when it only wants to be drawn again."""


def wants_drawing(form: Form) -> bool:
    """Whether the form was sent to be drawn again and not to be taken."""
    return REFRESH in form.values or LEAVE_OUT in form.values


def sent(form: Form) -> Mapping[str, list[str]]:
    """The answers as sent, without files the sender has just taken out."""
    left_out = set(form.values.get(LEAVE_OUT, ()))
    return {name: [value for value in values if value not in left_out] for name, values in form.values.items()}


FURNITURE = frozenset({"csrf", "version", "list", REFRESH, LEAVE_OUT})
"""What a page's form sends beside answers."""


def worded(answers: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[str]]:
    """The answers alone."""
    return {name: values for name, values in answers.items() if name not in FURNITURE}


def typed(
    tx: Transaction,
    visit: Visit,
    bundle: Bundle,
    form: BundleForm,
    place: str,
    answers: Mapping[str, list[str]],
    known: Mapping[str, Value],
) -> Mapping[str, Value]:
    """What was typed, to draw the form with again; wrong answers as they came."""
    desk, language = visit.services.desk, visit.language
    sources = desk.sourced(tx, bundle, place, visit.subject, visit.now)
    texts = bundle.texts(language.code)
    return form.accept(answers, known, texts=texts, language=language, now=visit.now, sources=sources).shown


def refused(visit: Visit, form: Form) -> Mapping[str, str]:
    """What is wrong with the files that came with a form, by the field they answer."""
    return {name: problem_of(refusal, visit.language).title for name, refusal in form.refused.items()}


def summary(fields: tuple[FieldView, ...], errors: Mapping[str, str]) -> tuple[Link, ...]:
    """The errors above a form, in the order of its questions."""
    labels = {field.key: field.label for field in fields}
    ordered = {key: errors[key] for key in labels if key in errors}
    return render.error_list({**ordered, **errors}, labels)


def file_names(tx: Transaction, fields: tuple[FieldView, ...], upload_key: str) -> dict[str, str]:
    """The names of uploads that a form holds and that wait under this key."""
    ids = [DocumentId(key) for field in fields for file in field.files if (key := _uuid(file.id)) is not None]
    return {str(row.id): row.name for row in uploads.waiting(tx, ids, upload_key)}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
