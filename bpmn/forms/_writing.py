"""Values as they stand in an input, and as a person reads them."""

from datetime import date, datetime
from decimal import Decimal

from bpmn.forms import _sentences as words
from bpmn.forms._reading import Choice, Frame
from bpmn.forms._rows import FileView
from bpmn.forms._schema import CHOICES, Component
from bpmn.values import Value, plain


def chosen(component: Component, value: Value) -> tuple[str, ...]:
    if component.type not in CHOICES:
        return ()
    given = value if isinstance(value, list) else [] if value is None else [value]
    return tuple(str(plain(item)) for item in given)


def for_input(component: Component, value: Value, frame: Frame) -> str:
    """A value as the person would type it (a number with the language's own decimal sign, without thousands)."""
    match value:
        case str():
            return value
        case Decimal():
            from babel.numbers import format_decimal

            return format_decimal(
                value, locale=frame.language.code, group_separator=False, decimal_quantization=False
            ).replace("\N{MINUS SIGN}", "-")
        case datetime():
            return value.astimezone(frame.language.zone).date().isoformat()
        case date():
            return value.isoformat()
        case bool():
            return "true" if value else ""
        case None | list() | dict():
            return ""
    return str(plain(value))


def for_reading(component: Component, value: Value, choices: tuple[Choice, ...], frame: Frame) -> str:
    labels = {choice.sent: choice.label for choice in choices}
    if component.type in CHOICES:
        return ", ".join(labels.get(sent, sent) for sent in chosen(component, value))
    if component.type == "filepicker":
        return ", ".join(file.name or file.id for file in files(value))
    return readable(value, frame)


def readable(value: Value, frame: Frame) -> str:
    match value:
        case None:
            return ""
        case bool():
            return frame.say(words.YES if value else words.NO)
        case Decimal():
            return frame.language.number(value)
        case datetime():
            return frame.language.moment(value)
        case date():
            return frame.language.day(value)
        case list():
            return ", ".join(readable(item, frame) for item in value)
        case dict():
            return ", ".join(readable(item, frame) for item in value.values() if item is not None)
    return str(plain(value))


def files(value: Value) -> tuple[FileView, ...]:
    given = [value] if isinstance(value, str | dict) else value if isinstance(value, list) else []
    views: list[FileView] = []
    for item in given:
        match item:
            case str():
                views.append(FileView(item, ""))
            case {"id": str(id_), **rest}:
                name = rest.get("name")
                views.append(FileView(id_, name if isinstance(name, str) else ""))
    return tuple(views)
