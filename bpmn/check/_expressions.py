"""Every expression compiles, and reads only variables that something provides (a called process: or its caller)."""

from collections.abc import Iterator

from bpmn import feel
from bpmn.check import _variables
from bpmn.check._finding import Checked, Finding, error, warning
from bpmn.model import Expression

_FIXED = frozenset({"called process", "decision", "handler", "form", "message name"})


def find(checked: Checked) -> Iterator[Finding]:
    provided = _variables.provided(checked)
    for expression in checked.model.expressions():
        where = f"{expression.element}: the {expression.kind}"
        if expression.iso:
            continue
        if expression.kind in _FIXED:
            message = f"{where} is computed; it must be written plainly, so that it can be checked before any case runs"
            yield error("computed-reference", expression.element, message)
            continue
        try:
            compiled = feel.compile(expression.text)
        except feel.FeelSyntaxError as problem:
            yield error("expression", expression.element, f"{where} does not compile: {problem}")
            continue
        known = provided.names | _results(checked, expression, compiled.names)
        for name in sorted(compiled.names - known) if checked.bundle.settings.start else ():
            message = f"{where} reads {name}, which nothing sets"
            yield provided.complaint("unknown-variable", expression.element, message)


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
            make = error if problem.severity == "error" else warning
            yield make("form", id_, f"form {id_}: {problem.message}")
