"""Drives a case as its caller would, and after every step saves, restores, recompiles and compares."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from akta.ids import TokenId
from tests.workflows.engine.models import Model
from workflows import engine
from workflows.engine import _codec

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Driver:
    """A case with the open work its outcomes told of, by element id."""

    def __init__(self, model: Model, *called: Model, **variables: Any) -> None:
        self.sources = (model.source(), tuple(other.source() for other in called))
        self.definition = engine.compile(*self.sources)
        self.now = NOW
        self.state: bytes | None = None
        self.open: dict[TokenId, tuple[str, engine.Place]] = {}
        self.steps: list[engine.Step] = []
        self.last = self.do(engine.Start(variables))

    def do(self, command: engine.Command) -> engine.Outcome:
        outcome = engine.advance(self.definition, self.state, command, now=self.now)
        again = engine.compile(*self.sources)
        assert engine.advance(again, self.state, command, now=self.now) == outcome
        assert _codec.save(_codec.load(again, outcome.state, self.now)) == outcome.state
        assert engine.places(again, outcome.state) == outcome.positions
        self._take(outcome)
        self.state, self.last = outcome.state, outcome
        self.steps += outcome.steps
        self._no_data_in_spiff()
        return outcome

    def _take(self, outcome: engine.Outcome) -> None:
        for token in outcome.resumed:
            assert self.open.pop(token)[0] == "stopped"
        for token in outcome.closed:
            self.open.pop(token, None)
        kinds: Mapping[str, tuple[Any, ...]] = {
            "task": outcome.tasks,
            "call": outcome.calls,
            "timer": outcome.timers,
            "message": outcome.awaited,
            "signal": outcome.awaited_signals,
            "parts": outcome.choices,
            "stopped": outcome.stopped,
        }
        for kind, opened in kinds.items():
            for item in opened:
                again = kind == "timer" and self.open.get(item.token, ("",))[0] == "timer"
                assert item.token not in self.open or kind == "stopped" or again, "opened twice"
                self.open[item.token] = (kind, item.place)
        waits = engine.tokens(self.definition, outcome.state)
        waiting = {wait.token for wait in waits if wait.waits_for not in ("others", "inside", "condition")}
        assert waiting == set(self.open), "the outcome and the state agree on what waits"

    def _no_data_in_spiff(self) -> None:
        case = _codec.load(self.definition, self.state or b"", self.now)
        assert not any(token.data or token.internal_data for token in case.tokens.values())

    def token(self, element: str, *kinds: str) -> TokenId:
        found = [
            token
            for token, (kind, place) in self.open.items()
            if place.element == element and (not kinds or kind in kinds)
        ]
        assert found, f"{element} does not wait; waiting: {self.waits()}"
        return min(found)

    def complete(self, element: str, **variables: Any) -> engine.Outcome:
        return self.do(engine.CompleteTask(self.token(element, "task"), variables))

    def answer(self, element: str, **variables: Any) -> engine.Outcome:
        return self.do(engine.CompleteCall(self.token(element, "call"), variables))

    def fail(self, element: str, code: str, **variables: Any) -> engine.Outcome:
        return self.do(engine.ThrowError(self.token(element, "call", "task"), code, "", variables))

    def deliver(self, element: str, **variables: Any) -> engine.Outcome:
        return self.do(engine.Deliver(self.token(element, "message"), variables))

    def signal(self, signal: str, **variables: Any) -> engine.Outcome:
        return self.do(engine.DeliverSignal(signal, variables))

    def set(self, element: str = "", **variables: Any) -> engine.Outcome:
        return self.do(engine.SetVariables(variables, self.token(element) if element else None))

    def fire(self, element: str) -> engine.Outcome:
        return self.do(engine.FireTimer(self.token(element, "timer")))

    def retry(self, element: str) -> engine.Outcome:
        return self.do(engine.Retry(self.token(element, "stopped")))

    def wait(self, **time: float) -> "Driver":
        self.now += timedelta(**time)
        return self

    def waits(self) -> list[str]:
        return sorted(f"{place.element}:{kind}" for kind, place in self.open.values())

    def stands(self) -> list[str]:
        return sorted(place.element for place in self.last.positions)

    @property
    def ended(self) -> str | None:
        return self.last.ended.element if self.last.ended else None

    @property
    def variables(self) -> Mapping[str, Any]:
        return self.last.variables

    def trace(self) -> list[str]:
        return [f"{step.kind} {step.place.element}" for step in self.steps]


def with_state(outcome: engine.Outcome, state: bytes) -> engine.Outcome:
    return replace(outcome, state=state)
