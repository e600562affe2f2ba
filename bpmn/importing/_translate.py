"""Going through a model once: every element's foreign attributes, extensions and expressions."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

from lxml import etree

from akta.languages import N_
from bpmn.importing import _bodies, _camunda, _spiff
from bpmn.importing._juel import has_juel
from bpmn.importing._notes import Report
from bpmn.importing._place import Place, name_of
from bpmn.importing._source import Source, prefix
from bpmn.xml import BPMN, OTHER_ENGINES, ZEEBE, is_bpmn, local

_READERS: dict[str, ModuleType] = {uri: module for module in (_camunda, _spiff) for uri in module.NAMESPACES}
_TIMERS = ("timeDate", "timeDuration", "timeCycle")
_EXPRESSIONS = ("conditionExpression", "condition", "completionCondition", "loopCondition")
_WAITS = ("intermediateCatchEvent", "boundaryEvent", "receiveTask")


def translate(source: Source, report: Report) -> dict[str, dict[str, Any]]:
    """Make every change in the source; the forms that come with it, by id."""
    forms: dict[str, dict[str, Any]] = {}
    wrote = False
    foreign = {str(uri) for node in source.nodes() for uri in node.nsmap.values()} & set(_READERS)
    for node in source.nodes():
        if is_bpmn(node) and local(node) != "extensionElements":
            here = Place(node, source, report, forms)
            _attributes(here)
            _extensions(here)
            _own_words(here, foreign)
            wrote |= here.finish()
    if wrote and prefix(source.root, ZEEBE[1:-1]) != "zeebe:":
        source.add_attribute(source.root, "xmlns:zeebe", ZEEBE[1:-1])
    return forms


def _attributes(here: Place) -> None:
    for key, text in list(here.node.attrib.items()):
        name = str(key)
        uri = name[1:].partition("}")[0] if name.startswith("{") else ""
        if uri in _READERS:
            if _READERS[uri].attribute(here, name, str(text)):
                here.source.drop_attribute(here.node, name)
        elif uri in OTHER_ENGINES:
            here.left(N_("%(name)s belongs to an engine that is not imported."), name=name_of(here.node, name))


def _extensions(here: Place) -> None:
    for box in here.node.iterchildren(f"{BPMN}extensionElements"):
        for item in box.iterchildren():
            uri = str(etree.QName(item).namespace)
            if uri in _READERS:
                if _READERS[uri].extension(here, item):
                    here.source.drop(item)
            elif uri in OTHER_ENGINES:
                here.left(N_("%(name)s belongs to an engine that is not imported."), name=name_of(item))


def _own_words(here: Place, foreign: set[str]) -> None:
    """What BPMN itself has a place for, in the other engine's language."""
    match here.kind:
        case "scriptTask":
            _bodies.script(here)
        case "callActivity" if foreign & _camunda.NAMESPACES:
            _bodies.call(here)
        case "userTask" if foreign and not here.has_zeebe("userTask"):
            here.put("userTask")
        case "multiInstanceLoopCharacteristics" if foreign & _spiff.NAMESPACES:
            _spiff.repeat(here)
    python = bool(foreign & _spiff.NAMESPACES)
    for child in here.node.iterchildren():
        if is_bpmn(child) and local(child) in (*_TIMERS, *_EXPRESSIONS, "loopCardinality"):
            _expression(here, child, python=python, engine=bool(foreign))
    if here.kind in _WAITS and foreign:
        _key(here)


def _expression(here: Place, child: etree._Element, *, python: bool, engine: bool) -> None:
    text, name = "".join(child.itertext()).strip(), local(child)
    language = child.get("language") or here.source.root.get("expressionLanguage") or ""
    if not text or text.startswith("=") or not (engine or has_juel(text)):
        return
    if python:
        if name not in _TIMERS or not _is_literal(text):
            here.left(N_("%(name)s is Python (“%(text)s”): write FEEL."), name=name, text=text[:80])
        return
    if name in _TIMERS or name == "loopCardinality":
        value = here.value(name, text)
    elif not has_juel(text) and "feel" in language.lower():
        value = f"={text}"
    else:
        value = here.condition(name, text)
    if value is not None and value != text:
        here.source.put_text(child, value)
        here.translated(name, "FEEL")


def _is_literal(text: str) -> bool:
    """A text in double quotes says the same in FEEL."""
    return text[0] == text[-1] == '"' and not {'"', "\\"} & set(text[1:-1])


def _key(here: Place) -> None:
    """A message that is waited for is found by its key, of which the other engines say nothing in the model."""
    references = [here.node.get("messageRef"), *(each.get("messageRef") for each in _message_events(here.node))]
    for reference in filter(None, references):
        message = next(
            (m for m in here.node.getroottree().getroot().iterchildren(f"{BPMN}message") if m.get("id") == reference),
            None,
        )
        if message is not None and message.find(f"{BPMN}extensionElements/{ZEEBE}subscription") is None:
            words = N_("The message “%(message)s” needs a correlation key (zeebe:subscription).")
            here.left(words, message=message.get("name") or reference)


def _message_events(node: etree._Element) -> Iterator[etree._Element]:
    yield from node.iterchildren(f"{BPMN}messageEventDefinition")
