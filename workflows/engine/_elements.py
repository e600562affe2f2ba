"""What every element of a model does when a token reaches it, acts on it and leaves it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin

from akta.languages import N_, sentence
from bpmn.values import Value, plain
from workflows.engine._dialect import Reader
from workflows.engine._errors import NotPossible, Stuck
from workflows.engine._expressions import Act, Formula, Rule
from workflows.engine._journal import Done
from workflows.engine._running import SubFlow, Token
from workflows.engine._scopes import Scope, mapped, write
from workflows.engine._spec import FlowSpec
from workflows.engine.outcome import Place


@dataclass(frozen=True, slots=True)
class Edge:
    """A sequence flow that leaves an element."""

    id: str
    target: str
    condition: Formula | None = None


class Element(BpmnSpecMixin):
    """A task specification of SpiffWorkflow with the zeebe dialect's mappings and guarded phases.

    Enter (input mappings), act, complete (output mappings): each phase can stop the token, and a retry repeats it.
    """

    handles = False
    """An event sub-process."""
    compensates = False
    """Its token runs only to compensate something."""
    attached = False
    """It is no place of its own a token could be put in front of."""

    @property
    def called(self) -> str:
        """What people call it."""
        return self.place.name or self.place.element

    @property
    def joins(self) -> bool:
        """It waits until several tokens have come."""
        return False

    @property
    def listens(self) -> bool:
        """It waits beside the flow as soon as its host or scope is there."""
        return False

    def __init__(self, wf_spec: FlowSpec, bpmn_id: str, reader: Reader, place: Place) -> None:
        super().__init__(wf_spec, bpmn_id, bpmn_name=place.name)
        self.place = place
        self.takes = reader.mappings("input")
        self.gives = reader.mappings("output")
        self.leaving: list[Edge] = []
        self.arriving: list[str] = []
        self.boundaries: list[Any] = []
        self.handler = ""
        """The activity that compensates this one."""
        self.read(reader)

    def read(self, reader: Reader) -> None:
        """Take in what this kind of element needs beside mappings."""

    def groups(self, _seen: Mapping[str, Value], _act: Act) -> tuple[str, ...]:
        """Whose task it would be for who sees these variables; nobody's in particular if it is none.

        Raises:
            Stuck: that cannot be said.
        """
        return ()

    def test(self) -> None:
        """Nothing to test at run time: the model was checked when it was compiled."""

    def _update(self, my_task: Token) -> None:
        # No predictions: a token's successors are made when it leaves.
        if self._update_hook(my_task):
            my_task._ready()

    def _update_hook(self, my_task: Token) -> bool:
        my_task.step("entered")
        return self.enter(my_task)

    def enter_again(self, token: Token) -> None:
        if self.enter(token):
            token._ready()

    def enter(self, token: Token) -> bool:
        """Evaluate the input mappings into the token's own scope and let its boundary events listen."""
        try:
            if self.takes:
                base = token.locals or {}
                token.locals = {**base, **mapped(self.takes, base, token.workflow.maps(), token.case.act)}
        except Stuck as stuck:
            token.halt("enter", stuck)
            return False
        for boundary in self.boundaries:
            token.workflow.listen(boundary, token)
        return True

    def _run(self, my_task: Token) -> bool | None:
        try:
            result = self.act(my_task)
        except Stuck as stuck:
            my_task.halt("run", stuck)
            return None
        if result is None:
            return None
        my_task.result = result
        return True

    def act(self, token: Token) -> Scope | None:
        """Do the element's work: its result, or None when it waits for something outside."""
        return token.result

    def give(self, token: Token) -> None:
        """Write the token's result outwards: through its output mappings if it has any, else whole."""
        outer = token.workflow.maps()
        written = token.result
        if self.gives:
            written = mapped(self.gives, {**(token.locals or {}), **token.result}, outer, token.case.act)
        host = token.workflow.host
        if host is not None:
            host.task_spec.collect(host, token, written)
        for name, value in written.items():
            write(outer, name, value)

    def _on_complete(self, my_task: Token) -> None:
        """Pass the token on: its successors take its place in the tree."""
        flow = my_task.workflow
        if my_task.undoes:
            self._undone(my_task)
            return
        my_task.step("completed")
        if self.handler or my_task.past:
            flow.done.append(Done(self.name, dict(my_task.locals) if my_task.locals else None, my_task.past))
        following = []
        for edge in self.next(my_task):
            child = flow.put(flow.spec.task_specs[edge.target])
            child.came_by = edge.id
            child.race = self.race_of(my_task)
            following.append(child)
        my_task.remove()
        for child in following:
            child.task_spec._update(child)
        flow._task_completed_notify(my_task)

    def _undone(self, token: Token) -> None:
        """A compensation is done: nothing follows it, and who asked for it goes on."""
        if self.compensates:
            token.step("completed")
        flow, asker = token.workflow, token.case.tokens.get(token.undoes)
        token.remove()
        if asker is not None:
            asker.task_spec.undone(asker)
        flow._task_completed_notify(token)

    def part_done(self, host: Token, flow: SubFlow) -> None:
        """A token inside has left or ended."""
        if not flow.alive():
            flow.finish()

    def part_gone(self, host: Token, flow: SubFlow) -> None:
        """A token inside was taken away by hand."""

    def collect(self, host: Token, token: Token, written: Scope) -> None:
        """A token inside is about to complete with these variables, which are not written yet.

        Raises:
            Stuck: what the host wants to know then cannot be evaluated.
        """

    def poll(self, token: Token) -> bool:
        """Whether a token that watches the case has gone on now that all is quiet."""
        return False

    def brought(self, token: Token) -> Scope:
        """The values of the input mappings."""
        names = {mapping.target[0] for mapping in self.takes}
        return {name: value for name, value in (token.locals or {}).items() if name in names}

    def next(self, token: Token) -> list[Edge]:
        return self.leaving

    def race_of(self, token: Token) -> int:
        return 0

    def resolve(self, token: Token, flow: str) -> None:
        """Take the way a person decided on, where the element cannot.

        Raises:
            NotPossible: this element has no choice to make.
        """
        if flow:
            raise NotPossible(N_("%(element)s has no flows to choose from"), element=self.called)

    def ended_at(self, token: Token) -> Place:
        """Where the flow stands if nothing follows this token."""
        return self.place


def text_of(value: Value, what: str) -> str:
    """A value as the one word it must be: equal numbers and times give equal words.

    Raises:
        Stuck: it is null, empty, or nothing that is written as one word.
    """
    if value is None or value in ("", [], {}):
        raise Stuck(N_("%(what)s is empty"), what=sentence(what))
    if isinstance(value, bool | list | dict) or (isinstance(value, Decimal) and abs(value.adjusted()) > 34):
        raise Stuck(N_("%(what)s is no text"), what=sentence(what))
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).isoformat()
    return str(plain(value))


def word(rule: Rule, token: Token, what: str) -> str:
    """The word a rule gives where a token stands.

    Raises:
        Stuck: it gives none.
    """
    seen, act = token.visible(), token.case.act
    try:
        return text_of(rule.evaluate(seen, act), what)
    except Stuck as stuck:
        raise Stuck(stuck.cause, at=rule.text, why=rule.why(seen, act)) from stuck
