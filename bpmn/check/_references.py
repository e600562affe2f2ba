"""What a process refers to is there: forms, tables, handlers, called processes, groups, messages, sources."""

from collections import Counter
from collections.abc import Iterator

from bpmn import dmn
from bpmn.check._elements import named
from bpmn.check._finding import Checked, Finding, error, warning
from bpmn.model import Element, is_feel

APPLICANT = "applicant"
"""The candidate group of whom the case is about; every bundle may use it."""


def find(checked: Checked) -> Iterator[Finding]:
    bundle, process = checked.bundle, checked.model
    if process.id != bundle.key:
        message = f"the process is called {process.id}, the bundle {bundle.key}; they must have the same name"
        yield error("process-id", process.id, message)
    for element in process.elements.values():
        yield from _forms_and_handlers(checked, element)
        yield from _people(checked, element)
        yield from _message(checked, element)
    yield from _decisions(checked)
    yield from _called(checked)


def _forms_and_handlers(checked: Checked, element: Element) -> Iterator[Finding]:
    zeebe = element.zeebe
    if element.type == "userTask" and zeebe.form and not is_feel(zeebe.form) and zeebe.form not in checked.bundle.forms:
        yield error("form-missing", element.id, f"{named(element)}: the form {zeebe.form} is not in the bundle")
    if element.type in ("serviceTask", "sendTask") and zeebe.task_type and not is_feel(zeebe.task_type):
        if zeebe.task_type not in checked.handlers:
            message = f"{named(element)}: there is no handler called {zeebe.task_type}"
            yield error("handler-missing", element.id, message)
        if zeebe.retries and not is_feel(zeebe.retries) and not zeebe.retries.isdecimal():
            yield error("retries", element.id, f"{named(element)}: retries must be a number")


def _people(checked: Checked, element: Element) -> Iterator[Finding]:
    if element.type != "userTask":
        return
    zeebe, declared = element.zeebe, checked.bundle.settings.work_groups
    if not zeebe.assignee and not zeebe.candidate_groups:
        yield error("nobody", element.id, f"{named(element)} is offered to nobody; name a candidate group")
    if is_feel(zeebe.candidate_groups):
        return
    groups = {group.strip() for group in zeebe.candidate_groups.split(",")} - {"", APPLICANT}
    for group in sorted(groups - set(checked.groups)):
        yield error("group-unknown", element.id, f"{named(element)}: nobody can be in the group {group}")
    for group in sorted(groups & set(checked.groups) - set(declared)):
        message = f"{named(element)}: the group {group} is not among the work_groups of bundle.toml"
        yield error("group-undeclared", element.id, message)
    lane = checked.model.lane_of(element.id)
    lane_group = "-".join(lane.name.lower().split()) if lane else ""
    if groups and lane and lane_group in checked.groups and lane_group not in groups:
        yield warning("lane", element.id, f'{named(element)} is in the lane "{lane.name}" but not offered to it')


def _message(checked: Checked, element: Element) -> Iterator[Finding]:
    throws = element.type in ("endEvent", "intermediateThrowEvent")
    if element.type != "receiveTask" and not any(event.kind == "message" for event in element.events):
        return
    message = checked.model.message_of(element)
    if message is None or not message.name:
        yield error("message-missing", element.id, f"{named(element)}: its message is not there or has no name")
    elif not throws and not message.correlation_key:
        sentence = f"{named(element)}: the message {message.name} has no correlation key, so it would find no case"
        yield error("correlation", element.id, sentence)


def _decisions(checked: Checked) -> Iterator[Finding]:
    ids: Counter[str] = Counter()
    for name, decisions in checked.decisions.items():
        if isinstance(decisions, dmn.DmnError):
            yield error("dmn", name, f"{name}: {decisions}")
            continue
        ids.update(decisions.ids)
        for problem in decisions.problems():
            yield error("dmn", name, f"{name}, {problem.element}: {problem.message}")
    for id_ in (id_ for id_, count in ids.items() if count > 1):
        yield error("decision-twice", id_, f"the decision {id_} stands in two files")
    for element in checked.model.of_type("businessRuleTask"):
        wanted = element.zeebe.decision
        if wanted and not is_feel(wanted) and wanted not in ids:
            yield error("decision-missing", element.id, f"{named(element)}: the decision {wanted} is not in the bundle")


def _called(checked: Checked) -> Iterator[Finding]:
    for element in checked.model.of_type("callActivity"):
        wanted = element.zeebe.called_process
        if wanted and not is_feel(wanted) and wanted != checked.bundle.key and wanted not in checked.called:
            message = f"{named(element)} calls {wanted}, which has no deployed version"
            yield error("called-missing", element.id, message)
    if _calls_itself(checked, checked.bundle.key):
        message = "the process calls itself, directly or through another; a case would never end"
        yield error("calls-itself", checked.model.id, message)


def _calls_itself(checked: Checked, key: str) -> bool:
    return any(key in bundle.calls for bundle in checked.closure)


def find_in_settings(checked: Checked) -> Iterator[Finding]:
    """`bundle.toml`: its forms, groups, keys of answers, sources, checks and message exist."""
    settings, forms = checked.bundle.settings, checked.bundle.forms
    for group in sorted(set(settings.work_groups) - set(checked.groups) - {APPLICANT}):
        yield error("group-unknown", "bundle.toml", f"work_groups: there is no group {group}")
    yield from _start(checked)
    yield from _places(checked)
    if settings.withdraw and settings.withdraw not in _caught(checked):
        message = f"withdraw: no event of the process waits for the message {settings.withdraw}"
        yield error("withdraw", "bundle.toml", message)
    used = {task.zeebe.form for task in checked.model.user_tasks} | _start_forms(checked)
    for id_ in sorted(set(forms) - used):
        yield warning("form-unused", id_, f"no task and no start uses the form {id_}")


def _places(checked: Checked) -> Iterator[Finding]:
    """Sources and entry checks stand at the start or at a user task, and are registered."""
    settings = checked.bundle.settings
    places = {"start", *(task.id for task in checked.model.user_tasks)}
    named_checks = {place: (name,) for place, name in settings.checks.items()}
    for code, what, table, known in (
        ("source", "source", settings.sources, checked.sources),
        ("entry-check", "entry check", named_checks, checked.entry_checks),
    ):
        for place, names in table.items():
            if place not in places:
                yield error("place", "bundle.toml", f"{what}: {place} is neither start nor a user task")
            for name in names:
                if name not in known:
                    yield error(code, "bundle.toml", f"no {what} is called {name}")


def _start_forms(checked: Checked) -> set[str]:
    start = checked.bundle.settings.start
    if start is None:
        return set()
    return {start.form} | ({start.staff.form} if start.staff else set())


def _start(checked: Checked) -> Iterator[Finding]:
    settings, forms = checked.bundle.settings, checked.bundle.forms
    if settings.start is None:
        if settings.applicant or settings.withdraw:
            yield error("start", "bundle.toml", "applicant and withdraw need a [start]")
        return
    wanted = {settings.start.language_key} | (
        {settings.applicant.name, settings.applicant.email} if settings.applicant else set()
    )
    for form in sorted(_start_forms(checked)):
        if form not in forms:
            yield error("form-missing", "bundle.toml", f"start: the form {form} is not in the bundle")
            continue
        for key in sorted(wanted - {""} - set(forms[form].keys)):
            yield error("answer-missing", "bundle.toml", f"the form {form} asks nothing with the key {key}")
    staff = settings.start.staff
    for group in sorted(set(staff.by) - set(checked.groups)) if staff else ():
        yield error("group-unknown", "bundle.toml", f"start.staff: there is no group {group}")


def _caught(checked: Checked) -> set[str]:
    catching = (e for e in checked.model.elements.values() if e.type not in ("endEvent", "intermediateThrowEvent"))
    messages = (checked.model.message_of(element) for element in catching)
    return {message.name for message in messages if message}
