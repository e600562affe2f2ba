"""What of BPMN is run: the one list against which bundles are checked and from which the engine is made."""

from collections.abc import Mapping

ACTIVITIES = frozenset(
    {"userTask", "serviceTask", "sendTask", "receiveTask", "scriptTask", "businessRuleTask", "manualTask"}
    | {"subProcess", "callActivity"}
)
GATEWAYS = frozenset({"exclusiveGateway", "parallelGateway", "eventBasedGateway"})
HANDLER_START = "start of an event sub-process"
PROCESS_START = "start of the process itself"
EVENT_KINDS: Mapping[str, frozenset[str]] = {
    "startEvent": frozenset({""}),
    PROCESS_START: frozenset({"", "message", "timer", "signal"}),
    HANDLER_START: frozenset({"message", "timer", "signal", "error"}),
    "endEvent": frozenset({"", "message", "signal", "error", "terminate"}),
    "intermediateCatchEvent": frozenset({"message", "timer", "signal"}),
    "intermediateThrowEvent": frozenset({"", "message", "signal"}),
    "boundaryEvent": frozenset({"message", "timer", "signal", "error"}),
}
"""What an event may be about, by BPMN local name; an empty kind is an event about nothing."""
EVENTS = frozenset(EVENT_KINDS) - {HANDLER_START, PROCESS_START}
RUNS = ACTIVITIES | GATEWAYS | EVENTS
"""BPMN local names of the flow nodes that are run; each with limits of its own."""
