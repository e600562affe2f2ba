"""Small process drawings: made by hand or at random, and made wrong in known ways."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from bpmn import model
from tests.bpmn.models import bpmn, node


@dataclass
class Drawing:
    """Nodes by id with their type, flows in order, and events on borders with their host and whether they interrupt."""

    nodes: dict[str, str] = field(default_factory=dict)
    flows: list[tuple[str, str]] = field(default_factory=list)
    borders: dict[str, tuple[str, bool]] = field(default_factory=dict)
    terminates: set[str] = field(default_factory=set)

    def add(self, type_: str, name: str = "") -> str:
        id_ = name or f"{type_[0]}{len(self.nodes)}"
        self.nodes[id_] = type_
        return id_

    def flow(self, source: str, target: str) -> None:
        self.flows.append((source, target))

    def border(self, host: str, *, interrupting: bool) -> str:
        id_ = self.add("boundaryEvent")
        self.borders[id_] = host, interrupting
        return id_

    def incoming(self, id_: str) -> list[int]:
        return [number for number, (_, target) in enumerate(self.flows) if target == id_]

    def outgoing(self, id_: str) -> list[int]:
        return [number for number, (source, _) in enumerate(self.flows) if source == id_]

    def xml(self) -> bytes:
        drawn = []
        for id_, type_ in self.nodes.items():
            if id_ in self.borders:
                host, interrupting = self.borders[id_]
                timer = (
                    "<bpmn:timerEventDefinition><bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition>"
                )
                cancel = "true" if interrupting else "false"
                drawn.append(node(type_, id_, timer, attachedToRef=host, cancelActivity=cancel))
            else:
                drawn.append(node(type_, id_, "<bpmn:terminateEventDefinition/>" if id_ in self.terminates else ""))
        for number, (source, target) in enumerate(self.flows):
            drawn.append(node("sequenceFlow", f"f{number}", sourceRef=source, targetRef=target))
        return bpmn("".join(drawn))

    def process(self) -> model.Process:
        return model.read(self.xml())


Block = Callable[[Drawing, Random, int], tuple[str, str]]
"""Draws a block of about a size and says its first and its last node."""


def sound(random: Random, size: int) -> Drawing:
    """A drawing that always comes to its end, put together from blocks that have one way in and one way out."""
    drawing = Drawing()
    _between_ends(drawing, _block(drawing, random, size))
    return drawing


def planted(random: Random, size: int, defect: str) -> Drawing:
    """A sound drawing with one block in it that is wrong in a known way, somewhere on a way that can be gone."""
    drawing = Drawing()
    block = _PLANTS[defect](drawing, random, 2)
    for _ in range(random.randint(0, 3)):
        block = _around(drawing, random, block, size)
    _between_ends(drawing, block)
    return drawing


def _between_ends(drawing: Drawing, block: tuple[str, str]) -> None:
    drawing.flow(drawing.add("startEvent"), block[0])
    drawing.flow(block[1], drawing.add("endEvent"))


def _around(drawing: Drawing, random: Random, block: tuple[str, str], size: int) -> tuple[str, str]:
    """A block in a row, in a branch or in a loop."""
    other = _block(drawing, random, max(1, size // 2))
    shape = random.choice(("before", "after", "exclusiveGateway", "parallelGateway"))
    if shape in ("before", "after"):
        one, two = (block, other) if shape == "before" else (other, block)
        drawing.flow(one[1], two[0])
        return one[0], two[1]
    split, join = drawing.add(shape), drawing.add(shape)
    for first, last in (block, other):
        drawing.flow(split, first)
        drawing.flow(last, join)
    return split, join


def _block(drawing: Drawing, random: Random, size: int) -> tuple[str, str]:
    if size <= 1:
        return _task(drawing, random, size)
    blocks: list[Block] = [_row, _row, _parallel, _choice, _some, _loop, _escape, _reminded]
    return random.choice(blocks)(drawing, random, size)


def _split(drawing: Drawing, random: Random, first: str, last: str) -> tuple[str, str]:
    """Two or three branches of tasks between a gateway that parts them and one that does not fit."""
    split, join = drawing.add(first), drawing.add(last)
    for _ in range(random.randint(2, 3)):
        begin, end = _row(drawing, random, 2) if random.random() < 0.5 else _task(drawing, random, 1)
        drawing.flow(split, begin)
        drawing.flow(end, join)
    after = drawing.add("userTask")
    drawing.flow(join, after)
    return split, after


def _deadlock(drawing: Drawing, random: Random, size: int) -> tuple[str, str]:
    return _split(drawing, random, random.choice(("exclusiveGateway", "inclusiveGateway")), "parallelGateway")


def _lack(drawing: Drawing, random: Random, size: int) -> tuple[str, str]:
    return _split(drawing, random, random.choice(("parallelGateway", "inclusiveGateway")), "exclusiveGateway")


def _improper(drawing: Drawing, random: Random, size: int) -> tuple[str, str]:
    """Two ways side by side to one end, and a third that goes on."""
    split, end = drawing.add("parallelGateway"), drawing.add("endEvent")
    for _ in range(2):
        task = drawing.add("userTask")
        drawing.flow(split, task)
        drawing.flow(task, end)
    on = drawing.add("userTask")
    drawing.flow(split, on)
    return split, on


def _unbounded(drawing: Drawing, random: Random, size: int) -> tuple[str, str]:
    """A loop that leaves a token behind each time."""
    first, last = _loop(drawing, random, size)
    fork, beside = drawing.add("parallelGateway"), drawing.add("userTask")
    back = next(number for number, (source, _) in enumerate(drawing.flows) if source == last)
    target = drawing.flows[back][1]
    drawing.flows[back] = (last, fork)
    drawing.flow(fork, target)
    drawing.flow(fork, beside)
    drawing.flow(beside, drawing.add("endEvent"))
    return first, last


def _livelock(drawing: Drawing, random: Random, size: int) -> tuple[str, str]:
    """A choice one of whose ways goes round for ever."""
    split, out, merge = drawing.add("exclusiveGateway"), drawing.add("userTask"), drawing.add("exclusiveGateway")
    drawing.flow(split, out)
    drawing.flow(split, merge)
    first, last = _row(drawing, random, 2)
    drawing.flow(merge, first)
    drawing.flow(last, merge)
    return split, out


def _dead(drawing: Drawing, random: Random, size: int) -> tuple[str, str]:
    """Work beside a way that ends everything before any of it can be done."""
    split, end, task, on = (drawing.add(type_) for type_ in ("parallelGateway", "endEvent", "userTask", "userTask"))
    drawing.terminates.add(end)
    drawing.flow(split, end)
    drawing.flow(split, task)
    drawing.flow(task, on)
    return split, on


_PLANTS: dict[str, Block] = {
    "deadlock": _deadlock,
    "lack-of-synchronisation": _lack,
    "improper-completion": _improper,
    "unbounded": _unbounded,
    "livelock": _livelock,
    "dead": _dead,
}


def _task(drawing: Drawing, random: Random, size: int) -> tuple[str, str]:
    id_ = drawing.add("userTask")
    return id_, id_


def _row(drawing: Drawing, random: Random, size: int) -> tuple[str, str]:
    cut = random.randint(1, size - 1)
    first, second = _block(drawing, random, cut), _block(drawing, random, size - cut)
    drawing.flow(first[1], second[0])
    return first[0], second[1]


def _between(drawing: Drawing, random: Random, size: int, kind: str) -> tuple[str, str]:
    split, join = drawing.add(kind), drawing.add(kind)
    branches = random.randint(2, 3)
    for _ in range(branches):
        if kind == "exclusiveGateway" and random.random() < 0.2:
            drawing.flow(split, join)
            continue
        first, last = _block(drawing, random, max(1, size // branches))
        drawing.flow(split, first)
        drawing.flow(last, join)
    return split, join


def _parallel(drawing: Drawing, random: Random, size: int) -> tuple[str, str]:
    return _between(drawing, random, size, "parallelGateway")


def _choice(drawing: Drawing, random: Random, size: int) -> tuple[str, str]:
    return _between(drawing, random, size, "exclusiveGateway")


def _some(drawing: Drawing, random: Random, size: int) -> tuple[str, str]:
    return _between(drawing, random, size, "inclusiveGateway")


def _loop(drawing: Drawing, random: Random, size: int) -> tuple[str, str]:
    merge, split = drawing.add("exclusiveGateway"), drawing.add("exclusiveGateway")
    first, last = _block(drawing, random, size - 1)
    drawing.flow(merge, first)
    drawing.flow(last, split)
    back = _block(drawing, random, 1) if random.random() < 0.5 else None
    drawing.flow(split, back[0] if back else merge)
    if back:
        drawing.flow(back[1], merge)
    return merge, split


def _escape(drawing: Drawing, random: Random, size: int) -> tuple[str, str]:
    """A task with an event that interrupts it; both ways meet again."""
    task, merge = drawing.add("userTask"), drawing.add("exclusiveGateway")
    event = drawing.border(task, interrupting=True)
    first, last = _block(drawing, random, size - 1)
    drawing.flow(event, first)
    drawing.flow(last, merge)
    drawing.flow(task, merge)
    return task, merge


def _reminded(drawing: Drawing, random: Random, size: int) -> tuple[str, str]:
    """A task with an event beside it whose way ends for itself."""
    task = drawing.add("userTask")
    event = drawing.border(task, interrupting=False)
    first, last = _block(drawing, random, size - 1)
    drawing.flow(event, first)
    drawing.flow(last, drawing.add("endEvent"))
    return task, task


def spoil(drawing: Drawing, random: Random) -> str:
    """Make one change that often, but not always, breaks a drawing; says which."""
    gateways = [id_ for id_, type_ in drawing.nodes.items() if type_.endswith("Gateway")]
    change = random.choice(("type", "shortcut", "side", "back"))
    if change == "type" and gateways:
        id_ = random.choice(gateways)
        drawing.nodes[id_] = random.choice(("parallelGateway", "exclusiveGateway", "inclusiveGateway"))
    elif change == "shortcut" and gateways:
        drawing.flow(random.choice(gateways), random.choice(gateways))
    elif change == "side" and drawing.borders:
        event = random.choice(sorted(drawing.borders))
        drawing.borders[event] = drawing.borders[event][0], not drawing.borders[event][1]
    else:
        activities = [id_ for id_, type_ in drawing.nodes.items() if type_ == "userTask"]
        drawing.flow(random.choice([*gateways, *activities]), random.choice([*activities, *gateways]))
    return change
