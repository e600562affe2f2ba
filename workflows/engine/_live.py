"""SpiffWorkflow's tree of tasks with nothing in it but what lives, and indexes instead of searches.

A task is made when its element is reached and dropped when it is done; nothing is predicted. So a step costs what it
moves, however much has been and however much could come. Nothing here knows of variables: `_running.py` keeps them
beside the tree, and SpiffWorkflow's own specifications, which keep them in `task.data`, run on this layer as well.
"""

from collections import Counter, deque
from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

ROOT = 0
"""Id of the task at the root of each flow; tokens count from 1."""

STEP_BUDGET = 100_000


class LiveTask(Task):
    """A task of SpiffWorkflow that counts its ids, keeps no clock and predicts nothing."""

    id: int
    task_spec: Any
    workflow: Any
    children: list[Any]
    parent: Any
    case: Any

    def __init__(
        self,
        workflow: "LiveFlow",
        task_spec: Any,
        parent: "LiveTask | None" = None,
        state: int = TaskState.FUTURE,
        id: int | None = None,
    ) -> None:
        # Not Task.__init__: it draws a random id and reads the clock.
        self.workflow = workflow
        self.case = case = workflow.top_workflow
        self.task_spec = task_spec
        self.id = case.next_token() if id is None else id
        self._parent = None if parent is None else parent.id
        # A dict, so that one of a thousand can be taken out without looking at the others.
        self._children: dict[int, None] = {}
        self._state = state
        self.triggered = False
        self.thread_id = 0
        self.data: dict[str, object] = {}
        self.internal_data: dict[str, object] = {}
        self.last_state_change = 0
        self.listening = False
        """A boundary event or the start of an event sub-process that waits beside the flow."""
        workflow.tasks[self.id] = self
        if self.id != ROOT:
            case.tokens[self.id] = self
        if parent is not None:
            parent._child_added_notify(self)

    def _child_added_notify(self, child: Task) -> None:
        self._children[child.id] = None

    def _set_state(self, value: int) -> None:
        # The one place where a state changes: what is ready joins the queue, nothing reads the clock or builds a log.
        self._state = value
        if value == TaskState.READY:
            self.case.queue.append(self)

    def run(self) -> bool | None:
        """Act, then go on or wait. Acting may have cancelled this very task, or stopped it."""
        if self._state != TaskState.READY:
            return None
        done: bool | None = self.task_spec._run(self)
        if self._state == TaskState.READY:
            if done:
                self.complete()
            else:
                self._set_state(TaskState.STARTED)
        return done

    def cancel(self) -> None:
        """End this task and everything below it."""
        live = not self.has_state(TaskState.FINISHED_MASK)
        if live:
            self._set_state(TaskState.CANCELLED)
        for child in self.children:
            child.cancel()
        if live:
            self.task_spec._on_cancel(self)
            self.remove()

    def remove(self) -> None:
        """Take it out of the tree with everything below it."""
        for child in self.children:
            child.remove()
        if self.workflow.tasks.pop(self.id, None) is not None:
            self.case.forget(self.id)
            self.parent._children.pop(self.id, None)
        if not self.has_state(TaskState.FINISHED_MASK):
            # Whoever still holds it must not wake it.
            self._state = TaskState.CANCELLED

    def move(self, under: "LiveTask") -> None:
        """Hang it under another task of its flow."""
        if self._parent is not None and self.parent is not under:
            self.parent._children.pop(self.id, None)
            self._parent = under.id
            under._child_added_notify(self)

    def give_way(self) -> None:
        """Take it out of the tree; what is below takes its place."""
        for child in self.children:
            child.move(self.parent)
        self.remove()


class LiveFlow:
    """What a case and each sub-process or called process running in it have in common."""

    spec: Any
    tasks: dict[int, Any]
    task_tree: Any
    top_workflow: Any
    parent_task_id: int | None
    completed: bool
    arrivals: dict[str, Counter[str]]
    """Tokens that came to each join, by the flow they came by."""
    holders: dict[str, Any]
    """The token that waits at each of these joins for the others."""

    task_class: type[LiveTask] = LiveTask

    def plant(self, state: int = TaskState.COMPLETED) -> None:
        """Make the root under which everything lives."""
        self.arrivals = {}
        self.holders = {}
        self.task_tree = self.task_class(self, self.spec.start, state=state, id=ROOT)

    @property
    def host(self) -> Any:
        """The token of the sub-process or call activity this flow runs for; none for the case itself."""
        return None if self.parent_task_id is None else self.top_workflow.tokens[self.parent_task_id]

    def put(self, spec: Any, under: Any = None) -> Any:
        """A new token on an element; nothing has happened to it yet."""
        return self.task_class(self, spec, under or self.task_tree)

    def alive(self) -> bool:
        return any(task.id != ROOT and not task.listening for task in self.tasks.values())

    def cancel_tokens(self, but: Any = None) -> None:
        for task in sorted(self.task_tree.children, key=lambda task: int(task.id)):
            if task is not but:
                task.cancel()
        self.arrivals.clear()
        self.holders.clear()

    def finish(self) -> None:
        """Nothing more happens here."""
        self.completed = True
        self.cancel_tokens()

    def _remove_task(self, task_id: int) -> None:
        self.tasks[task_id].remove()


class LiveCase(LiveFlow, BpmnWorkflow):
    """A case with the tokens of all its flows by id, and what is ready in a queue."""

    def __init__(self, main: Any, flows: Mapping[str, Any], script_engine: Any) -> None:
        self.last_token = 0
        self.tokens: dict[int, Any] = {}
        self.queue: deque[Any] = deque()
        # The root is made by `plant`: the package would make a plain task and predict what follows it.
        super().__init__(main, subprocess_specs=flows, script_engine=script_engine, deserializing=True)

    def next_token(self) -> int:
        self.last_token += 1
        return self.last_token

    def get_task_from_id(self, task_id: int) -> Any:
        return self.tokens[task_id]

    def forget(self, token: int) -> None:
        self.tokens.pop(token, None)

    def drain(self) -> bool:
        """Run what is ready, first come first served; whether all was quiet before the budget was spent."""
        for _ in range(STEP_BUDGET):
            if self.queue:
                self.queue.popleft().run()
            elif not self.stirred():
                return True
        return False

    def stirred(self) -> bool:
        """Whether something became ready just because all is quiet."""
        return False


class LiveSubFlow(LiveFlow, BpmnSubWorkflow):
    """A sub-process or called process while it runs; dropped when it ends."""

    def __init__(self, spec: Any, parent_task_id: int, top_workflow: LiveCase) -> None:
        super().__init__(spec, parent_task_id, top_workflow, deserializing=True)

    def drop(self) -> None:
        del self.top_workflow.subprocesses[self.parent_task_id]

    def cancel(self, success: bool = False) -> list[Task]:
        self.completed = True
        self.cancel_tokens()
        self.drop()
        return []
