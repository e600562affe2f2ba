"""Decisions are told with the types of the variables where the process makes them."""

from collections.abc import Iterator

from akta.languages import N_
from bpmn import dmn
from bpmn.check._finding import Checked, Finding, error, warning
from bpmn.types import Environment


def find(checked: Checked) -> Iterator[Finding]:
    """What is wrong with the decisions of the bundle: first wherever they are made, then where the process does."""
    reached: set[str] = set()
    found: dict[tuple[str, dmn.Problem], None] = {}
    files = {name: each for name, each in checked.decisions.items() if isinstance(each, dmn.Decisions)}
    for name, decisions in files.items():
        found |= dict.fromkeys((name, problem) for problem in decisions.faults)
        for element in checked.model.of_type("businessRuleTask"):
            if element.zeebe.decision in decisions.ids:
                analysed = decisions.analysed(element.zeebe.decision, checked.typing.at(element))
                found |= dict.fromkeys((name, problem) for problem in analysed.problems)
                reached |= analysed.reached
    for name, decisions in files.items():
        for unused in (id_ for id_ in decisions.ids if id_ not in reached):
            problems = decisions.analysed(unused, Environment(closed=False)).problems
            found |= dict.fromkeys((name, problem) for problem in problems)
    for name, problem in found:
        make = error if problem.severity == "error" else warning
        text = N_("%(file)s, %(what)s: %(reason)s")
        yield make(f"dmn-{problem.code}", name, text, file=name, what=problem.element, reason=problem.sentence)
