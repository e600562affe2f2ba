"""Sixty processes as offices draw them, and the right verdict on each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bpmn import model
from bpmn.soundness import Unsound, analyse
from tests.bpmn.models import bpmn, node

CORPUS = Path(__file__).with_name("corpus.txt")
_KINDS = {
    "start": "startEvent",
    "task": "userTask",
    "xor": "exclusiveGateway",
    "and": "parallelGateway",
    "ior": "inclusiveGateway",
    "race": "eventBasedGateway",
    "catch": "intermediateCatchEvent",
    "end": "endEvent",
    "terminate": "endEvent",
    "error": "endEvent",
    "process": "subProcess",
}
_TIMER = "<bpmn:timerEventDefinition><bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition>"
_TERMINATE = "<bpmn:terminateEventDefinition/>"


@dataclass
class Entry:
    """One process of the corpus: its name, the defects to be found, and its lines."""

    name: str
    expected: set[str]
    lines: list[str] = field(default_factory=list)

    def xml(self) -> bytes:
        return bpmn(self._inside(""), "".join(sorted(self._errors())))

    def _inside(self, scope: str) -> str:
        drawn = []
        for line in self.lines:
            said, _, targets = line.partition("->")
            path, *words = said.split()
            if path.rpartition("/")[0] != scope:
                continue
            drawn.append(self._node(path, words))
            for number, target in enumerate(filter(None, map(str.strip, targets.split(",")))):
                goal = f"{scope}/{target}" if scope else target
                ids = {"sourceRef": _id(path), "targetRef": _id(goal)}
                drawn.append(node("sequenceFlow", f"{_id(path)}-{number}-{_id(target)}", **ids))
        return "".join(drawn)

    def _node(self, path: str, words: list[str]) -> str:
        scope = f"{path.rpartition('/')[0]}/" if "/" in path else ""
        match words:
            case ["on" | "beside" as how, host]:
                ends = "true" if how == "on" else "false"
                return node("boundaryEvent", _id(path), _TIMER, attachedToRef=_id(scope + host), cancelActivity=ends)
            case ["catches", code, "on", host]:
                return node("boundaryEvent", _id(path), _thrown(code), attachedToRef=_id(scope + host))
            case ["error", code]:
                return node("endEvent", _id(path), _thrown(code))
            case [kind]:
                inner = {"process": self._inside(path), "catch": _TIMER, "terminate": _TERMINATE}.get(kind, "")
                return node(_KINDS[kind], _id(path), inner)
        raise ValueError(words)

    def _errors(self) -> set[str]:
        codes = {code for line in self.lines for code in re.findall(r"(?:error|catches) ([A-Z]+)", line)}
        return {f'<bpmn:error id="error-{code}" errorCode="{code}"/>' for code in codes}


def _id(path: str) -> str:
    return path.replace("/", ".")


def _thrown(code: str) -> str:
    return f'<bpmn:errorEventDefinition errorRef="error-{code}"/>'


def entries() -> Iterator[Entry]:
    entry: Entry | None = None
    for line in CORPUS.read_text().splitlines():
        if line.startswith("== "):
            if entry is not None:
                yield entry
            name, _, expected = line.removeprefix("== ").partition(" | ")
            entry = Entry(name, set(filter(None, [expected])))
        elif line and not line.startswith("#") and entry is not None:
            entry.lines.append(line)
    if entry is not None:
        yield entry


def said(defect: Unsound) -> str:
    return f"{defect.defect.value} at {', '.join(sorted(id_.replace('.', '/') for id_ in defect.elements))}"


@pytest.mark.parametrize("entry", list(entries()), ids=lambda entry: entry.name)
def test_a_process_of_the_corpus_gets_the_right_verdict(entry: Entry) -> None:
    verdict = analyse(model.read(entry.xml()))
    assert verdict.unproved == ()
    assert {said(defect) for defect in verdict.defects} == entry.expected


def test_the_corpus_has_sixty_processes_and_as_many_wrong_as_right() -> None:
    found = list(entries())
    assert len(found) >= 60
    assert 24 <= sum(bool(entry.expected) for entry in found) <= 36
