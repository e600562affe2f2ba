"""Forms as units: every component, by the key of its answer, or by its id where it asks nothing."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bpmn.merging._units import ROOT, Unit, Units

_INSIDE = "components"


class FormReader:
    def read(self, content: bytes) -> Units:
        try:
            found = json.loads(content)
        except (ValueError, RecursionError) as broken:
            raise ValueError(str(broken)) from broken
        units: dict[str, Unit] = {}
        inside: dict[str, tuple[str, ...]] = {}
        _take(found, ROOT, ROOT, units, inside)
        return Units(units, inside)

    def write(self, units: Units) -> bytes:
        return json.dumps(_made(units, ROOT), ensure_ascii=False, indent=2).encode() + b"\n"


def _take(found: object, id_: str, parent: str, units: dict[str, Unit], inside: dict[str, tuple[str, ...]]) -> None:
    if not isinstance(found, dict) or not isinstance(found.get(_INSIDE, []), list):
        raise ValueError("this is no form")
    if id_ in units:
        raise ValueError(f"{id_} is there twice")
    children: Sequence[object] = found.get(_INSIDE, [])
    own = {name: value for name, value in found.items() if name != _INSIDE} | (
        {_INSIDE: []} if _INSIDE in found else {}
    )
    name = str(found.get("label") or found.get("text") or id_)
    units[id_] = Unit(parent, json.dumps(own, sort_keys=True), name, json.dumps(own, ensure_ascii=False, indent=2))
    named = [_named(child, id_, number) for number, child in enumerate(children)]
    inside[id_] = tuple(str(child.get("key") or child["id"]) for child in named)
    for child_id, child in zip(inside[id_], named, strict=True):
        _take(child, child_id, id_, units, inside)


def _named(child: object, parent: str, number: int) -> Mapping[str, Any]:
    """A component with an id; one that has none gets the id that the editor gives it too."""
    if not isinstance(child, dict):
        raise ValueError("a component is no object")
    own = child.get("key") or f"{'' if parent == ROOT else parent}_{number}"
    return child | {"id": child.get("id") or f"Field_{own}"}


def _made(units: Units, id_: str) -> dict[str, Any]:
    own: dict[str, Any] = json.loads(units.units[id_].text)
    children = [_made(units, child) for child in units.inside.get(id_, ())]
    return own | ({_INSIDE: children} if children or _INSIDE in own else {})
