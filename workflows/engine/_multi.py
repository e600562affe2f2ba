"""Activities that run several times: instances for the items of a collection, and loops.

The activity itself stands in a flow of its own inside the body, which is what the model shows, what boundary events are
attached to and what flows lead to. Each instance is a token in that flow with its item and its `loopCounter`.
"""

from decimal import Decimal

from akta.languages import N_
from bpmn.values import Value
from workflows.engine._dialect import Reader
from workflows.engine._errors import NEITHER, NotPossible, Stuck
from workflows.engine._expressions import Rule
from workflows.engine._journal import Turns
from workflows.engine._loops import each, while_
from workflows.engine._rules import EachRule, WhileRule
from workflows.engine._running import SubFlow, Token
from workflows.engine._scopes import Scope, view
from workflows.engine._subprocesses import SubProcess

COUNTER = "loopCounter"
INSTANCES = 10_000
"""How many instances one activity may have."""


class Body(SubProcess):
    """What several runs of one activity have in common. Its mappings are those of each run."""

    def read(self, reader: Reader) -> None:
        self.takes = self.gives = ()

    def enter_empty(self, token: Token) -> SubFlow:
        if token.undoes or token.turns is not None:
            return super().enter_empty(token)
        raise NotPossible(
            N_("%(element)s runs several times; put the token in front of all of it"), element=self.called
        )

    def open_flow(self, token: Token, turns: Turns) -> SubFlow:
        token.turns = turns
        return self.enter_empty(token)

    def run_one(self, flow: SubFlow, turns: Turns, own: Scope) -> None:
        turns.started += 1
        inner = flow.put(flow.spec.task_specs[self.name])
        inner.locals = {COUNTER: Decimal(turns.started), **own}
        inner.task_spec._update(inner)


class MultiInstance(Body):
    """One instance for each item of a collection, at once or one after the other."""

    rule: EachRule

    def read(self, reader: Reader) -> None:
        super().read(reader)
        self.rule = each(reader)

    def act(self, token: Token) -> Scope | None:
        items = self._items(token)
        results: list[Value] = [None] * len(items) if self.rule.outputs else []
        turns = Turns(total=len(items), rest=items[::-1], results=results)
        if not items:
            return self._result(turns)
        flow = self.open_flow(token, turns)
        self._more(flow, turns)
        return None

    def _items(self, token: Token) -> list[Value]:
        """What the instances are for: the items, or nothing so many times."""
        rule, seen, act = self.rule, token.visible(), token.case.act
        if rule.collection is not None:
            items = rule.collection.evaluate(seen, act)
            if not isinstance(items, list):
                raise Stuck(
                    N_("the collection is no list"), at=rule.collection.text, why=rule.collection.why(seen, act)
                )
            count = len(items)
        else:
            count, items = _count(rule.cardinality, token), []
        if count > INSTANCES:
            raise Stuck(
                N_("%(count)s instances are too many; at most %(most)s are possible"), count=count, most=INSTANCES
            )
        return list(items) or [None] * count

    def _more(self, flow: SubFlow, turns: Turns) -> None:
        """Start the next one, or all."""
        while turns.rest:
            item = turns.rest.pop()
            self.run_one(flow, turns, {self.rule.item: item} if self.rule.item else {})
            if self.rule.sequential:
                return

    def collect(self, host: Token, token: Token, written: Scope) -> None:
        turns, rule = host.turns, self.rule
        if turns is None:
            return
        own = token.locals or {}
        seen, act = [token.result, own, written, *token.workflow.maps()], token.case.act
        if rule.output is not None:
            value = rule.output.evaluate(view(seen), act)
            number = own.get(COUNTER)
            if isinstance(number, Decimal):
                turns.results[int(number) - 1] = value
        if rule.until is not None:
            turns.enough = _holds(rule.until, [_counts(turns), *seen], token)

    def part_done(self, host: Token, flow: SubFlow) -> None:
        turns = host.turns
        if turns is None or flow.completed:
            super().part_done(host, flow)
            return
        turns.done += 1
        if turns.enough:
            flow.finish()
            return
        self._more(flow, turns)
        super().part_done(host, flow)

    def part_gone(self, host: Token, flow: SubFlow) -> None:
        """An instance was taken away by hand: it counts, without a result."""
        if host.turns is not None:
            host.turns.gone += 1
            self._more(flow, host.turns)

    def came_back(self, host: Token, flow: SubFlow) -> None:
        if host.turns is not None and not host.undoes:
            host.result = self._result(host.turns)
        super().came_back(host, flow)

    def _result(self, turns: Turns) -> Scope:
        results: list[Value] = list(turns.results)
        return {self.rule.outputs: results} if self.rule.outputs else {}


class StandardLoop(Body):
    """Runs the activity again while a condition holds, or so many times."""

    rule: WhileRule

    def read(self, reader: Reader) -> None:
        super().read(reader)
        self.rule = while_(reader)

    def act(self, token: Token) -> Scope | None:
        first: Scope = {COUNTER: Decimal(1)}
        if self.rule.test_before and not self._again(Turns(), [first, *token.maps()], token):
            return {}
        turns = Turns()
        self.run_one(self.open_flow(token, turns), turns, {})
        return None

    def _again(self, turns: Turns, seen: list[Scope], token: Token) -> bool:
        if self.rule.maximum is not None and turns.started >= self.rule.maximum:
            return False
        return self.rule.condition is None or _holds(self.rule.condition, seen, token)

    def collect(self, host: Token, token: Token, written: Scope) -> None:
        if host.turns is not None:
            seen = [token.result, token.locals or {}, written, *token.workflow.maps()]
            host.turns.enough = not self._again(host.turns, seen, token)

    def part_done(self, host: Token, flow: SubFlow) -> None:
        turns = host.turns
        if turns is not None and not turns.enough and not flow.completed:
            self.run_one(flow, turns, {})
        super().part_done(host, flow)


def _holds(rule: Rule, seen: list[Scope], token: Token) -> bool:
    values, act = view(seen), token.case.act
    value = rule.evaluate(values, act)
    if not isinstance(value, bool):
        raise Stuck(NEITHER, at=rule.text, why=rule.why(values, act))
    return value


def _count(rule: Rule | None, token: Token) -> int:
    value = None if rule is None else rule.evaluate(token.visible(), token.case.act)
    if isinstance(value, Decimal) and value == value.to_integral_value() and 0 <= value <= INSTANCES * 100:
        return int(value)
    raise Stuck(N_("the number of instances is no whole number"), at="" if rule is None else rule.text)


def _counts(turns: Turns) -> Scope:
    """The counters a completion condition may use, by their names in Zeebe and in Camunda 7."""
    done = turns.done + 1
    active = turns.started - done - turns.gone
    counts = {"OfInstances": turns.total, "OfActiveInstances": active, "OfCompletedInstances": done}
    counts["OfTerminatedInstances"] = turns.gone
    return {f"{way}{name}": Decimal(count) for name, count in counts.items() for way in ("number", "nr")}
