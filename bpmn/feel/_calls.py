"""Calling: built-ins, functions written in the model, arguments by place and by name."""

from typing import Any

from bpmn.feel import _nodes as n
from bpmn.feel._operators import Code
from bpmn.feel._run import Frame, Run
from bpmn.feel._types import MISFIT, fit
from bpmn.feel._values import Function

Named = tuple[tuple[str, Code], ...]


def call_code(function: Code, positional: tuple[Code, ...], named: Named) -> Code:
    """A call of whatever the code gives."""

    def by_place(frame: Frame) -> Any:
        callee = function(frame)
        if not isinstance(callee, Function):
            return frame.run.null("this is no function that could be called")
        return callee.call(frame.run, [argument(frame) for argument in positional])

    def by_name(frame: Frame) -> Any:
        callee = function(frame)
        if not isinstance(callee, Function):
            return frame.run.null("this is no function that could be called")
        return call_named(callee, frame.run, {name: argument(frame) for name, argument in named})

    return by_name if named else by_place


def call_named(callee: Function, run: Run, arguments: dict[str, Any]) -> Any:
    """Call with arguments by name."""
    if callee.named is not None:
        return callee.named(run, arguments)
    if callee.parameters is None or set(callee.parameters) != set(arguments):
        return run.null(f"{callee.name}: the names of the arguments do not fit")
    return callee.call(run, [arguments[name] for name in callee.parameters])


def function_code(
    names: tuple[str, ...],
    types: tuple[n.Type | None, ...],
    slots: list[int],
    body: Code | None,
    size: int,
    own_slot: int | None = None,
) -> Code:
    """A function written in the model; it keeps the inner names it can see where it stands."""
    anything = n.Type("Any")
    signature = n.Type("function", (*(declared or anything for declared in types), anything))

    def make(frame: Frame) -> Function:
        captured = list(frame.slots)
        variables = frame.vars

        def call(run: Run, arguments: list[Any]) -> Any:
            if body is None:
                return run.null("functions written in other languages are not run")
            if len(arguments) != len(names):
                return run.null(f"the function takes {len(names)} arguments, not {len(arguments)}")
            inner = list(captured)
            for slot, declared, argument in zip(slots, types, arguments, strict=True):
                inner[slot] = argument if declared is None else fit(argument, declared, run)
                if inner[slot] is MISFIT:
                    return run.null(f"an argument is no {declared.name if declared else ''}")
            run.enter()
            run.spend(size)
            result = body(Frame(variables, inner, run))
            run.leave()
            return result

        made = Function("function", names, call, signature=signature)
        if own_slot is not None:
            captured[own_slot] = made
        return made

    return make
