"""What an evaluator built on FEEL (DMN) needs besides compiled expressions."""

from bpmn.feel._arithmetic import add
from bpmn.feel._calls import call_named
from bpmn.feel._functions import FUNCTIONS
from bpmn.feel._run import Run
from bpmn.feel._values import Function, Range, equal, kind, leave, order

__all__ = ["FUNCTIONS", "Function", "Range", "Run", "add", "call_named", "equal", "kind", "leave", "order"]
