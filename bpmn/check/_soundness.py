"""Control flow that does not come to its end: what the proof of soundness found, in sentences."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from akta.languages import N_
from bpmn import soundness
from bpmn.check._finding import Checked, Finding, Fix, error, named, warning
from bpmn.check._writing import Setting
from bpmn.model import Process
from bpmn.soundness import Defect, Unsound, Writes, unknown

_TEXTS: Mapping[Defect, str] = {
    Defect.DEADLOCK: N_("A case can stop for ever at %(what)s: not all that it waits for can come."),
    Defect.LACK_OF_SYNCHRONISATION: N_("%(what)s can be done twice: ways that part at %(fork)s meet without a join."),
    Defect.IMPROPER_COMPLETION: N_(
        "The end %(what)s can be reached twice: ways that part at %(fork)s both lead there."
    ),
    Defect.UNBOUNDED: N_("Each round adds one more token at %(what)s; the loop passes %(fork)s without a join."),
    Defect.LIVELOCK: N_("A case can go round for ever at %(what)s; no way leads from there to an end."),
    Defect.NEVER_TAKEN: N_(
        "The flow %(what)s is never taken: the conditions before it decide, or nothing fulfils its own."
    ),
    Defect.DEAD: N_("%(what)s can never be done, although ways lead to it."),
}
_UNPROVED = N_("%(what)s is too large to be proved sound; nothing wrong was found in the %(states)s states looked at.")


def find(checked: Checked) -> Iterator[Finding]:
    return find_in(checked.model, Setting.of(checked).writes)


def find_in(process: Process, writes: Writes = unknown) -> Iterator[Finding]:
    """One finding for each defect, and one for each scope that could not be looked at whole."""
    verdict = soundness.analyse(process, writes)
    for defect in verdict.defects:
        yield _finding(process, defect)
    for scope in verdict.unproved:
        yield warning("not-proved", scope, _UNPROVED, what=_named(process, scope), states=verdict.states)


def _finding(process: Process, defect: Unsound) -> Finding:
    names = ", ".join(_named(process, id_) for id_ in defect.elements)
    fork = _named(process, defect.fork) if defect.fork else process.name or process.id
    place = defect.elements[0] if defect.elements else defect.scope
    say = warning if defect.defect is Defect.NEVER_TAKEN else error
    found = say(defect.defect.value, place, _TEXTS[defect.defect], what=names, fork=fork)
    path = tuple(id_ for step in defect.path for id_ in (step.element, step.flow) if id_)
    fix = Fix("type", defect.fix.element, defect.fix.type) if defect.fix is not None else None
    return replace(found, elements=defect.elements, path=path, fix=fix)


def _named(process: Process, id_: str) -> str:
    if id_ in process.elements:
        return named(process.elements[id_])
    flow = process.flows.get(id_)
    return f'"{flow.name}" ({id_})' if flow is not None and flow.name else id_
