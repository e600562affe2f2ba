"""Diagrams of a case or a version: the model with names in the reader's language, and what stands where."""

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from akta.languages import N_
from api.pages.wording import Wording
from bpmn import xml
from bpmn.bundle import Bundle
from bpmn.texts import Texts
from workflows.queries import Line, Standing

XML = "application/xml"
_DONE = frozenset(
    {
        "task-completed",
        "call-completed",
        "event-happened",
        "process-returned",
        "end-reached",
        "step-done",
        "decided",
        "message-received",
        "timer-fired",
    }
)


@dataclass(frozen=True)
class Drawn:
    """One diagram to be drawn: element ids by how they are marked, and the same in words."""

    title: str
    xml: str
    active: tuple[str, ...]
    done: tuple[str, ...]
    failed: tuple[str, ...]
    words: str


def of_case(
    words: Wording, address: str, standing: Sequence[Standing], lines: Sequence[Line], failed: frozenset[str]
) -> list[Drawn]:
    """The diagram of the case itself, then those of called processes in which a token stands."""
    places = {key: tuple(one.element for one in standing if one.bundle == key) for key in words.bundles}
    own = next(iter(words.bundles))
    return [
        Drawn(
            title=words.texts[key].title,
            xml=f"{address}/{key}",
            active=active,
            done=_done(lines, key),
            failed=tuple(element for element in active if element in failed),
            words=in_words(words, key, active),
        )
        for key, active in places.items()
        if key == own or active
    ]


def _done(lines: Sequence[Line], key: str) -> tuple[str, ...]:
    return tuple({line.element: None for line in lines if line.process == key and line.kind in _DONE})


def in_words(words: Wording, key: str, active: Sequence[str]) -> str:
    """What a diagram shows, for who cannot see it."""
    language = words.language
    if not active:
        return language.gettext(N_("Nothing stands in this process any more."))
    names = ", ".join(words.step(key, element) for element in dict.fromkeys(active))
    return language.gettext(N_("Stands at: %(steps)s")) % {"steps": names}


def translated(bundle: Bundle, texts: Texts) -> bytes:
    """The model with the names that the texts give its elements."""
    root = xml.parse(bundle.process)
    for node in root.iter():
        element = node.get("id")
        if element and "name" in node.attrib and (name := texts.element(element).name):
            node.set("name", name)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
