"""The two things a text can be compiled to: an expression, and the tests of a table cell."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeVar

from akta.languages import N_
from bpmn.feel._compiler import Code, Compiler
from bpmn.feel._errors import FeelLimit, FeelSyntaxError
from bpmn.feel._functions import FUNCTIONS
from bpmn.feel._names import Names
from bpmn.feel._nodes import Node, Tests, Type
from bpmn.feel._parser import Parser
from bpmn.feel._run import Allowance, Frame, Run
from bpmn.feel._values import SIMPLE, leave
from bpmn.values import Value

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Explained:
    """A result, and why nulls on the way to it are null."""

    value: Value
    reasons: tuple[str, ...]


class Expression:
    """A compiled expression: immutable, safe to share between threads."""

    __slots__ = ("_code", "_size", "_slots", "names", "node", "possible_names", "text")

    def __init__(self, text: str, node: Node, code: Code, compiler: Compiler) -> None:
        self.text = text
        self.node = node
        self.names = frozenset(compiler.names)
        """Variables it reads, by the first piece of their path."""
        self.possible_names = frozenset(compiler.possible_names)
        """Names inside filters: entries of the items, or variables if the items have no such entry."""
        self._code = code
        self._slots = compiler.slots
        self._size = compiler.size

    def evaluate(self, variables: Mapping[str, Any], *, now: datetime, allowance: Allowance | None = None) -> Value:
        """The value; a name that is not among the variables is null.

        `now` is aware; `today()` is the day in its zone. Times written without a zone stay without one.
        `allowance` is shared with the other evaluations of the same act.

        Raises:
            FeelLimit: it would take too many steps, or too much depth or memory.
        """
        run = Run(now) if allowance is None else allowance.open(now)
        try:
            value = self.run(variables, run)
            if value.__class__ not in SIMPLE:
                value = leave(value, run)
            return value  # type: ignore[no-any-return]
        finally:
            if allowance is not None:
                allowance.close(run)

    def explain(self, variables: Mapping[str, Any], *, now: datetime, allowance: Allowance | None = None) -> Explained:
        """The value with the reasons for nulls.

        Raises:
            FeelLimit: as `evaluate`.
        """
        with (allowance or Allowance()).run(now) as run:
            value = leave(self.run(variables, run), run)
            return Explained(value, tuple(run.reasons))

    def run(self, variables: Mapping[str, Any], run: Run) -> Any:
        """Inside an evaluation that goes on: the value as FEEL has it, which may be a range or a function.

        Raises:
            FeelLimit: as `evaluate`.
        """
        run.steps -= self._size
        if run.steps < 0:
            run.spend(0)
        try:
            return self._code(Frame(variables, [None] * self._slots if self._slots else _NO_SLOTS, run))
        except RecursionError:
            raise FeelLimit(N_("The expression is nested too deeply.")) from None


class UnaryTests:
    """The compiled tests of a table cell: immutable, safe to share between threads."""

    __slots__ = ("_code", "_size", "_slots", "names", "negated", "node", "text")

    def __init__(self, text: str, node: Tests, code: Code | None, compiler: Compiler) -> None:
        self.text = text
        self.node = node
        self.names = frozenset(compiler.names)
        self.negated = node.negated
        self._code = code
        self._slots = compiler.slots
        self._size = compiler.size

    @property
    def always(self) -> bool:
        """Whether any value passes (`-`)."""
        return self._code is None

    def evaluate(self, value: Any, variables: Mapping[str, Any], *, now: datetime) -> bool:
        """Whether the value passes one of the tests. What cannot be compared does not pass.

        Raises:
            FeelLimit: it would take too many steps, or too much depth or memory.
        """
        return self.run(value, variables, Run(now))

    def run(self, value: Any, variables: Mapping[str, Any], run: Run) -> bool:
        """Inside an evaluation that goes on.

        Raises:
            FeelLimit: as `evaluate`.
        """
        if self._code is None:
            return True
        run.steps -= self._size
        if run.steps < 0:
            run.spend(0)
        slots = [value] if self._slots == 1 else [value, *([None] * (self._slots - 1))]
        try:
            result = self._code(Frame(variables, slots, run))
        except RecursionError:
            raise FeelLimit(N_("The test is nested too deeply.")) from None
        return result is False if self.negated else result is True


_BUILT_IN = Names(FUNCTIONS)
_KEPT, _KEPT_TEXT = 1024, 300
"""How many compiled expressions are kept by their text, and the longest text that is."""
_NO_SLOTS: tuple[None, ...] = ()
_NO_TYPES: Mapping[str, Type] = MappingProxyType({})


@lru_cache(maxsize=64)
def _known(names: frozenset[str]) -> Names:
    """Built-in and given names, prepared once for all texts of a file. Never added to."""
    return Names(names, _BUILT_IN)


def compile(text: str, names: Collection[str] = (), types: Mapping[str, Type] = _NO_TYPES) -> Expression:
    """Compile an expression (without a leading `=`).

    `names` are the variables known beforehand: needed only for names with spaces or signs in them, and for
    functions that come as variables. `types` are the item definitions by name, resolved.

    Raises:
        FeelSyntaxError: with line, column and what was expected.
    """
    if types or len(text) > _KEPT_TEXT:
        return _shallow(text, lambda: _compile(text, names, types))
    return _kept(text, frozenset(names))


@lru_cache(maxsize=_KEPT)
def _kept(text: str, names: frozenset[str]) -> Expression:
    return _shallow(text, lambda: _compile(text, names, _NO_TYPES))


def _compile(text: str, names: Collection[str], types: Mapping[str, Type]) -> Expression:
    node = Parser(text, _known(frozenset(names))).expression()
    compiler = Compiler(text, names, types)
    return Expression(text, node, compiler.code(node), compiler)


def compile_unary(text: str, names: Collection[str] = (), types: Mapping[str, Type] = _NO_TYPES) -> UnaryTests:
    """Compile the tests of a table cell: `-`, `< 5`, `[1..3], 7`, `not("a")`, or an expression with `?`.

    Raises:
        FeelSyntaxError: with line, column and what was expected.
    """
    return _shallow(text, lambda: _compile_unary(text, names, types))


def _compile_unary(text: str, names: Collection[str], types: Mapping[str, Type]) -> UnaryTests:
    node = Parser(text, _known(frozenset(names))).unary()
    compiler = Compiler(text, names, types)
    slot = compiler.bind_value()
    code = compiler.tests(node.tests, slot) if node.tests else None
    return UnaryTests(text, node, code, compiler)


def _shallow(text: str, make: Callable[[], T]) -> T:
    try:
        return make()
    except RecursionError:
        raise FeelSyntaxError(N_("the expression is nested too deeply"), 1, 1) from None
