"""FEEL, the expression language of DMN: text is compiled once to closures over plain data and run under a budget.

No Python is ever run from an expression: there is no attribute access, no `eval`, and nothing to reach out with.
"""

from bpmn.feel._errors import FeelLimit, FeelSyntaxError
from bpmn.feel._expressions import Explained, Expression, UnaryTests, compile, compile_unary
from bpmn.feel._run import Allowance
from bpmn.feel._temporal import days_of

__all__ = [
    "Allowance",
    "Explained",
    "Expression",
    "FeelLimit",
    "FeelSyntaxError",
    "UnaryTests",
    "compile",
    "compile_unary",
    "days_of",
]
