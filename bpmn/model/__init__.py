"""Process models read from BPMN XML: elements, flows, lanes, messages and every expression with its place."""

from bpmn.model._elements import (
    BpmnError,
    Element,
    Event,
    Expression,
    Flow,
    Lane,
    Mapped,
    Message,
    Process,
    Repeat,
    Zeebe,
)
from bpmn.model._expressions import expressions, feel_text, is_feel, is_iso
from bpmn.model._reader import MAX_NODES, NODES, ModelError, read, read_all
from bpmn.model._runs import ACTIVITIES, CONTAINERS, EVENT_KINDS, EVENTS, GATEWAYS, HANDLER_START, PROCESS_START, RUNS

__all__ = [
    "ACTIVITIES",
    "CONTAINERS",
    "EVENTS",
    "EVENT_KINDS",
    "GATEWAYS",
    "HANDLER_START",
    "MAX_NODES",
    "NODES",
    "PROCESS_START",
    "RUNS",
    "BpmnError",
    "Element",
    "Event",
    "Expression",
    "Flow",
    "Lane",
    "Mapped",
    "Message",
    "ModelError",
    "Process",
    "Repeat",
    "Zeebe",
    "expressions",
    "feel_text",
    "is_feel",
    "is_iso",
    "read",
    "read_all",
]
