"""Facts from forms, settings, texts, letters and scenarios."""

import hashlib
import io
import json
import tomllib
import zipfile
from collections.abc import Mapping
from typing import Any

from lxml import etree

from bpmn.bundle import Bundle
from bpmn.comparison._facts import Facts, Key, Thing, flat
from bpmn.comparison._of_xml import of_decisions, of_model

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BODY = "word/document.xml"
_PART_OF_FORM = frozenset({"components", "id", "key", "layout"})


def facts_of(bundle: Bundle) -> Facts:
    """Everything a bundle says."""
    facts: dict[Key, Thing] = {}
    for file, content in sorted(bundle.files.items()):
        facts.update(_of_file(file, content))
    return facts


def _of_file(file: str, content: bytes) -> Mapping[Key, Thing]:
    if file.endswith(".bpmn"):
        return of_model(file, content)
    if file.endswith(".dmn"):
        return of_decisions(file, content)
    if file.endswith(".form"):
        return _of_form(file, json.loads(content))
    if file.endswith(".toml"):
        kind = "texts" if file.startswith("i18n/") else "settings"
        return {Key(file): Thing(kind, properties=dict(flat(tomllib.loads(content.decode()))))}
    if file.endswith(".docx"):
        return {Key(file): _of_letter(content)}
    return {Key(file): Thing("file", lines=tuple(content.decode(errors="replace").splitlines()))}


def _of_form(file: str, schema: Mapping[str, Any]) -> Mapping[Key, Thing]:
    whole = {name: value for name, value in schema.items() if name not in _PART_OF_FORM}
    facts = {Key(file): Thing("form", properties=dict(flat(whole)))}
    _components(file, schema.get("components", []), Key(file), facts)
    return facts


def _components(file: str, components: list[Mapping[str, Any]], at: Key, facts: dict[Key, Thing]) -> None:
    order = []
    for number, component in enumerate(components, 1):
        key = Key(file, str(component.get("key") or component.get("id") or f"{at.id}-{number}"))
        order.append(key.id)
        said = {name: value for name, value in component.items() if name not in _PART_OF_FORM}
        name = str(said.pop("label", ""))
        facts[key] = Thing("field", name, dict(flat(said)), inside=at)
        _components(file, component.get("components", []), key, facts)
    facts[at].orders["fields"] = tuple(order)


def _of_letter(content: bytes) -> Thing:
    """The paragraphs of a letter as lines, and one word for everything else in its file."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        body = etree.fromstring(archive.read(_BODY), etree.XMLParser(resolve_entities=False))
        others = sorted((part.filename, part.CRC) for part in archive.infolist() if part.filename != _BODY)
    paragraphs = (
        "".join(run.text or "" for run in paragraph.iter(f"{_WORD}t")) for paragraph in body.iter(f"{_WORD}p")
    )
    lines = tuple(text.strip() for text in paragraphs if text.strip())
    for paragraph in list(body.iter(f"{_WORD}p")):
        if any(run.text for run in paragraph.iter(f"{_WORD}t")):
            _without_text(paragraph)
    look = hashlib.sha256(etree.tostring(body, method="c14n") + repr(others).encode()).hexdigest()
    return Thing("letter", properties={"look": look}, lines=lines)


def _without_text(paragraph: etree._Element) -> None:
    """Take out what is said, so that only how the rest looks is left."""
    for run in list(paragraph.iter(f"{_WORD}r")):
        parent = run.getparent()
        if parent is not None:
            parent.remove(run)
