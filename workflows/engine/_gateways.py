"""Gateways: one way, all ways, some ways, or the way of the first event."""

from collections import Counter
from collections.abc import Mapping

from SpiffWorkflow.util.task import TaskState

from akta.languages import N_
from workflows.engine._elements import Edge, Element
from workflows.engine._errors import NEITHER, NO_WAY_OUT, NotPossible, Stuck
from workflows.engine._expressions import Formula
from workflows.engine._live import ROOT
from workflows.engine._running import Token
from workflows.engine._scopes import Scope


class ExclusiveGateway(Element):
    """Takes the first flow, in the order of the model, whose condition is true; else the default."""

    takes_several = False

    def act(self, token: Token) -> Scope | None:
        token.came_by = self._choose(token).id
        return {}

    def holds(self, condition: Formula, token: Token) -> bool:
        seen, act = token.visible(), token.case.act
        value = condition.evaluate(seen, act)
        if not isinstance(value, bool):
            raise Stuck(NEITHER, at=condition.text, why=condition.why(seen, act))
        return value

    def _choose(self, token: Token) -> Edge:
        otherwise = None
        for edge in self.leaving:
            if edge.condition is None:
                otherwise = edge
                continue
            if self.holds(edge.condition, token):
                return edge
        if otherwise is None:
            raise Stuck(NO_WAY_OUT)
        return otherwise

    def resolve(self, token: Token, flow: str) -> None:
        chosen = flow.split() if self.takes_several else [flow]
        if not chosen or not set(chosen) <= {edge.id for edge in self.leaving}:
            raise NotPossible(N_("name a flow that leaves %(element)s"), element=self.called)
        token.came_by = flow

    def next(self, token: Token) -> list[Edge]:
        return [edge for edge in self.leaving if edge.id == token.came_by]


class Joining(Element):
    """Counts the tokens that come by each flow; the first of them waits there for the others."""

    @property
    def joins(self) -> bool:
        return len(self.arriving) > 1

    def _update_hook(self, my_task: Token) -> bool:
        if not self.joins:
            return bool(super()._update_hook(my_task))
        arrived = my_task.workflow.arrivals.setdefault(self.name, Counter())
        arrived[my_task.came_by] += 1
        if self.name in my_task.workflow.holders:
            my_task.remove()
        else:
            self.hold(my_task)
        self.arrived(my_task.workflow.holders[self.name], arrived)
        return False

    def arrived(self, holder: Token, arrivals: Counter[str]) -> None:
        """One more has come."""

    def hold(self, token: Token) -> None:
        token.step("entered")
        token._set_state(TaskState.WAITING)
        self.hold_again(token)

    def hold_again(self, token: Token) -> None:
        token.workflow.holders[self.name] = token

    def release(self, holder: Token, arrivals: Counter[str]) -> None:
        """One token goes on for one that came by each flow; the rest waits for the next time."""
        flow = holder.workflow
        arrivals.subtract(list(arrivals))
        for edge in [edge for edge, count in arrivals.items() if not count]:
            del arrivals[edge]
        del flow.holders[self.name]
        if arrivals:
            self.hold(flow.put(self))
        else:
            del flow.arrivals[self.name]
        self.enter_again(holder)


class ParallelGateway(Joining):
    """Waits until a token came by every flow, then takes all flows that leave.

    Arrivals are counted by flow, as BPMN says; SpiffWorkflow looks for finished tasks, which goes wrong in loops.
    """

    def arrived(self, holder: Token, arrivals: Counter[str]) -> None:
        if len(arrivals) == len(self.arriving):
            self.release(holder, arrivals)


class InclusiveGateway(Joining, ExclusiveGateway):
    """Takes every flow whose condition is true; waits for every token that can still come.

    A token can still come if it can reach a flow by which none has arrived and none by which one has, without passing
    the gateway itself (BPMN 2.0, 13.4.3). That is looked at when nothing else in the case is ready.
    """

    takes_several = True
    reach: Mapping[str, frozenset[str]]
    """By element: the flows into this gateway that a token there can come by."""

    def act(self, token: Token) -> Scope | None:
        taken = [edge.id for edge in self.leaving if edge.condition is not None and self.holds(edge.condition, token)]
        otherwise = [edge.id for edge in self.leaving if edge.condition is None]
        if not (taken or otherwise):
            raise Stuck(NO_WAY_OUT)
        token.came_by = " ".join(taken or otherwise)
        return {}

    def next(self, token: Token) -> list[Edge]:
        return [edge for edge in self.leaving if edge.id in token.came_by.split()]

    def hold_again(self, token: Token) -> None:
        super().hold_again(token)
        token.case.watched[token.id] = token

    def poll(self, token: Token) -> bool:
        arrivals = token.workflow.arrivals[self.name]
        come = set(arrivals)
        for other in token.workflow.tasks.values():
            if other.id == ROOT or other.listening or other.task_spec is self:
                continue
            reached = self.reach.get(other.task_spec.name, frozenset())
            if reached - come and not reached & come:
                return False
        del token.case.watched[token.id]
        self.release(token, arrivals)
        return True


class EventBasedGateway(Element):
    """Lets the events that follow race; the first one wins and the others are cancelled."""

    def race_of(self, token: Token) -> int:
        return token.id
