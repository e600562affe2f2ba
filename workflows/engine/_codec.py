"""A case's state as bytes: compact, without its definition, with a format version.

Values of variables go through `bpmn.values`, so no name or value a user chose can pass for one of ours.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import orjson
from SpiffWorkflow.util.task import TaskState

from akta.languages import Sentence
from bpmn.values import Kept, Value, from_json, to_json
from workflows.engine._definition import Definition
from workflows.engine._journal import Done, Offer, Stop, Turns
from workflows.engine._live import ROOT
from workflows.engine._running import Case, Flow, Token

FORMAT = 2


def _from_1(stored: dict[str, Any]) -> dict[str, Any]:
    """Nothing could be compensated, and a wait had no more than four parts."""
    for flow in stored["flows"]:
        flow["done"] = []
        for _, _, _, more in flow["tokens"]:
            if "offer" in more:
                more["offer"] += ["", None, False]
    return {**stored, "format": 2}


_MIGRATIONS: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: _from_1}
"""By the format they take further by one."""


def new(definition: Definition, now: datetime) -> Case:
    return Case(definition.flows[definition.main], definition.flows, now)


def save(case: Case) -> bytes:
    """The state of a case that nothing runs in."""
    flows = [_flow(case), *(_flow(flow) for flow in case.subprocesses.values())]
    return orjson.dumps({"format": FORMAT, "last": case.last_token, "ended": case.completed, "flows": flows})


def load(definition: Definition, state: bytes, now: datetime) -> Case:
    """The case as it was saved, on its definition.

    Raises:
        ValueError: the state has a format this version does not know, or stands on elements the definition lacks.
    """
    stored = orjson.loads(state)
    while stored.get("format") in _MIGRATIONS:
        stored = _MIGRATIONS[stored["format"]](stored)
    if stored.get("format") != FORMAT:
        raise ValueError(f"a case state of format {stored.get('format')} cannot be read")
    case = new(definition, now)
    for row in stored["flows"]:
        flow: Flow = case
        if row["host"] is not None:
            flow = case.create_subprocess(case.tokens[row["host"]], row["flow"])
        _restore(flow, row)
    case.last_token = stored["last"]
    case.completed = stored["ended"]
    return case


def _flow(flow: Flow) -> dict[str, Any]:
    return {
        "host": flow.parent_task_id,
        "flow": flow.spec.name,
        "variables": None if flow.variables is None else to_json(flow.variables),
        "arrivals": {join: dict(+arrived) for join, arrived in flow.arrivals.items()},
        "done": [_done(done) for done in flow.done],
        "tokens": [_token(token) for ident, token in sorted(flow.tasks.items()) if ident != ROOT],
    }


def _token(token: Token) -> list[Any]:
    more: dict[str, Any] = {}
    if token.listening:
        more["under"] = token.parent.id
    if token.locals is not None:
        more["locals"] = to_json(token.locals)
    if token.result:
        more["result"] = to_json(token.result)
    if token.offer is not None:
        offer = token.offer
        due = None if offer.due is None else offer.due.isoformat()
        more["offer"] = [offer.kind, due, offer.message, offer.key, offer.cycle, offer.left, offer.met]
    if token.stop is not None:
        # The incident keeps the sentence; here it is for who reads a state.
        more["stop"] = [token.stop.phase, str(token.stop.cause)]
    if token.came_by and token.stop is not None:
        more["by"] = token.came_by
    if token.race:
        more["race"] = token.race
    if token.undoes:
        more["undoes"] = token.undoes
    for name, found in (("past", token.past), ("undo", token.undo)):
        if found:
            more[name] = [_done(done) for done in found]
    if token.turns is not None:
        turns = token.turns
        counts = [turns.total, turns.started, turns.done, turns.gone]
        more["turns"] = [*counts, to_json(turns.rest), to_json(turns.results), turns.enough]
    return [token.id, token.task_spec.name, token.state, more]


def _done(done: Done) -> list[Any]:
    return [done.element, None if done.own is None else to_json(done.own), [_done(inner) for inner in done.inner]]


def _undone(row: list[Any]) -> Done:
    element, own, inner = row
    return Done(element, None if own is None else _scope(own), [_undone(found) for found in inner])


def _restore(flow: Flow, row: Mapping[str, Any]) -> None:
    flow.prepare(None if row["variables"] is None else Kept(row["variables"]))
    flow.done = [_undone(done) for done in row["done"]]
    flow.arrivals = {join: Counter(arrived) for join, arrived in row["arrivals"].items()}
    for ident, element, state, more in row["tokens"]:
        spec = flow.spec.task_specs.get(element)
        if spec is None:
            raise ValueError(f"the definition has no element {element}")
        parent = flow.tasks[more.get("under", ROOT)]
        token = Token(flow, spec, parent, TaskState.FUTURE, ident)
        token._state = state
        token.listening = "under" in more
        token.locals = None if "locals" not in more else _scope(more["locals"])
        token.result = _scope(more.get("result", {}))
        token.came_by = more.get("by", "")
        token.race = more.get("race", 0)
        token.undoes = more.get("undoes", 0)
        token.past = [_undone(done) for done in more.get("past", ())]
        token.undo = [_undone(done) for done in more.get("undo", ())]
        if "turns" in more:
            total, started, done, gone, rest, results, enough = more["turns"]
            token.turns = Turns(total, started, done, gone, _values(rest), _values(results), enough)
        _restore_wait(flow, token, more)


def _restore_wait(flow: Flow, token: Token, more: Mapping[str, Any]) -> None:
    if "offer" in more:
        kind, due, *rest = more["offer"]
        token.offer = Offer(kind, None if due is None else datetime.fromisoformat(due), *rest)
    if "stop" in more:
        phase, cause = more["stop"]
        token.stop = Stop(phase, Sentence(cause))
    elif token.state == TaskState.WAITING and token.task_spec.joins and token.offer is None:
        token.task_spec.hold_again(token)
    if token.offer is not None and token.offer.kind == "condition":
        token.case.watched[token.id] = token


def _values(stored: Any) -> list[Value]:
    values = from_json(stored)
    return values if isinstance(values, list) else []


def _scope(stored: Any) -> dict[str, Value]:
    value = from_json(stored)
    if not isinstance(value, dict):
        raise ValueError("a scope is an object")
    return value
