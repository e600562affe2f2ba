"""What an evaluator built on FEEL (DMN) needs besides compiled expressions."""

from bpmn.feel._arithmetic import add
from bpmn.feel._calls import call_named
from bpmn.feel._control import gone_through
from bpmn.feel._functions import FUNCTIONS
from bpmn.feel._nodes import Type
from bpmn.feel._numbers import CONTEXT
from bpmn.feel._run import Run
from bpmn.feel._types import MISFIT, PLAIN, fit, resolve
from bpmn.feel._values import Function, Range, equal, items_of, kind, leave, order

__all__ = [
    "CONTEXT",
    "FUNCTIONS",
    "MISFIT",
    "PLAIN",
    "Function",
    "Range",
    "Run",
    "Type",
    "add",
    "call_named",
    "equal",
    "fit",
    "gone_through",
    "items_of",
    "kind",
    "leave",
    "order",
    "resolve",
]
