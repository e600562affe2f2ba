"""SpiffWorkflow as it comes, to compare with: its own parser, engine and serialiser."""

from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.serializer.workflow import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

_serializer = BpmnWorkflowSerializer()


class Plain:
    """A process parsed once; each of its cases starts from that specification."""

    def __init__(self, xml: bytes, key: str) -> None:
        parser = BpmnParser()
        parser.add_bpmn_xml(etree.fromstring(xml))
        self.specs = parser.get_subprocess_specs(key)
        self.spec = parser.get_spec(key)

    def start(self, variables: dict[str, Any]) -> BpmnWorkflow:
        """Run a case to its first wait."""
        workflow = BpmnWorkflow(self.spec, self.specs)
        workflow.task_tree.set_data(**variables)
        workflow.do_engine_steps()
        return workflow

    def life(self, variables: dict[str, Any]) -> None:
        """Start, wait, save; restore, answer every task at once, save; until the case ends."""
        saved = save(self.start(variables))
        while not (workflow := restore(saved)).is_completed():
            answer(workflow)
            saved = save(workflow)


def answer(workflow: BpmnWorkflow) -> None:
    """Complete the tasks that wait."""
    for task in workflow.get_tasks(state=TaskState.READY, manual=True):
        task.run()
    workflow.do_engine_steps()


def save(workflow: BpmnWorkflow) -> str:
    saved: str = _serializer.serialize_json(workflow)
    return saved


def restore(saved: str) -> BpmnWorkflow:
    return _serializer.deserialize_json(saved)
