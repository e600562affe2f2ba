"""DMN XML into the model: boxed expressions."""

from collections.abc import Callable, Iterator

from lxml import etree

from akta.languages import N_
from bpmn.dmn import _model as m
from bpmn.dmn._errors import DmnError
from bpmn.xml import local

MAX_DEPTH = 60
"""Boxed expressions inside each other."""
Element = etree._Element


def children(element: Element, *names: str) -> Iterator[Element]:
    """Child elements of these names in DMN's own namespace."""
    namespace = etree.QName(element).namespace
    for found in element:
        if etree.QName(found).namespace == namespace and local(found) in names:
            yield found


def child(element: Element, name: str) -> Element | None:
    return next(children(element, name), None)


def clean(name: str) -> str:
    """A name with single spaces, as expressions know it."""
    return " ".join(name.split())


def reference_type(element: Element | None) -> str:
    """The declared type of an element: an attribute, or (item definitions) an element."""
    if element is None:
        return ""
    inner = child(element, "typeRef")
    text = clean((inner.text or "") if inner is not None else element.get("typeRef", ""))
    # DMN 1.1 wrote the namespace's prefix of FEEL's own types.
    return text.removeprefix("feel:")


def first_boxed(element: Element, above: str) -> m.Boxed | None:
    """The first boxed expression directly inside."""
    return next((_boxed(found, above) for found in children(element, *_BOXED)), None)


def _inner(element: Element | None, above: str) -> m.Boxed:
    found = None if element is None else first_boxed(element, above)
    return m.Text(above) if found is None else found


def _boxed(element: Element, above: str) -> m.Boxed:
    # Depth is counted along the parents: recursion here must end before Python's does.
    if sum(local(parent) in _BOXED for parent in element.iterancestors()) > MAX_DEPTH:
        raise DmnError(N_("boxed expressions are more than %(most)s levels deep"), above, most=MAX_DEPTH)
    return _BOXED[local(element)](element, element.get("id") or above)


def maybe(element: Element, name: str, above: str) -> m.Text | None:
    """The text of a child element, if there is such a child."""
    found = child(element, name)
    return None if found is None else _text(found, above)


def _text(element: Element | None, above: str) -> m.Text:
    if element is None:
        return m.Text(above)
    text = child(element, "text")
    content = "" if text is None else "".join(text.itertext())
    identifier = element.get("id") or above
    return m.Text(identifier, reference_type(element), content.strip(), element.get("expressionLanguage", ""))


def _variable(element: Element | None) -> m.Variable:
    if element is None:
        return m.Variable("")
    return m.Variable(clean(element.get("name", "")), reference_type(element))


def _table(element: Element, identifier: str) -> m.Table:
    return m.Table(
        identifier,
        reference_type(element),
        element.get("hitPolicy", "UNIQUE"),
        element.get("aggregation", ""),
        tuple(_input(found, identifier) for found in children(element, "input")),
        tuple(_output(found, identifier) for found in children(element, "output")),
        tuple(_rule(found, identifier) for found in children(element, "rule")),
    )


def _input(element: Element, above: str) -> m.Input:
    identifier = element.get("id") or above
    expression = _text(child(element, "inputExpression"), identifier)
    return m.Input(identifier, element.get("label", ""), expression, maybe(element, "inputValues", identifier))


def _output(element: Element, above: str) -> m.Output:
    identifier = element.get("id") or above
    values, default = (maybe(element, name, identifier) for name in ("outputValues", "defaultOutputEntry"))
    return m.Output(identifier, clean(element.get("name", "")), values, default, reference_type(element))


def _rule(element: Element, above: str) -> m.Rule:
    identifier = element.get("id") or above
    return m.Rule(
        identifier,
        tuple(_text(entry, identifier) for entry in children(element, "inputEntry")),
        tuple(_text(entry, identifier) for entry in children(element, "outputEntry")),
    )


def _context(element: Element, identifier: str) -> m.Context:
    entries = children(element, "contextEntry")
    return m.Context(
        identifier,
        reference_type(element),
        tuple((_variable(child(entry, "variable")), _inner(entry, identifier)) for entry in entries),
    )


def _list(element: Element, identifier: str) -> m.Items:
    items = tuple(_boxed(found, identifier) for found in children(element, *_BOXED))
    return m.Items(identifier, reference_type(element), items)


def _relation(element: Element, identifier: str) -> m.Relation:
    columns = tuple(_variable(column) for column in children(element, "column"))
    rows = tuple(_list(row, identifier).items for row in children(element, "row"))
    return m.Relation(identifier, reference_type(element), columns, rows)


def _invocation(element: Element, identifier: str) -> m.Invocation:
    arguments = tuple(
        (_variable(child(binding, "parameter")), _inner(binding, identifier))
        for binding in children(element, "binding")
    )
    return m.Invocation(identifier, reference_type(element), _inner(element, identifier), arguments)


def function(element: Element, identifier: str) -> m.FunctionOf:
    """A function definition, of a business knowledge model or by itself."""
    parameters = tuple(_variable(found) for found in children(element, "formalParameter"))
    external = element.get("kind", "FEEL").upper() not in ("FEEL", "F")
    body = first_boxed(element, identifier)
    return m.FunctionOf(identifier, reference_type(element), parameters, body, external)


def _conditional(element: Element, identifier: str) -> m.Conditional:
    parts = (_inner(child(element, name), identifier) for name in ("if", "then", "else"))
    return m.Conditional(identifier, reference_type(element), *parts)


def _filter(element: Element, identifier: str) -> m.Filter:
    parts = (_inner(child(element, name), identifier) for name in ("in", "match"))
    return m.Filter(identifier, reference_type(element), *parts)


def _loop(element: Element, identifier: str) -> m.Loop:
    kind = local(element)
    parts = (_inner(child(element, name), identifier) for name in ("in", "return" if kind == "for" else "satisfies"))
    variable = clean(element.get("iteratorVariable", ""))
    return m.Loop(identifier, reference_type(element), kind, variable, *parts)


_BOXED: dict[str, Callable[[Element, str], m.Boxed]] = {
    "literalExpression": _text,
    "decisionTable": _table,
    "context": _context,
    "list": _list,
    "relation": _relation,
    "invocation": _invocation,
    "functionDefinition": function,
    "conditional": _conditional,
    "filter": _filter,
    "for": _loop,
    "some": _loop,
    "every": _loop,
}
