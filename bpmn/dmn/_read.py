"""DMN XML into the model."""

from collections import Counter
from collections.abc import Callable, Iterator

from lxml import etree

from bpmn.dmn import _model as m
from bpmn.dmn._errors import DmnError
from bpmn.xml import local, parse

MAX_BYTES = 5_000_000
_NAMESPACES = (
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "https://www.omg.org/spec/DMN/20230324/MODEL/",
)
_ELEMENTS = ("inputData", "decision", "businessKnowledgeModel", "itemDefinition", "itemComponent")
_PARTS = ("variable", "formalParameter", "parameter", "output", "column")
_NAMED = frozenset((*_ELEMENTS, *_PARTS))
Element = etree._Element


def _root(xml: bytes) -> Element:
    try:
        root = parse(xml, MAX_BYTES)
    except ValueError as error:
        raise DmnError(f"the file {error}") from error
    name = etree.QName(root)
    if name.localname != "definitions" or name.namespace not in _NAMESPACES:
        raise DmnError("the file is no DMN of version 1.1 to 1.5")
    return root


def model(xml: bytes) -> m.Model:
    """The file as plain data.

    Raises:
        DmnError: not well-formed, with a document type, too large, no DMN, or two elements with the same id.
    """
    root = _root(xml)
    decisions = tuple(_decision(element) for element in _children(root, "decision"))
    knowledge = tuple(_knowledge(element) for element in _children(root, "businessKnowledgeModel"))
    ids = [decision.id for decision in decisions] + [function.id for function in knowledge]
    double = next((known for known, count in Counter(ids).items() if count > 1), None)
    if double is not None:
        raise DmnError("two elements have the same id", double)
    others = {element.get("id", "") for element in _children(root, "inputData", "decisionService", "knowledgeSource")}
    imports = tuple(element.get("name", "") for element in _children(root, "import"))
    return m.Model(decisions, knowledge, _names(root), frozenset(others), imports)


def _children(element: Element, *names: str) -> Iterator[Element]:
    namespace = etree.QName(element).namespace
    for child in element:
        if etree.QName(child).namespace == namespace and local(child) in names:
            yield child


def _child(element: Element, name: str) -> Element | None:
    return next(_children(element, name), None)


def _names(root: Element) -> frozenset[str]:
    found = set()
    for element in root.iter():
        if local(element) in _NAMED:
            found.add(_clean(element.get("name", "")))
    return frozenset(found - {""})


def _clean(name: str) -> str:
    return " ".join(name.split())


def _variable(element: Element, fallback: str) -> str:
    variable = _child(element, "variable")
    return _clean((variable.get("name") if variable is not None else None) or fallback)


def _decision(element: Element) -> m.Decision:
    title = _clean(element.get("name", ""))
    identifier = element.get("id") or title
    return m.Decision(
        identifier,
        _variable(element, title or identifier),
        title,
        _first_boxed(element, identifier),
        tuple(_references(element, "informationRequirement", "requiredDecision")),
        tuple(_references(element, "knowledgeRequirement", "requiredKnowledge")),
    )


def _references(element: Element, requirement: str, kind: str) -> Iterator[str]:
    for required in _children(element, requirement):
        for reference in _children(required, kind):
            yield reference.get("href", "").rpartition("#")[2]


def _knowledge(element: Element) -> m.Knowledge:
    title = _clean(element.get("name", ""))
    identifier = element.get("id") or title
    logic = _child(element, "encapsulatedLogic")
    return m.Knowledge(identifier, _variable(element, title), None if logic is None else _function(logic, identifier))


# boxed expressions


def _first_boxed(element: Element, above: str) -> m.Boxed | None:
    for child in element:
        if local(child) in _BOXED:
            return _boxed(child, above)
    return None


def _boxed(element: Element, above: str) -> m.Boxed:
    return _BOXED[local(element)](element, element.get("id") or above)


def _inner(element: Element, above: str) -> m.Boxed:
    return _first_boxed(element, above) or m.Text(above, "")


def _text(element: Element | None, above: str) -> m.Text:
    if element is None:
        return m.Text(above, "")
    text = _child(element, "text")
    content = "" if text is None else "".join(text.itertext())
    return m.Text(element.get("id") or above, content.strip(), element.get("expressionLanguage", ""))


def _maybe(element: Element, name: str, above: str) -> m.Text | None:
    child = _child(element, name)
    return None if child is None else _text(child, above)


def _table(element: Element, identifier: str) -> m.Table:
    return m.Table(
        identifier,
        element.get("hitPolicy", "UNIQUE"),
        element.get("aggregation", ""),
        tuple(_input(child, identifier) for child in _children(element, "input")),
        tuple(_output(child, identifier) for child in _children(element, "output")),
        tuple(_rule(child, identifier) for child in _children(element, "rule")),
    )


def _input(element: Element, above: str) -> m.Input:
    identifier = element.get("id") or above
    expression = _text(_child(element, "inputExpression"), identifier)
    return m.Input(identifier, element.get("label", ""), expression, _maybe(element, "inputValues", identifier))


def _output(element: Element, above: str) -> m.Output:
    identifier = element.get("id") or above
    values, default = (_maybe(element, name, identifier) for name in ("outputValues", "defaultOutputEntry"))
    return m.Output(identifier, _clean(element.get("name", "")), values, default)


def _rule(element: Element, above: str) -> m.Rule:
    identifier = element.get("id") or above
    return m.Rule(
        identifier,
        tuple(_text(entry, identifier) for entry in _children(element, "inputEntry")),
        tuple(_text(entry, identifier) for entry in _children(element, "outputEntry")),
    )


def _context(element: Element, identifier: str) -> m.Context:
    return m.Context(
        identifier,
        tuple((_variable(entry, ""), _inner(entry, identifier)) for entry in _children(element, "contextEntry")),
    )


def _list(element: Element, identifier: str) -> m.Items:
    boxed = [child for child in element if local(child) in _BOXED]
    return m.Items(identifier, tuple(_boxed(child, identifier) for child in boxed))


def _relation(element: Element, identifier: str) -> m.Relation:
    columns = tuple(_clean(column.get("name", "")) for column in _children(element, "column"))
    return m.Relation(identifier, columns, tuple(_list(row, identifier).items for row in _children(element, "row")))


def _invocation(element: Element, identifier: str) -> m.Invocation:
    arguments = []
    for binding in _children(element, "binding"):
        parameter = _child(binding, "parameter")
        name = "" if parameter is None else _clean(parameter.get("name", ""))
        arguments.append((name, _inner(binding, identifier)))
    return m.Invocation(identifier, _inner(element, identifier), tuple(arguments))


def _function(element: Element, identifier: str) -> m.FunctionOf:
    parameters = tuple(_clean(child.get("name", "")) for child in _children(element, "formalParameter"))
    external = element.get("kind", "FEEL").upper() not in ("FEEL", "F")
    return m.FunctionOf(identifier, parameters, _first_boxed(element, identifier), external)


def _unsupported(element: Element, identifier: str) -> m.Unsupported:
    return m.Unsupported(identifier, local(element))


_BOXED: dict[str, Callable[[Element, str], m.Boxed]] = {
    "literalExpression": _text,
    "decisionTable": _table,
    "context": _context,
    "list": _list,
    "relation": _relation,
    "invocation": _invocation,
    "functionDefinition": _function,
    **dict.fromkeys(("conditional", "for", "every", "some", "filter"), _unsupported),
}
