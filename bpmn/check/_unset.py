"""Variables that are read where nothing has set them yet, in places that cannot do with null; and the way there.

FEEL makes null of what is not there, and much can take null: `reason = "late"` is false then, a mapping passes it on.
Only what would stop the case is told: a condition that is neither true nor false, a timer without a time, a message
without a key, a call without what its handler needs. It is an error where no way leads past anything that sets the
variable, else a warning, for what people decide may rule that way out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from akta.languages import N_
from bpmn import feel, types
from bpmn.check._finding import Checked, Finding, error, named, warning
from bpmn.check._writing import Setting, Wanted, inputs, when_null
from bpmn.model import Element, expressions, feel_text, is_feel
from bpmn.soundness import MOST_LOOKED_AT, Step
from bpmn.types import Outcome

_STOPPING = frozenset(
    {"timer date", "timer duration", "timer cycle", "due date", "correlation key", "message id", "time to live"}
    | {"input collection", "loop cardinality", "priority", "retries", "signal name", "candidate groups"}
)
"""Kinds of expressions where null stops the case, or leaves a task to nobody."""
_NEVER = N_("%(what)s: the %(kind)s needs %(name)s, which nothing sets before it.")
_SOMETIMES = N_("%(what)s: the %(kind)s needs %(name)s, which nothing has set on the way shown.")
_EMPTY = N_("%(what)s: the %(kind)s needs %(name)s, which may be left empty in the form %(form)s on the way shown.")
_CUT = N_(
    "%(what)s is too large for every way through it to be looked at: %(names)s may be unset on ways beyond the first "
    "%(states)s states of a part."
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A variable that something needs: told about `about`, read when a token stands at `place`.

    It is `certain` that null is no good there; else it depends on other values.
    """

    name: str
    place: Element
    about: str
    what: str
    kind: str
    certain: bool


def find(checked: Checked) -> Iterator[Finding]:
    setting = Setting.of(checked)
    if setting.forms is None:
        return  # whoever begins such a case may give it anything
    cut: set[str] = set()
    for reading in readings(checked):
        wanted = Wanted(reading.name)
        if not _known(checked, reading) or setting.begins_with(wanted):
            continue
        asked = reading.about if reading.kind == "condition" else reading.place.id
        before = setting.before(wanted)
        way = before.reached.get(asked)
        if way is not None:
            yield _finding(setting, reading, way())
        elif before.cut:
            cut.add(reading.name)
    if cut:
        model, names = checked.model, ", ".join(sorted(cut))
        what = model.name or model.id
        yield warning("not-proved", model.id, _CUT, what=what, names=names, states=MOST_LOOKED_AT)


def _known(checked: Checked, reading: Reading) -> bool:
    """Whether the name is a variable of the process that something sets; what nothing sets is told elsewhere."""
    element: Element | None = reading.place
    own = reading.kind.startswith("input mapping") or reading.place.id != reading.about
    while element is not None:
        repeat = element.repeat
        counted = repeat is not None and (reading.name == repeat.item or reading.name.endswith("Instances"))
        if counted or reading.name == "loopCounter" or (reading.name in inputs(element) and not own):
            return False
        own = False
        element = checked.model.elements.get(element.attached_to or element.parent)
    return reading.name in checked.typing.variables


def readings(checked: Checked) -> Iterator[Reading]:
    """Everything in a process that cannot do with null, by the variable it reads."""
    process = checked.model
    for expression in expressions(process):
        if expression.kind in _STOPPING and not expression.iso:
            for place in _places(checked, expression.element, expression.kind):
                yield from _needed(place, expression.element, expression.kind, expression.text)
    for gateway in process.of_type("exclusiveGateway", "inclusiveGateway"):
        yield from _decided(checked, gateway)
    for call in process.of_type("serviceTask", "sendTask"):
        yield from _taken(checked, call)


def _places(checked: Checked, about: str, kind: str) -> Iterator[Element]:
    """Where tokens stand when an expression is looked at: for a message, wherever it is awaited or thrown."""
    process = checked.model
    if about in process.elements:
        users = [process.elements[about]]
    else:
        users = [
            user
            for user in process.elements.values()
            if about in (user.message, *(event.ref for event in user.events)) and not user.zeebe.publish_key
        ]
    for user in users:
        if user.type == "startEvent":
            holder = process.elements.get(user.parent)
            if holder is not None and holder.event_subprocess:
                yield from (one for one in process.children(holder.parent) if one.type == "startEvent")
        else:
            yield process.elements.get(user.attached_to, user)


def _needed(place: Element, about: str, kind: str, text: str) -> Iterator[Reading]:
    try:
        names = feel.compile(text).names
    except feel.FeelSyntaxError:
        return
    for name in sorted(names):
        outcome = when_null(text, name)
        if Outcome.NULL in outcome:
            yield Reading(name, place, about, named(place) if place.id == about else about, kind, _sure(outcome))


def _sure(outcome: Outcome) -> bool:
    return outcome is Outcome.NULL


def _decided(checked: Checked, gateway: Element) -> Iterator[Reading]:
    """The conditions of a gateway, each as long as those before it do not decide."""
    flows = [flow for flow in checked.model.outgoing[gateway.id] if flow.id != gateway.default and flow.condition]
    if len(checked.model.outgoing[gateway.id]) < 2:
        return
    told: set[str] = set()
    decided: set[str] = set()
    for flow in flows:
        for reading in _needed(gateway, flow.id, "condition", feel_text(flow.condition)):
            if reading.name not in told | decided:
                told.add(reading.name)
                yield reading
        if gateway.type == "exclusiveGateway":
            read = {name for other in flows for name in _names(other.condition)}
            decided |= {name for name in read if when_null(flow.condition, name) is Outcome.TRUE}


def _names(text: str) -> frozenset[str]:
    try:
        return feel.compile(feel_text(text)).names
    except feel.FeelSyntaxError:
        return frozenset()


def _taken(checked: Checked, call: Element) -> Iterator[Reading]:
    """What a handler cannot do without."""
    schema = checked.takes.get(call.zeebe.task_type)
    wanted = None if schema is None else types.of_schema(schema).of("context")
    if schema is None or not isinstance(wanted, types.ContextOf):
        return
    for name in sorted(frozenset(schema.get("required", ()))):
        if wanted.by_name.get(name, types.ANY).may_be("Null"):
            continue
        sources: Mapping[str, str] = {mapped.target: mapped.source for mapped in call.zeebe.inputs}
        if not call.zeebe.inputs:
            yield Reading(name, call, call.id, named(call), "handler", True)
        elif is_feel(sources.get(name, "")):
            yield from _needed(call, call.id, f"input mapping {name}", feel_text(sources[name]))


def _finding(setting: Setting, reading: Reading, way: tuple[Step, ...]) -> Finding:
    where = {"what": reading.what, "kind": reading.kind, "name": reading.name}
    form = _left_empty(setting, reading.name, way)
    if reading.certain and not _may_be_set(setting, reading):
        found = error("unset-variable", reading.about, _NEVER, **where)
    elif form:
        found = warning("unset-variable", reading.about, _EMPTY, **where, form=form)
    else:
        found = warning("unset-variable", reading.about, _SOMETIMES, **where)
    path = tuple(id_ for step in way for id_ in (step.element, step.flow) if id_)
    more = (reading.about,) if reading.about in setting.bundle.model.flows else ()
    return replace(found, elements=tuple(dict.fromkeys((reading.place.id, reading.about))), path=(*path, *more))


def _left_empty(setting: Setting, name: str, way: tuple[Step, ...]) -> str:
    """The form on a way that asks for a variable and may get none."""
    elements = setting.bundle.model.elements
    filled = [setting.bundle.forms.get(elements[step.element].zeebe.form) for step in way if step.element in elements]
    asking = [form.id for form in (*(setting.forms or ()), *filled[:-1]) if form is not None and name in form.types]
    return asking[-1] if asking else ""


def _may_be_set(setting: Setting, reading: Reading) -> bool:
    """Whether anything may set it before, or beside."""
    process = setting.bundle.model
    if setting.may_begin_with(reading.name):
        return True
    onward = _Onward(setting)
    writers = [element for element in process.elements.values() if setting.may_set(element, reading.name)]
    if any(reading.place.id in onward.after(writer.id) for writer in writers):
        return True
    forks = [element.id for element in process.elements.values() if onward.parts_ways(element)]
    beside = (onward.after(fork) for fork in forks)
    return any(reading.place.id in far and any(writer.id in far for writer in writers) for far in beside)


@dataclass(frozen=True)
class _Onward:
    """What may come after an element, taken widely: sub-processes are left and event sub-processes begun anywhere."""

    setting: Setting

    def after(self, begin: str) -> set[str]:
        found: set[str] = set()
        waiting = [begin]
        while waiting:
            fresh = [id_ for id_ in self._next(waiting.pop()) if id_ not in found]
            found.update(fresh)
            waiting.extend(fresh)
        return found

    def _next(self, id_: str) -> Iterator[str]:
        process = self.setting.bundle.model
        element = process.elements.get(id_)
        if element is None:
            return
        yield from (flow.target for flow in process.outgoing[id_])
        yield from (event.id for event in process.boundaries.get(id_, ()))
        yield from (child.id for child in process.children(id_))
        yield from (one.id for one in process.children(element.parent) if one.event_subprocess)
        if element.about == "link":
            yield from (one.id for one in process.children(element.parent) if one.about == "link")
        if element.parent in process.elements:
            yield element.parent

    def parts_ways(self, element: Element) -> bool:
        """Whether several tokens may go on from it."""
        if element.type in ("parallelGateway", "inclusiveGateway"):
            return len(self.setting.bundle.model.outgoing[element.id]) > 1
        return not element.interrupting
