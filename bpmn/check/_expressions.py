"""Every expression compiles, and reads only variables that something provides (a called process: or its caller)."""

from collections.abc import Iterator

from akta.languages import N_
from bpmn import feel
from bpmn.check import _variables
from bpmn.check._finding import Checked, Finding, error, finding, warning
from bpmn.model import Expression, expressions

_FIXED = frozenset({"called process", "decision", "handler", "form", "message name"})


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
        known = provided.names | _results(checked, expression, compiled.names)
        for name in sorted(compiled.names - known) if checked.bundle.settings.start else ():
            text = N_("%(what)s: the %(kind)s reads %(name)s, which nothing sets.")
            if not provided.complete:
                text = N_("%(what)s: the %(kind)s reads %(name)s, which nothing sets unless a handler does.")
            yield warning("unknown-variable", here, text, **where, name=name)


def _results(checked: Checked, expression: Expression, names: frozenset[str]) -> frozenset[str]:
    """What an output mapping may read of the result of its call or message, all of it where that is not known."""
    element = checked.model.elements.get(expression.element)
    if element is None or not expression.kind.startswith("output"):
        return frozenset()
    if element.type in ("scriptTask", "businessRuleTask", "userTask", "manualTask"):
        return frozenset()
    given = None if checked.gives is None else checked.gives.get(element.zeebe.task_type)
    return names if given is None else frozenset(given)


def find_in_forms(checked: Checked) -> Iterator[Finding]:
    for id_, form in checked.bundle.forms.items():
        for problem in form.problems():
            yield finding("form", problem.severity, id_, problem.text, dict(problem.params))
