"""What a letter template may say: names, conditions, loops and a few filters, never a call."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import StrictUndefined, nodes
from jinja2.exceptions import TemplateSyntaxError
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

FILTERS = frozenset(
    {"upper", "lower", "title", "capitalize", "trim", "default", "d", "join", "length", "first", "last"}
)
TESTS = frozenset({"defined", "undefined", "none", "true", "false", "in"})

_ALLOWED: tuple[type[nodes.Node], ...] = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem),
    *(nodes.If, nodes.For, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not),
    *(nodes.Filter, nodes.Test, nodes.Keyword, nodes.Tuple, nodes.List),
)

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""What XML cannot hold."""

_OPENS = re.compile(r"\{(?=[{%#])")


class Environment(ImmutableSandboxedEnvironment):
    """Jinja for letters. The sandbox is the second wall; the first is that the language has no calls at all."""

    def __init__(self, filters: Mapping[str, Callable[..., Any]]) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined, finalize=_written)
        self.globals = {}
        self.filters = {name: found for name, found in self.filters.items() if name in FILTERS} | dict(filters)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for node in _all(tree):
            _check(node, self.filters)
        return tree

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A part of the data. There are no attributes: `contract.items` is a value named items, or nothing."""
        return super().getattr(obj, attribute) if isinstance(obj, LoopContext) else self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        try:
            return obj[argument] if isinstance(obj, (Mapping, list, tuple)) else self.undefined(obj=obj, name=argument)
        except (LookupError, TypeError):
            return self.undefined(obj=obj, name=argument)


def paths(tree: nodes.Template) -> set[str]:
    """The data a template reads, as dotted names; what a loop binds itself is left out."""
    from jinja2.meta import find_undeclared_variables

    roots = find_undeclared_variables(tree)
    return {path for node in _tops(tree) if (path := _dotted(node)) and path.partition(".")[0] in roots}


EACH = "[]"
"""The step of a path from a list to each of its items."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Data a template reads, as the steps of a path. Without what is `sure` to be read no letter can be made."""

    path: tuple[str, ...]
    sure: bool


def readings(tree: nodes.Template) -> Iterator[Reading]:
    """Everything a template reads, also of the items of lists it goes through."""
    yield from _Reader({}).read(tree, sure=True)


@dataclass(frozen=True)
class _Reader:
    """Reads a part of a template in which some names are bound by loops."""

    bound: Mapping[str, tuple[str, ...]]

    def read(self, node: nodes.Node, *, sure: bool) -> Iterator[Reading]:
        path = _path(node)
        if path:
            known = self.bound.get(path[0], path[:1])
            if known:
                yield Reading((*known, *path[1:]), sure)
            return
        match node:
            case nodes.For():
                yield from self._loop(node, sure)
            case nodes.If(test=test):
                yield from self.read(test, sure=sure)
                yield from self._each((*node.body, *node.elif_, *node.else_), sure=False)
            case nodes.CondExpr(test=test):
                yield from self.read(test, sure=sure)
                yield from self._each((node.expr1, *([node.expr2] if node.expr2 else [])), sure=False)
            case nodes.And() | nodes.Or():
                yield from self.read(node.left, sure=sure)
                yield from self.read(node.right, sure=False)
            case nodes.Test(name="defined" | "undefined") | nodes.Filter(name="default" | "d"):
                yield from self._each(node.iter_child_nodes(), sure=False)
            case _:
                yield from self._each(node.iter_child_nodes(), sure=sure)

    def _each(self, inner: Iterable[nodes.Node], *, sure: bool) -> Iterator[Reading]:
        for one in inner:
            yield from self.read(one, sure=sure)

    def _loop(self, node: nodes.For, sure: bool) -> Iterator[Reading]:
        """What a loop goes through is read; a list may be empty."""
        source = next(iter(self.read(node.iter, sure=sure)), None) if _path(node.iter) else None
        yield from self.read(node.iter, sure=sure)
        targets = [node.target] if isinstance(node.target, nodes.Name) else list(node.target.find_all(nodes.Name))
        item = (*source.path, EACH) if source is not None and len(targets) == 1 else ()
        inside = _Reader({**self.bound, **{target.name: item for target in targets}, "loop": ()})
        inner = [*node.body, *([node.test] if node.test else [])]
        yield from inside._each(inner, sure=False)
        yield from self._each(node.else_, sure=False)


def _path(node: nodes.Node) -> tuple[str, ...]:
    dotted = _dotted(node)
    return tuple(dotted.split(".")) if dotted else ()


def _all(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _all(child)


def _tops(node: nodes.Node) -> Iterator[nodes.Node]:
    """Whole paths: `contract.number`, and not `contract` within it."""
    for child in node.iter_child_nodes():
        if _dotted(child):
            yield child
        else:
            yield from _tops(child)


def _dotted(node: nodes.Node) -> str:
    if isinstance(node, nodes.Name) and node.ctx == "load":
        return node.name
    if isinstance(node, nodes.Getattr):
        inner, last = _dotted(node.node), node.attr
    elif isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
        inner, last = _dotted(node.node), node.arg.value
    else:
        return ""
    return f"{inner}.{last}" if inner else ""


def _check(node: nodes.Node, filters: Mapping[str, object]) -> None:
    line = node.lineno or 1
    if not isinstance(node, _ALLOWED) or (isinstance(node, nodes.For) and node.recursive):
        raise TemplateSyntaxError(f"a letter cannot say this ({type(node).__name__})", line)
    if isinstance(node, nodes.Filter) and node.name not in filters:
        raise TemplateSyntaxError(f"there is no filter {node.name!r} in letters", line)
    if isinstance(node, nodes.Test) and node.name not in TESTS:
        raise TemplateSyntaxError(f"there is no test {node.name!r} in letters", line)
    if isinstance(node, nodes.Getitem) and not isinstance(node.arg, nodes.Const):
        raise TemplateSyntaxError("a letter cannot read a part by a computed name", line)
    if _read(node).startswith("_"):
        raise TemplateSyntaxError(f"a letter cannot read {_read(node)!r}", line)


def _read(node: nodes.Node) -> str:
    """The name by which a node reads data; empty if it reads none."""
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        return str(node.arg.value)
    return node.attr if isinstance(node, nodes.Getattr) else node.name if isinstance(node, nodes.Name) else ""


def _written(value: Any) -> Any:
    """A value as it is printed. Nothing is printed as nothing; braces of data are kept from being read as template,
    because docxtpl renders footnotes once for each section."""
    if value is None:
        return ""
    if isinstance(value, str):
        return type(value)(_OPENS.sub("{\N{WORD JOINER}", _ILLEGAL.sub("", value)))
    return value
