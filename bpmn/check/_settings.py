"""What `bundle.toml` names is there: its forms, groups, keys of answers, sources, entry checks and message."""

from collections.abc import Iterator

from akta.languages import N_
from bpmn.check._finding import Checked, Finding, error, warning
from bpmn.check._references import APPLICANT

_HERE = "bundle.toml"


def find(checked: Checked) -> Iterator[Finding]:
    settings = checked.bundle.settings
    staff = settings.start.staff.by if settings.start and settings.start.staff else ()
    for group in sorted({*settings.work_groups, *staff} - set(checked.groups) - {APPLICANT}):
        yield error("group-unknown", _HERE, N_("There is no group called %(group)s."), group=group)
    yield from _start(checked)
    yield from _places(checked)
    if settings.withdraw and settings.withdraw not in _caught(checked):
        text = N_("No event of the process waits for the message %(message)s with which a case is withdrawn.")
        yield error("withdraw", _HERE, text, message=settings.withdraw)
    used = {task.zeebe.form for task in checked.model.user_tasks} | _start_forms(checked)
    for id_ in sorted(set(checked.bundle.forms) - used):
        yield warning("form-unused", id_, N_("No task and no start uses the form %(form)s."), form=id_)


def _start_forms(checked: Checked) -> set[str]:
    start = checked.bundle.settings.start
    if start is None:
        return set()
    return ({start.form} | ({start.staff.form} if start.staff else set())) - {""}


def _start(checked: Checked) -> Iterator[Finding]:
    settings, forms = checked.bundle.settings, checked.bundle.forms
    if settings.start is None:
        if settings.applicant or settings.withdraw:
            yield error("start", _HERE, N_("An applicant and a withdrawal need a start form."))
        return
    applicant = settings.applicant
    wanted = {settings.start.language_key, *((applicant.name, applicant.email) if applicant else ())} - {""}
    yield from _received(checked)
    yield from _staff_keys(checked)
    for form in sorted(_start_forms(checked)):
        if form not in forms:
            yield error("form-missing", _HERE, N_("The start form %(form)s is not in the bundle."), form=form)
            continue
        for key in sorted(wanted - set(forms[form].keys)):
            text = N_("The form %(form)s asks nothing with the key %(key)s.")
            yield error("answer-missing", _HERE, text, form=form, key=key)


def _received(checked: Checked) -> Iterator[Finding]:
    """The day of receipt is asked for, as a day."""
    staff = checked.bundle.settings.start.staff if checked.bundle.settings.start else None
    if staff is None or not staff.received or staff.form not in checked.bundle.forms:
        return
    asked = {field.key: field.type for field in checked.bundle.forms[staff.form].fields if field.asks}
    if asked.get(staff.received) != "datetime":
        text = N_("The form %(form)s asks for no day with the key %(key)s.")
        yield error("answer-missing", _HERE, text, form=staff.form, key=staff.received)


def _staff_keys(checked: Checked) -> Iterator[Finding]:
    """The form with which a clerk enters a case asks for the channel and the time it names."""
    staff = checked.bundle.settings.start.staff if checked.bundle.settings.start else None
    form = checked.bundle.forms.get(staff.form) if staff else None
    if staff is None or form is None:
        return
    for key in sorted({staff.channel, staff.received_time} - {"", *form.keys}):
        text = N_("The form %(form)s asks nothing with the key %(key)s.")
        yield error("answer-missing", _HERE, text, form=staff.form, key=key)


def _places(checked: Checked) -> Iterator[Finding]:
    """Sources and entry checks stand at the start or at a user task, and are registered."""
    settings = checked.bundle.settings
    places = {"start", *(task.id for task in checked.model.user_tasks)}
    for place in sorted({*settings.sources, *settings.checks} - places):
        yield error("place", _HERE, N_("%(place)s is neither the start nor a user task."), place=place)
    for source in sorted({name for names in settings.sources.values() for name in names} - set(checked.sources)):
        yield error("source", _HERE, N_("There is no source called %(source)s."), source=source)
    for name in sorted(set(settings.checks.values()) - set(checked.entry_checks)):
        yield error("entry-check", _HERE, N_("There is no entry check called %(check)s."), check=name)


def _caught(checked: Checked) -> set[str]:
    catching = (e for e in checked.model.elements.values() if e.type not in ("endEvent", "intermediateThrowEvent"))
    messages = (checked.model.message_of(element) for element in catching)
    return {message.name for message in messages if message}
