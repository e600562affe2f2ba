"""Reading a form-js schema into typed components; what cannot be understood is kept as a problem, not guessed."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar, Literal

from akta.errors import Invalid
from akta.languages import N_, Sentence

MAX_SIZE = 1_000_000
LONGEST_ID = 80
"""Characters of the id of a form: what the rows of tasks hold."""
MAX_COMPONENTS = 500
MAX_DEPTH = 6

INPUTS = frozenset(
    {"textfield", "textarea", "number", "datetime", "checkbox", "radio", "select", "checklist", "filepicker"}
)
CHOICES = frozenset({"radio", "select", "checklist"})
SUPPORTED = INPUTS | {"text", "group", "separator", "table"}


class FormError(Invalid):
    """The document is no form that can be read."""

    title: ClassVar[str] = N_("This form cannot be read.")


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: the key of the row's value, and the heading."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Rules:
    """What a field demands of an answer; lengths in characters, `earliest`/`latest` a day or the word "today"."""

    required: bool = False
    min_length: int | None = None
    max_length: int | None = None
    pattern: str = ""
    kind: Literal["", "email", "phone"] = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    digits: int | None = None
    step: Decimal | None = None
    earliest: date | Literal["today", ""] = ""
    latest: date | Literal["today", ""] = ""
    equals: str = ""
    """The key of a field that has to have the same answer."""


@dataclass(frozen=True, slots=True)
class Component:
    """One component of a form. `key` is empty for what asks nothing; `hide` and `value` are FEEL without the `=`.

    `value` is what a read-only field shows, or the list of rows of a table.
    """

    id: str
    type: str
    key: str = ""
    label: str = ""
    description: str = ""
    text: str = ""
    rules: Rules = field(default_factory=Rules)
    options: tuple[Option, ...] = ()
    options_from: str = ""
    default: Any = None
    hide: str = ""
    value: str = ""
    readonly: bool = False
    disabled: bool = False
    accept: str = ""
    multiple: bool = False
    prefix: str = ""
    suffix: str = ""
    extras: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[Column, ...] = ()
    components: tuple["Component", ...] = ()

    @property
    def asks(self) -> bool:
        return self.type in INPUTS and not self.readonly and not self.disabled

    def walk(self) -> Iterator["Component"]:
        yield self
        for child in self.components:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a form, or one component of it, would not mean here what it says.

    `component` is its key or id; `text` is an English msgid, `params` fill its places.
    """

    code: str
    component: str
    text: str
    params: tuple[tuple[str, str | Sentence], ...] = ()
    severity: Literal["error", "warning"] = "error"

    @property
    def message(self) -> str:
        """The sentence in English."""
        return str(Sentence(self.text, self.params))


def problem(code: str, component: str, text: str, **params: object) -> Problem:
    given = tuple((name, value if isinstance(value, Sentence) else str(value)) for name, value in params.items())
    return Problem(code, component, text, given)


def load(source: bytes) -> Mapping[str, Any]:
    """The schema as plain data, of bounded size.

    Raises:
        FormError: too large, not JSON, or not a form.
    """
    if len(source) > MAX_SIZE:
        raise FormError("the form is larger than 1 MB")
    try:
        schema = json.loads(source, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise FormError(f"the form is not JSON: {error}") from error
    if not isinstance(schema, dict) or not isinstance(schema.get("components"), list):
        raise FormError("the form has no list of components")
    if not isinstance(schema.get("id"), str) or not schema["id"]:
        raise FormError("the form has no id")
    if len(schema["id"]) > LONGEST_ID:
        raise FormError(f"the id of the form is longer than {LONGEST_ID} characters")
    return schema


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


class Reader:
    """Turns the schema into components, collecting problems on the way."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._count = 0

    def components(self, raw: list[Any], depth: int = 0) -> tuple[Component, ...]:
        if depth > MAX_DEPTH:
            raise FormError(f"groups are nested deeper than {MAX_DEPTH}")
        return tuple(self._component(item, depth) for item in raw)

    def _component(self, raw: Any, depth: int) -> Component:
        self._count += 1
        if self._count > MAX_COMPONENTS:
            raise FormError(f"the form has more than {MAX_COMPONENTS} components")
        if not isinstance(raw, dict) or not isinstance(raw.get("type"), str):
            raise FormError("a component has no type")
        kind = raw["type"]
        name = _text(raw, "key") or _text(raw, "id") or f"component-{self._count}"
        children = raw.get("components", [])
        if not isinstance(children, list):
            raise FormError(f"{name}: components must be a list")
        extras = self._table(raw, "properties", name)
        look = self._table(raw, "appearance", name)
        return Component(
            id=_text(raw, "id") or name,
            type=kind,
            key=_text(raw, "key") if kind in INPUTS else "",
            label=_text(raw, "dateLabel") or _text(raw, "label") if kind == "datetime" else _text(raw, "label"),
            description=_text(raw, "description"),
            text=_text(raw, "text"),
            rules=self._rules(raw, extras, name),
            options=self._options(raw, name),
            options_from=_text(raw, "valuesKey"),
            default=raw.get("defaultValue"),
            hide=_feel(self._table(raw, "conditional", name).get("hide")),
            value=_feel(raw.get("dataSource") if kind == "table" else extras.get("value")),
            readonly=raw.get("readonly") is True or "value" in extras,
            disabled=raw.get("disabled") is True,
            accept=_text(raw, "accept") or _text(extras, "accept"),
            multiple=raw.get("multiple") is True,
            prefix=_text(look, "prefixAdorner"),
            suffix=_text(look, "suffixAdorner"),
            extras={str(key): str(value) for key, value in extras.items() if key not in ("value", "equals")},
            columns=self._columns(raw, name) if kind == "table" else (),
            components=self.components(children, depth + 1) if kind == "group" else (),
        )

    def _wrong(self, field: str, text: str, key: str = "") -> None:
        self.problems.append(problem("wrong-value", field, text, field=field, key=key))

    def _table(self, raw: Mapping[str, Any], key: str, name: str) -> Mapping[str, Any]:
        value = raw.get(key)
        if isinstance(value, dict):
            return value
        if value is not None:
            self._wrong(name, N_("%(key)s of %(field)s is not a table of values."), key)
        return {}

    def _rules(self, raw: Mapping[str, Any], extras: Mapping[str, Any], name: str) -> Rules:
        rules = self._table(raw, "validate", name)
        kind = _text(rules, "validationType")
        earliest: date | Literal["today", ""] = self._day(extras, "earliest", name)
        return Rules(
            required=rules.get("required") is True,
            min_length=self._count_of(rules, "minLength", name),
            max_length=self._count_of(rules, "maxLength", name),
            pattern=_text(rules, "pattern"),
            kind="email" if kind == "email" else "phone" if kind == "phone" else "",
            minimum=self._number(rules, "min", name),
            maximum=self._number(rules, "max", name),
            digits=self._count_of(raw, "decimalDigits", name),
            step=self._number(raw, "increment", name),
            earliest="today" if raw.get("disallowPassedDates") is True else earliest,
            latest=self._day(extras, "latest", name),
            equals=_text(extras, "equals"),
        )

    def _options(self, raw: Mapping[str, Any], name: str) -> tuple[Option, ...]:
        values = raw.get("values")
        if values is None:
            return ()
        if not isinstance(values, list):
            self._wrong(name, N_("%(key)s of %(field)s is not a list."), "values")
            return ()
        options: list[Option] = []
        for item in values:
            if not isinstance(item, dict) or not isinstance(item.get("value"), str) or not item["value"]:
                self._wrong(name, N_("An answer offered by %(field)s has no value."))
                continue
            options.append(Option(item["value"], _text(item, "label") or item["value"]))
        return tuple(options)

    def _columns(self, raw: Mapping[str, Any], name: str) -> tuple[Column, ...]:
        columns = raw.get("columns")
        if not isinstance(columns, list) or not all(isinstance(c, dict) and _text(c, "key") for c in columns):
            self._wrong(name, N_("The columns of %(field)s are not a list of keys and labels."))
            return ()
        return tuple(Column(_text(column, "key"), _text(column, "label") or _text(column, "key")) for column in columns)

    def _number(self, raw: Mapping[str, Any], key: str, name: str) -> Decimal | None:
        value = raw.get(key)
        if value is None or value == "":
            return None
        try:
            if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
                raise InvalidOperation
            number = Decimal(value)
            if not number.is_finite():
                raise InvalidOperation
        except (InvalidOperation, ValueError):
            self._wrong(name, N_("%(key)s of %(field)s is not a number."), key)
            return None
        return number

    def _count_of(self, raw: Mapping[str, Any], key: str, name: str) -> int | None:
        number = self._number(raw, key, name)
        if number is None:
            return None
        if number != number.to_integral_value() or not 0 <= number <= 1_000_000:
            self._wrong(name, N_("%(key)s of %(field)s is not a count."), key)
            return None
        return int(number)

    def _day(self, raw: Mapping[str, Any], key: str, name: str) -> date | Literal["today", ""]:
        value = _text(raw, key)
        if value in ("", "today"):
            return "today" if value else ""
        try:
            return date.fromisoformat(value)
        except ValueError:
            self._wrong(name, N_('%(key)s of %(field)s is neither a day nor "today".'), key)
            return ""


def _text(raw: Mapping[str, Any], key: str) -> str:
    value = raw.get(key)
    return value if isinstance(value, str) else ""


def _feel(value: Any) -> str:
    return value.strip().removeprefix("=").strip() if isinstance(value, str) else ""
