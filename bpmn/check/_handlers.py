"""Calls give their handlers what these take."""

from collections.abc import Iterator, Mapping

from akta.languages import N_
from bpmn import types
from bpmn.check._finding import Checked, Finding, error, named
from bpmn.model import Element


def find(checked: Checked) -> Iterator[Finding]:
    for element in checked.model.of_type("serviceTask", "sendTask"):
        schema = checked.takes.get(element.zeebe.task_type)
        wanted = None if schema is None else types.of_schema(schema).of("context")
        if schema is not None and isinstance(wanted, types.ContextOf):
            required = frozenset(schema.get("required", ()))
            yield from _given(checked, element, wanted.by_name, required)


def _given(
    checked: Checked, element: Element, wanted: Mapping[str, types.Type], required: frozenset[str]
) -> Iterator[Finding]:
    """With input mappings a handler gets these and nothing else, without any all variables."""
    typing, zeebe = checked.typing, element.zeebe
    around = typing.around(element)
    given = typing.mapped(zeebe.inputs, around) if zeebe.inputs else dict(around.variables)
    closed = bool(zeebe.inputs) or around.closed
    what, handler = named(element), zeebe.task_type
    for name in sorted(required - given.keys()) if closed else ():
        text = N_("%(what)s gives the handler %(handler)s no %(name)s, which it needs.")
        yield error("handler-input", element.id, text, what=what, handler=handler, name=name)
    for name in sorted(wanted.keys() & given.keys()):
        kinds, needs = given[name].solid.kinds, wanted[name].solid.kinds
        if kinds and needs and not kinds & needs:
            text = N_("%(what)s gives the handler %(handler)s as %(name)s %(type)s; it takes %(wanted)s.")
            params = {"type": types.said(given[name]), "wanted": types.said(wanted[name])}
            yield error("handler-input", element.id, text, what=what, handler=handler, name=name, **params)
