"""What is different between two bundles, one line for each thing that somebody changed."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from akta.languages import N_, Sentence, sentence
from bpmn.bundle import Bundle
from bpmn.comparison._facts import Facts, Key, Thing
from bpmn.comparison._of_files import facts_of
from bpmn.comparison._of_xml import DRAWING


class How(StrEnum):
    """What was done to a thing."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Attributes:
        file: the file of the bundle it is in; `element` the id of the thing in it.
        kind: what the thing is, `name` what people call it.
        property: what of it is different, empty when it came or went as a whole.
        before: what stood there, empty for what was added; `after` what stands there now.
    """

    how: How
    file: str
    element: str
    kind: str
    name: str
    property: str = ""
    before: str = ""
    after: str = ""

    def said(self, gettext: Callable[[str], str]) -> str:
        """The difference in words of the language that looks msgids up."""
        return self.sentence().said(gettext)

    def sentence(self) -> Sentence:
        what = sentence(_KINDS.get(self.kind, self.kind))
        name = self.name or self.element or self.file
        if self.property in _ALONE:
            return sentence(_ALONE[self.property], what=what, name=name)
        if not self.property:
            return sentence(_WHOLE[self.how], what=what, name=name)
        label = self._label()
        if not self.before or not self.after:
            text = N_("%(property)s of %(what)s %(name)s set: %(value)s")
            text = text if self.after else N_("%(property)s of %(what)s %(name)s taken away: %(value)s")
            return sentence(text, property=label, what=what, name=name, value=self.after or self.before)
        text = N_("%(property)s of %(what)s %(name)s: %(before)s → %(after)s")
        return sentence(text, property=label, what=what, name=name, before=self.before, after=self.after)

    def _label(self) -> Sentence:
        named = _NAMED.search(self.property)
        if named is not None:
            return sentence(_OF_NAME[named["kind"]], name=named["name"])
        return sentence(_PROPERTIES.get(self.property, self.property))


def compare(before: Bundle, after: Bundle) -> tuple[Change, ...]:
    """Every difference between two versions of a bundle, in the order of their files."""
    old, new = facts_of(before), facts_of(after)
    changes: list[Change] = []
    for key in sorted(old.keys() | new.keys()):
        if key not in new:
            changes.extend(_whole(How.REMOVED, key, old, new))
        elif key not in old:
            changes.extend(_whole(How.ADDED, key, new, old))
        else:
            changes.extend(_between(key, old, new))
    return tuple(changes)


def _whole(how: How, key: Key, here: Facts, there: Facts) -> Iterator[Change]:
    """A thing that came or went, unless it came or went with what it is in."""
    thing = here[key]
    if thing.inside is None or thing.inside in there:
        yield Change(how, key.file, key.id, thing.kind, thing.name)


def _between(key: Key, old: Facts, new: Facts) -> Iterator[Change]:
    before, after = old[key], new[key]
    kind, name = after.kind, after.name or before.name

    def change(what: str, was: str = "", now: str = "") -> Change:
        return Change(How.CHANGED, key.file, key.id, kind, name, what, was, now)

    if before.kind != after.kind:
        yield change("kind", before.kind, after.kind)
    if before.name != after.name and kind not in _CALLED_BY_PLACE:
        yield change("name", before.name, after.name)
    for what in sorted(before.properties.keys() | after.properties.keys()):
        was, now = before.properties.get(what, ""), after.properties.get(what, "")
        if was != now and not _of_column_that_came_or_went(what, key.file, old, new):
            label = _cell(what, key.file, new)
            yield Change(How.CHANGED, key.file, key.id, kind, name, label, *((was, now) if what not in _ALONE else ()))
    for what in sorted(before.orders.keys() & after.orders.keys()):
        was_order, now_order = _shared(before.orders[what], after.orders[what])
        if was_order != now_order:
            yield change("order", " ".join(was_order), " ".join(now_order))
    yield from _of_lines(before, after, change)


def _of_lines(before: Thing, after: Thing, change: Callable[[str, str, str], Change]) -> Iterator[Change]:
    for tag, a, b, c, d in SequenceMatcher(None, before.lines, after.lines, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        was, now = before.lines[a:b], after.lines[c:d]
        for number in range(max(len(was), len(now))):
            yield change("text", was[number] if number < len(was) else "", now[number] if number < len(now) else "")


def _shared(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What both have, in the order of each: whatever came or went is said elsewhere."""
    return tuple(id_ for id_ in before if id_ in after), tuple(id_ for id_ in after if id_ in before)


def _of_column_that_came_or_went(what: str, file: str, old: Facts, new: Facts) -> bool:
    column = Key(file, what.removeprefix("cell:"))
    return what.startswith("cell:") and (column not in old or column not in new)


def _cell(what: str, file: str, new: Facts) -> str:
    """A cell is called by its column."""
    return new[Key(file, what.removeprefix("cell:"))].name if what.startswith("cell:") else what


_WHOLE: Mapping[How, str] = {
    How.ADDED: N_("%(what)s %(name)s was added"),
    How.REMOVED: N_("%(what)s %(name)s was taken away"),
}
_CALLED_BY_PLACE = frozenset({"rule", "input", "output"})
"""Kinds whose name is made up from what they say or where they stand."""
_ALONE: Mapping[str, str] = {
    DRAWING: N_("The drawing of %(name)s was arranged differently; nothing runs differently"),
    "look": N_("%(what)s %(name)s looks different; its words are the same"),
}
"""Differences whose values say nothing to a reader."""
_KINDS: Mapping[str, str] = {
    "definitions": N_("Model"),
    "process": N_("Process"),
    "sequenceFlow": N_("Flow"),
    "lane": N_("Lane"),
    "message": N_("Message"),
    "error": N_("Error"),
    "signal": N_("Signal"),
    "escalation": N_("Escalation"),
    "task": N_("Task"),
    "userTask": N_("Task"),
    "serviceTask": N_("Service call"),
    "sendTask": N_("Service call"),
    "receiveTask": N_("Receive task"),
    "scriptTask": N_("Script"),
    "businessRuleTask": N_("Decision step"),
    "manualTask": N_("Manual task"),
    "subProcess": N_("Sub-process"),
    "callActivity": N_("Called process"),
    "startEvent": N_("Start"),
    "endEvent": N_("End"),
    "boundaryEvent": N_("Event"),
    "intermediateCatchEvent": N_("Event"),
    "intermediateThrowEvent": N_("Event"),
    "exclusiveGateway": N_("Gateway"),
    "parallelGateway": N_("Gateway"),
    "inclusiveGateway": N_("Gateway"),
    "eventBasedGateway": N_("Gateway"),
    "decision": N_("Decision"),
    "decisionTable": N_("Table"),
    "input": N_("Input column"),
    "output": N_("Output column"),
    "rule": N_("Row"),
    "form": N_("Form"),
    "field": N_("Field"),
    "letter": N_("Letter"),
    "texts": N_("Texts"),
    "settings": N_("Settings"),
    "file": N_("File"),
}
_NAMED = re.compile(r"/(?P<kind>input|output|header)\[(?P<name>[^\]]*)\]@(source|value)$")
_OF_NAME: Mapping[str, str] = {
    "input": N_("Input %(name)s"),
    "output": N_("Output %(name)s"),
    "header": N_("Header %(name)s"),
}
_EXTENSION = "extensionElements/"
_PROPERTIES: Mapping[str, str] = {
    "kind": N_("Kind"),
    "name": N_("Name"),
    "label": N_("Label"),
    "order": N_("Order"),
    "text": N_("Text"),
    "lane": N_("Lane"),
    "within": N_("Place"),
    "sourceRef": N_("Beginning"),
    "targetRef": N_("Target"),
    "default": N_("Default flow"),
    "attachedToRef": N_("Place"),
    "cancelActivity": N_("Interrupts"),
    "isInterrupting": N_("Interrupts"),
    "hitPolicy": N_("Hit policy"),
    "aggregation": N_("Aggregation"),
    "conditionExpression": N_("Condition"),
    "timerEventDefinition/timeDuration": N_("Duration"),
    "timerEventDefinition/timeDate": N_("Date"),
    "timerEventDefinition/timeCycle": N_("Repetition"),
    f"{_EXTENSION}assignmentDefinition@candidateGroups": N_("Role"),
    f"{_EXTENSION}assignmentDefinition@assignee": N_("Person"),
    f"{_EXTENSION}taskSchedule@dueDate": N_("Deadline"),
    f"{_EXTENSION}taskSchedule@followUpDate": N_("Follow-up date"),
    f"{_EXTENSION}priorityDefinition@priority": N_("Priority"),
    f"{_EXTENSION}formDefinition@formId": N_("Form"),
    f"{_EXTENSION}taskDefinition@type": N_("Handler"),
    f"{_EXTENSION}taskDefinition@retries": N_("Tries"),
    f"{_EXTENSION}script@expression": N_("Expression"),
    f"{_EXTENSION}script@resultVariable": N_("Result variable"),
    f"{_EXTENSION}calledDecision@decisionId": N_("Decision"),
    f"{_EXTENSION}calledElement@processId": N_("Called process"),
    f"{_EXTENSION}subscription@correlationKey": N_("Correlation key"),
}
"""What properties are called by people; any other is called as the format does."""
