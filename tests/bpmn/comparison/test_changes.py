"""Two versions side by side: each thing that was changed is one line, and nothing else is."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from random import Random
from types import MappingProxyType

import pytest
from lxml import etree

from bpmn import bundle
from bpmn.bundle import Bundle
from bpmn.comparison import How, compare
from tests.architecture.source import ROOT

BUNDLES = sorted(path for path in (ROOT / "bpmn" / "bundles").iterdir() if path.is_dir())
Files = dict[str, bytes]
Mutation = Callable[[Files], None]
_REFERENCES = frozenset({"id", "name", "sourceRef", "targetRef", "target", "key", "bpmnElement", "attachedToRef"})
_KEEPS = frozenset({"flowNodeRef", "incoming", "outgoing"})


@cache
def shipped(folder: Path) -> Bundle:
    return bundle.from_folder(folder)


def changed(before: Bundle, **files: bytes | None) -> Bundle:
    """The bundle with other files; names are written with `__` for a dot and `___` for a slash."""
    found: Files = dict(before.files)
    for name, content in files.items():
        path = name.replace("___", "/").replace("__", ".")
        if content is None:
            del found[path]
        else:
            found[path] = content
    return Bundle(MappingProxyType(found))


def lines(before: Bundle, after: Bundle) -> list[str]:
    return [change.said(str) for change in compare(before, after)]


def process(before: Bundle, old: str, new: str) -> Bundle:
    assert old in before.process.decode()
    return changed(before, process__bpmn=before.process.replace(old.encode(), new.encode(), 1))


@pytest.fixture
def reading() -> Bundle:
    return shipped(ROOT / "bpmn" / "bundles" / "meter-reading")


def test_a_bundle_does_not_differ_from_itself(reading: Bundle) -> None:
    assert lines(reading, reading) == []


def test_a_role_is_called_a_role(reading: Bundle) -> None:
    after = process(reading, 'candidateGroups="metering"', 'candidateGroups="front-desk"')
    (line,) = lines(reading, after)
    assert line.startswith("Role of Task ")
    assert line.endswith(": metering → front-desk")


def test_an_element_that_came_is_one_line_and_each_of_its_flows_another(reading: Bundle) -> None:
    end = '<bpmn:endEvent id="extra" name="Extra"/></bpmn:process>'
    assert lines(reading, process(reading, "</bpmn:process>", end)) == ["End Extra was added"]


def test_an_arranged_drawing_is_said_to_change_nothing(reading: Bundle) -> None:
    root = etree.fromstring(reading.process)
    next(root.iter("{*}Bounds")).set("x", "1")
    (line,) = lines(reading, changed(reading, process__bpmn=etree.tostring(root)))
    assert "nothing runs differently" in line


def test_a_row_that_came_in_the_middle_is_one_line(reading: Bundle) -> None:
    name, source = next(iter(reading.decisions.items()))
    root = etree.fromstring(source)
    row = next(root.iter("{*}rule"))
    copy = etree.fromstring(etree.tostring(row))
    copy.set("id", "another")
    row.addnext(copy)
    found = compare(reading, changed(reading, **{name.replace(".", "__"): etree.tostring(root)}))
    assert [(change.how, change.kind, change.element) for change in found] == [(How.ADDED, "rule", "another")]


def test_a_column_that_went_takes_its_cells_along(reading: Bundle) -> None:
    name, source = next(iter(reading.decisions.items()))
    root = etree.fromstring(source)
    table = next(root.iter("{*}decisionTable"))
    table.remove(next(table.iterchildren("{*}input")))
    for rule in table.iterchildren("{*}rule"):
        rule.remove(next(rule.iterchildren("{*}inputEntry")))
    found = compare(reading, changed(reading, **{name.replace(".", "__"): etree.tostring(root)}))
    assert [(change.how, change.kind) for change in found] == [(How.REMOVED, "input")]


def test_rows_in_another_order_are_one_line(reading: Bundle) -> None:
    name, source = next(iter(reading.decisions.items()))
    root = etree.fromstring(source)
    table = next(root.iter("{*}decisionTable"))
    rules = list(table.iterchildren("{*}rule"))
    rules[1].addnext(rules[0])
    found = compare(reading, changed(reading, **{name.replace(".", "__"): etree.tostring(root)}))
    assert [change.property for change in found if change.kind != "rule"] == ["order"]


def sites(before: Bundle) -> list[Mutation]:
    """Every single place of a bundle where a value can be changed without touching anything else."""
    found: list[Mutation] = []
    for file, content in before.files.items():
        if file.endswith((".bpmn", ".dmn")):
            found += _in_xml(file, content)
        elif file.endswith(".form"):
            found += [_in_form(file, number) for number, _ in enumerate(json.loads(content)["components"])]
        elif file.endswith(".toml"):
            quoted = [at for at, line in enumerate(content.decode().splitlines()) if _plain(line)]
            found += [_in_line(file, at) for at in quoted]
        elif file.endswith(".docx"):
            found.append(_in_letter(file))
    return found


def _plain(line: str) -> bool:
    return line.count('"') == 2 and line.endswith('"') and " = " in line and not line.startswith(("[", "#"))


def _in_xml(file: str, content: bytes) -> list[Mutation]:
    root = etree.fromstring(content)
    found: list[Mutation] = []
    for at, node in enumerate(root.iter(etree.Element)):
        if "/DI" in str(node.tag) or "/DC" in str(node.tag) or "DI/}" in str(node.tag) or node is root:
            continue
        found += [
            _attribute(file, at, str(name)) for name in node.attrib if name not in _REFERENCES and "}" not in name
        ]
        if (node.text or "").strip() and not len(node) and etree.QName(node).localname not in _KEEPS:
            found.append(_text(file, at))
    return found


def _node(files: Files, file: str, at: int) -> tuple[etree._Element, etree._Element]:
    root = etree.fromstring(files[file])
    return root, list(root.iter(etree.Element))[at]


def _attribute(file: str, at: int, name: str) -> Mutation:
    def mutate(files: Files) -> None:
        root, node = _node(files, file, at)
        node.set(name, str(node.get(name)) + "-x")
        files[file] = etree.tostring(root)

    return mutate


def _text(file: str, at: int) -> Mutation:
    def mutate(files: Files) -> None:
        root, node = _node(files, file, at)
        node.text = (node.text or "") + "-x"
        files[file] = etree.tostring(root)

    return mutate


def _in_form(file: str, number: int) -> Mutation:
    def mutate(files: Files) -> None:
        schema = json.loads(files[file])
        schema["components"][number]["label"] = schema["components"][number].get("label", "") + "-x"
        files[file] = json.dumps(schema).encode()

    return mutate


def _in_line(file: str, at: int) -> Mutation:
    def mutate(files: Files) -> None:
        rows = files[file].decode().splitlines()
        rows[at] = rows[at][:-1] + '-x"'
        files[file] = "\n".join(rows).encode()

    return mutate


def _in_letter(file: str) -> Mutation:
    def mutate(files: Files) -> None:
        parts = _unpacked(files[file])
        body = etree.fromstring(parts["word/document.xml"])
        run = next(run for run in body.iter("{*}t") if (run.text or "").strip())
        run.text = (run.text or "") + " again"
        parts["word/document.xml"] = etree.tostring(body)
        files[file] = _packed(parts)

    return mutate


def _unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _packed(parts: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("folder", BUNDLES, ids=lambda folder: folder.name)
def test_so_many_random_changes_are_so_many_lines(folder: Path) -> None:
    before = shipped(folder)
    places = sites(before)
    for seed in range(12):
        random = Random(seed)
        chosen = random.sample(places, min(len(places), random.randint(1, 8)))
        files: Files = dict(before.files)
        for mutate in chosen:
            mutate(files)
        found = lines(before, Bundle(MappingProxyType(files)))
        assert len(found) == len(chosen), (seed, found)
        assert len(set(found)) == len(found), (seed, found)
