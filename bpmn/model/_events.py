"""The definitions of events."""

from collections.abc import Iterator, Mapping
from typing import Literal

from lxml import etree

from bpmn.model._elements import Event
from bpmn.xml import BPMN, is_bpmn, local


def bare(reference: str | None) -> str:
    """A reference without its namespace prefix."""
    return (reference or "").strip().rpartition(":")[2]


_TIMERS: Mapping[str, Literal["date", "duration", "cycle"]] = {
    "timeDate": "date",
    "timeDuration": "duration",
    "timeCycle": "cycle",
}


def events_of(node: etree._Element) -> Iterator[Event]:
    """The definitions of an event, one after the other."""
    for child in node.iterchildren():
        if not is_bpmn(child):
            continue
        name = local(child)
        if name == "eventDefinitionRef":
            yield Event("reference", "".join(child.itertext()).strip())
        if not name.endswith("EventDefinition"):
            continue
        kind = name.removesuffix("EventDefinition")
        match kind:
            case "timer":
                yield _timer(child)
            case "conditional":
                yield Event(kind, text=text_of(child, "condition"))
            case "compensate":
                yield Event(kind, bare(child.get("activityRef")))
            case "link":
                yield Event(kind, (child.get("name") or "").strip())
            case _:
                yield Event(kind, bare(child.get(f"{kind}Ref")))


def _timer(definition: etree._Element) -> Event:
    for child in definition.iterchildren():
        if is_bpmn(child) and local(child) in _TIMERS:
            return Event("timer", timer=_TIMERS[local(child)], text="".join(child.itertext()).strip())
    return Event("timer")


def text_of(node: etree._Element, tag: str) -> str:
    """What stands in a child, or nothing."""
    child = node.find(f"{BPMN}{tag}")
    return "" if child is None else "".join(child.itertext()).strip()
