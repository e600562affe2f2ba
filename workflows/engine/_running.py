"""The running side of a case on SpiffWorkflow: its tokens (tasks), its flows (workflows), its journal."""

from collections import Counter, deque
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from akta.ids import TokenId
from bpmn.values import Kept
from workflows.engine._errors import Stuck
from workflows.engine._expressions import Act
from workflows.engine._journal import Done, Journal, Offer, Phase, Stop, Turns
from workflows.engine._safety import NO_PYTHON, NoPython
from workflows.engine._scopes import Scope, view, write
from workflows.engine._spec import FlowSpec
from workflows.engine.outcome import Place, Step

ROOT = 0
"""Id of the finished task at the root of each flow; tokens count from 1."""

STEP_BUDGET = 100_000


class Token(Task):
    """A task of SpiffWorkflow that is made when its element is reached and dropped when it is done.

    So the tree is never deeper than a root, its live tokens, and under each the boundary events that listen for it.
    """

    id: int
    task_spec: Any
    workflow: "Flow"
    children: "list[Token]"
    parent: "Token"

    def __init__(
        self,
        workflow: "Flow",
        task_spec: Any,
        parent: "Token | None" = None,
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
        self.locals: Scope | None = None
        self.result: Scope = {}
        self.offer: Offer | None = None
        self.stop: Stop | None = None
        self.came_by = ""
        self.race = 0
        """The event-based gateway whose first event wins."""
        self.ended_in: Place | None = None
        """Where the flow inside a sub-process ended."""
        self.listening = False
        """A boundary event or the start of an event sub-process that waits beside the flow."""
        self.turns: Turns | None = None
        self.past: list[Done] = []
        """What was done inside and can be compensated."""
        self.undo: list[Done] = []
        """What this token still has to have compensated, the next one last."""
        self.undoes = 0
        """The token that has this one compensate something, and goes on after it."""
        workflow.tasks[self.id] = self
        if self.id != ROOT:
            case.tokens[self.id] = self
        if parent is not None:
            parent._child_added_notify(self)

    def _child_added_notify(self, child: Task) -> None:
        self._children[child.id] = None

    @property
    def place(self) -> Place:
        place: Place = self.task_spec.place
        return place

    def maps(self) -> list[Scope]:
        """The scopes this token sees, innermost first. A boundary event sees those of what it is attached to."""
        outer = self.parent.maps() if self.parent.id != ROOT else self.workflow.maps()
        return outer if self.locals is None else [self.locals, *outer]

    def visible(self) -> Mapping[str, Any]:
        return view(self.maps())

    def step(self, kind: str, data: Mapping[str, object] | None = None) -> None:
        self.case.journal.steps.append(Step(kind, self.place, TokenId(self.id), data or {}))

    def halt(self, phase: Phase, stuck: Stuck) -> None:
        """Wait for a retry of this phase."""
        self.stop, self.offer = Stop(phase, stuck.cause), None
        self.case.watched.pop(self.id, None)
        self._set_state(TaskState.WAITING)

    def retry(self) -> None:
        """Repeat the phase that stopped."""
        stop, self.stop = self.stop, None
        if stop is None:
            return
        if stop.phase == "run":
            self._set_state(TaskState.READY)
        elif stop.phase == "complete":
            self.complete()
        else:
            self._set_state(TaskState.FUTURE)
            self.task_spec.enter_again(self)

    def run(self) -> bool | None:
        """Act, then go on or wait. Acting may have cancelled this very token, or stopped it."""
        if self._state != TaskState.READY:
            return None
        done: bool | None = self.task_spec._run(self)
        if self._state == TaskState.READY:
            if done:
                self.complete()
            else:
                self._set_state(TaskState.STARTED)
        return done

    def awaits_signal(self, signal: str) -> bool:
        offer = self.offer
        return offer is not None and offer.kind == "signal" and offer.message == signal

    def win(self) -> None:
        """Whoever raced with this token behind an event-based gateway is out."""
        if self.race:
            for other in list(self.workflow.task_tree.children):
                if other.race == self.race and other is not self:
                    other.cancel()

    def skip(self, variables: Scope) -> None:
        """Go on without having acted; the variables are written outwards as they stand."""
        self.stop = self.offer = None
        for name, value in variables.items():
            write(self.workflow.maps(), name, value)
        super().complete()

    def complete(self) -> None:
        """Write the result where it belongs and pass the token on; a failing output mapping stops it."""
        self.offer = None
        try:
            self.task_spec.give(self)
        except Stuck as stuck:
            self.halt("complete", stuck)
        else:
            super().complete()

    def cancel(self) -> None:
        """End this token and everything below it."""
        if self.has_state(TaskState.FINISHED_MASK):
            return
        if not self.listening:
            self.step("cancelled")
        self._set_state(TaskState.CANCELLED)
        for child in self.children:
            child.cancel()
        self.task_spec._on_cancel(self)
        self.remove()

    def remove(self) -> None:
        """Take it out of the tree, its listeners too."""
        for child in self.children:
            child.remove()
        if self.workflow.tasks.pop(self.id, None) is not None:
            self.case.tokens.pop(self.id, None)
            self.case.watched.pop(self.id, None)
            self.parent._children.pop(self.id, None)

    def stand_alone(self) -> None:
        """A listener becomes a token of its own, beside what it listened for."""
        self.listening = False
        root = self.workflow.task_tree
        if self.parent is not root:
            self.parent._children.pop(self.id, None)
            self._parent = root.id
            root._children[self.id] = None

    def _ready(self) -> None:
        if not self.has_state(TaskState.FINISHED_MASK):
            self._set_state(TaskState.READY)

    def _set_state(self, value: int) -> None:
        # The one place where a state changes: what is ready joins the queue, nothing reads the clock or builds a log.
        self._state = value
        if value == TaskState.READY:
            self.case.queue.append(self)


class Flow:
    """What a case and each sub-process or called process running in it have in common."""

    spec: FlowSpec
    tasks: dict[int, Token]
    task_tree: Token
    top_workflow: "Case"
    parent_task_id: int | None
    completed: bool
    variables: Kept | None
    """The variables of a case or called process; an embedded sub-process has none of its own."""
    arrivals: dict[str, Counter[str]]
    """Tokens that came to each join, by the flow they came by."""
    holders: dict[str, Token]
    """The token that waits at each of these joins for the others."""
    done: list[Done]
    """What completed here and can be compensated, in order."""
    last: Place | None

    def prepare(self, variables: Kept | None) -> None:
        self.variables = variables
        self.arrivals = {}
        self.holders = {}
        self.done = []
        self.last = None
        self.task_tree = Token(self, self.spec.start, state=TaskState.COMPLETED, id=ROOT)

    @property
    def host(self) -> Token | None:
        """The token of the sub-process or call activity this flow runs for; none for the case itself."""
        return None if self.parent_task_id is None else self.top_workflow.tokens[self.parent_task_id]

    def maps(self) -> list[Scope]:
        if self.variables is not None:
            return [self.variables]
        return [] if self.host is None else self.host.maps()

    def put(self, spec: Any, under: Token | None = None) -> Token:
        """A new token on an element; nothing has happened to it yet."""
        return Token(self, spec, under or self.task_tree)

    def begin(self, payload: Scope) -> None:
        """Listen for what the event sub-processes wait for, then start."""
        self.open()
        self.start_at(self.spec.task_specs[self.spec.first], payload)

    def start_at(self, spec: Any, payload: Scope) -> None:
        start = self.put(spec)
        start.result = payload
        spec._update(start)

    def open(self) -> None:
        for handler in self.spec.handlers:
            self.listen(handler, self.task_tree)

    def listen(self, spec: Any, under: Token) -> None:
        if spec.listens:
            listener = self.put(spec, under)
            listener.listening = True
            spec._update(listener)

    def alive(self) -> bool:
        return any(token.id != ROOT and not token.listening for token in self.tasks.values())

    def cancel_tokens(self, but: Token | None = None) -> None:
        for token in sorted(self.task_tree.children, key=lambda token: token.id):
            if token is not but:
                token.cancel()
        self.arrivals.clear()
        self.holders.clear()

    def _task_completed_notify(self, token: Token) -> None:
        if not self.completed:
            self.last = token.task_spec.ended_at(token)
            self.went_on()

    def went_on(self) -> None:
        """A token has left or ended."""
        if not self.alive():
            self.finish()

    def finish(self) -> None:
        """Nothing more happens here."""
        self.completed = True
        self.cancel_tokens()


class Case(Flow, BpmnWorkflow):
    """A running case. However it is made, it has no Python engine."""

    def __init__(self, main: FlowSpec, flows: Mapping[str, FlowSpec], now: datetime) -> None:
        self.act = Act(now)
        self.last_token = 0
        self.tokens: dict[int, Token] = {}
        self.queue: deque[Token] = deque()
        self.watched: dict[int, Token] = {}
        """Tokens that look at the whole case before they go on: conditions, inclusive joins."""
        self.journal = Journal()
        super().__init__(main, subprocess_specs=flows, script_engine=NO_PYTHON, deserializing=True)
        self.prepare(Kept())

    @property
    def script_engine(self) -> NoPython:
        return NO_PYTHON

    def next_token(self) -> int:
        self.last_token += 1
        return self.last_token

    def get_task_from_id(self, task_id: int) -> Token:
        return self.tokens[task_id]

    def create_subprocess(self, my_task: Token, spec_name: str) -> "SubFlow":
        flow = SubFlow(self.subprocess_specs[spec_name], my_task.id, self)
        self.subprocesses[my_task.id] = flow
        return flow

    def drain(self) -> None:
        """Run what is ready, first come first served, until everything waits or the budget is spent."""
        for _ in range(STEP_BUDGET):
            if self.queue:
                self.queue.popleft().run()
            elif not self._stirred():
                return
        while self.queue:
            token = self.queue.popleft()
            if token.state == TaskState.READY:
                token.halt("run", Stuck(f"the case took {STEP_BUDGET} steps without waiting for anything"))

    def _stirred(self) -> bool:
        """When all is quiet, let the first of the tokens that watch the case go on."""
        watching = sorted(self.watched.items()) if self.watched else ()
        return any(token.task_spec.poll(token) for _, token in watching)


class SubFlow(Flow, BpmnSubWorkflow):
    """A sub-process or called process while it runs; dropped when it ends."""

    def __init__(self, spec: FlowSpec, parent_task_id: int, top_workflow: Case) -> None:
        super().__init__(spec, parent_task_id, top_workflow, deserializing=True)

    def went_on(self) -> None:
        host = self.host
        if host is not None:
            host.task_spec.part_done(host, self)

    def finish(self) -> None:
        host = self.host
        super().finish()
        if host is not None:
            del self.top_workflow.subprocesses[host.id]
            host.task_spec.came_back(host, self)

    def cancel(self, success: bool = False) -> list[Token]:
        self.completed = True
        self.cancel_tokens()
        del self.top_workflow.subprocesses[self.parent_task_id]
        return []
