"""The gate before a deployment: everything that would make a bundle be misread, from every floor that knows."""

from collections.abc import Mapping, Sequence

from bpmn import check
from bpmn.bundle import Bundle
from bpmn.check import Finding
from documents import letters
from people.groups import GROUPS
from storage.visibility import APPLICANT
from tasks.desk import Desk
from workflows import definitions, engine
from workflows.deployments import Gate


def gate(desk: Desk) -> Gate:
    """Checks a bundle with what it calls: the words of bpmn.check first, then whether the engine takes it."""

    def findings(bundle: Bundle, called: Mapping[str, Bundle]) -> Sequence[Finding]:
        found = checked(desk, bundle, called)
        return found if check.errors(found) else [*found, *_compiled(bundle, called)]

    return findings


def checked(desk: Desk, bundle: Bundle, called: Mapping[str, Bundle]) -> list[Finding]:
    """What can be found without the engine."""
    handlers = desk.runtime.handlers
    return check.check(
        bundle,
        called,
        handlers.names(),
        GROUPS | {APPLICANT},
        letters.placeholders,
        desk.sources,
        desk.checks,
        {name: handlers[name].gives for name in handlers.names()},
        {name: handlers[name].takes for name in handlers.names()},
    )


def _compiled(bundle: Bundle, called: Mapping[str, Bundle]) -> list[Finding]:
    source = definitions.source(bundle)
    problems = [Finding("not-valid-bpmn", "error", "", problem) for problem in engine.problems(bundle.process)]
    try:
        engine.compile(source, [definitions.source(each) for each in called.values()])
    except engine.NotRunnable as refused:
        problems += [Finding("not-runnable", "error", reason.element, str(reason)) for reason in refused.reasons]
    return problems
