"""The types of a process's variables, told from its forms, handlers, decisions, scripts and mappings.

The order of steps is left out: a variable can be whatever any step makes of it, and null, for a step may not have come
yet. A message whose event has no output mappings is taken to bring variables of its own. `Typing.at` narrows this to
what one element sees; who knows the paths to it can narrow it further.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from bpmn import dmn, feel, types
from bpmn.bundle import Bundle
from bpmn.model import Element, Mapped, feel_text, is_feel
from bpmn.types import Environment, Type

MAX_ROUNDS = 12
"""Times all steps are gone through; what changes after that can be anything."""
MAX_CALLS = 6
"""Processes calling each other that are told apart."""
_CASE: Mapping[str, Type] = {
    "case": types.context_of({"reference": types.STRING, "id": types.STRING}),
    "channel": types.STRING,
    "language": types.STRING,
    "applicant": types.context_of({name: types.STRING.optional for name in ("person", "name", "email")}, more=True),
}
"""Variables every case begins with."""
_CARRIED = frozenset({"message", "signal", "error", "escalation"})
_CARRIERS = frozenset({"receiveTask", "boundaryEvent", "intermediateCatchEvent", "startEvent"})


class World(Protocol):
    """What typing asks of everything around the process."""

    @property
    def called(self) -> Mapping[str, Bundle]: ...

    def given(self, handler: str) -> Type | None:
        """What a handler gives; None when it is not known."""

    def decision(self, bundle: Bundle, decision: str) -> dmn.Decisions | None:
        """The decisions among which this one is."""


@dataclass(frozen=True)
class Typing:
    """The variables of one process. `closed` says that there can be no others."""

    bundle: Bundle
    variables: Mapping[str, Type]
    closed: bool
    world: World
    depth: int = 0

    def around(self, element: Element) -> Environment:
        """What an element sees before its own input mappings: variables, and the inputs of what it stands in."""
        found = Environment(self.variables, self.closed)
        for outer in reversed(self._outer(element)):
            found = found.with_(_repeated(outer, found))
            local = self.mapped(outer.zeebe.inputs, found)
            shared = {n: types.one_of(t, self.variables.get(n, types.NOTHING)) for n, t in local.items()}
            found = found.with_(shared)
        return found.with_(_repeated(element, found))

    def _outer(self, element: Element) -> list[Element]:
        elements = self.bundle.model.elements
        found: list[Element] = []
        inner = element
        while (above := elements.get(inner.attached_to or inner.parent)) is not None and len(found) < 50:
            found.append(above)
            inner = above
        return found

    def at(self, element: Element) -> Environment:
        """What an element's own expressions see: behind its input mappings."""
        around = self.around(element)
        return around.with_(self.mapped(element.zeebe.inputs, around))

    def after(self, element: Element) -> Environment:
        """What its output mappings see: its result too, or anything where that is not known."""
        result = self.result(element)
        return Environment(result.entries, False) if result.open else self.at(element).with_(result.entries)

    def mapped(self, mappings: tuple[Mapped, ...], around: Environment) -> dict[str, Type]:
        """What mappings make; a later one sees what the earlier made."""
        made: dict[str, Type] = {}
        for mapping in mappings:
            name, _, inner = mapping.target.partition(".")
            type_ = source_type(mapping.source, around.with_(made))
            made[name] = types.context_of({}, more=True) if inner else type_
        return made

    def written(self, element: Element) -> "Result":
        """The variables an element writes outwards."""
        after = self.after(element)
        written = Result(self.mapped(element.zeebe.outputs, after)) if element.zeebe.outputs else self.result(element)
        if element.repeat is None or not element.repeat.outputs:
            return written
        gathered = types.list_of(source_type(element.repeat.output, after)).optional
        return Result({**written.entries, element.repeat.outputs: gathered}, written.open)

    def result(self, element: Element) -> "Result":
        """What an element comes to."""
        zeebe = element.zeebe
        match element.type:
            case "userTask":
                form = self.bundle.forms.get(zeebe.form)
                return Result(form.types if form else {}, form is None and bool(zeebe.form))
            case "serviceTask" | "sendTask" if zeebe.task_type:
                return _entries(self.world.given(zeebe.task_type))
            case "scriptTask" if zeebe.script_result:
                return Result({zeebe.script_result: source_type(zeebe.script, self.at(element))})
            case "businessRuleTask" if zeebe.decision_result:
                return Result({zeebe.decision_result: self._decided(element)})
            case "callActivity":
                return self._called(element)
        carries = element.type == "receiveTask" or any(event.kind in _CARRIED for event in element.events)
        return Result({}, carries and element.type in _CARRIERS)

    def _decided(self, element: Element) -> Type:
        decision = element.zeebe.decision
        decisions = self.world.decision(self.bundle, decision)
        return types.ANY if decisions is None else decisions.type(decision, self.at(element))

    def _called(self, element: Element) -> "Result":
        called = self.world.called.get(element.zeebe.called_process)
        if called is None or self.depth >= MAX_CALLS:
            return Result({}, True)
        inner = typing(called, self.world, self.at(element), self.depth + 1)
        return Result(inner.variables, not inner.closed)


@dataclass(frozen=True)
class Result:
    """Values by name; an `open` one may hold others."""

    entries: Mapping[str, Type]
    open: bool = False


def _entries(given: Type | None) -> Result:
    shape = None if given is None else given.of("context")
    return Result(shape.by_name, shape.open) if isinstance(shape, types.ContextOf) else Result({}, True)


_COUNTED = ("", "Active", "Completed", "Terminated")


def _repeated(element: Element, around: Environment) -> dict[str, Type]:
    """What an activity that runs several times sees of its instances."""
    repeat = element.repeat
    if repeat is None:
        return {}
    counted = {f"{way}Of{what}Instances": types.COUNT for way in ("number", "nr") for what in _COUNTED}
    found: dict[str, Type] = {"loopCounter": types.COUNT, **counted}
    if repeat.item:
        found[repeat.item] = types.item_of(source_type(repeat.collection, around))
    return found


def source_type(source: str, around: Environment) -> Type:
    """The type of a mapping's source or a script: FEEL, or a text that means itself."""
    if not is_feel(source):
        return types.of_value(source.strip())
    compiled = _compiled(feel_text(source))
    return types.ANY if compiled is None else types.inferred(compiled, around).type


@lru_cache(maxsize=4096)
def _compiled(text: str) -> feel.Expression | None:
    """Each text is asked about in every round."""
    try:
        return feel.compile(text)
    except feel.FeelSyntaxError:
        return None


def typing(bundle: Bundle, world: World, caller: Environment | None = None, depth: int = 0) -> Typing:
    """The variables of a process: of one that is called those of its caller too, which can be anything if not known."""
    begun = _begun(bundle, caller)
    variables = _unset(bundle, begun or _CASE)
    closed = begun is not None and (caller is None or caller.closed)
    for turn in range(2 * MAX_ROUNDS):
        before = dict(variables)
        complete = _write(Typing(bundle, variables, closed, world, depth), variables, begun is not None)
        changed = [name for name, type_ in variables.items() if before.get(name) != type_]
        if not changed and complete == closed:
            return Typing(bundle, variables, closed, world, depth)
        closed = complete
        if turn >= MAX_ROUNDS:
            variables.update(dict.fromkeys(changed, types.ANY))
    return Typing(bundle, dict.fromkeys(variables, types.ANY), False, world, depth)


def _begun(bundle: Bundle, caller: Environment | None) -> Mapping[str, Type] | None:
    """The variables a process begins with; None when they are not known."""
    if caller is not None:
        return {**_CASE, **caller.variables}
    settings = bundle.settings.start
    if settings is None:
        return None
    started = [
        start for start in bundle.model.of_type("startEvent") if start.parent == bundle.model.id and start.events
    ]
    forms = [bundle.forms.get(name) for name in (settings.form, settings.staff.form if settings.staff else "") if name]
    if started or None in forms:
        return None
    found: dict[str, Type] = {}
    for form in filter(None, forms):
        for key, type_ in form.types.items():
            found[key] = types.one_of(found.get(key, types.NULL), type_)
    return {**found, **_CASE}


def _unset(bundle: Bundle, begun: Mapping[str, Type]) -> dict[str, Type]:
    """Every name some mapping, form or script writes, before anything is written."""
    names: set[str] = set()
    for element in bundle.model.elements.values():
        zeebe = element.zeebe
        names |= {mapped.target.partition(".")[0] for mapped in zeebe.outputs}
        names |= {zeebe.script_result, zeebe.decision_result, element.repeat.outputs if element.repeat else ""} - {""}
        if form := bundle.forms.get(zeebe.form):
            names |= set(form.keys)
    return {**dict.fromkeys(sorted(names), types.NULL), **begun}


def _write(known: Typing, variables: dict[str, Type], begun: bool) -> bool:
    """Let every element write once more, each seeing what those before it wrote; whether there can be no others.

    Whoever calls a process can have variables of the same names, of any type.
    """
    complete = known.closed
    for element in known.bundle.model.elements.values():
        written = known.written(element)
        complete = complete and not written.open
        for name, type_ in written.entries.items():
            variables[name] = types.one_of(variables.get(name, types.NULL), type_) if begun else types.ANY
    return complete
