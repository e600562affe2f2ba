"""DMN decisions: tables, expressions and what they require, read from XML and made with FEEL."""

from bpmn.dmn._decisions import Decided, Decisions, read
from bpmn.dmn._errors import DmnError
from bpmn.dmn._problems import Problem

__all__ = ["Decided", "Decisions", "DmnError", "Problem", "read"]
