"""What was done with each thing of another engine: one sentence with its place."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from akta.languages import Sentence, sentence

Verdict = Literal["translated", "dropped", "left"]
"""`dropped` means nothing here and is gone; `left` stands in the model as it was, for a person to decide about."""


@dataclass(frozen=True, slots=True)
class Note:
    """`element` is the id of the element concerned, or of the process."""

    element: str
    verdict: Verdict
    said: Sentence


class Report:
    """Collects notes in the order of the model."""

    def __init__(self) -> None:
        self._notes: list[Note] = []

    def note(self, verdict: Verdict, element: str, text: str, /, **params: object) -> None:
        """`text` is a msgid, `params` fill its places."""
        self._notes.append(Note(element, verdict, sentence(text, **params)))

    @property
    def notes(self) -> Sequence[Note]:
        return tuple(dict.fromkeys(self._notes))
