"""Taking over models of other engines: `camunda:`, `operaton:` and `spiffworkflow:` become `zeebe:`, with a report.

The text of the model is changed in place and nowhere else; what has no diagram gets one. Nothing is guessed: what has
no certain meaning here stays as it is and is named.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from akta.languages import N_
from bpmn import model
from bpmn.importing._drawing import draw
from bpmn.importing._notes import Note, Report, Verdict
from bpmn.importing._source import Source
from bpmn.importing._translate import translate
from bpmn.xml import BPMN, parse

__all__ = ["Imported", "Note", "Verdict", "drawn", "import_model"]


@dataclass(frozen=True, slots=True)
class Imported:
    """The model as it runs here, the forms that were drawn in it, by id, and what became of everything foreign."""

    model: bytes
    forms: Mapping[str, bytes]
    notes: tuple[Note, ...]

    @property
    def whole(self) -> bool:
        """Nothing is left for a person to decide."""
        return all(note.verdict != "left" for note in self.notes)


def import_model(source: bytes) -> Imported:
    """Translate a model of another engine; one without anything foreign and with its diagram comes back byte for byte.

    Raises:
        ModelError: it is no model that can be read.
    """
    processes = model.read_all(source)
    try:
        text = Source(source)
    except ValueError as error:
        raise model.ModelError(f"the model {error}") from error
    report = Report()
    forms = translate(text, report)
    shapes = draw(text)
    if shapes:
        first = processes[0].id if processes else ""
        report.note("translated", first, N_("%(count)s shapes were missing and are drawn now."), count=shapes)
    written = text.written()
    if parse(written, len(written)).tag != f"{BPMN}definitions":  # pragma: no cover
        raise AssertionError("a change broke the model")
    drawn = {id_: json.dumps(form, ensure_ascii=False, indent=2).encode() + b"\n" for id_, form in forms.items()}
    return Imported(written, drawn, tuple(report.notes))


def drawn(source: bytes) -> bytes:
    """The model with shapes for what has none; one that is drawn whole, or cannot be read, comes back byte for byte."""
    try:
        text = Source(source)
        return text.written() if draw(text) else source
    except ValueError:
        return source
