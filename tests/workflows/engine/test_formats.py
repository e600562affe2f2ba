"""Every format a case was ever stored in is read, and goes on as it would have then."""

import pytest

from akta.ids import TokenId
from tests.workflows.engine.cases import NOW, Driver
from tests.workflows.engine.samples import SAMPLES, STATES
from workflows import engine
from workflows.engine import _codec

STORED = sorted(path.relative_to(STATES).as_posix() for path in STATES.glob("format-*/*.json"))


def test_the_current_format_has_a_stored_state_for_every_kind_of_wait() -> None:
    kept = {path.stem for path in (STATES / f"format-{_codec.FORMAT}").glob("*.json")}
    assert kept == set(SAMPLES)


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_the_current_format_is_what_is_stored_in_its_samples(name: str) -> None:
    """If this fails, stored cases would change: give the format another number and a way from this one."""
    assert SAMPLES[name]().state == (STATES / f"format-{_codec.FORMAT}" / f"{name}.json").read_bytes()


def test_every_format_up_to_the_current_one_has_samples() -> None:
    assert {name.partition("/")[0] for name in STORED} == {f"format-{n}" for n in range(1, _codec.FORMAT + 1)}


@pytest.mark.parametrize("stored", STORED)
def test_a_stored_state_waits_for_the_same_and_goes_on_in_the_same_way(stored: str) -> None:
    name = stored.partition("/")[2].removesuffix(".json")
    driver = SAMPLES[name]()
    state = (STATES / stored).read_bytes()
    assert engine.tokens(driver.definition, state) == engine.tokens(driver.definition, driver.state or b"")
    assert engine.variables(driver.definition, state) == driver.variables
    for command in _commands(driver):
        assert engine.advance(driver.definition, state, command, now=driver.now) == engine.advance(
            driver.definition, driver.state, command, now=driver.now
        )


def _commands(driver: Driver) -> list[engine.Command]:
    """Something for each token that waits."""
    made: list[engine.Command] = [engine.Cancel(), engine.SetVariables({"n": True})]
    for token, (kind, place) in driver.open.items():
        match kind:
            case "task":
                made.append(engine.CompleteTask(token))
            case "call":
                made.append(engine.CompleteCall(token))
            case "message":
                made.append(engine.Deliver(token))
            case "signal":
                made.append(engine.DeliverSignal("alarm"))
            case "stopped":
                made.append(engine.Retry(token))
            case "timer":
                made.append(engine.Reschedule({TokenId(token): NOW}))
            case "parts":
                made.append(engine.StartPart(token, "visit"))
            case _:
                raise AssertionError(f"{kind} at {place.element}")
    return made
