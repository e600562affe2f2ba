"""DMN XML into the model: the graph and its types."""

from collections import Counter

from lxml import etree

from akta.languages import N_
from bpmn.dmn import _model as m
from bpmn.dmn._errors import DmnError
from bpmn.dmn._read_boxed import Element, child, children, clean, first_boxed, function, maybe, reference_type
from bpmn.xml import local, parse

MAX_BYTES = 5_000_000
_NAMESPACES = (
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "https://www.omg.org/spec/DMN/20230324/MODEL/",
)
_ELEMENTS = ("inputData", "decision", "businessKnowledgeModel", "decisionService", "itemDefinition", "itemComponent")
_PARTS = ("variable", "formalParameter", "parameter", "parameters", "output", "column", "import", "definitions")
_NAMED = frozenset((*_ELEMENTS, *_PARTS))
_MAX_TYPES = 30
"""Components inside each other in one item definition."""


def model(xml: bytes) -> m.Model:
    """The file as plain data.

    Raises:
        DmnError: not well-formed, with a document type, too large, no DMN, or two elements with the same id.
    """
    root = _root(xml)
    namespace = root.get("namespace", "")
    reader = _Graph(namespace)
    found = m.Model(
        namespace,
        clean(root.get("name", "")),
        tuple(reader.decision(element) for element in children(root, "decision")),
        tuple(reader.knowledge(element) for element in children(root, "businessKnowledgeModel")),
        tuple(reader.service(element) for element in children(root, "decisionService")),
        tuple(_input(element) for element in children(root, "inputData")),
        tuple(_item(element, 0) for element in children(root, "itemDefinition")),
        tuple(m.Import(clean(e.get("name", "")), e.get("namespace", "")) for e in children(root, "import")),
        _names(root),
        frozenset(element.get("id", "") for element in children(root, "knowledgeSource")),
    )
    ids = [element.id for element in found.elements]
    double = next((known for known, count in Counter(ids).items() if count > 1), None)
    if double is not None:
        raise DmnError(N_("two elements have the same id"), double)
    return found


def _root(xml: bytes) -> Element:
    try:
        root = parse(xml, MAX_BYTES)
    except ValueError as error:
        raise DmnError(N_("the file %(reason)s"), "", reason=error) from error
    name = etree.QName(root)
    if name.localname != "definitions" or name.namespace not in _NAMESPACES:
        raise DmnError(N_("the file is no DMN of version 1.1 to 1.5"))
    return root


def _names(root: Element) -> frozenset[str]:
    found = set()
    for element in root.iter():
        if local(element) in _NAMED:
            found.add(clean(element.get("name", "")))
        found.add(clean(element.get("iteratorVariable", "")))
    return frozenset(found - {""})


def _identity(element: Element) -> tuple[str, str, m.Variable]:
    """Id, title, and the variable that holds the element's value."""
    title = clean(element.get("name", ""))
    identifier = element.get("id") or title
    declared = child(element, "variable")
    name = clean(declared.get("name") or "") if declared is not None else ""
    return identifier, title, m.Variable(name or title or identifier, reference_type(declared))


def _input(element: Element) -> m.InputData:
    identifier, _, variable = _identity(element)
    return m.InputData(identifier, variable.name, variable.type)


class _Graph:
    """Reads what refers to other elements; references into the own namespace lose it."""

    def __init__(self, namespace: str) -> None:
        self._namespace = namespace

    def decision(self, element: Element) -> m.Decision:
        identifier, title, variable = _identity(element)
        return m.Decision(
            identifier,
            variable.name,
            variable.type,
            title,
            first_boxed(element, identifier),
            self._required(element, "informationRequirement", "requiredInput"),
            self._required(element, "informationRequirement", "requiredDecision"),
            self._required(element, "knowledgeRequirement", "requiredKnowledge"),
        )

    def knowledge(self, element: Element) -> m.Knowledge:
        identifier, _, variable = _identity(element)
        logic = child(element, "encapsulatedLogic")
        made = None if logic is None else function(logic, identifier)
        required = self._required(element, "knowledgeRequirement", "requiredKnowledge")
        return m.Knowledge(identifier, variable.name, variable.type, made, required)

    def service(self, element: Element) -> m.Service:
        identifier, _, variable = _identity(element)
        return m.Service(
            identifier,
            variable.name,
            variable.type,
            self._references(element, "inputData"),
            self._references(element, "inputDecision"),
            self._references(element, "outputDecision"),
        )

    def _required(self, element: Element, requirement: str, kind: str) -> tuple[str, ...]:
        return tuple(found for node in children(element, requirement) for found in self._references(node, kind))

    def _references(self, element: Element, kind: str) -> tuple[str, ...]:
        return tuple(self._reference(node.get("href", "")) for node in children(element, kind))

    def _reference(self, href: str) -> str:
        namespace, _, identifier = href.rpartition("#")
        return identifier if namespace in ("", self._namespace) else href


def _item(element: Element, depth: int) -> m.ItemDefinition:
    name = clean(element.get("name", ""))
    identifier = element.get("id") or name
    if depth > _MAX_TYPES:
        raise DmnError(N_("a type has components more than %(most)s levels deep"), identifier, most=_MAX_TYPES)
    made = child(element, "functionItem")
    parameters = () if made is None else tuple(children(made, "parameters"))
    return m.ItemDefinition(
        identifier,
        name,
        reference_type(element),
        element.get("isCollection") == "true",
        maybe(element, "allowedValues", identifier),
        maybe(element, "typeConstraint", identifier),
        tuple(_item(component, depth + 1) for component in children(element, "itemComponent")),
        None if made is None else (tuple(map(_parameter, parameters)), clean(made.get("outputTypeRef", ""))),
    )


def _parameter(element: Element) -> m.Variable:
    return m.Variable(clean(element.get("name", "")), reference_type(element))
