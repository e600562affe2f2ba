"""Compiling a process and everything it calls, once per version."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from lxml import etree
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

from akta.languages import N_, Sentence, sentence
from bpmn import dmn
from bpmn.model import MAX_NODES, NODES
from bpmn.xml import BPMN, is_bpmn, local
from workflows.engine import _check, _xml
from workflows.engine._catching import EVER_SO_LITTLE
from workflows.engine._cycles import cycle
from workflows.engine._dialect import book_of
from workflows.engine._elements import Element, text_of
from workflows.engine._errors import NotRunnable, Reason
from workflows.engine._expressions import Act, due_at
from workflows.engine._parse import ClosureParser
from workflows.engine._rules import MessageRule, SignalRule, TimerRule
from workflows.engine._spec import FlowSpec
from workflows.engine._subprocesses import CallActivity
from workflows.engine.outcome import Place


@dataclass(frozen=True, slots=True)
class ProcessSource:
    """One process as its bundle has it. `key` is the bundle's key, by which other processes call it."""

    key: str
    content_hash: str
    bpmn: bytes
    decisions: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StartPoint:
    """A way to begin a case. `name` is that of the message or signal it begins with."""

    place: Place
    kind: Literal["plain", "message", "signal", "timer"]
    name: str = ""
    timer: TimerRule | None = None

    def due(self, since: datetime, last: datetime | None = None, begun: int = 0) -> datetime | None:
        """When the clock begins a case next; None when it does not, or has done so as often as it may.

        Args:
            since: when the definition was put to use; a duration counts from it.
            last: when a case was last begun; what was missed before that is not made up for.
            begun: how many cases the clock has begun.

        Raises:
            Stuck: the text is no time.
        """
        if self.timer is None:
            return None
        act = Act(since)
        if not self.timer.repeats:
            return None if begun else due_at(self.timer.due, {}, act)
        slots = cycle(text_of(self.timer.due.evaluate({}, act), N_("the repeating timer")), since)
        if slots.times is not None and begun >= slots.times:
            return None
        return slots.after(since - EVER_SO_LITTLE if last is None else last)


@dataclass(frozen=True, slots=True)
class Definition:
    """What cases run on: never changes, may be shared between threads, is kept by the caller."""

    main: str
    flows: Mapping[str, FlowSpec]
    hashes: Mapping[str, str]
    """Content hash of each bundle of the closure, by key."""

    @property
    def starts(self) -> tuple[StartPoint, ...]:
        """The ways to begin a case, the plain one first; the others by the element ids of `Start`."""
        spec = self.flows[self.main]
        plain = [StartPoint(spec.task_specs[spec.first].place, "plain")] if spec.first else []
        return (*plain, *(_start_point(element) for element in spec.starts.values()))


def _start_point(element: Element) -> StartPoint:
    match element.event:
        case MessageRule(name):
            return StartPoint(element.place, "message", name.text)
        case SignalRule(name):
            return StartPoint(element.place, "signal", name.text)
        case TimerRule() as rule:
            return StartPoint(element.place, "timer", timer=rule)
    raise TypeError(f"{element.name} is no start")


def compile(main: ProcessSource, called: Sequence[ProcessSource] = ()) -> Definition:
    """Check and compile a closure.

    Raises:
        NotRunnable: with every element that cannot run, by id, name and reason.
    """
    sources = {source.key: source for source in (*called, main)}
    reasons: list[Reason] = []
    flows: dict[str, FlowSpec] = {}
    for source in sources.values():
        try:
            flows |= _flows(source, frozenset(sources))
        except NotRunnable as refusal:
            reasons += [replace(reason, process=source.key) for reason in refusal.reasons]
    if not reasons:
        reasons += _circles(main.key, flows)
        reasons += (reason for key in sources for reason in _unstartable(flows, key))
    if reasons:
        raise NotRunnable(reasons)
    return Definition(main.key, flows, {source.key: source.content_hash for source in sources.values()})


def _flows(source: ProcessSource, keys: frozenset[str]) -> dict[str, FlowSpec]:
    process = _process(source)
    found = list(_check.reasons(process))
    if found:
        raise NotRunnable(found)
    book = book_of(process.getroottree().getroot(), _decisions(source), keys)
    try:
        flows = ClosureParser(source.key, source.content_hash, book).flows(process)
    except ValidationException as error:
        raise NotRunnable([Reason("", "", Sentence(str(error)))]) from error
    if book.reasons:
        raise NotRunnable(dict.fromkeys(book.reasons))
    return flows


def _process(source: ProcessSource) -> etree._Element:
    problems = _xml.problems(source.bpmn)
    if problems:
        raise NotRunnable([Reason("", "", Sentence(problem)) for problem in problems])
    root = _xml.without_drawings(_xml.definitions(source.bpmn))
    executable = [node for node in root.findall(f"{BPMN}process") if node.get("isExecutable") == "true"]
    if len(executable) != 1:
        raise NotRunnable([Reason("", "", sentence(N_("the file needs exactly one executable process")))])
    nodes = sum(is_bpmn(node) and local(node) in NODES for node in executable[0].iter())
    if nodes > MAX_NODES:
        too_many = sentence(N_("the model has more than %(count)s elements"), count=MAX_NODES)
        raise NotRunnable([Reason("", "", too_many)])
    return executable[0]


def _decisions(source: ProcessSource) -> dict[str, dmn.Decisions]:
    found: dict[str, dmn.Decisions] = {}
    for name, xml in source.decisions.items():
        try:
            decisions = dmn.read(xml, [other for other in source.decisions.values() if other is not xml])
        except dmn.DmnError as error:
            raise NotRunnable([Reason("", name, Sentence(str(error)))]) from error
        found |= dict.fromkeys(decisions.ids, decisions)
    return found


def _calls(key: str, flows: Mapping[str, FlowSpec]) -> Iterator[CallActivity]:
    for name, flow in flows.items():
        if name == key or name.startswith(f"{key}#"):
            yield from (spec for spec in flow.task_specs.values() if isinstance(spec, CallActivity))


def _unstartable(flows: Mapping[str, FlowSpec], key: str) -> Iterator[Reason]:
    """Calls of processes that only something from outside begins."""
    for call in _calls(key, flows):
        if call.flow in flows and not flows[call.flow].first:
            place = call.place
            why = sentence(N_("the called process %(name)s has no plain start event"), name=call.flow)
            yield Reason(place.element, place.name, why, key)


def _circles(key: str, flows: Mapping[str, FlowSpec]) -> Iterator[Reason]:
    """Calls that lead back to a process on the way to them; each process is gone through once."""
    way, done = [key], set[str]()
    under_way = [iter(list(_calls(key, flows)))]
    while under_way:
        for call in under_way[-1]:
            if call.flow in way:
                why = sentence(N_("the process calls itself in a circle"))
                yield Reason(call.place.element, call.place.name, why, way[-1])
            elif call.flow not in done:
                way.append(call.flow)
                under_way.append(iter(list(_calls(call.flow, flows))))
                break
        else:
            done.add(way.pop())
            under_way.pop()
