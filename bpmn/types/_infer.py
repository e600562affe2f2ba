"""Types of expressions, from the types of their variables; and what can only be a mistake.

Nothing is said about what might be right for some values: a finding is about an expression that is null, or always the
same, whatever the values are. So there are no false alarms as long as the types of the variables are true.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from akta.languages import N_, sentence
from bpmn.feel import nodes as n
from bpmn.types import _calls, _compare
from bpmn.types._misuse import Misuse, nearest, said
from bpmn.types._results import ARITHMETIC, NEGATABLE, PROPERTIES, item_of
from bpmn.types._types import (
    ANY,
    BOOLEAN,
    NULL,
    NULL_KIND,
    PLAIN,
    ContextOf,
    FunctionOf,
    ListOf,
    Plain,
    RangeOf,
    Shape,
    Type,
    context_of,
    function_of,
    list_of,
    of_value,
    one_of,
    range_of,
)

MAX_MISUSES = 50
"""Findings in one expression."""


@dataclass(frozen=True)
class Environment:
    """What an expression can see. In a `closed` one every other name is a mistake, else it can be anything."""

    variables: Mapping[str, Type] = field(default_factory=dict)
    closed: bool = True

    def with_(self, more: Mapping[str, Type]) -> "Environment":
        """The same with these variables before it."""
        return Environment({**self.variables, **more}, self.closed) if more else self


class Inference:
    """Goes through one expression."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._layers: list[tuple[str | None, Type]] = []
        self.misuses: list[Misuse] = []
        self._makers: dict[type[n.Node], Callable[[Any], Type]] = {
            n.Literal: lambda node: of_value(node.value),
            n.AtLiteral: lambda node: of_value(n.constant(node)),
            n.Name: self._name,
            n.Path: self._path,
            n.Filter: self._filter,
            n.Call: self._call,
            n.Negate: self._negate,
            n.Binary: self._binary,
            n.Between: self._between,
            n.In: self._in,
            n.InstanceOf: self._instance_of,
            n.If: self._if,
            n.For: self._for,
            n.Quantified: self._quantified,
            n.FunctionDefinition: self._function,
            n.ListOf: self._list,
            n.ContextOf: self._context,
            n.RangeOf: self._range,
            n.Comparison: lambda node: range_of(self.type(node.operand)),
        }

    def type(self, node: n.Node) -> Type:
        """The type of a node."""
        make = self._makers.get(type(node))
        return ANY if make is None else make(node)

    def wrong(self, code: str, node: n.Node, text: str, /, **params: object) -> None:
        """Note a misuse."""
        self._note(Misuse(code, node.at, sentence(text, **params)))

    def _note(self, misuse: Misuse) -> None:
        if len(self.misuses) < MAX_MISUSES and misuse not in self.misuses:
            self.misuses.append(misuse)

    def bind(self, name: str | None, type_: Type) -> None:
        """A name inside the text; None: the entries of the item that is being filtered."""
        self._layers.append((name, type_))

    def leave(self, count: int) -> None:
        del self._layers[len(self._layers) - count :]

    # names

    def _name(self, node: n.Name) -> Type:
        """Innermost first; an entry of an item that is being filtered goes before what the name means outside."""
        found: list[Type] = []
        for name, type_ in reversed(self._layers):
            if name == node.name:
                return one_of(*found, type_)
            if name is None:
                entry, sure = _entry_of_item(type_, node.name)
                found.append(entry)
                if sure:
                    return one_of(*found)
        return one_of(*found, self._outer(node, not any(part.shapes != () for part in found)))

    def _outer(self, node: n.Name, alone: bool) -> Type:
        known = self._environment.variables.get(node.name)
        if known is not None:
            return known
        if not self._environment.closed:
            return ANY
        if node.name in n.FORMS:
            return function_of(None, ANY)
        if not alone:
            return NULL
        self._unknown(node)
        return ANY

    def _unknown(self, node: n.Name) -> None:
        inner = {known for name, type_ in self._layers for known in ((name,) if name else entry_names(type_))}
        near = nearest(node.name, {*self._environment.variables, *inner})
        if near:
            text = N_('nothing sets "%(name)s". Did you mean "%(near)s"?')
            self.wrong("unknown-variable", node, text, name=node.name, near=near)
        else:
            self.wrong("unknown-variable", node, N_('nothing sets "%(name)s".'), name=node.name)

    def _path(self, node: n.Path) -> Type:
        source = self.type(node.source)
        found = entry_of(source, node.name)
        if found is not None or source.solid.shapes == ():
            return NULL if found is None else found
        near = nearest(node.name, entry_names(source))
        if near:
            text = N_('there is no "%(name)s" in it. Did you mean "%(near)s"?')
            self.wrong("no-entry", node, text, name=node.name, near=near)
        else:
            self.wrong(
                "no-entry", node, N_('there is no "%(name)s" in it: it is %(type)s.'), name=node.name, type=said(source)
            )
        return ANY

    # operators

    def _negate(self, node: n.Negate) -> Type:
        operand = self.type(node.operand)
        value = n.constant(node)
        if value is not None:
            return of_value(value)
        if operand.solid.shapes and not operand.may_be(*NEGATABLE):
            self.wrong("wrong-type", node, N_("%(type)s has no negative."), type=said(operand))
        return one_of(NULL, *(PLAIN[kind] for kind in NEGATABLE if operand.may_be(kind)))

    def _binary(self, node: n.Binary) -> Type:
        left, right = self.type(node.left), self.type(node.right)
        if node.operator in ARITHMETIC:
            return self._arithmetic(node, left, right)
        if node.operator in ("and", "or"):
            for operand, type_ in ((node.left, left), (node.right, right)):
                self.condition(operand, type_)
            return BOOLEAN.optional
        self.compared(node, node.operator, left, right)
        return BOOLEAN.optional

    def compared(self, node: n.Node, operator: str, left: Type, right: Type) -> None:
        """Note a comparison that always comes out the same."""
        told = _compare.verdict(operator, left, right)
        if told is not None:
            self._told(told, node, left, right)

    def _told(self, told: _compare.Told, node: n.Node, left: Type, right: Type) -> None:
        params = {"left": said(left), "right": said(right), "near": told.near}
        self._note(Misuse(told.code, node.at, sentence(told.text, **params), told.certain))

    def _arithmetic(self, node: n.Binary, left: Type, right: Type) -> Type:
        hits = [result for (a, b), result in ARITHMETIC[node.operator].items() if left.may_be(a) and right.may_be(b)]
        if not hits and left.solid.shapes != () and right.solid.shapes != ():
            text = N_("%(left)s %(operator)s %(right)s has no meaning.")
            self.wrong("wrong-type", node, text, left=said(left), operator=node.operator, right=said(right))
        return one_of(NULL, *hits)

    def condition(self, node: n.Node, type_: Type) -> None:
        """Note a condition that is neither true nor false."""
        if type_.solid.shapes and not type_.may_be("boolean"):
            text = N_("a condition must be true or false; this is %(type)s.")
            self.wrong("not-boolean", node, text, type=said(type_))

    def _between(self, node: n.Between) -> Type:
        value = self.type(node.value)
        for end, operator in ((node.low, ">="), (node.high, "<=")):
            limit = self.type(end)
            told = _compare.verdict(operator, value, limit)
            if told is not None and not told.holds:
                self._told(told, node, value, limit)
        return BOOLEAN.optional

    def _in(self, node: n.In) -> Type:
        self.tests(node.tests, self.type(node.value))
        return BOOLEAN.optional

    def _instance_of(self, node: n.InstanceOf) -> Type:
        self.type(node.value)
        return BOOLEAN.optional

    # tests

    def tests(self, tests: tuple[n.Node, ...], value: Type) -> None:
        """The tests of a cell, or behind `in`, on a value of this type."""
        self.bind("?", value)
        for test in tests:
            self._test(test, value)
        self.leave(1)

    def _test(self, node: n.Node, value: Type) -> None:
        if isinstance(node, n.Comparison):
            self.compared(node, node.operator, value, self.type(node.operand))
            return
        type_ = self.type(node)
        if uses_value(node):
            self.condition(node, type_)
        elif type_.kinds is not None and not (type_.may_be("boolean") and not isinstance(node, n.Literal)):
            told = _compare.membership(value, type_)
            if told is not None:
                self._told(told, node, value, type_)

    # flow

    def _if(self, node: n.If) -> Type:
        self.condition(node.condition, self.type(node.condition))
        return one_of(self.type(node.then), self.type(node.otherwise))

    def _iterators(self, iterators: tuple[n.Iterator, ...]) -> int:
        for iterator in iterators:
            source = self.type(iterator.source)
            until = None if iterator.until is None else self.type(iterator.until)
            self.bind(iterator.name, item_of(source) if until is None else one_of(source.solid, until.solid).loose)
        return len(iterators)

    def _for(self, node: n.For) -> Type:
        self.bind("partial", list_of(ANY))
        count = self._iterators(node.iterators)
        body = self.type(node.body)
        self.leave(count + 1)
        return list_of(body).optional

    def _quantified(self, node: n.Quantified) -> Type:
        count = self._iterators(node.iterators)
        self.condition(node.condition, self.type(node.condition))
        self.leave(count)
        return BOOLEAN.optional

    def _filter(self, node: n.Filter) -> Type:
        source = self.type(node.source)
        item = _items(source)
        self.bind(None, item)
        self.bind("item", item)
        condition = self.type(node.condition)
        self.leave(2)
        if condition.solid.shapes and not condition.may_be("boolean", "number"):
            text = N_("in [ ] stands a condition or a position; this is %(type)s.")
            self.wrong("not-boolean", node, text, type=said(condition))
        picked = [item, NULL] if condition.may_be("number") or isinstance(node.condition, n.Literal) else []
        kept = [] if condition.kinds == frozenset(("number",)) else [list_of(item)]
        truth = condition.kinds is not None and condition.kinds <= {"boolean", NULL_KIND}
        return one_of(*kept, *picked, *([] if truth else [NULL]))

    # calls and functions

    def _call(self, node: n.Call) -> Type:
        positional = tuple(self.type(argument) for argument in node.positional)
        named = tuple((name, self.type(argument)) for name, argument in node.named)
        callee = node.function
        if isinstance(callee, n.Name) and self._built_in(callee.name):
            result, misfit = _calls.built_in(callee.name, positional, named)
            if misfit is None:
                return result
            self._note(Misuse("wrong-argument", node.at, misfit))
            return ANY
        type_ = self.type(callee)
        if type_.solid.shapes and not type_.may_be("function"):
            self.wrong("wrong-type", node, N_("%(type)s cannot be called."), type=said(type_))
        function = type_.of("function")
        if not isinstance(function, FunctionOf):
            return ANY
        misfit = _calls.own(function, positional, named)
        if misfit is not None:
            self._note(Misuse("wrong-argument", node.at, misfit))
        return function.result.optional

    def _built_in(self, name: str) -> bool:
        """Whether the name means the built-in function here: nothing else that is known has it."""
        inner = any(known == name for known, _ in self._layers)
        return name in n.FORMS and not inner and name not in self._environment.variables

    def _function(self, node: n.FunctionDefinition) -> Type:
        parameters = {name: ANY for name, _ in node.parameters}
        for name, type_ in parameters.items():
            self.bind(name, type_)
        result = ANY if node.body is None else self.type(node.body)
        self.leave(len(parameters))
        return function_of(parameters, result)

    # made values

    def _list(self, node: n.ListOf) -> Type:
        self.bind("?", ANY)
        made = list_of(one_of(*(self.type(item) for item in node.items)))
        self.leave(1)
        return made

    def _context(self, node: n.ContextOf) -> Type:
        entries: dict[str, Type] = {}
        for name, value in node.entries:
            recursive = isinstance(value, n.FunctionDefinition)
            if recursive:
                self.bind(name, function_of(None, ANY))
            entries[name] = self.type(value)
            if recursive:
                self.leave(1)
            self.bind(name, entries[name])
        self.leave(len(entries))
        return context_of(entries)

    def _range(self, node: n.RangeOf) -> Type:
        ends = [self.type(end) for end in (node.low, node.high) if end is not None]
        if len(ends) == 2:
            self.compared(node, "..", *ends)
        point = one_of(*ends).loose
        sure = point.shapes is not None and len(point.shapes) == 1 and not point.may_be(NULL_KIND)
        return range_of(point) if sure else range_of(point).optional


def entry_of(source: Type, name: str) -> Type | None:
    """What `source.name` is; None when no value of this type has such a thing."""
    if source.shapes is None:
        return ANY
    parts = [(shape, _of_shape(shape, name)) for shape in source.shapes]
    if all(part is None for _, part in parts):
        return None
    return one_of(*(_without(shape) if part is None else part for shape, part in parts))


def _without(shape: Shape) -> Type:
    """What the path comes to where there is no such entry: null, of a list as many."""
    if isinstance(shape, ListOf):
        return list_of(one_of(*(_without(inner) for inner in shape.item.shapes or ())))
    return NULL


def entry_names(type_: Type) -> frozenset[str]:
    """The names a value of this type, or of its items, can be asked for."""
    names: set[str] = set()
    for shape in type_.shapes or ():
        match shape:
            case ContextOf():
                names |= shape.by_name.keys()
            case ListOf(item):
                names |= entry_names(item)
            case Plain(kind):
                names |= PROPERTIES.get(kind, {}).keys()
    return frozenset(names)


def _of_shape(shape: object, name: str) -> Type | None:
    match shape:
        case ContextOf():
            return shape.by_name.get(name, ANY if shape.open else None)
        case ListOf(item):
            inner = entry_of(item, name)
            return list_of(inner) if inner is not None else list_of(NULL) if not item.solid.shapes else None
        case RangeOf(point):
            included = BOOLEAN if name in ("start included", "end included") else None
            return point.optional if name in ("start", "end") else included
        case Plain(kind):
            return PROPERTIES.get(kind, {}).get(name)
    return None


def _entry_of_item(item: Type, name: str) -> tuple[Type, bool]:
    """The entry of the item being filtered, and whether every item has one."""
    if item.shapes is None:
        return ANY, False
    context = item.of("context")
    if not isinstance(context, ContextOf):
        return Type(()), False
    entry = context.by_name.get(name)
    if entry is None:
        return (ANY if context.open else Type(())), False
    return entry, item.kinds == frozenset(("context",)) and not entry.may_be(NULL_KIND)


def _items(source: Type) -> Type:
    """What a filter goes through: the items of a list, or the one value."""
    if source.shapes is None:
        return ANY
    parts = (shape.item if isinstance(shape, ListOf) else Type((shape,)) for shape in source.solid.shapes or ())
    return one_of(*parts)


def inside(node: Any) -> Iterator[n.Node]:
    """A node and every node in it."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        if isinstance(found, tuple):
            waiting.extend(found)
        elif isinstance(found, n.Node | n.Iterator):
            if isinstance(found, n.Node):
                yield found
            waiting.extend(getattr(found, each.name) for each in fields(found))


def uses_value(node: n.Node) -> bool:
    """Whether a test looks at `?` itself."""
    return any(isinstance(part, n.Name) and part.name == "?" for part in inside(node))
