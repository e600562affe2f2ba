"""A compiled process or sub-process."""

from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from workflows.engine.outcome import Place


class FlowSpec(BpmnProcessSpec):
    """A process or sub-process as compiled: its elements by id, where it starts, and its event sub-processes."""

    def __init__(self, name: str, place: Place) -> None:
        super().__init__(name=name)
        self.place = place
        self.first = ""
        self.handlers: list[Any] = []
