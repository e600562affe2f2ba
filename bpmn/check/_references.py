"""What a process refers to is there: forms, tables, handlers, called processes, groups, messages."""

from collections import Counter
from collections.abc import Iterator

from akta.languages import N_
from bpmn import dmn
from bpmn.check._finding import Checked, Finding, Fix, error, mended, named, warning
from bpmn.model import Element, is_feel

APPLICANT = "applicant"
"""The candidate group of whom the case is about; every bundle may use it."""


def find(checked: Checked) -> Iterator[Finding]:
    bundle, process = checked.bundle, checked.model
    if process.id != bundle.key:
        text = N_("The process is called %(process)s and the bundle %(bundle)s; they must have the same name.")
        found = error("process-id", process.id, text, process=process.id, bundle=bundle.key)
        yield mended(found, Fix("id", process.id, bundle.key))
    for element in process.elements.values():
        yield from _form(checked, element)
        yield from _handler(checked, element)
        yield from _people(checked, element)
        yield from _message(checked, element)
    yield from _decisions(checked)
    yield from _called(checked)


def _form(checked: Checked, element: Element) -> Iterator[Finding]:
    form = element.zeebe.form
    if element.type == "userTask" and form and not is_feel(form) and form not in checked.bundle.forms:
        text = N_("%(what)s: the form %(form)s is not in the bundle.")
        yield error("form-missing", element.id, text, what=named(element), form=form)


def _handler(checked: Checked, element: Element) -> Iterator[Finding]:
    handler, retries = element.zeebe.task_type, element.zeebe.retries
    if element.type not in ("serviceTask", "sendTask") or not handler or is_feel(handler):
        return
    if handler not in checked.handlers:
        text = N_("%(what)s: there is no handler called %(handler)s.")
        yield error("handler-missing", element.id, text, what=named(element), handler=handler)
    if retries and not is_feel(retries) and not retries.isdecimal():
        yield error("retries", element.id, N_("%(what)s: retries must be a number."), what=named(element))


def _people(checked: Checked, element: Element) -> Iterator[Finding]:
    if element.type != "userTask":
        return
    zeebe, what = element.zeebe, named(element)
    if not zeebe.assignee and not zeebe.candidate_groups:
        text = N_("%(what)s is offered to nobody; name a candidate group.")
        yield error("nobody", element.id, text, what=what)
    if is_feel(zeebe.candidate_groups):
        return
    groups = {group.strip() for group in zeebe.candidate_groups.split(",")} - {"", APPLICANT}
    for group in sorted(groups):
        if group not in checked.groups:
            text = N_("%(what)s: nobody can be in the group %(group)s.")
            yield error("group-unknown", element.id, text, what=what, group=group)
        elif group not in checked.bundle.settings.work_groups:
            text = N_("%(what)s: the group %(group)s is not among the work_groups of bundle.toml.")
            yield error("group-undeclared", element.id, text, what=what, group=group)
    lane = checked.model.lane_of(element.id)
    lane_group = "-".join(lane.name.lower().split()) if lane else ""
    if groups and lane and lane_group in checked.groups and lane_group not in groups:
        text = N_("%(what)s stands in the lane %(lane)s but is not offered to it.")
        yield warning("lane", element.id, text, what=what, lane=lane.name)


def _message(checked: Checked, element: Element) -> Iterator[Finding]:
    throws = element.type in ("endEvent", "intermediateThrowEvent")
    if element.type != "receiveTask" and not any(event.kind == "message" for event in element.events):
        return
    message = checked.model.message_of(element)
    if message is None or not message.name:
        text = N_("%(what)s: its message is not there or has no name.")
        yield error("message-missing", element.id, text, what=named(element))
    elif not throws and not message.correlation_key:
        text = N_("%(what)s: the message %(message)s has no correlation key, so it would find no case.")
        yield error("correlation", element.id, text, what=named(element), message=message.name)


def _decisions(checked: Checked) -> Iterator[Finding]:
    ids: Counter[str] = Counter()
    for name, decisions in checked.decisions.items():
        if isinstance(decisions, dmn.DmnError):
            yield error("dmn", name, N_("%(file)s cannot be read: %(reason)s"), file=name, reason=decisions.sentence)
            continue
        ids.update(decisions.ids)
    for id_, count in ids.items():
        if count > 1:
            yield error("decision-twice", id_, N_("The decision %(decision)s stands in two files."), decision=id_)
    for element in checked.model.of_type("businessRuleTask"):
        wanted = element.zeebe.decision
        if wanted and not is_feel(wanted) and wanted not in ids:
            text = N_("%(what)s: the decision %(decision)s is not in the bundle.")
            yield error("decision-missing", element.id, text, what=named(element), decision=wanted)


def _called(checked: Checked) -> Iterator[Finding]:
    for element in checked.model.of_type("callActivity"):
        wanted = element.zeebe.called_process
        if wanted and not is_feel(wanted) and wanted != checked.bundle.key and wanted not in checked.called:
            text = N_("%(what)s calls %(process)s, which has no deployed version.")
            yield error("called-missing", element.id, text, what=named(element), process=wanted)
    if any(checked.bundle.key in bundle.calls for bundle in checked.closure):
        text = N_("The process calls itself, directly or through another; a case would never end.")
        yield error("calls-itself", checked.model.id, text)
