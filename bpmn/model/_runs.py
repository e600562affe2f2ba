"""What of BPMN is run: the one list against which bundles are checked and from which the engine is made."""

from collections.abc import Mapping

ACTIVITIES = frozenset(
    {"task", "userTask", "serviceTask", "sendTask", "receiveTask", "scriptTask", "businessRuleTask", "manualTask"}
    | {"subProcess", "transaction", "adHocSubProcess", "callActivity"}
)
CONTAINERS = frozenset({"subProcess", "transaction", "adHocSubProcess"})
GATEWAYS = frozenset({"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"})
HANDLER_START = "start of an event sub-process"
PROCESS_START = "start of the process itself"
_OUTSIDE = frozenset({"message", "timer", "signal"})
_INSIDE = _OUTSIDE | {"error", "escalation", "conditional"}
EVENT_KINDS: Mapping[str, frozenset[str]] = {
    "startEvent": frozenset({""}),
    PROCESS_START: _OUTSIDE | {""},
    HANDLER_START: _INSIDE,
    "endEvent": frozenset({"", "message", "signal", "error", "escalation", "compensate", "cancel", "terminate"}),
    "intermediateCatchEvent": _OUTSIDE | {"conditional", "link"},
    "intermediateThrowEvent": frozenset({"", "message", "signal", "escalation", "compensate", "link"}),
    "boundaryEvent": _INSIDE | {"compensate", "cancel"},
}
"""What an event may be about, by BPMN local name; an empty kind is an event about nothing."""
EVENTS = frozenset(EVENT_KINDS) - {HANDLER_START, PROCESS_START}
RUNS = ACTIVITIES | GATEWAYS | EVENTS
"""BPMN local names of the flow nodes that are run; each with limits of its own."""
