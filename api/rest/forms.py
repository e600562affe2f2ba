"""Forms as data: what a client needs to draw one, and how it sends the answers."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from bpmn.forms import FieldView


def _plain(text: str) -> str:
    """Refuse signs nobody can read: PostgreSQL takes no zero byte, and SQLite would keep it for ever."""
    if any(unicodedata.category(sign) == "Cc" and sign not in "\r\n\t" for sign in text):
        raise ValueError("it has signs that cannot be read")
    return text


PlainText = Annotated[str, AfterValidator(_plain)]
"""Words that are kept beside an act."""

Sent = str | int | float | bool | list[str] | None
"""An answer as a client sends it; a list where several are chosen, and for files (ids of uploads)."""


class OptionModel(BaseModel):
    value: str
    label: str
    checked: bool


class FileModel(BaseModel):
    id: str
    name: str


class CellModel(BaseModel):
    """A cell of a table: its words, and the value they stand for."""

    text: str
    raw: str


class FieldModel(BaseModel):
    """One row of a form. Fields inside a group follow it and carry its key as `group`."""

    type: str
    key: str
    label: str
    hint: str
    help: str
    required: bool
    value: str
    values: list[str]
    shown: str
    checked: bool
    options: list[OptionModel]
    files: list[FileModel]
    paragraphs: list[str]
    columns: list[str]
    cells: list[list[CellModel]]
    error: str
    readonly: bool
    disabled: bool
    accept: str
    multiple: bool
    min: str
    max: str
    step: str
    min_length: int | None
    max_length: int | None
    prefix: str
    suffix: str
    group: str
    level: int


class FormView(BaseModel):
    """A form with what is known already."""

    fields: list[FieldModel]


class Answers(BaseModel):
    """Answers by key of the field; hidden and read-only fields are never taken."""

    answers: dict[str, Sent] = Field(default_factory=dict, max_length=500)

    def as_form(self) -> Mapping[str, list[str]]:
        """The answers as a page's form would send them."""
        return {key: _texts(value) for key, value in self.answers.items()}


def form_view(fields: Iterable[FieldView]) -> list[FieldModel]:
    return [FieldModel.model_validate(field, from_attributes=True) for field in fields]


def _texts(value: Sent) -> list[str]:
    match value:
        case None | False:
            return []
        case True:
            return ["true"]
        case list():
            return value
    return [str(value)]
