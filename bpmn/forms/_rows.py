"""The rows of a form as templates get them: plain frozen values."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OptionView:
    value: str
    label: str
    checked: bool


@dataclass(frozen=True, slots=True)
class FileView:
    """A file already given: its upload or document id, and its name where that is known."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: the words to read, and the value they stand for (a severity decides a colour)."""

    text: str
    raw: str


@dataclass(frozen=True, slots=True)
class FieldView:
    """One row of a form. `type` is the component's; a "group" is a heading, its fields follow with its id as `group`.

    `value` is the text for an input; `values` the chosen answers; `shown` the answer as a person reads it, in the
    language of the page: for read-only fields and summaries. `key` is also the name to send.
    """

    type: str
    key: str
    label: str
    hint: str = ""
    help: str = ""
    required: bool = False
    value: str = ""
    values: tuple[str, ...] = ()
    shown: str = ""
    checked: bool = False
    options: tuple[OptionView, ...] = ()
    files: tuple[FileView, ...] = ()
    paragraphs: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    """The headings of a table."""
    cells: tuple[tuple[Cell, ...], ...] = ()
    """The rows of a table, a cell for each column."""
    error: str = ""
    readonly: bool = False
    disabled: bool = False
    input_type: str = "text"
    inputmode: str = ""
    autocomplete: str = ""
    accept: str = ""
    multiple: bool = False
    min: str = ""
    max: str = ""
    step: str = ""
    min_length: int | None = None
    max_length: int | None = None
    rows: int = 1
    prefix: str = ""
    suffix: str = ""
    group: str = ""
    level: int = 0
