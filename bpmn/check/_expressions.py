"""Every expression compiles, and reads only variables that something provides (a called process: or its caller)."""

from collections.abc import Iterator

from bpmn import feel
from bpmn.check import _variables
from bpmn.check._finding import Checked, Finding, error, warning

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
        for name in sorted(compiled.names - provided.names) if checked.bundle.settings.start else ():
            message = f"{where} reads {name}, which nothing sets"
            yield provided.complaint("unknown-variable", expression.element, message)


def find_in_forms(checked: Checked) -> Iterator[Finding]:
    for id_, form in checked.bundle.forms.items():
        for problem in form.problems():
            make = error if problem.severity == "error" else warning
            yield make("form", id_, f"form {id_}: {problem.message}")
