"""Control flow: whether a process always comes to an end, or the shortest way to where it does not."""

from bpmn.soundness._analyse import MOST_STATES, analyse, unknown
from bpmn.soundness._data import Writes
from bpmn.soundness._verdict import Change, Defect, Step, Unsound, Verdict

__all__ = ["MOST_STATES", "Change", "Defect", "Step", "Unsound", "Verdict", "Writes", "analyse", "unknown"]
