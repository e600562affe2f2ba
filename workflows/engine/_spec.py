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
        """The plain start event, if there is one."""
        self.starts: dict[str, Any] = {}
        """The elements of a process at which something from outside begins a case."""
        self.handlers: list[Any] = []
        self.repeated = False
        """It holds nothing but an activity that runs several times."""
