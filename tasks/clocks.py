"""Handlers by which a process stops, starts and extends its own legal clocks: timers, named by their element."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from akta.languages import N_
from akta.subjects import Actor, Door
from bpmn.values import Value
from storage.cases import Timer
from storage.unit_of_work import Transaction
from workflows import deadlines
from workflows.handlers import CallContext, Handler, Schema
from workflows.runtime import Runtime

_CLOCK: Schema = {"type": "string", "description": "Element of the timer in the model"}
_GROUND: Schema = {"type": "string", "description": "Key of a ground in the utility's calendar"}
_REASON: Schema = {"type": "string"}
STOP: Schema = {
    "type": "object",
    "properties": {"clock": _CLOCK, "ground": _GROUND, "reason": _REASON},
    "required": ["clock", "ground"],
}
START: Schema = {"type": "object", "properties": {"clock": _CLOCK, "reason": _REASON}, "required": ["clock"]}
EXTEND: Schema = {
    "type": "object",
    "properties": {
        "clock": _CLOCK,
        "ground": _GROUND,
        "days": {"type": ["string", "number"], "description": "A whole number of days"},
        "working": {"type": "boolean", "description": "Count working days only"},
        "reason": _REASON,
    },
    "required": ["clock", "ground", "days"],
}
GIVES: Schema = {"type": "object", "properties": {"due_at": {"type": "string"}}}

Act = Callable[[Transaction, Timer, CallContext, Mapping[str, Value]], Timer]


def handlers(runtime: Runtime) -> tuple[Handler, ...]:
    """`stop-clock`, `start-clock` and `extend-clock`; each gives {due_at}, when the clock ends now."""

    def stop(tx: Transaction, timer: Timer, context: CallContext, values: Mapping[str, Value]) -> Timer:
        return deadlines.stop(tx, timer.id, str(values["ground"]), _actor(context, values), context.now)

    def start(tx: Transaction, timer: Timer, context: CallContext, values: Mapping[str, Value]) -> Timer:
        return deadlines.start(tx, runtime, timer.id, _actor(context, values), context.now)

    def extend(tx: Transaction, timer: Timer, context: CallContext, values: Mapping[str, Value]) -> Timer:
        days, working = int(Decimal(str(values["days"]))), values.get("working") is True
        ground, by = str(values["ground"]), _actor(context, values)
        return deadlines.extend(tx, runtime, timer.id, ground, days, by, context.now, working=working)

    return (
        Handler("stop-clock", N_("Stop a legal clock"), STOP, GIVES, local=_on_clock(stop)),
        Handler("start-clock", N_("Let a legal clock run on"), START, GIVES, local=_on_clock(start)),
        Handler("extend-clock", N_("Extend a legal clock"), EXTEND, GIVES, local=_on_clock(extend)),
    )


def _on_clock(act: Act) -> Callable[[Transaction, CallContext, Mapping[str, Value]], Mapping[str, Value]]:
    def call(tx: Transaction, context: CallContext, values: Mapping[str, Value]) -> Mapping[str, Value]:
        timer = act(tx, deadlines.named(tx, context.case, str(values["clock"])), context, values)
        return {"due_at": timer.due_at}

    return call


def _actor(context: CallContext, values: Mapping[str, Value]) -> Actor:
    return context.subject.acting(Door.JOB, reason=str(values.get("reason") or ""))
