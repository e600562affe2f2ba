"""The names of variables that some step of a process, its forms or the case itself provides."""

from collections.abc import Iterator
from dataclasses import dataclass

from bpmn.bundle import Bundle
from bpmn.check._finding import Checked
from bpmn.model import Element

CASE = frozenset({"case", "channel", "language", "applicant"})
"""Variables every case begins with."""
_COUNTED = ("", "Active", "Completed", "Terminated")
"""Instances a completion condition may ask the number of."""
LETTER = CASE | {"today", "utility", "courtesy"}
"""Names every letter may use beside the case's variables; `courtesy` is true of a translation that is not signed."""
MAIL = frozenset({"name", "case_link", "reference", "utility", "utility_phone", "utility_email"})
"""Places every mail may have, whatever its task gives it."""


@dataclass(frozen=True)
class Provided:
    """`complete` is false when something may provide names that cannot be known from the model."""

    names: frozenset[str]
    complete: bool


def provided(checked: Checked) -> Provided:
    """All names that may hold a value somewhere in the bundle or in a bundle it calls."""
    names: set[str] = set(CASE)
    complete = checked.bundle.settings.start is not None
    for bundle in checked.closure:
        names.update(_of_forms(bundle))
        for element in bundle.model.elements.values():
            given = _of_element(checked, element)
            complete = complete and given is not None
            names |= given or set()
    missing = any(not bundle.calls <= checked.called.keys() for bundle in checked.closure)
    return Provided(frozenset(names), complete and not missing)


def _of_forms(bundle: Bundle) -> Iterator[str]:
    for form in bundle.forms.values():
        yield from form.keys


def _of_element(checked: Checked, element: Element) -> set[str] | None:
    """Names an element sets; None when it sets names that cannot be known."""
    zeebe = element.zeebe
    names = {mapped.target.partition(".")[0] for mapped in (*zeebe.inputs, *zeebe.outputs)}
    names |= {zeebe.script_result, zeebe.decision_result} - {""}
    if element.repeat is not None:
        names |= {element.repeat.item, element.repeat.outputs, "loopCounter"} - {""}
        names |= {f"{way}Of{what}Instances" for way in ("number", "nr") for what in _COUNTED}
    if element.type not in ("serviceTask", "sendTask"):
        return names
    known = checked.gives.get(zeebe.task_type)
    if known is None:
        return names if zeebe.outputs else None
    return names | set(known.get("properties", ()))
