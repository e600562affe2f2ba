"""Types of FEEL: what values can be before there are any, and what in an expression can only be a mistake.

environment = types.Environment({"amount": types.NUMBER, "decision": types.enumeration(["accept", "reject"])})
types.inferred(feel.compile('if decision = "acept" then amount else 0'), environment).misuses
"""

from dataclasses import dataclass

from bpmn import feel
from bpmn.types._declared import declared
from bpmn.types._infer import Environment, Inference, entry_of, inside, uses_value
from bpmn.types._misuse import Misuse, nearest, said
from bpmn.types._nulls import KNOWN, Outcome, with_null
from bpmn.types._results import item_of
from bpmn.types._schemas import of_schema
from bpmn.types._types import (
    ANY,
    BOOLEAN,
    COUNT,
    DATE,
    DAYS,
    INSTANT,
    MONTHS,
    NOTHING,
    NULL,
    NUMBER,
    STRING,
    TIME,
    ContextOf,
    FunctionOf,
    Limits,
    ListOf,
    Plain,
    RangeOf,
    Type,
    context_of,
    enumeration,
    fits,
    function_of,
    limits_of,
    list_of,
    of_value,
    one_of,
    range_of,
)

__all__ = [
    "ANY",
    "BOOLEAN",
    "COUNT",
    "DATE",
    "DAYS",
    "INSTANT",
    "KNOWN",
    "MONTHS",
    "NOTHING",
    "NULL",
    "NUMBER",
    "STRING",
    "TIME",
    "ContextOf",
    "Environment",
    "FunctionOf",
    "Inferred",
    "Limits",
    "ListOf",
    "Misuse",
    "Outcome",
    "Plain",
    "RangeOf",
    "Type",
    "context_of",
    "declared",
    "entry_of",
    "enumeration",
    "fits",
    "function_of",
    "inferred",
    "inside",
    "item_of",
    "limits_of",
    "list_of",
    "nearest",
    "of_schema",
    "of_value",
    "one_of",
    "range_of",
    "said",
    "tested",
    "uses_value",
    "with_null",
]


@dataclass(frozen=True, slots=True)
class Inferred:
    """What an expression can be, and what in it can only be a mistake."""

    type: Type
    misuses: tuple[Misuse, ...]


def inferred(expression: feel.Expression, environment: Environment, *, condition: bool = False) -> Inferred:
    """The type of an expression; a `condition` has to be true or false. Takes time in proportion to its length."""
    inference = Inference(environment)
    try:
        type_ = inference.type(expression.node)
        if condition:
            inference.condition(expression.node, type_)
    except RecursionError:  # deeper than Python goes: nothing is told, and evaluating it meets its own limits
        return Inferred(ANY, ())
    return Inferred(type_, tuple(inference.misuses))


def tested(tests: feel.UnaryTests, value: Type, environment: Environment) -> tuple[Misuse, ...]:
    """What in the tests of a cell can only be a mistake when they look at a value of this type."""
    inference = Inference(environment)
    try:
        inference.tests(tests.node.tests, value)
    except RecursionError:
        return ()
    return tuple(inference.misuses)
