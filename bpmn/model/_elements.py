"""What a process model says, as plain frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal


@dataclass(frozen=True, slots=True)
class Mapped:
    """One line of an input or output mapping. `source` is kept as written, with its `=`."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Zeebe:
    """The `zeebe:` extensions of one element, texts as written (FEEL with its `=`); `unread` names all others."""

    task_type: str = ""
    retries: str = ""
    inputs: tuple[Mapped, ...] = ()
    outputs: tuple[Mapped, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    user_task: bool = False
    form: str = ""
    assignee: str = ""
    candidate_groups: str = ""
    due_date: str = ""
    priority: str = ""
    script: str = ""
    script_result: str = ""
    decision: str = ""
    decision_result: str = ""
    called_process: str = ""
    propagate_all: bool = True
    correlation_key: str = ""
    publish_key: str = ""
    publish_id: str = ""
    publish_ttl: str = ""
    binding: str = ""
    """How the called process is bound: `latest`, `deployment` or `versionTag`."""
    parts_at_once: str = ""
    """Parts of an ad-hoc sub-process that begin with it."""
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """The definition of an event.

    `ref` is the id of its message, error, escalation or signal, the activity it compensates, or the name of its link;
    a timer has `timer` and its text, a condition its text.
    """

    kind: str
    ref: str = ""
    timer: Literal["", "date", "duration", "cycle"] = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Repeat:
    """How an activity runs several times: as instances (`each`) or as a loop. Texts as written."""

    each: bool
    collection: str = ""
    cardinality: str = ""
    item: str = ""
    output: str = ""
    outputs: str = ""
    condition: str = ""
    """The completion condition of instances, the condition of a loop."""


@dataclass(frozen=True, slots=True)
class Element:
    """A node of the diagram. `parent` is the id of the sub-process or process it stands in.

    `events` has one entry per event definition. `interrupting` says of a boundary event or the start of an event
    sub-process whether it ends what it is attached to. `odd` names what the node carries that has a meaning of its
    own and is not run: data, quantities, several events at once. `completion` is when an ad-hoc sub-process ends.
    """

    id: str
    type: str
    name: str
    parent: str
    zeebe: Zeebe
    events: tuple[Event, ...] = ()
    attached_to: str = ""
    interrupting: bool = True
    default: str = ""
    event_subprocess: bool = False
    message: str = ""
    odd: tuple[str, ...] = ()
    repeat: Repeat | None = None
    instantiates: bool = False
    compensates: bool = False
    completion: str = ""

    @property
    def about(self) -> str:
        """The kind of event, for the one definition it has."""
        return self.events[0].kind if self.events else ""

    @property
    def title(self) -> str:
        """The name if it has one, for messages to people."""
        return self.name or self.id


@dataclass(frozen=True, slots=True)
class Flow:
    id: str
    name: str
    source: str
    target: str
    parent: str
    condition: str = ""
    """As written; empty when there is none."""


@dataclass(frozen=True, slots=True)
class Lane:
    id: str
    name: str
    elements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Message:
    id: str
    name: str
    correlation_key: str = ""


@dataclass(frozen=True, slots=True)
class BpmnError:
    id: str
    name: str
    code: str


@dataclass(frozen=True, slots=True)
class Expression:
    """A place where FEEL stands. `text` is without its `=`; `kind` says what it is for, in words."""

    text: str
    element: str
    kind: str
    iso: bool = False
    """The text is not FEEL but was written plainly as an ISO date, time or duration."""


@dataclass(frozen=True)
class Process:
    """The one executable process of a model, with everything inside its sub-processes.

    `outside` are elements that stand in the process but are no nodes and are not known to be mere drawing.
    """

    id: str
    name: str
    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]
    lanes: tuple[Lane, ...] = ()
    messages: Mapping[str, Message] = field(default_factory=dict)
    signals: Mapping[str, str] = field(default_factory=dict)
    """Names of signals, by id."""
    escalations: Mapping[str, str] = field(default_factory=dict)
    """Codes of escalations, by id."""
    associations: tuple[tuple[str, str], ...] = ()
    errors: Mapping[str, BpmnError] = field(default_factory=dict)
    outside: tuple[tuple[str, str], ...] = ()
    foreign: tuple[tuple[str, str], ...] = ()
    """What other engines would read, by element: names of attributes and extensions as they are written."""
    unread: tuple[tuple[str, str], ...] = ()
    """`zeebe:` extensions of the process itself and of the definitions of events that have no effect, by element."""

    @cached_property
    def outgoing(self) -> Mapping[str, tuple[Flow, ...]]:
        return self._flows_by("source")

    @cached_property
    def incoming(self) -> Mapping[str, tuple[Flow, ...]]:
        return self._flows_by("target")

    def _flows_by(self, end: Literal["source", "target"]) -> Mapping[str, tuple[Flow, ...]]:
        found: dict[str, list[Flow]] = {id_: [] for id_ in self.elements}
        for flow in self.flows.values():
            found.setdefault(flow.source if end == "source" else flow.target, []).append(flow)
        return {id_: tuple(flows) for id_, flows in found.items()}

    @cached_property
    def boundaries(self) -> Mapping[str, tuple[Element, ...]]:
        """Boundary events by the element they are attached to."""
        found: dict[str, list[Element]] = {}
        for element in self.elements.values():
            if element.attached_to:
                found.setdefault(element.attached_to, []).append(element)
        return {id_: tuple(elements) for id_, elements in found.items()}

    def children(self, parent: str) -> tuple[Element, ...]:
        return tuple(element for element in self.elements.values() if element.parent == parent)

    def of_type(self, *types: str) -> tuple[Element, ...]:
        return tuple(element for element in self.elements.values() if element.type in types)

    @property
    def user_tasks(self) -> tuple[Element, ...]:
        return self.of_type("userTask")

    @property
    def ends(self) -> tuple[Element, ...]:
        """The end events of the process itself: its possible outcomes."""
        return tuple(element for element in self.of_type("endEvent") if element.parent == self.id)

    @property
    def calls(self) -> frozenset[str]:
        """The ids of the processes called."""
        return frozenset(element.zeebe.called_process for element in self.of_type("callActivity")) - {""}

    def lane_of(self, element: str) -> Lane | None:
        return next((lane for lane in self.lanes if element in lane.elements), None)

    def message_of(self, element: Element) -> Message | None:
        """The message an event or task waits for or throws."""
        refs = [event.ref for event in element.events if event.kind == "message"] or [element.message]
        return self.messages.get(refs[0])
