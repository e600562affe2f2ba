"""Every expression compiles, reads only what something provides, and means something for the types it is given."""

from collections.abc import Iterator

from akta.languages import N_
from bpmn import feel, types
from bpmn.check import _variables
from bpmn.check._finding import Checked, Finding, Fix, Severity, error, finding, mended, warning
from bpmn.feel import nodes
from bpmn.forms import Component, Form
from bpmn.model import Element, Expression, expressions
from bpmn.types import Environment

_FIXED = frozenset({"called process", "decision", "handler", "form", "message name"})
_MOMENT = frozenset({"date", "date and time", "string", "days and time duration", "years and months duration"})
_WANTED = {
    "assignee": frozenset({"string"}),
    "candidate groups": frozenset({"string", "list"}),
    "priority": frozenset({"number", "string"}),
    "retries": frozenset({"number", "string"}),
    "due date": _MOMENT,
    "timer date": _MOMENT,
    "timer duration": _MOMENT,
}
"""Kinds of values that are understood where the expression stands."""
_CONDITIONS = frozenset({"condition", "completion condition", "loop condition"})
_DOUBTFUL = frozenset(("always-same",))
"""Codes of what may have been meant."""


def find(checked: Checked) -> Iterator[Finding]:
    provided = _variables.provided(checked)
    for expression in expressions(checked.model):
        here, where = expression.element, {"what": expression.element, "kind": expression.kind}
        if expression.iso:
            continue
        if expression.kind in _FIXED:
            text = N_("%(what)s: the %(kind)s is computed; written plainly, it can be checked before any case runs.")
            yield error("computed-reference", here, text, **where)
            continue
        try:
            compiled = feel.compile(expression.text)
        except feel.FeelSyntaxError as problem:
            text = N_("%(what)s: the %(kind)s does not compile: %(reason)s")
            yield error("expression", here, text, **where, reason=problem.whole)
            continue
        around = _around(checked, expression)
        yield from _told(expression, compiled, around)
        if not around.closed and checked.bundle.settings.start:
            yield from _unknown(checked, expression, compiled.names - provided.names)


def _unknown(checked: Checked, expression: Expression, names: frozenset[str]) -> Iterator[Finding]:
    """Names nothing is known to set, where what sets them may not be known."""
    for name in sorted(names - _results(checked, expression, names)):
        text = N_("%(what)s: the %(kind)s reads %(name)s, which nothing sets unless a handler or a message does.")
        where = {"what": expression.element, "kind": expression.kind}
        yield warning("unknown-variable", expression.element, text, **where, name=name)


def _results(checked: Checked, expression: Expression, names: frozenset[str]) -> frozenset[str]:
    """What an output mapping may read of the result of its call or message, all of it where that is not known."""
    element = checked.model.elements.get(expression.element)
    if element is None or not expression.kind.startswith("output"):
        return frozenset()
    result = checked.typing.result(element)
    return names if result.open else frozenset(result.entries)


def _around(checked: Checked, expression: Expression) -> Environment:
    """What an expression sees where it stands."""
    typing, process = checked.typing, checked.model
    element = process.elements.get(expression.element)
    if element is None:
        flow = process.flows.get(expression.element)
        if flow is None:
            return _of_message(checked, expression.element)
        return typing.around(process.elements[flow.source])
    way, _, target = expression.kind.partition(" mapping ")
    if way == "input":
        return _before(checked, element, target, typing.around(element))
    if way == "output":
        after = typing.after(element)
        made = typing.mapped(element.zeebe.outputs, after)
        return after.with_({name: type_ for name, type_ in made.items() if name not in after.variables})
    return typing.at(element)


def _before(checked: Checked, element: Element, target: str, around: Environment) -> Environment:
    """An input mapping sees those before it."""
    inputs = element.zeebe.inputs
    place = next((place for place, mapped in enumerate(inputs) if mapped.target == target), 0)
    return around.with_(checked.typing.mapped(inputs[:place], around))


def _of_message(checked: Checked, message: str) -> Environment:
    """The key of a message sees what the elements see that wait for it or throw it."""
    users = [
        checked.typing.at(element)
        for element in checked.model.elements.values()
        if message in (element.message, *(event.ref for event in element.events))
    ]
    known = Environment(checked.typing.variables, checked.typing.closed)
    names = {name for user in users for name in user.variables}
    return known.with_(
        {name: types.one_of(*(user.variables.get(name, types.NULL) for user in users)) for name in names}
    )


def _told(expression: Expression, compiled: feel.Expression, around: Environment) -> Iterator[Finding]:
    found = types.inferred(compiled, around, condition=expression.kind in _CONDITIONS)
    text = N_("%(what)s: the %(kind)s (line %(line)s, column %(column)s): %(problem)s")
    for misuse in found.misuses:
        line, column = nodes.place(expression.text, misuse.at)
        severity = _severity(misuse)
        where = {"what": expression.element, "kind": expression.kind, "line": line, "column": column}
        told = finding(misuse.code, severity, expression.element, text, {**where, "problem": misuse.sentence})
        name, near = (str(dict(misuse.sentence.params).get(part, "")) for part in ("name", "near"))
        yield mended(told, Fix("name", expression.element, near, name)) if name and near else told
    wanted, kinds = _WANTED.get(expression.kind), found.type.solid.kinds
    if wanted and kinds and not kinds & wanted:
        text = N_("%(what)s: the %(kind)s is %(type)s, which is not understood there.")
        where = {"what": expression.element, "kind": expression.kind}
        yield error("wrong-type", expression.element, text, **where, type=types.said(found.type))


def _severity(misuse: types.Misuse) -> Severity:
    return "warning" if not misuse.certain or misuse.code in _DOUBTFUL else "error"


# forms


def find_in_forms(checked: Checked) -> Iterator[Finding]:
    for id_, form in checked.bundle.forms.items():
        for problem in form.problems():
            yield finding("form", problem.severity, id_, problem.text, dict(problem.params))
        around = _around_form(checked, id_, form)
        for component in form.all_components:
            yield from _in_component(id_, component, around)


def _around_form(checked: Checked, id_: str, form: Form) -> Environment:
    """What the conditions of a form see: its own answers, the variables of its tasks, and what its sources offer."""
    settings = checked.bundle.settings
    tasks = [task for task in checked.model.user_tasks if task.zeebe.form == id_]
    around = [checked.typing.at(task) for task in tasks]
    known = {key: type_.optional for key, type_ in form.types.items()}
    for name in {name for each in around for name in each.variables}:
        seen = [each.variables.get(name, types.NULL) for each in around]
        known[name] = types.one_of(*seen, *([known[name]] if name in known else []))
    places = {task.id for task in tasks} | ({"start"} if not tasks else set())
    closed = bool(tasks) and not places & settings.sources.keys() and all(each.closed for each in around)
    return Environment({**known, **{field.key: types.ANY for field in form.fields if not field.asks}}, closed)


def _in_component(form: str, component: Component, around: Environment) -> Iterator[Finding]:
    for text, condition in ((component.hide, True), (component.value, False)):
        if not text:
            continue
        try:
            compiled = feel.compile(text)
        except feel.FeelSyntaxError:
            continue  # told by the form itself
        for misuse in types.inferred(compiled, around, condition=condition).misuses:
            severity = _severity(misuse)
            words = N_("Form %(form)s, %(field)s: %(text)s: %(problem)s")
            params = {"form": form, "field": component.key or component.id, "text": text}
            yield finding(misuse.code, severity, form, words, {**params, "problem": misuse.sentence})
