"""What is said of random drawings, against playing them out and against what was planted in them."""

from random import Random

import pytest

from bpmn.soundness import Defect, Verdict, analyse
from tests.bpmn.soundness.drawing import Drawing, planted, sound, spoil
from tests.bpmn.soundness.token_game import TooLarge, play

CROWDS = frozenset({Defect.LACK_OF_SYNCHRONISATION, Defect.UNBOUNDED, Defect.IMPROPER_COMPLETION})
"""A token too many shows where it is looked for first; which of the three it is called may differ."""
BATCHES = 6
EACH = 50


def kinds(verdict: Verdict) -> set[str]:
    return {"crowd" if defect.defect in CROWDS else defect.defect.value for defect in verdict.defects}


def played(drawing: Drawing) -> set[str] | None:
    """What playing a drawing out shows; None for one that is too large to play."""
    try:
        shown = play(drawing)
    except TooLarge:
        return None
    return {"crowd" if kind == "improper-completion" else kind for kind in shown.kinds}


@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_drawing_made_of_whole_blocks_is_sound(batch: int) -> None:
    for seed in range(batch * EACH, (batch + 1) * EACH):
        random = Random(seed)
        verdict = analyse(sound(random, random.randint(1, 25)).process())
        assert verdict.sound, (seed, verdict)


@pytest.mark.parametrize("batch", range(BATCHES))
@pytest.mark.parametrize("defect", [defect.value for defect in Defect if defect is not Defect.NEVER_TAKEN])
def test_a_planted_defect_is_found(defect: str, batch: int) -> None:
    for seed in range(batch * EACH, (batch + 1) * EACH):
        random = Random(seed)
        verdict = analyse(planted(random, random.randint(1, 9), defect).process())
        wanted = "crowd" if Defect(defect) in CROWDS else defect
        assert wanted in kinds(verdict), (seed, verdict)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_spoilt_drawing_is_judged_as_by_playing_it_out(batch: int) -> None:
    judged = 0
    for seed in range(batch * 200, (batch + 1) * 200):
        random = Random(seed)
        drawing = sound(random, random.randint(1, 8))
        changes = [spoil(drawing, random) for _ in range(random.randint(0, 3))]
        shown = played(drawing)
        if shown is None:
            continue
        judged += 1
        verdict = analyse(drawing.process())
        found = kinds(verdict) - {"dead"}
        assert verdict.unproved == (), seed
        assert bool(found) == bool(shown), (seed, changes, shown, verdict)
        if len(shown) == 1:
            assert found == shown, (seed, changes, verdict)
    assert judged > 150


@pytest.mark.parametrize("batch", range(BATCHES))
def test_an_element_is_called_dead_only_if_no_game_reaches_it(batch: int) -> None:
    found = 0
    for seed in range(batch * EACH, (batch + 1) * EACH):
        random = Random(seed)
        drawing = planted(random, random.randint(1, 6), "dead")
        try:
            reached = play(drawing).reached
        except TooLarge:
            continue
        dead = {id_ for one in analyse(drawing.process()).defects if one.defect is Defect.DEAD for id_ in one.elements}
        assert not dead & reached, seed
        found += len(dead)
    assert found > EACH // 2
