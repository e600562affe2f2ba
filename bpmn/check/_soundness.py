"""Control flow that does not come to its end: what the proof of soundness found, in sentences."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from akta.languages import N_
from bpmn import soundness
from bpmn.check._finding import Checked, Finding, error, named, warning
from bpmn.model import Process
from bpmn.soundness import Defect, Unsound

_TEXTS: Mapping[Defect, str] = {
    Defect.DEADLOCK: N_("A case can stop for ever at %(what)s: not all that it waits for can come."),
    Defect.LACK_OF_SYNCHRONISATION: N_("%(what)s can be done twice: ways that part at %(fork)s meet without a join."),
    Defect.IMPROPER_COMPLETION: N_(
        "The end %(what)s can be reached twice: ways that part at %(fork)s both lead there."
    ),
    Defect.UNBOUNDED: N_("Each round adds one more token at %(what)s; the loop passes %(fork)s without a join."),
    Defect.LIVELOCK: N_("A case can go round for ever at %(what)s; no way leads from there to an end."),
    Defect.DEAD: N_("%(what)s can never be done, although ways lead to it."),
}
_UNPROVED = N_("%(what)s is too large to be proved sound; nothing wrong was found in the %(states)s states looked at.")


def find(checked: Checked) -> Iterator[Finding]:
    """One finding for each defect, and one for each scope that could not be looked at whole."""
    process = checked.model
    verdict = soundness.analyse(process)
    for defect in verdict.defects:
        yield _finding(process, defect)
    for scope in verdict.unproved:
        what = named(process.elements[scope]) if scope in process.elements else process.name or process.id
        yield warning("not-proved", scope, _UNPROVED, what=what, states=verdict.states)


def _finding(process: Process, defect: Unsound) -> Finding:
    names = ", ".join(named(process.elements[id_]) for id_ in defect.elements)
    fork = named(process.elements[defect.fork]) if defect.fork in process.elements else process.name or process.id
    place = defect.elements[0] if defect.elements else defect.scope
    found = error(defect.defect.value, place, _TEXTS[defect.defect], what=names, fork=fork)
    path = tuple(id_ for step in defect.path for id_ in (step.element, step.flow) if id_)
    fix = (defect.fix.element, defect.fix.type) if defect.fix is not None else None
    return replace(found, elements=defect.elements, path=path, fix=fix)
