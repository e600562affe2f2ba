"""Runs the test cases of the DMN Technology Compatibility Kit below a folder: `python -m benchmarks.dmn_tck FOLDER`.

A test case may ask for several results; each of them counts as a case. Prints a line for every one that fails, with the
reason, and `passed N of M` as its last line.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from lxml import etree

from akta.errors import Invalid
from bpmn import dmn, feel
from bpmn.xml import local, parse

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
MAX_BYTES = 20_000_000
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_CLOSE = Decimal("1e-8")
"""Relative distance of two numbers that count as equal: the kit's own runner rounds, and so do published engines."""
Element = etree._Element


@dataclass(frozen=True, slots=True)
class Outcome:
    """One result of a test case: where it stands, and why it failed (empty: it passed)."""

    case: str
    failure: str


def run_folder(folder: Path) -> Iterator[Outcome]:
    """All cases of all test files below the folder."""
    for path in sorted(folder.rglob("*-test-*.xml")):
        yield from run_file(path)


def run_file(path: Path) -> Iterator[Outcome]:
    """All cases of one test file; a model that cannot be read fails each of them."""
    try:
        root = parse(path.read_bytes(), MAX_BYTES)
    except (OSError, ValueError) as error:
        yield Outcome(path.stem, f"the test file {error}")
        return
    model: dmn.Decisions | str
    try:
        model = _model(path.parent, _text(root, "modelName"))
    except Exception as error:  # a model of any other kit must not end the run
        model = f"the model cannot be read: {type(error).__name__}: {error}"
    for case in _children(root, "testCase"):
        for node in _children(case, "resultNode"):
            try:
                failure = model if isinstance(model, str) else _failure(model, case, node)
            except Exception as error:  # as above
                failure = f"{type(error).__name__}: {error}"
            yield Outcome(f"{path.stem} {case.get('id', '?')} {node.get('name', '?')}", failure)


def _model(folder: Path, name: str) -> dmn.Decisions:
    others = [path.read_bytes() for path in sorted(folder.glob("*.dmn")) if path.name != name]
    return dmn.read((folder / name).read_bytes(), others)


def _failure(model: dmn.Decisions, case: Element, node: Element) -> str:
    """What differs from what the case expects; empty when nothing does."""
    variables = dict(_input(given) for given in _children(case, "inputNode"))
    expected = _only(node, "expected")
    wanted = None if expected is None else _value(expected)
    value, reasons = _evaluated(model, case, node.get("name", ""), variables)
    if _same(wanted, value):
        return ""
    why = f" ({'; '.join(reasons)})" if reasons else ""
    return f"expected {_shown(wanted)}, got {_shown(value)}{why}"


def _input(node: Element) -> tuple[str, Any]:
    name = node.get("name", "")
    namespace = node.get("namespace")
    return (f"{{{namespace}}}{name}" if namespace else name), _value(node)


def _evaluated(
    model: dmn.Decisions, case: Element, name: str, variables: dict[str, Any]
) -> tuple[Any, tuple[str, ...]]:
    service, kind = case.get("invocableName"), case.get("type", "decision")
    try:
        if kind in ("decisionService", "bkm") and service:
            result = model.call(model.find(service), variables, now=NOW)
            several = len(list(_children(case, "resultNode"))) > 1
            value = result.value
            return (value.get(name) if several and isinstance(value, dict) else value), result.reasons
        result = model.evaluate(model.find(name), variables, now=NOW, strict=False)
        return result.value, tuple(reason for made in _all(result) for reason in made.reasons)
    except (dmn.DmnError, feel.FeelLimit, Invalid) as error:
        return None, (str(error),)


def _all(decided: dmn.Decided) -> Iterator[dmn.Decided]:
    yield decided
    for required in decided.required:
        yield from _all(required)


def _value(node: Element) -> Any:
    """The value below a node of the test file."""
    for child in node:
        match local(child):
            case "value":
                return _scalar(child)
            case "list":
                return None if _nil(child) else [_value(item) for item in _children(child, "item")]
            case "component":
                return {part.get("name", ""): _value(part) for part in _children(node, "component")}
    return None


def _nil(node: Element) -> bool:
    return node.get(_NIL) in ("true", "1")


def _scalar(node: Element) -> Any:
    if _nil(node):
        return None
    text, kind = node.text or "", (node.get(_TYPE) or "xsd:string").rpartition(":")[2]
    match kind:
        case "boolean":
            return text.strip() in ("true", "1")
        case "decimal" | "double" | "integer" | "int" | "long" | "float" | "short":
            return Decimal(text.strip())
        case "date" | "time" | "dateTime" | "duration" | "dayTimeDuration" | "yearMonthDuration":
            return feel.compile(f'@"{text.strip()}"').evaluate({}, now=NOW)
    return text


def _same(wanted: Any, value: Any) -> bool:
    """Whether a value is what a case expects; numbers within a hair's breadth."""
    if isinstance(wanted, Decimal) and isinstance(value, Decimal):
        return wanted == value or abs(wanted - value) <= _CLOSE * max(abs(wanted), Decimal(1))
    if isinstance(wanted, list) and isinstance(value, list):
        return len(wanted) == len(value) and all(map(_same, wanted, value))
    if isinstance(wanted, dict) and isinstance(value, dict):
        return wanted.keys() == value.keys() and all(_same(wanted[key], value[key]) for key in wanted)
    return type(wanted) is type(value) and bool(wanted == value)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]}…"


def _children(node: Element, name: str) -> Iterator[Element]:
    return (child for child in node if local(child) == name)


def _only(node: Element, name: str) -> Element | None:
    return next(_children(node, name), None)


def _text(node: Element, name: str) -> str:
    found = _only(node, name)
    return "" if found is None else (found.text or "").strip()


def main(arguments: list[str]) -> int:
    """Run and print; 1 when a case failed, 2 when there is nothing to run."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        print("usage: python -m benchmarks.dmn_tck FOLDER")
        return 2
    if isinstance(sys.stdout, TextIOWrapper):  # what a model says may not fit the terminal's alphabet
        sys.stdout.reconfigure(errors="backslashreplace")
    passed = total = 0
    for outcome in run_folder(Path(arguments[0])):
        total += 1
        passed += not outcome.failure
        if outcome.failure:
            print(" ".join(f"{outcome.case}: {outcome.failure}".split()))
    print(f"passed {passed} of {total}")
    return 0 if passed == total and total else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
