"""The way that the proof of soundness shows, gone in the engine: it really ends as was said."""

from random import Random

import pytest

from bpmn.soundness import Defect, Step, Unsound, analyse
from tests.bpmn.soundness.drawing import Drawing, planted
from tests.workflows.engine.cases import Driver
from tests.workflows.engine.models import Model, timer

SEEDS = 80
GONE = 12
"""Ways that are at least gone for each kind; the other drawings have what the player below does not play."""


def runnable(drawing: Drawing) -> Model:
    """The drawing as a model whose choices are made by variables."""
    model = Model()
    for id_, type_ in drawing.nodes.items():
        match type_:
            case "userTask":
                model.user(id_)
            case "boundaryEvent":
                model.boundary(id_, drawing.borders[id_][0], timer("P1D"))
            case "endEvent" if id_ in drawing.terminates:
                model.end(id_, "<bpmn:terminateEventDefinition/>")
            case _:
                model.add(type_, id_)
    for number, (source, target) in enumerate(drawing.flows):
        chooses = drawing.nodes[source] == "exclusiveGateway" and len(drawing.outgoing(source)) > 1
        model.flow(source, target, f'=choice_{source} = "f{number}"' if chooses else "", ident=f"f{number}")
    return model


def plays(drawing: Drawing) -> bool:
    return "inclusiveGateway" not in drawing.nodes.values() and all(stops for _, stops in drawing.borders.values())


def go(drawing: Drawing, steps: tuple[Step, ...]) -> Driver:
    """Do what the steps say, choosing at each gateway the flow they take there next."""
    driver = Driver(runnable(drawing), **choices(steps))
    for at, step in enumerate(steps):
        kind = drawing.nodes[step.element]
        if kind not in ("userTask", "boundaryEvent") or (kind == "userTask" and left_by_border(drawing, steps, at)):
            continue
        driver.set(**choices(steps[at:]))
        if kind == "userTask":
            driver.complete(step.element)
        else:
            driver.wait(days=2).fire(step.element)
    return driver


def left_by_border(drawing: Drawing, steps: tuple[Step, ...], at: int) -> bool:
    """A step into a task that several flows lead to is followed by the step out of it; both carry its name."""
    after = steps[at + 1].element if at + 1 < len(steps) else ""
    return drawing.borders.get(after, ("",))[0] == steps[at].element


def choices(steps: tuple[Step, ...]) -> dict[str, str]:
    return {f"choice_{step.element}": step.flow for step in reversed(steps) if step.flow}


def ways(defect: Defect) -> list[tuple[Drawing, Unsound]]:
    found = []
    for seed in range(SEEDS):
        random = Random(seed)
        drawing = planted(random, random.randint(1, 5), defect.value)
        if plays(drawing):
            found += [(drawing, one) for one in analyse(drawing.process()).defects if one.defect is defect]
    return found


@pytest.mark.slow
def test_a_case_that_goes_the_way_to_a_deadlock_is_stuck() -> None:
    gone = ways(Defect.DEADLOCK)
    assert len(gone) >= GONE
    for drawing, defect in gone:
        driver = go(drawing, defect.path + defect.rest)
        assert driver.waits() == []
        assert driver.ended is None
        assert set(defect.elements) <= set(driver.stands())


@pytest.mark.slow
@pytest.mark.parametrize("defect", [Defect.LACK_OF_SYNCHRONISATION, Defect.UNBOUNDED])
def test_a_case_that_goes_the_way_to_a_missing_join_has_two_tokens_at_one_place(defect: Defect) -> None:
    gone = ways(defect)
    assert len(gone) >= GONE
    for drawing, one in gone:
        assert go(drawing, one.path).stands().count(one.elements[0]) == 2


@pytest.mark.slow
def test_a_case_that_goes_the_way_to_an_end_reached_twice_reaches_it_twice() -> None:
    gone = ways(Defect.IMPROPER_COMPLETION)
    assert len(gone) >= GONE
    for drawing, defect in gone:
        trace = go(drawing, defect.path).trace()
        assert sum(line.endswith(f" {defect.elements[0]}") for line in trace) >= 2, trace
