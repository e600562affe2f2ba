"""The running side of a case: what its tokens see, wait for and leave behind, beside the tree they live in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from SpiffWorkflow.util.task import TaskState

from akta.ids import TokenId
from akta.languages import N_
from bpmn.values import Kept
from workflows.engine._errors import Stuck
from workflows.engine._expressions import Act
from workflows.engine._journal import Done, Journal, Offer, Phase, Stop, Turns
from workflows.engine._live import ROOT, STEP_BUDGET, LiveCase, LiveFlow, LiveSubFlow, LiveTask
from workflows.engine._safety import NO_PYTHON, NoPython
from workflows.engine._scopes import Scope, view, write
from workflows.engine._spec import FlowSpec
from workflows.engine.outcome import Place, Step


class Token(LiveTask):
    """A live task with variables of its own, what it waits for, and where it stopped.

    So the tree is never deeper than a root, its live tokens, and under each the boundary events that listen for it.
    """

    workflow: "Flow"
    children: "list[Token]"
    parent: "Token"
    case: "Case"

    def __init__(
        self,
        workflow: LiveFlow,
        task_spec: Any,
        parent: LiveTask | None = None,
        state: int = TaskState.FUTURE,
        id: int | None = None,
    ) -> None:
        super().__init__(workflow, task_spec, parent, state, id)
        self.locals: Scope | None = None
        self.result: Scope = {}
        self.offer: Offer | None = None
        self.stop: Stop | None = None
        self.came_by = ""
        self.race = 0
        """The event-based gateway whose first event wins."""
        self.ended_in: Place | None = None
        """Where the flow inside a sub-process ended."""
        self.turns: Turns | None = None
        self.past: list[Done] = []
        """What was done inside and can be compensated."""
        self.undo: list[Done] = []
        """What this token still has to have compensated, the next one last."""
        self.undoes = 0
        """The token that has this one compensate something, and goes on after it."""

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
        if not (self.listening or self.has_state(TaskState.FINISHED_MASK)):
            self.step("cancelled")
        super().cancel()

    def _ready(self) -> None:
        if not self.has_state(TaskState.FINISHED_MASK):
            self._set_state(TaskState.READY)

    def stand_alone(self) -> None:
        """A listener becomes a token of its own, beside what it listened for."""
        self.listening = False
        self.move(self.workflow.task_tree)


class Flow(LiveFlow):
    """A flow with variables, and with what can be compensated in it."""

    task_class = Token
    spec: FlowSpec
    tasks: dict[int, Token]
    task_tree: Token
    top_workflow: "Case"
    host: Token | None
    variables: Kept | None
    """The variables of a case or called process; an embedded sub-process has none of its own."""
    done: list[Done]
    """What completed here and can be compensated, in order."""
    last: Place | None

    def prepare(self, variables: Kept | None) -> None:
        self.variables = variables
        self.done = []
        self.last = None
        self.plant()

    def maps(self) -> list[Scope]:
        if self.variables is not None:
            return [self.variables]
        return [] if self.host is None else self.host.maps()

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

    def _task_completed_notify(self, token: Token) -> None:
        if not self.completed:
            self.last = token.task_spec.ended_at(token)
            self.went_on()

    def went_on(self) -> None:
        """A token has left or ended."""
        if not self.alive():
            self.finish()


class Case(Flow, LiveCase):
    """A running case. However it is made, it has no Python engine."""

    tokens: dict[int, Token]

    def __init__(self, main: FlowSpec, flows: Mapping[str, FlowSpec], now: datetime) -> None:
        self.act = Act(now)
        self.watched: dict[int, Token] = {}
        """Tokens that look at the whole case before they go on: conditions, inclusive joins."""
        self.journal = Journal()
        super().__init__(main, flows, NO_PYTHON)
        self.prepare(Kept())

    @property
    def script_engine(self) -> NoPython:
        return NO_PYTHON

    def create_subprocess(self, my_task: Token, spec_name: str) -> "SubFlow":
        flow = SubFlow(self.subprocess_specs[spec_name], my_task.id, self)
        self.subprocesses[my_task.id] = flow
        return flow

    def forget(self, token: int) -> None:
        super().forget(token)
        self.watched.pop(token, None)

    def drain(self) -> bool:
        quiet = super().drain()
        while self.queue:
            token = self.queue.popleft()
            if token.state == TaskState.READY:
                token.halt(
                    "run", Stuck(N_("the case took %(count)s steps without waiting for anything"), count=STEP_BUDGET)
                )
        return quiet

    def stirred(self) -> bool:
        """When all is quiet, let the first of the tokens that watch the case go on."""
        watching = sorted(self.watched.items()) if self.watched else ()
        return any(token.task_spec.poll(token) for _, token in watching)


class SubFlow(Flow, LiveSubFlow):
    """A sub-process or called process: its host hears when tokens leave and when it ends."""

    def went_on(self) -> None:
        if self.host is not None:
            self.host.task_spec.part_done(self.host, self)

    def finish(self) -> None:
        host = self.host
        super().finish()
        if host is not None:
            self.drop()
            host.task_spec.came_back(host, self)
