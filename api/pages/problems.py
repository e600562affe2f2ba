"""What the gate says of a version, for its page: sentences, the elements meant, the way there, a correction."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from akta.languages import N_, Language
from api.pages.wording import Wording
from bpmn.bundle import Bundle
from bpmn.check import Finding, Fix
from bpmn.model import Process
from bpmn.soundness import Defect
from storage.bundles import ReleaseEvent

GATEWAYS: Mapping[str, str] = {
    "exclusiveGateway": N_("Correction: make %(what)s an exclusive gateway, which passes on each way that comes."),
    "parallelGateway": N_("Correction: make %(what)s a parallel gateway, which waits for every way."),
    "inclusiveGateway": N_("Correction: make %(what)s an inclusive gateway, which waits for every way still to come."),
}
FIXES: Mapping[str, str] = {
    "name": N_("Correction: write %(value)s instead of %(instead_of)s at %(what)s."),
    "id": N_("Correction: call the process %(value)s."),
    "condition": N_("Correction: take the condition away from %(what)s."),
    "interrupting": N_("Correction: let %(what)s interrupt its activity."),
    "binding": N_("Correction: let %(what)s call the version that is deployed."),
}


@dataclass(frozen=True)
class Step:
    """One step of a way through the diagram: the ids it passes, and what they are called."""

    ids: str
    words: str


@dataclass(frozen=True)
class Problem:
    """One finding in words; `elements` are ids on the diagram, `accepted` says who took responsibility and why.

    `fix` says in words what the `patch` changes that mends it.
    """

    code: str
    element: str
    error: bool
    said: str
    about: str
    elements: str
    way: tuple[Step, ...]
    fix: str
    corrected_url: str
    accepted: ReleaseEvent | None
    patch: Fix | None = None


def bare(finding: Finding, language: Language) -> Problem:
    """A finding of files that make no bundle: there is no diagram to show it on."""
    return Problem(
        code=finding.code,
        element=finding.element,
        error=finding.severity == "error",
        said=finding.said(language),
        about="" if finding.element in finding.message else finding.element,
        elements="",
        way=(),
        fix="",
        corrected_url="",
        accepted=None,
    )


def told(
    findings: Sequence[Finding], words: Wording, key: str, url: str, events: Sequence[ReleaseEvent] = ()
) -> list[Problem]:
    """Errors first. `url` is where the version is: its correction lies below. Without one there is none to download."""
    bundle = words.bundle(key)
    accepted = {(event.code, event.element): event for event in events if event.code}
    return [
        _problem(finding, words, bundle, url, accepted.get((finding.code, finding.element)))
        for finding in sorted(findings, key=lambda finding: finding.severity)
    ]


def _problem(finding: Finding, words: Wording, bundle: Bundle, url: str, event: ReleaseEvent | None) -> Problem:
    said = finding.said(words.language)
    drawn = bundle.model.elements.keys() | bundle.model.flows.keys()
    elements = [id_ for id_ in dict.fromkeys((*finding.elements, finding.element)) if id_ in drawn]
    fix, corrected = "", ""
    if finding.fix is not None:
        change = finding.fix
        text = GATEWAYS[change.value] if change.change == "type" else FIXES[change.change]
        what = {"what": _named(words, bundle, change.element), "value": change.value, "instead_of": change.instead_of}
        fix = words.language.gettext(text) % what
        asked = urlencode({"element": change.element, "value": change.value})
        corrected = f"{url}/corrected?{asked}" if url else ""
    return Problem(
        code=finding.code,
        element=finding.element,
        error=finding.severity == "error",
        said=said,
        about=finding.element if finding.element and f"({finding.element})" not in said else "",
        elements=" ".join(elements),
        way=tuple(_steps(_walked(finding, bundle.model), words, bundle)),
        fix=fix,
        corrected_url=corrected,
        patch=finding.fix,
        accepted=event,
    )


def _walked(finding: Finding, process: Process) -> list[str]:
    """The path with every flow it goes along, and on to where a case stops."""
    walked: list[str] = []
    for id_ in finding.path:
        if id_ in process.elements and not (walked and walked[-1] in process.flows):
            walked += _flow_to(id_, walked, process)
        walked.append(id_)
    stands = bool(walked) and walked[-1] in process.elements and not set(walked) & set(finding.elements)
    if finding.code == Defect.DEADLOCK.value and stands:
        walked += next((flow for id_ in finding.elements if (flow := _flow_to(id_, walked, process))), [])
    return walked


def _flow_to(id_: str, walked: Sequence[str], process: Process) -> list[str]:
    """The flow to an element from the last one passed that has such a flow."""
    leading = {flow.source: flow.id for flow in process.flows.values() if flow.target == id_}
    return next(([leading[passed]] for passed in reversed(walked) if passed in leading), [])


def _steps(path: Sequence[str], words: Wording, bundle: Bundle) -> Iterator[Step]:
    """A flow and the element it leads to are one step."""
    flows: list[str] = []
    for id_ in path:
        if id_ in bundle.model.flows:
            flows.append(id_)
            continue
        names = [bundle.model.flows[flow].name for flow in flows]
        via = ", ".join(name for name in names if name)
        name = _named(words, bundle, id_)
        yield Step(" ".join((*flows, id_)), f"{via} → {name}" if via else name)
        flows = []
    if flows:
        last = bundle.model.flows[flows[-1]]
        yield Step(" ".join((*flows, last.target)), f"{last.name or last.id} → {_named(words, bundle, last.target)}")


def _named(words: Wording, bundle: Bundle, id_: str) -> str:
    element = bundle.model.elements.get(id_)
    return words.step(bundle.key, id_, element.name if element else "")
