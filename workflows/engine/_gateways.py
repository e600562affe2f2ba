"""Gateways: one way, all ways, or the way of the first event."""

from collections import Counter

from SpiffWorkflow.util.task import TaskState

from workflows.engine._elements import Edge, Element
from workflows.engine._errors import NotPossible, Stuck
from workflows.engine._running import Token
from workflows.engine._scopes import Scope


class ExclusiveGateway(Element):
    """Takes the first flow, in the order of the model, whose condition is true; else the default."""

    def act(self, token: Token) -> Scope | None:
        token.came_by = self._choose(token).id
        return {}

    def _choose(self, token: Token) -> Edge:
        otherwise = None
        for edge in self.leaving:
            if edge.condition is None:
                otherwise = edge
                continue
            seen, act = token.visible(), token.case.act
            value = edge.condition.evaluate(seen, act)
            if not isinstance(value, bool):
                why = edge.condition.why(seen, act)
                raise Stuck(f"{edge.condition.text}: the condition is neither true nor false{why}")
            if value:
                return edge
        if otherwise is None:
            raise Stuck("no condition is true and there is no default flow")
        return otherwise

    def resolve(self, token: Token, flow: str) -> None:
        if flow not in [edge.id for edge in self.leaving]:
            raise NotPossible(f"name a flow that leaves {self.place.name or self.name}")
        token.came_by = flow

    def next(self, token: Token) -> list[Edge]:
        return [edge for edge in self.leaving if edge.id == token.came_by]


class ParallelGateway(Element):
    """Waits until a token came by every flow, then takes all flows that leave.

    Arrivals are counted by flow, as BPMN says; SpiffWorkflow looks for finished tasks, which goes wrong in loops.
    """

    @property
    def joins(self) -> bool:
        return len(self.arriving) > 1

    def _update_hook(self, my_task: Token) -> bool:
        if not self.joins:
            return bool(super()._update_hook(my_task))
        arrived = my_task.workflow.arrivals.setdefault(self.name, Counter())
        arrived[my_task.came_by] += 1
        first = self._waiting(my_task)
        if first is None:
            self._wait(my_task)
        elif all(arrived[edge] for edge in self.arriving):
            arrived.subtract(self.arriving)
            first.task_spec.enter_again(first)
            if any(arrived.values()):
                self._wait(my_task)
            else:
                del my_task.workflow.arrivals[self.name]
                my_task.remove()
        else:
            my_task.remove()
        return False

    def _wait(self, token: Token) -> None:
        token.step("entered")
        token._set_state(TaskState.WAITING)

    def _waiting(self, newcomer: Token) -> Token | None:
        for token in newcomer.workflow.tasks.values():
            if token.task_spec is self and token.state == TaskState.WAITING and not token.stop:
                return token
        return None


class EventBasedGateway(Element):
    """Lets the events that follow race; the first one wins and the others are cancelled."""

    def race_of(self, token: Token) -> int:
        return token.id
