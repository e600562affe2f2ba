"""The nodes of compiled expressions, for analyses that read them."""

from datetime import date, datetime, time, timedelta

from bpmn.feel._nodes import (
    AtLiteral,
    Between,
    Binary,
    Call,
    Comparison,
    ContextOf,
    Filter,
    For,
    FunctionDefinition,
    If,
    In,
    InstanceOf,
    Iterator,
    ListOf,
    Literal,
    Name,
    Negate,
    Node,
    Path,
    Quantified,
    RangeOf,
    Tests,
    Type,
)
from bpmn.feel._temporal import at_literal
from bpmn.values import YearsMonths


def constant_of(text: str) -> date | time | datetime | timedelta | YearsMonths | None:
    """The value that `@"…"`, or a date written as `date("…")`, stands for."""
    return at_literal(text)


__all__ = [
    "AtLiteral",
    "Between",
    "Binary",
    "Call",
    "Comparison",
    "ContextOf",
    "Filter",
    "For",
    "FunctionDefinition",
    "If",
    "In",
    "InstanceOf",
    "Iterator",
    "ListOf",
    "Literal",
    "Name",
    "Negate",
    "Node",
    "Path",
    "Quantified",
    "RangeOf",
    "Tests",
    "Type",
    "constant_of",
]
