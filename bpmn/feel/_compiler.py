"""Nodes into closures. Names inside the text get a slot, all others are looked up by name."""

from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from typing import Any

from akta.languages import N_
from bpmn.feel import _nodes as n
from bpmn.feel import _operators as op
from bpmn.feel import _shapes as shapes
from bpmn.feel import _temporal
from bpmn.feel._builtin import problem
from bpmn.feel._calls import call_code, function_code
from bpmn.feel._constants import constant
from bpmn.feel._control import Bound, any_or_every, choose, filtered, loop, stepped
from bpmn.feel._errors import FeelSyntaxError
from bpmn.feel._functions import FUNCTIONS
from bpmn.feel._lexer import fail
from bpmn.feel._lookups import context_code, from_slot, from_variables, function_or, item_or
from bpmn.feel._parser import open_range
from bpmn.feel._paths import path_code
from bpmn.feel._run import Frame
from bpmn.feel._types import is_instance, resolve
from bpmn.feel._values import Range, order

Code = op.Code
_ITEM = "item"
_BOOLEAN = (n.Between, n.In, n.InstanceOf, n.Quantified, n.Call)
_BOOLEAN_OPERATORS = frozenset(("=", "!=", "<", "<=", ">", ">=", "and", "or"))


class Compiler:
    """Compiles one text. `known` are names that exist outside it (they may hide built-in functions)."""

    def __init__(self, text: str, known: Collection[str], types: Mapping[str, n.Type]) -> None:
        self._text = text
        self._types = types
        self._known = frozenset(known)
        self._layers: list[tuple[str | None, int]] = []
        self._touched: set[int] = set()
        self.slots = 0
        self.size = 0
        """Nodes compiled so far: what evaluating them costs."""
        self.names: set[str] = set()
        self.possible_names: set[str] = set()
        self._makers: dict[type[n.Node], Callable[[Any], Code]] = {
            n.Literal: self._literal,
            n.AtLiteral: self._at_literal,
            n.Name: self._name,
            n.Path: lambda node: path_code(self.code(node.source), node.name),
            n.Filter: self._filter,
            n.Call: self._call,
            n.Negate: lambda node: op.negate(self.code(node.operand)),
            n.Binary: self._binary,
            n.Between: lambda node: op.between(self.code(node.value), self.code(node.low), self.code(node.high)),
            n.In: self._in,
            n.InstanceOf: self._instance_of,
            n.If: lambda node: choose(self.code(node.condition), self.code(node.then), self.code(node.otherwise)),
            n.For: self._for,
            n.Quantified: self._quantified,
            n.FunctionDefinition: self._function,
            n.ListOf: self._list,
            n.ContextOf: self._context,
            n.RangeOf: self._range,
        }

    def code(self, node: n.Node) -> Code:
        """The closure for a node."""
        self.size += 1
        return self._makers[type(node)](node)

    # slots

    def _slot(self) -> int:
        self.slots += 1
        return self.slots - 1

    def _bind(self, name: str) -> int:
        slot = self._slot()
        self._layers.append((name, slot))
        return slot

    def _leave(self, count: int) -> None:
        if count:
            del self._layers[-count:]

    def bind_value(self) -> int:
        """The slot of `?`, the value that tests look at."""
        return self._bind("?")

    # names and literals

    def _literal(self, node: n.Literal) -> Code:
        value = node.value
        return lambda frame: value

    def _at_literal(self, node: n.AtLiteral) -> Code:
        value = _temporal.at_literal(node.text)
        if value is None:
            raise fail(
                self._text, node.at, N_('"%(text)s" is no date, time, date and time, or duration'), text=node.text
            )
        return lambda frame: value

    def _name(self, node: n.Name) -> Code:
        items: list[int] = []
        for name, slot in reversed(self._layers):
            if name is None:
                items.append(slot)
            elif name == node.name:
                self._touched.add(slot)
                return item_or(items, node.name, from_slot(slot))
        if node.name in FUNCTIONS and node.name not in self._known and not items:
            function = FUNCTIONS[node.name]
            return lambda frame: frame.vars.get(node.name, function)
        (self.possible_names if items else self.names).add(node.name)
        return item_or(items, node.name, from_variables(node.name))

    def _binary(self, node: n.Binary) -> Code:
        general = op.BINARY[node.operator](self.code(node.left), self.code(node.right))
        if not isinstance(node.left, n.Name):
            return general
        value = constant(node.right)
        if not shapes.comparable(node.operator, value) or self._in_filter():
            return general
        slot = next((slot for name, slot in reversed(self._layers) if name == node.left.name), None)
        if slot is not None:
            return shapes.slot_with_constant(slot, node.operator, value, general)
        return shapes.variable_with_constant(node.left.name, node.operator, value, general)

    def _in_filter(self) -> bool:
        """Whether a name may be an entry of an item being filtered."""
        return any(name is None for name, _ in self._layers)

    def _filter(self, node: n.Filter) -> Code:
        source = self.code(node.source)
        if isinstance(node.condition, n.Literal) and node.condition.value is not None:
            return filtered(source, self.code(node.condition), None, 0)
        slot = self._bind(_ITEM)
        self._layers.append((None, slot))
        before = self.size
        condition = self.code(node.condition)
        self._leave(2)
        return filtered(source, condition, slot, self.size - before)

    # calls and functions

    def _call(self, node: n.Call) -> Code:
        positional = tuple(self.code(argument) for argument in node.positional)
        named = tuple((name, self.code(argument)) for name, argument in node.named)
        function = node.function
        if not isinstance(function, n.Name):
            return call_code(self.code(function), positional, named)
        builtin = FUNCTIONS.get(function.name)
        if function.name in self._known or any(name == function.name for name, _ in self._layers):
            return call_code(function_or(self._name(function), builtin), positional, named)
        if builtin is None:
            raise self._unknown_function(function)
        wrong = problem(builtin.name, len(node.positional), [name for name, _ in node.named])
        if wrong:
            raise fail(self._text, function.at, N_("%(name)s is called as %(usage)s"), name=builtin.name, usage=wrong)
        return call_code(lambda frame: builtin, positional, named)

    def _unknown_function(self, function: n.Name) -> FeelSyntaxError:
        candidates = [*FUNCTIONS, *self._known, *(name for name, _ in self._layers if name)]
        near = get_close_matches(function.name, candidates, n=1)
        if near:
            text = N_('there is no function "%(name)s". Did you mean "%(near)s"?')
            return fail(self._text, function.at, text, name=function.name, near=near[0])
        return fail(self._text, function.at, N_('there is no function "%(name)s".'), name=function.name)

    def _function(self, node: n.FunctionDefinition, own_slot: int | None = None) -> Code:
        slots = [self._bind(name) for name, _ in node.parameters]
        before = self.size
        body = None if node.body is None else self.code(node.body)
        self._leave(len(slots))
        names = tuple(name for name, _ in node.parameters)
        types = tuple(declared and resolve(declared, self._types) for _, declared in node.parameters)
        return function_code(names, types, slots, body, self.size - before, own_slot)

    # flow

    def _iterators(self, iterators: tuple[n.Iterator, ...]) -> list[Bound]:
        bound = []
        for iterator in iterators:
            source = self.code(iterator.source)
            if iterator.until is not None:
                source = stepped(source, self.code(iterator.until))
            bound.append(Bound(self._bind(iterator.name), source))
        return bound

    def _for(self, node: n.For) -> Code:
        partial, before = self._bind("partial"), self.size
        bound = self._iterators(node.iterators)
        body = self.code(node.body)
        self._leave(len(bound) + 1)
        return loop(bound, body, partial if partial in self._touched else None, self.size - before)

    def _quantified(self, node: n.Quantified) -> Code:
        before = self.size
        bound = self._iterators(node.iterators)
        condition = self.code(node.condition)
        self._leave(len(bound))
        return any_or_every(bound, condition, node.every, self.size - before)

    # made values

    def _list(self, node: n.ListOf) -> Code:
        slot = self._bind("?") if any(isinstance(item, n.Comparison) for item in node.items) else 0
        items = tuple(self._item(item) for item in node.items)
        self._leave(1 if slot else 0)

        def run(frame: Frame) -> list[Any]:
            frame.run.room(len(items))
            return [item(frame) for item in items]

        return run

    def _item(self, item: n.Node) -> Code:
        """An item of a list; a test such as `< 5` becomes the range of what passes it."""
        if not isinstance(item, n.Comparison):
            return self.code(item)
        return self.code(open_range(item.at, item.operator, item.operand))

    def _context(self, node: n.ContextOf) -> Code:
        entries: list[tuple[str, int, Code]] = []
        for key, value in node.entries:
            slot = self._slot()
            if isinstance(value, n.FunctionDefinition):
                self._layers.append((key, slot))
                code = self._function(value, slot)
            else:
                code = self.code(value)
                self._layers.append((key, slot))
            entries.append((key, slot, code))
        self._leave(len(entries))
        return context_code(tuple(entries))

    def _range(self, node: n.RangeOf) -> Code:
        low = self.code(node.low) if node.low else None
        high = self.code(node.high) if node.high else None
        low_closed, high_closed, operator = node.low_closed, node.high_closed, node.operator
        if operator in ("=", "!=") and low is not None:
            return _equal_range(low, operator)

        def run(frame: Frame) -> Range | None:
            a = low(frame) if low else None
            b = high(frame) if high else None
            if (low and a is None) or (high and b is None):
                return frame.run.null("an end of the range is null")
            if low and high and order(a, b, frame.run) is None:
                return frame.run.null("the two ends of the range do not go together")
            return Range(a, b, low_closed, high_closed, operator)

        return run

    # tests

    def _instance_of(self, node: n.InstanceOf) -> Code:
        value, declared = self.code(node.value), resolve(node.type, self._types)
        return lambda frame: is_instance(value(frame), declared, frame.run)

    def _in(self, node: n.In) -> Code:
        value = self.code(node.value)
        slot = self._bind("?")
        test = self.tests(node.tests, slot)
        self._leave(1)

        def run(frame: Frame) -> Any:
            frame.slots[slot] = value(frame)
            return test(frame)

        return run

    def tests(self, tests: tuple[n.Node, ...], slot: int) -> Code:
        """One closure for a list of tests on the value in the slot: true if one holds."""
        return op.any_test(tuple(self._test(test, slot) for test in tests))

    def _test(self, node: n.Node, slot: int) -> Code:
        if isinstance(node, n.Comparison):
            general = op.BINARY[node.operator](from_slot(slot), self.code(node.operand))
            value = constant(node.operand)
            if not shapes.comparable(node.operator, value):
                return general
            return shapes.slot_with_constant(slot, node.operator, value, general)
        self._touched.discard(slot)
        code = self.code(node)
        if isinstance(node, n.RangeOf):
            return op.range_test(slot, code)
        uses_value = slot in self._touched
        boolean = isinstance(node, _BOOLEAN) or (isinstance(node, n.Binary) and node.operator in _BOOLEAN_OPERATORS)
        if uses_value or boolean:
            return op.boolean_test(slot, code, uses_value)
        return op.equality_test(slot, code)


def _equal_range(operand: Code, operator: str) -> Code:
    """`(= 5)` and `(!= 5)`."""
    closed = operator == "="

    def run(frame: Frame) -> Range | None:
        value = operand(frame)
        if value is None:
            return frame.run.null("the range's value is null")
        return Range(value, value, closed, closed, operator)

    return run
