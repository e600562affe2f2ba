"""Fields of forms that nothing reads: asked of people, kept, and without any effect.

Long texts, files and lists to tick off are for people: they are read in the case itself. A box that has to be ticked
has done its work when it is.
"""

import re
from collections.abc import Iterator

from akta.errors import Refusal
from akta.languages import N_
from bpmn import feel
from bpmn.bundle import Bundle
from bpmn.check._finding import Checked, Finding, warning
from bpmn.forms import Component, Form
from bpmn.model import Element, expressions, feel_text, is_feel

_FOR_PEOPLE = frozenset({"textarea", "filepicker", "checklist"})
_WORD = re.compile(r"\w+")


def find(checked: Checked) -> Iterator[Finding]:
    read = _read(checked)
    forms = checked.bundle.forms
    for id_, form in forms.items() if read is not None else ():
        others = [other for name, other in forms.items() if name != id_]
        known = (read or set()) | _looked_at(checked, form)
        known.update(*(other.reads | {field.key for field in other.fields} for other in others))
        for field in form.fields:
            if field.asks and not _for_people(field) and field.key not in known:
                text = N_("Form %(form)s: nothing reads the answer to %(key)s.")
                yield warning("field-unread", id_, text, form=id_, key=field.key)


def _for_people(field: Component) -> bool:
    return field.type in _FOR_PEOPLE or (field.type == "checkbox" and field.rules.required)


def _looked_at(checked: Checked, form: Form) -> set[str]:
    """The answers to one form that are looked at before the process has them: by itself, and by an entry check."""
    tasks = {task.id for task in checked.model.user_tasks if task.zeebe.form == form.id}
    checks = checked.bundle.settings.checks.keys() & (tasks or {"start"})
    return {*form.reads, *(form.keys if checks else ())}


def _read(checked: Checked) -> set[str] | None:
    """Every name that something reads, in the process and in those it calls; None when that may be any: of a process
    that others call, they may read whatever it was answered."""
    if _can_be_called(checked.bundle):
        return None
    found = _of_settings(checked.bundle)
    passed: list[tuple[str, frozenset[str]]] = []
    for bundle in checked.closure:
        for expression in expressions(bundle.model):
            names = _names(expression.text)
            if expression.kind.startswith("output mapping "):
                passed.append((expression.kind.removeprefix("output mapping ").partition(".")[0], names))
            else:
                found |= names
        for element in bundle.model.elements.values():
            taken = _taken(checked, bundle, element)
            if taken is None:
                return None
            found |= taken
    found |= _of_letters(checked)
    while more := {name for target, names in passed if target in found for name in names} - found:
        found |= more
    return found


def _can_be_called(bundle: Bundle) -> bool:
    """Whether nobody begins it by a form, and other processes can."""
    begun = (one for one in bundle.model.of_type("startEvent") if one.parent == bundle.model.id)
    return bundle.settings.start is None and any(not one.events for one in begun)


def _of_settings(bundle: Bundle) -> set[str]:
    start, applicant = bundle.settings.start, bundle.settings.applicant
    staff = start.staff if start else None
    keys = [start.language_key] if start else []
    keys += [applicant.name, applicant.email] if applicant else []
    keys += [staff.received, staff.channel, staff.received_time] if staff else []
    return set(keys)


def _taken(checked: Checked, bundle: Bundle, element: Element) -> set[str] | None:
    """What a call or a decision sees that is given all variables; None when that may be any of them."""
    if element.zeebe.inputs:
        return set()
    match element.type:
        case "serviceTask" | "sendTask" if element.zeebe.task_type:
            schema = checked.takes.get(element.zeebe.task_type)
            if schema is None or "properties" not in schema:
                return None
            return set(schema["properties"])
        case "businessRuleTask":
            tables = b" ".join(bundle.decisions.values()).decode("utf-8", "replace")
            return set(_WORD.findall(tables))
    return set()


def _of_letters(checked: Checked) -> set[str]:
    found: set[str] = set()
    for template in checked.bundle.letters.values():
        try:
            found |= {path[0] for path in checked.placeholders(template)}
        except (ValueError, Refusal):
            continue  # told where letters are looked at
    return found


def _names(text: str) -> frozenset[str]:
    try:
        return feel.compile(feel_text(text) if is_feel(text) else text).names
    except feel.FeelSyntaxError:
        return frozenset()
