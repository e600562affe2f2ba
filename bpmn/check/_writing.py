"""Who sets a variable: which elements surely, which perhaps, and what a case begins with."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from bpmn import feel, soundness, types
from bpmn.bundle import Bundle
from bpmn.check._finding import Checked
from bpmn.check._typing import MAX_CALLS, Typing, typing
from bpmn.check._variables import CASE
from bpmn.feel import nodes
from bpmn.forms import Form
from bpmn.model import CONTAINERS, Element, Flow, feel_text, is_feel
from bpmn.soundness import Before, Matter, Rule
from bpmn.types import Outcome

_BRINGS = frozenset({"message", "signal"})
"""Kinds of events that bring variables nobody here knows."""


@dataclass(frozen=True)
class Wanted:
    """A variable that is looked for: with a value, or, when it is `told` that null will do, by its name alone."""

    name: str
    null_will_do: bool = False


@dataclass
class Setting:
    """Where the variables of one process are set. Of a process that is called, `depth` says how deep."""

    checked: Checked
    bundle: Bundle
    typing: Typing
    depth: int = 0
    _called: dict[str, "Setting | None"] = field(default_factory=dict)
    _before: dict[Wanted, Before] = field(default_factory=dict)

    @classmethod
    def of(cls, checked: Checked) -> "Setting":
        return cls(checked, checked.bundle, checked.typing)

    def before(self, wanted: Wanted) -> Before:
        """What is reached in the process before a variable is set."""
        if wanted not in self._before:
            process = self.bundle.model
            apart = {scope.id for scope in process.of_type(*CONTAINERS) if wanted.name in inputs(scope)}
            closed = {flow.id for flow in self._closed(wanted.name)}
            matter = Matter(lambda element: self._sets(element, wanted), closed, apart, self._rules(wanted))
            self._before[wanted] = soundness.before(process, matter, self.writes)
        return self._before[wanted]

    # what a case begins with

    @cached_property
    def forms(self) -> tuple[Form, ...] | None:
        """The forms with which a case can begin; None when it can begin with what nobody knows."""
        start = self.bundle.settings.start
        model = self.bundle.model
        events = any(one.parent == model.id and one.events for one in model.of_type("startEvent"))
        if start is None or events or any(element.instantiates for element in model.elements.values()):
            return None
        names = [name for name in (start.form, start.staff.form if start.staff else "") if name]
        found = [self.bundle.forms[name] for name in names if name in self.bundle.forms]
        return tuple(found) if len(found) == len(names) else None

    def begins_with(self, wanted: Wanted) -> bool:
        """Whether every case begins with it."""
        if wanted.name in CASE:
            return True
        forms = self.forms or ()
        return bool(forms) and all(_asked(form, wanted) for form in forms)

    def may_begin_with(self, name: str) -> bool:
        return self.forms is None or name in CASE or any(name in form.types for form in self.forms)

    # who sets it

    def _sets(self, element: Element, wanted: Wanted) -> bool:
        """Whether a variable is set once an element is done. What may bring anything is trusted to."""
        name, zeebe, repeat = wanted.name, element.zeebe, element.repeat
        if repeat is not None and repeat.outputs == name:
            return True
        if repeat is not None and repeat.each and not repeat.cardinality.strip("= ").isdecimal():
            return False  # a list may be empty
        if zeebe.outputs:
            sources = [mapped.source for mapped in zeebe.outputs if mapped.target.partition(".")[0] == name]
            return any(self._gives(element, source, wanted) for source in sources)
        return self._results_in(element, wanted)

    def _gives(self, element: Element, source: str, wanted: Wanted) -> bool:
        """Whether an output mapping makes a value of what its element came to."""
        compiled = _compiled(source)
        if compiled is None:
            return True
        if element.type == "callActivity" and compiled.names == {wanted.name}:
            return self._call_sets(element, wanted)
        doubtful = {name for name in compiled.names if not self._result_has(element, name)}
        return wanted.null_will_do or Outcome.NULL not in types.with_null(compiled, doubtful)

    def _result_has(self, element: Element, name: str) -> bool:
        """Whether a name is no part of what an element comes to, or one that is surely there."""
        result = self.typing.result(element).entries if element.type in ("userTask", "serviceTask", "sendTask") else {}
        return name not in result or not result[name].may_be("Null") or result[name].anything

    def _results_in(self, element: Element, wanted: Wanted) -> bool:
        name, zeebe = wanted.name, element.zeebe
        match element.type:
            case "userTask":
                form = self.bundle.forms.get(zeebe.form)
                return form is None or _asked(form, wanted)
            case "scriptTask":
                compiled = _compiled(zeebe.script)
                empty = compiled is not None and types.with_null(compiled, ()) is Outcome.NULL
                return zeebe.script_result == name and (wanted.null_will_do or not empty)
            case "businessRuleTask":
                return zeebe.decision_result == name
            case "serviceTask" | "sendTask" if zeebe.task_type:
                return self._handler_gives(element, wanted)
            case "callActivity":
                return zeebe.propagate_all and self._call_sets(element, wanted)
        if element.about in ("error", "escalation"):
            return name in self._thrown(element)
        return element.type == "receiveTask" or (element.about in _BRINGS and _catches(element))

    def _handler_gives(self, element: Element, wanted: Wanted) -> bool:
        result = self.typing.result(element)
        if result.open or wanted.name not in result.entries:
            return result.open
        if wanted.null_will_do:
            return wanted.name in self.checked.gives.get(element.zeebe.task_type, {}).get("required", ())
        return not result.entries[wanted.name].may_be("Null")

    def _thrown(self, element: Element) -> Collection[str]:
        """What the errors or escalations carry that an event can catch."""
        model = self.bundle.model
        throwers = (one for one in model.elements.values() if one.about == element.about and not _catches(one))
        return {name for thrower in throwers for name in inputs(thrower)}

    def _call_sets(self, element: Element, wanted: Wanted) -> bool:
        """Whether a called process cannot end without having set it."""
        called = self._setting_of(element)
        return called is None or called.before(wanted).over is None

    def _setting_of(self, element: Element) -> "Setting | None":
        if element.id not in self._called:
            bundle = self.checked.called.get(element.zeebe.called_process)
            known = bundle is not None and self.depth < MAX_CALLS
            self._called[element.id] = None
            if bundle is not None and known:
                inner = typing(bundle, self.checked, self.typing.at(element), self.depth + 1)
                self._called[element.id] = Setting(self.checked, bundle, inner, self.depth + 1)
        return self._called[element.id]

    def may_set(self, element: Element, name: str) -> bool:
        """Whether an element may set a variable at all."""
        written = self.typing.written(element)
        return written.open or name in written.entries

    def writes(self, element: Element) -> Collection[str] | None:
        """The variables an element may set; None when the model does not say."""
        zeebe = element.zeebe
        if element.repeat is not None:
            return None
        if zeebe.outputs:
            return {mapped.target.partition(".")[0] for mapped in zeebe.outputs}
        match element.type:
            case "scriptTask":
                return {zeebe.script_result}
            case "businessRuleTask":
                return {zeebe.decision_result}
            case "userTask":
                form = self.bundle.forms.get(zeebe.form)
                return None if form is None else form.keys
            case "serviceTask" | "sendTask":
                result = self.typing.result(element)
                return None if result.open else result.entries.keys()
            case "callActivity" | "receiveTask":
                return None
        return None if element.about in _BRINGS else ()

    # which way is gone without it

    def _rules(self, wanted: Wanted) -> Mapping[str, Sequence[Rule]]:
        """What the answers to a form are like that leave a variable unset."""
        process = self.bundle.model
        found: dict[str, Sequence[Rule]] = {}
        if self.forms is not None and len(self.forms) == 1:
            starts = (one.id for one in process.of_type("startEvent") if one.parent == process.id)
            found.update(dict.fromkeys(starts, tuple(_of_form(self.forms[0], wanted.name, wanted, None))))
        for task in process.user_tasks:
            form = self.bundle.forms.get(task.zeebe.form)
            if form is None or task.repeat is not None:
                continue
            passed = {name: mapped.target for mapped in task.zeebe.outputs for name in _passed(mapped.source)}
            names = passed if task.zeebe.outputs else None
            key = next((name for name, target in passed.items() if target == wanted.name), "")
            found[task.id] = tuple(_of_form(form, key if task.zeebe.outputs else wanted.name, wanted, names))
        return found

    def _closed(self, name: str) -> Iterator[Flow]:
        """Flows that are not taken while a variable is null."""
        process = self.bundle.model
        for gateway in process.of_type("exclusiveGateway", "inclusiveGateway"):
            flows = process.outgoing[gateway.id]
            if len(flows) < 2:
                continue
            first = gateway.type == "exclusiveGateway"
            decided = False
            for flow in flows:
                if flow.id == gateway.default or not flow.condition:
                    continue
                outcome = when_null(flow.condition, name)
                if Outcome.TRUE not in outcome or (decided and first):
                    yield flow
                decided = decided or outcome is Outcome.TRUE or outcome is Outcome.NULL
            if decided:
                yield from (flow for flow in flows if flow.id == gateway.default)


def inputs(element: Element) -> frozenset[str]:
    """The variables of its own that an element has."""
    return frozenset(mapped.target.partition(".")[0] for mapped in element.zeebe.inputs)


def when_null(source: str, name: str) -> Outcome:
    """What an expression of the model can come to while a variable is null."""
    compiled = _compiled(source, marked=False)
    return types.KNOWN if compiled is None else types.with_null(compiled, {name})


def _of_form(form: Form, key: str, wanted: Wanted, names: Mapping[str, str] | None) -> Iterator[Rule]:
    """What is known of answers: each that has to be given is one of its options, and a field that does not always show
    is left out under its condition and under no other.

    Args:
        names: the variables that answers are written to; None if all are written under their own.
    """
    visible = set(form.keys) if names is None else names.keys()
    left_out = _left_out(form, key, wanted)
    if left_out and not (_names(left_out) & set(form.keys)) - visible:
        yield Rule(left_out, names or {})
    for field_ in form.fields:
        offered = field_.key in visible and field_.type in ("radio", "select") and not field_.options_from
        if offered and _asked(form, Wanted(field_.key)) and field_.options:
            values = ", ".join(json.dumps(option.value, ensure_ascii=False) for option in field_.options)
            yield Rule(f"{field_.key} in ({values})", names or {})


def _left_out(form: Form, key: str, wanted: Wanted) -> str:
    """When a form has no answer for a field, if only because it does not show then; else nothing."""
    type_ = form.types.get(key)
    asked = next((one for one in form.fields if one.key == key and one.asks), None)
    if type_ is None or asked is None or not (asked.rules.required or wanted.null_will_do):
        return ""
    around = (one for one in form.all_components if one.hide and asked in one.walk())
    return " or ".join(f"({one.hide})" for one in around)


def _passed(source: str) -> frozenset[str]:
    """The one name that a mapping only passes on."""
    compiled = _compiled(source)
    return frozenset((compiled.node.name,)) if compiled and isinstance(compiled.node, nodes.Name) else frozenset()


def _names(text: str) -> frozenset[str]:
    compiled = _compiled(text, marked=False)
    return frozenset() if compiled is None else compiled.names


def _asked(form: Form, wanted: Wanted) -> bool:
    """Whether a form always has an answer: an empty one, where that will do."""
    type_ = form.types.get(wanted.name)
    if type_ is None or wanted.name in form.conditional:
        return False
    return wanted.null_will_do or not type_.may_be("Null")


def _catches(element: Element) -> bool:
    return element.type not in ("endEvent", "intermediateThrowEvent", "sendTask")


def _compiled(source: str, *, marked: bool = True) -> feel.Expression | None:
    """The expression, or None for a text that means itself or does not compile."""
    if marked and not is_feel(source):
        return None
    try:
        return feel.compile(feel_text(source))
    except feel.FeelSyntaxError:
        return None
