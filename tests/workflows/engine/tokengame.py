"""A token game: BPMN as it is told, played on the XML as plainly as possible and without a thought for cost.

It shares nothing with the engine. Conditions are names of variables or `name < number`; scripts are `name + 1`.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"


@dataclass(eq=False)
class Node:
    id: str
    tag: str
    xml: etree._Element
    inside: dict[str, "Node"] = field(default_factory=dict)
    out: list[tuple[str, str, str]] = field(default_factory=list)
    """Flows that leave: id, target, condition."""
    into: list[str] = field(default_factory=list)
    borders: list["Node"] = field(default_factory=list)
    handlers: list["Node"] = field(default_factory=list)
    """Event sub-processes inside."""
    undone_by: "Node | None" = None

    def event(self) -> tuple[str, str]:
        """What the event is about, and its name, code or reference."""
        for child in self.xml:
            tag = etree.QName(child).localname
            if tag.endswith("EventDefinition"):
                kind = tag.removesuffix("EventDefinition")
                name = child.get(f"{kind}Ref") or child.get("activityRef") or child.get("name") or ""
                return kind, name.partition("-")[2] or name
        return "", ""

    @property
    def start(self) -> "Node":
        return next(node for node in self.inside.values() if node.tag == "startEvent")

    @property
    def interrupts(self) -> bool:
        return "false" not in (self.xml.get("cancelActivity"), self.xml.get("isInterrupting"))

    def loop(self) -> etree._Element | None:
        found = (self.xml.find(f"{_BPMN}{kind}LoopCharacteristics") for kind in ("multiInstance", "standard"))
        return next((loop for loop in found if loop is not None), None)


@dataclass(eq=False)
class Scope:
    """A running process, sub-process or set of instances."""

    node: Node
    host: "Token | None" = None
    tokens: list["Token"] = field(default_factory=list)
    arrived: dict[str, Counter[str]] = field(default_factory=dict)
    done: list[tuple[Node, list[Any]]] = field(default_factory=list)
    spent: set[str] = field(default_factory=set)
    to_come: int = 0
    instances: bool = False
    number: int = 0
    interrupted: bool = False
    """An event sub-process took it over; no other is waited for."""


@dataclass(eq=False)
class Token:
    node: Node
    scope: Scope
    by: str = ""
    ready: bool = True
    inside: Scope | None = None
    spent: set[str] = field(default_factory=set)
    race: list["Token"] | None = None
    undo: list[Node] = field(default_factory=list)
    undoes: "Token | None" = None
    number: int = 0
    """Tokens are moved, and chosen among equal ones, in the order in which they were made."""

    @property
    def one_of_several(self) -> bool:
        return self.scope.instances


@dataclass(frozen=True)
class Wait:
    element: str
    kind: str
    name: str = ""


class Game:
    """One case. `waits` says what can happen, `happen` lets it."""

    def __init__(self, xml: bytes, variables: dict[str, Any]) -> None:
        root = etree.fromstring(xml)
        process = root.find(f"{_BPMN}process")
        assert process is not None
        self.variables = dict(variables)
        self.completed: Counter[str] = Counter()
        """How often each user task was."""
        self.ended = False
        self.made = 0
        self.top = self.open(read(process), None)
        self.settle()

    # What can happen

    def waits(self) -> list[Wait]:
        return sorted((wait for wait, _, _ in self.chances()), key=lambda wait: (wait.element, wait.kind))

    def chances(self) -> Iterator[tuple[Wait, Any, Node]]:
        """Every wait, with the token or scope it belongs to and the node it is drawn at."""
        for scope in self.scopes(self.top):
            for token in scope.tokens:
                if not token.ready and token.inside is None and token.node.tag == "userTask":
                    yield Wait(token.node.id, "task"), token, token.node
                if not token.ready and token.node.tag == "intermediateCatchEvent":
                    yield Wait(token.node.id, *token.node.event()), token, token.node
                for border in [] if token.ready or token.one_of_several else token.node.borders:
                    if border.event()[0] in ("timer", "message", "signal") and border.id not in token.spent:
                        yield Wait(border.id, *border.event()), token, border
            for handler in [] if scope.instances or scope.interrupted else scope.node.handlers:
                kind, name = handler.start.event()
                if kind in ("timer", "message", "signal") and handler.id not in scope.spent:
                    yield Wait(handler.start.id, kind, name), scope, handler

    def scopes(self, scope: Scope) -> Iterator[Scope]:
        if scope.tokens:
            yield scope
        for token in scope.tokens:
            if token.inside is not None:
                yield from self.scopes(token.inside)

    def happen(self, wait: Wait) -> None:
        for found, where, node in sorted(self.chances(), key=lambda chance: chance[1].number):
            if found == wait:
                if isinstance(where, Scope):
                    self.handle(where, node)
                elif node is not where.node:
                    self.leave_by(where, node)
                else:
                    for rival in where.race or []:
                        if rival is not where and rival in rival.scope.tokens:
                            rival.scope.tokens.remove(rival)
                    self.leave(where)
                break
        else:
            raise AssertionError(f"{wait} cannot happen")
        self.settle()

    # How tokens move

    def settle(self) -> None:
        while not self.ended:
            tokens = (token for scope in self.scopes(self.top) for token in scope.tokens if token.ready)
            ready = min(tokens, key=lambda token: token.number, default=None)
            if ready is not None:
                self.step(ready)
            elif not any(self.join(scope) for scope in list(self.scopes(self.top))):
                return

    def put(self, scope: Scope, node: Node, by: str = "") -> Token:
        self.made += 1
        token = Token(node, scope, by, number=self.made)
        scope.tokens.append(token)
        return token

    def open(self, node: Node, host: Token | None) -> Scope:
        scope = Scope(node, host, number=self.made)
        if host is not None:
            host.inside = scope
        self.put(scope, node.start)
        return scope

    def step(self, token: Token) -> None:
        token.ready = False
        node, tag = token.node, token.node.tag
        loop = None if token.one_of_several else node.loop()
        if loop is not None:
            self.repeat(token, loop)
        elif tag in ("parallelGateway", "inclusiveGateway") and len(node.into) > 1:
            token.scope.tokens.remove(token)
            token.scope.arrived.setdefault(node.id, Counter())[token.by] += 1
            # A token that stands for those that have arrived.
            self.hold(token.scope, node)
            self.join(token.scope)
        elif tag in ("subProcess", "transaction"):
            self.open(node, token)
        elif tag == "eventBasedGateway":
            token.scope.tokens.remove(token)
            rivals = [self.put(token.scope, self.target(token.scope, flow[1]), flow[0]) for flow in node.out]
            for rival in rivals:
                rival.race = rivals
        elif tag == "scriptTask":
            script = node.xml.find(f"{_BPMN}extensionElements/{_ZEEBE}script")
            assert script is not None
            self.variables[script.get("resultVariable", "")] += 1
            self.leave(token)
        elif tag not in ("userTask", "intermediateCatchEvent"):
            self.throw(token)

    def throw(self, token: Token) -> None:
        """Ends, throws, gateways and starts: what happens at once."""
        kind, name = token.node.event() if token.node.tag in ("endEvent", "intermediateThrowEvent") else ("", "")
        if kind == "error":
            assert self.outwards(token, kind, name), "an error nobody catches is not played"
            return
        if kind == "escalation":
            self.outwards(token, kind, name)
        if kind in ("terminate", "cancel"):
            token.scope.tokens[:] = [token]
            token.scope.arrived.clear()
        if kind in ("compensate", "cancel"):
            token.undo = list(undoing(token.scope.done, name if kind == "compensate" else ""))
            token.scope.done = [done for done in token.scope.done if name not in ("", done[0].id)]
            self.undo(token)
        elif token in token.scope.tokens:
            self.leave(token)

    def undo(self, token: Token) -> None:
        if token.undo:
            self.put(token.scope, token.undo.pop(0)).undoes = token
        elif token.node.event()[0] == "cancel":
            host = token.scope.host
            assert host is not None
            self.leave_by(host, next(border for border in host.node.borders if border.event()[0] == "cancel"))
        else:
            self.leave(token)

    def repeat(self, token: Token, loop: etree._Element) -> None:
        count = int(loop.get("loopMaximum") or loop.findtext(f"{_BPMN}loopCardinality") or 0)
        scope = Scope(token.node, token, instances=True, to_come=count)
        token.inside = scope
        if count == 0:
            self.finish(scope)
        elif loop.get("loopMaximum") or loop.get("isSequential") == "true":
            self.next_instance(scope)
        else:
            while scope.to_come:
                self.next_instance(scope)

    def next_instance(self, scope: Scope) -> None:
        scope.to_come -= 1
        self.put(scope, scope.node)

    def leave(self, token: Token) -> None:
        """The token has done its work here."""
        scope, node = token.scope, token.node
        scope.tokens.remove(token)
        if node.tag == "userTask" and (scope.instances or node.loop() is None):
            self.completed[node.id] += 1
        inner = [] if token.inside is None else token.inside.done
        if token.undoes is not None:
            self.undo(token.undoes)
            return
        if (node.undone_by is not None and not scope.instances) or inner:
            scope.done.append((node, inner))
        if scope.instances:
            if scope.to_come and not scope.tokens:
                self.next_instance(scope)
        else:
            for flow_id, target in self.ways(node):
                self.put(scope, self.target(scope, target), flow_id)
        if not scope.tokens and scope is not self.finished(scope):
            self.finish(scope)

    def finished(self, scope: Scope) -> Scope | None:
        """The scope itself when its host was taken away meanwhile."""
        return scope if scope.host is not None and scope.host.inside is not scope else None

    def finish(self, scope: Scope) -> None:
        if scope.host is None:
            self.ended = True
        else:
            self.leave(scope.host)

    def ways(self, node: Node) -> list[tuple[str, str]]:
        if node.tag not in ("exclusiveGateway", "inclusiveGateway") or len(node.out) == 1:
            return [(flow_id, target) for flow_id, target, _ in node.out]
        held = [(flow_id, target) for flow_id, target, condition in node.out if condition and self.holds(condition)]
        default = [(flow_id, target) for flow_id, target, _ in node.out if flow_id == node.xml.get("default")]
        return (held[:1] if node.tag == "exclusiveGateway" else held) or default

    def holds(self, condition: str) -> bool:
        name, _, limit = condition.partition(" < ")
        return self.variables[name] < int(limit) if limit else bool(self.variables[name])

    def target(self, scope: Scope, ident: str) -> Node:
        return scope.node.inside[ident]

    # Joins

    def hold(self, scope: Scope, node: Node) -> None:
        if not any(token.node is node for token in scope.tokens):
            self.put(scope, node).ready = False

    def join(self, scope: Scope) -> bool:
        """Let one join go on that has all it waits for."""
        quiet = not any(token.ready for each in self.scopes(self.top) for token in each.tokens)
        for ident, arrived in list(scope.arrived.items()):
            node = scope.node.inside[ident]
            come = {flow for flow in node.into if arrived[flow]}
            whole = come == set(node.into)
            if node.tag == "inclusiveGateway":
                whole = quiet and bool(come) and not any(self.still_comes(t, node, come) for t in scope.tokens)
            if whole:
                self.go_on(scope, node, come)
                return True
        return False

    def go_on(self, scope: Scope, node: Node, come: set[str]) -> None:
        scope.arrived[node.id].subtract(come)
        holder = next(token for token in scope.tokens if token.node is node)
        scope.tokens.remove(holder)
        if any(scope.arrived[node.id].values()):
            self.hold(scope, node)
        else:
            del scope.arrived[node.id]
        token = self.put(scope, node)
        token.ready = False
        self.leave(token)

    def still_comes(self, token: Token, join: Node, come: set[str]) -> bool:
        """BPMN 2.0, 13.4.3: it can reach an empty flow into the join, and none that has a token."""
        if token.node is join:
            return False
        reached: set[str] = set()
        seen: set[str] = set()
        ahead = [token.node]
        while ahead:
            node = ahead.pop()
            if node.id in seen or node is join:
                continue
            seen.add(node.id)
            reached |= {flow_id for flow_id, target, _ in node.out if target == join.id}
            ahead += [self.target(token.scope, target) for _, target, _ in node.out] + node.borders
        return bool(reached - come) and not reached & come

    # Events that come from outside or go outwards

    def leave_by(self, host: Token, border: Node) -> None:
        scope = host.scope
        if border.interrupts:
            scope.tokens.remove(host)
            host.inside = None
        elif border.event()[0] == "timer":
            host.spent.add(border.id)
        self.leave(self.put(scope, border))

    def handle(self, scope: Scope, handler: Node) -> None:
        if handler.start.interrupts:
            scope.tokens.clear()
            scope.arrived.clear()
            scope.interrupted = True
        elif handler.start.event()[0] == "timer":
            scope.spent.add(handler.id)
        self.put(scope, handler)

    def outwards(self, token: Token, kind: str, name: str) -> bool:
        at: Token | None = token
        while at is not None:
            for border in [] if at.one_of_several else at.node.borders:
                if border.event() == (kind, name):
                    self.leave_by(at, border)
                    return True
            if at.node not in at.scope.node.handlers and not at.scope.instances:
                for handler in at.scope.node.handlers:
                    if handler.start.event() == (kind, name):
                        self.handle(at.scope, handler)
                        return True
            at = at.scope.host
        return False


def undoing(done: list[tuple[Node, list[Any]]], activity: str) -> Iterator[Node]:
    """Handlers, the last done first."""
    for node, inner in reversed(done):
        if activity not in ("", node.id):
            continue
        if node.undone_by is not None:
            yield node.undone_by
        else:
            yield from undoing(inner, "")


def read(xml: etree._Element) -> Node:
    node = Node(xml.get("id", ""), etree.QName(xml).localname, xml)
    for child in xml:
        ident, tag = child.get("id"), etree.QName(child).localname
        if ident and tag not in ("sequenceFlow", "association") and etree.QName(child).namespace == _BPMN[1:-1]:
            node.inside[ident] = read(child)
    for flow in xml.findall(f"{_BPMN}sequenceFlow"):
        condition = (flow.findtext(f"{_BPMN}conditionExpression") or "").strip()
        source, target = node.inside[flow.get("sourceRef", "")], node.inside[flow.get("targetRef", "")]
        source.out.append((flow.get("id", ""), target.id, condition))
        target.into.append(flow.get("id", ""))
    for border in [inner for inner in node.inside.values() if inner.tag == "boundaryEvent"]:
        host = node.inside[border.xml.get("attachedToRef", "")]
        if border.event()[0] != "compensate":
            host.borders.append(border)
        for association in xml.findall(f"{_BPMN}association"):
            if association.get("sourceRef") == border.id:
                host.undone_by = node.inside[association.get("targetRef", "")]
    node.handlers = [inner for inner in node.inside.values() if inner.xml.get("triggeredByEvent") == "true"]
    return node
