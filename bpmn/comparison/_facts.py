"""What a bundle says, cut into things with properties, so that two of them can be set side by side."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """Where a thing stands: the file of the bundle, and its id in it (empty for what the file says as a whole)."""

    file: str
    id: str = ""


@dataclass
class Thing:
    """Something a process owner would name: an element, a row of a table, a field of a form, a text.

    Attributes:
        kind: what it is, as the format calls it (`userTask`, `rule`, `field`).
        name: what people call it.
        properties: everything else it says, by name.
        orders: ids whose order means something, by name.
        lines: text whose lines follow each other.
        inside: the thing whose coming or going brings or takes this one.
    """

    kind: str
    name: str = ""
    properties: dict[str, str] = field(default_factory=dict)
    orders: dict[str, tuple[str, ...]] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    inside: Key | None = None


Facts = Mapping[Key, Thing]


def flat(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """The leaves of nested tables and lists, by dotted path; a list of plain values is one leaf."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from flat(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and any(isinstance(item, Mapping | list) for item in value):
        for number, inner in enumerate(value, 1):
            yield from flat(inner, f"{path}.{number}")
    elif isinstance(value, list):
        yield path, ", ".join(str(item) for item in value)
    else:
        yield path, _written(value)


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
