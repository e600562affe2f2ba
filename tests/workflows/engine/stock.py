"""SpiffWorkflow's own specifications, data and Python: as the package runs them, and on our tree of live tasks."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.specs.control import EventSplit
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import SignalEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from workflows.engine._live import ROOT, LiveCase, LiveFlow, LiveSubFlow, LiveTask

_SENT = MessageEventDefinition | SignalEventDefinition


class StockTask(LiveTask):
    """A live task that keeps its variables in `task.data`, and stays as long as specifications look back at it."""

    def __init__(self, workflow: LiveFlow, task_spec: Any, parent: Any = None, *more: Any, **named: Any) -> None:
        super().__init__(workflow, task_spec, parent, *more, **named)
        self.origin = self._parent

    def _add_child(self, task_spec: Any, state: int = TaskState.MAYBE) -> Any:
        # Not Task's: it makes plain tasks. What is only foreseen is made when this task acts.
        if state & TaskState.PREDICTED_MASK and self._state != TaskState.READY:
            return None
        child = type(self)(self.workflow, task_spec, self, state)
        if state == TaskState.READY:
            child._ready()
        return child

    def _sync_children(self, task_specs: list[Any], state: int = TaskState.MAYBE) -> None:
        # When it acts, not when it is foreseen.
        if self._state == TaskState.READY:
            super()._sync_children(task_specs, state)

    def run(self) -> bool | None:
        if self.has_state(TaskState.READY):
            self.task_spec._predict_hook(self)
        return super().run()

    def _inherit_data(self) -> None:
        # Once it hangs under another task, it has what it was given already.
        if self._parent == self.origin:
            super()._inherit_data()

    def _set_state(self, value: int) -> None:
        top = self.workflow.top_workflow
        if value == TaskState.READY and self.task_spec.manual:
            self._state = value
        else:
            super()._set_state(value)
        top.ticks += 1
        self.last_state_change = top.ticks
        if value == TaskState.COMPLETED and self.task_spec.bpmn_id:
            top.done[self.task_spec.bpmn_id] += 1

    def cancel(self) -> None:
        finished = self.has_state(TaskState.FINISHED_MASK) or self.workflow.completed
        if finished or not (isinstance(self.task_spec, UnstructuredJoin) or self.under_split()):
            super().cancel()
        else:
            self._set_state(TaskState.CANCELLED)
            for child in self.children:
                child.cancel()
            self.task_spec._on_cancel(self)

    def under_split(self) -> bool:
        return self.parent is not None and isinstance(self.parent.task_spec, EventSplit)

    def stays(self) -> bool:
        """Whether a specification still looks back at a finished task."""
        if isinstance(self.task_spec, EventSplit):
            return any(not child.has_state(TaskState.FINISHED_MASK) or child.came_to_join() for child in self.children)
        is_join = isinstance(self.task_spec, UnstructuredJoin) and self.has_state(TaskState.CANCELLED)
        return self.task_spec.name == "End" or is_join or self.under_split() or self.came_to_join()

    def came_to_join(self) -> bool:
        return any(isinstance(child.task_spec, UnstructuredJoin) for child in self.children)


class StockFlow(LiveFlow):
    task_class = StockTask
    last_task: Any

    def _task_completed_notify(self, task: Any) -> None:
        self.last_task = task
        if task.id == ROOT:
            task.data = {}
        if isinstance(task.task_spec, UnstructuredJoin):
            for other in [other for other in self.tasks.values() if other.task_spec is task.task_spec]:
                if other is not task and other.has_state(TaskState.FINISHED_MASK):
                    other.remove()
        self.prune()
        if task.task_spec.name == "End":
            self._mark_complete(task)  # type: ignore[attr-defined]  # SpiffWorkflow has no types
        if self.completed:
            self.completed_event(self)  # type: ignore[attr-defined]  # likewise
        else:
            for other in list(self.tasks.values()):
                if other.has_state(TaskState.WAITING) and other.id in self.tasks:
                    other.task_spec._update(other)

    def prune(self) -> None:
        while True:
            done = (task for task in self.tasks.values() if task.id != ROOT and task.has_state(TaskState.FINISHED_MASK))
            task = next((task for task in done if not task.stays()), None)
            if task is None:
                return
            for child in task.children if isinstance(task.task_spec, EventSplit) else ():
                child.give_way()
            task.give_way()


class StockSub(StockFlow, LiveSubFlow):
    pass


class LiveStock(StockFlow, LiveCase):
    """What `BpmnWorkflow` is, on live tasks."""

    def __init__(self, main: Any, flows: Mapping[str, Any]) -> None:
        self.ticks = 0
        self.done: Counter[str] = Counter()
        super().__init__(main, flows, PythonScriptEngine())
        self.plant(TaskState.READY)

    def create_subprocess(self, my_task: Any, spec_name: str) -> StockSub:
        flow = StockSub(self.subprocess_specs[spec_name], my_task.id, self)
        flow.plant(TaskState.READY)
        self.subprocesses[my_task.id] = flow
        return flow

    def forget(self, token: int) -> None:
        super().forget(token)
        self.subprocesses.pop(token, None)

    def do_engine_steps(self, *_: Any) -> None:
        if self.task_tree.has_state(TaskState.READY):
            self.task_tree.run()
        assert self.drain()

    def stirred(self) -> bool:
        self.refresh_timers()
        return bool(self.queue)


def in_python(xml: bytes) -> bytes:
    """A model of `blocks.py` in SpiffWorkflow's own dialect: its conditions and scripts are Python."""
    root = etree.fromstring(xml)
    bpmn, zeebe = f"{{{root.nsmap['bpmn']}}}", f"{{{root.nsmap['zeebe']}}}"
    for condition in root.iter(f"{bpmn}loopCondition"):
        condition.text = str(condition.text).title()
    for duration in root.iter(f"{bpmn}timeDuration"):
        duration.text = '"PT1H"'
    for task in root.iter(f"{bpmn}scriptTask"):
        (script,) = task.iter(f"{zeebe}script")
        body = etree.SubElement(task, f"{bpmn}script")
        body.text = f"{script.get('resultVariable')} = {str(script.get('expression')).removeprefix('=')}"
    return etree.tostring(root)


class Stock:
    """A case of a model in SpiffWorkflow's own dialect."""

    def __init__(self, xml: bytes, variables: Mapping[str, Any], live: bool = False) -> None:
        parser = BpmnParser()
        parser.add_bpmn_xml(etree.fromstring(xml))
        main, flows = parser.get_spec("p"), parser.get_subprocess_specs("p")
        self.workflow: Any = LiveStock(main, flows) if live else BpmnWorkflow(main, flows)
        self.workflow.task_tree.data.update(variables)
        self.workflow.do_engine_steps()

    def _tasks(self) -> list[Any]:
        # The same task may be open several times: then by what it sees.
        ready = self.workflow.get_tasks(state=TaskState.READY, manual=True)
        return sorted(ready, key=lambda task: (str(task.task_spec.bpmn_id), str(sorted(task.data.items()))))

    def open(self) -> list[str]:
        return [str(task.task_spec.bpmn_id) for task in self._tasks()]

    def seen(self) -> list[tuple[str, dict[str, Any]]]:
        """The open tasks with what they see."""
        return [(str(task.task_spec.bpmn_id), dict(task.data)) for task in self._tasks()]

    def awaited(self) -> list[str]:
        """The messages and signals it waits for, by name."""
        rules = [task.task_spec.event_definition for task in self.workflow.event_manager.tasks.values()]
        found = [one for rule in rules for one in getattr(rule, "event_definitions", [rule])]
        return sorted(f"event {one.name}" for one in found if isinstance(one, _SENT))

    def complete(self, name: str, **variables: Any) -> None:
        task = next(task for task in self._tasks() if task.task_spec.bpmn_id == name)
        task.data.update(variables)
        task.run()
        self.workflow.do_engine_steps()

    def happen(self, what: str, **variables: Any) -> None:
        """Complete an open task, or send what is awaited."""
        sent = what.removeprefix("event ")
        if sent == what:
            self.complete(what, **variables)
        else:
            self.send(sent, **variables)

    def send(self, name: str, **payload: Any) -> None:
        kind = SignalEventDefinition if name.startswith("signal") else MessageEventDefinition
        self.workflow.send_event(BpmnEvent(kind(name), payload))
        self.workflow.do_engine_steps()

    @property
    def ended(self) -> bool:
        return bool(self.workflow.is_completed())

    @property
    def data(self) -> dict[str, Any]:
        return dict(self.workflow.last_task.data)
