"""The gate before a deployment: everything that would make a bundle be misread, from every floor that knows."""

from collections.abc import Iterator, Mapping, Sequence

from akta.languages import N_, Sentence
from bpmn import check
from bpmn.bundle import Bundle
from bpmn.check import Finding
from documents import letters
from people.groups import GROUPS
from storage.visibility import APPLICANT
from tasks import rehearsals
from tasks.desk import Desk
from workflows import definitions, engine
from workflows.deployments import Gate
from workflows.remembered import Remembered


def gate(desk: Desk) -> Gate:
    """Checks a bundle with what it calls: bpmn.check, then whether the engine takes it, then its own scenarios.

    The last verdicts are kept by content: the same files are found the same.
    """
    verdicts = Remembered()

    def findings(bundle: Bundle, called: Mapping[str, Bundle]) -> Sequence[Finding]:
        content = (bundle.content_hash, *sorted(each.content_hash for each in called.values()))
        return verdicts.get(content, lambda: found_in(bundle, called))

    def found_in(bundle: Bundle, called: Mapping[str, Bundle]) -> Sequence[Finding]:
        found = checked(desk, bundle, called)
        if not check.errors(found):
            found += _compiled(bundle, called)
        return found if check.errors(found) else [*found, *_rehearsed(bundle, called)]

    return findings


def checked(desk: Desk, bundle: Bundle, called: Mapping[str, Bundle]) -> list[Finding]:
    """What can be found without the engine."""
    handlers = desk.runtime.handlers
    return check.check(
        bundle,
        called,
        handlers.names(),
        GROUPS | {APPLICANT},
        letters.readings,
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
        problems += [_refusal(reason) for reason in refused.reasons]
    return problems


def _refusal(reason: engine.Reason) -> Finding:
    told = reason.told()
    return Finding("not-runnable", "error", reason.element, str(told), told.text, told.params)


def _rehearsed(bundle: Bundle, called: Mapping[str, Bundle]) -> Iterator[Finding]:
    """Scenarios of the bundle that do not come out as they say."""
    for scenario in rehearsals.rehearse(bundle, called):
        for problem in scenario.problems:
            params = (("name", scenario.name), ("reason", problem))
            told = str(Sentence(_FAILED, params))
            yield Finding("scenario", "error", scenario.file, told, _FAILED, params)


_FAILED = N_('The scenario "%(name)s" fails: %(reason)s')
