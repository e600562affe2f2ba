"""What a template needs to draw a form, worked out so that it only has to write it down."""

from collections.abc import Mapping

from bpmn.forms import _writing
from bpmn.forms._reading import MAX_LINE, MAX_TEXT, Frame, limits
from bpmn.forms._rows import Cell, FieldView, OptionView
from bpmn.forms._schema import Component
from bpmn.texts import FieldText, Texts
from bpmn.values import Value, plain

MAX_ROWS = 500


def draw(
    form: str,
    components: tuple[Component, ...],
    known: Mapping[str, Value],
    hidden: frozenset[str],
    shown: Mapping[str, Value],
    errors: Mapping[str, str],
    texts: Texts,
    frame: Frame,
) -> tuple[FieldView, ...]:
    """The rows of the form, in order. `shown` holds worked-out values of read-only fields by component id."""
    rows: list[FieldView] = []

    def add(component: Component, group: str, level: int) -> None:
        if component.id in hidden:
            return
        words_of = texts.field(form, component.key or component.id)
        if component.type == "group":
            if all(child.id in hidden for child in component.components):
                return
            rows.append(_heading(component, words_of, group, level))
            for child in component.components:
                add(child, component.id, level + 1)
        elif component.type == "table":
            rows.append(_table(form, component, shown.get(component.id), texts, frame, group, level))
        elif not component.key:
            rows.append(_block(component, words_of, group, level))
        else:
            value = _worded(shown[component.id], texts) if component.id in shown else known.get(component.key)
            rows.append(_field(component, words_of, value, errors.get(component.key, ""), frame, group, level))

    for component in components:
        add(component, "", 0)
    return tuple(rows)


def _worded(value: Value, texts: Texts) -> Value:
    """A worked-out value; one that names a text is put into words, as in tables and letters."""
    return (texts.text(value) or value) if isinstance(value, str) else value


def _heading(component: Component, said: FieldText, group: str, level: int) -> FieldView:
    return FieldView(
        type="group",
        key=component.id,
        label=said.label or component.label,
        hint=said.description or component.description,
        help=said.help,
        group=group,
        level=level,
    )


def _block(component: Component, said: FieldText, group: str, level: int) -> FieldView:
    text = said.text or component.text
    paragraphs = (" ".join(part.split()) for part in text.replace("\r\n", "\n").split("\n\n"))
    return FieldView(
        type=component.type,
        key=component.id,
        label=said.label or component.label,
        paragraphs=tuple(part for part in paragraphs if part),
        group=group,
        level=level,
    )


def _table(
    form: str, component: Component, value: Value, texts: Texts, frame: Frame, group: str, level: int
) -> FieldView:
    """A list of rows; a row that is no record is its own first cell. Cells that name a text are put into words."""
    records = value if isinstance(value, list) else [] if value is None else [value]
    keys = [column.key for column in component.columns]
    said = texts.field(form, component.id)

    def cell(record: Value, position: int) -> Cell:
        found = record.get(keys[position]) if isinstance(record, dict) else record if position == 0 else None
        words_for = texts.text(found) if isinstance(found, str) else ""
        return Cell(words_for or _writing.readable(found, frame), "" if found is None else str(plain(found)))

    return FieldView(
        type="table",
        key=component.id,
        label=said.label or component.label,
        hint=said.description,
        columns=tuple(texts.column(form, component.id, column.key) or column.label for column in component.columns),
        cells=tuple(tuple(cell(record, at) for at in range(len(keys))) for record in records[:MAX_ROWS]),
        group=group,
        level=level,
    )


def _field(
    component: Component, said: FieldText, value: Value, error: str, frame: Frame, group: str, level: int
) -> FieldView:
    rules, choices = component.rules, frame.choices[component.key]
    chosen = _writing.chosen(component, value)
    least, most = _limits(component, frame)
    return FieldView(
        type=component.type,
        key=component.key,
        label=said.label or component.label,
        hint=said.description or component.description,
        help=said.help,
        required=rules.required,
        value=_writing.for_input(component, value, frame),
        values=chosen,
        shown=_writing.for_reading(component, value, choices, frame),
        checked=value is True,
        options=tuple(OptionView(choice.sent, choice.label, choice.sent in chosen) for choice in choices),
        files=_writing.files(value) if component.type == "filepicker" else (),
        error=error,
        readonly=component.readonly,
        disabled=component.disabled,
        input_type=_input_type(component),
        inputmode=_inputmode(component),
        autocomplete=component.extras.get("autocomplete", _autocomplete(component)),
        accept=component.accept,
        multiple=component.multiple,
        min=least,
        max=most,
        step=format(rules.step, "f") if rules.step else "",
        min_length=rules.min_length,
        max_length=_max_length(component),
        rows=_rows(component),
        prefix=said.prefix or component.prefix,
        suffix=said.suffix or component.suffix,
        group=group,
        level=level,
    )


def _limits(component: Component, frame: Frame) -> tuple[str, str]:
    if component.type == "datetime":
        first, last = limits(component, frame)
        return (first.isoformat() if first else "", last.isoformat() if last else "")
    least, most = component.rules.minimum, component.rules.maximum
    return ("" if least is None else format(least, "f"), "" if most is None else format(most, "f"))


def _max_length(component: Component) -> int | None:
    if component.type not in ("textfield", "textarea"):
        return None
    cap = MAX_TEXT if component.type == "textarea" else MAX_LINE
    return min(component.rules.max_length or cap, cap)


def _rows(component: Component) -> int:
    if component.type != "textarea":
        return 1
    wanted = component.extras.get("rows", "")
    return int(wanted) if wanted.isdecimal() and 1 <= int(wanted) <= 40 else 5


def _input_type(component: Component) -> str:
    match component.type:
        case "datetime":
            return "date"
        case "checkbox" | "radio":
            return component.type
        case "checklist":
            return "checkbox"
        case "filepicker":
            return "file"
    return {"email": "email", "phone": "tel"}.get(component.rules.kind, "text")


def _inputmode(component: Component) -> str:
    if component.type == "number":
        whole = component.rules.digits == 0 and component.rules.minimum is not None and component.rules.minimum >= 0
        return "numeric" if whole else "decimal"
    return {"email": "email", "phone": "tel"}.get(component.rules.kind, "")


def _autocomplete(component: Component) -> str:
    return {"email": "email", "phone": "tel"}.get(component.rules.kind, "")
