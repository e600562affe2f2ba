"""Control flow: whether a process always comes to an end, or the shortest way to where it does not; and what can be
reached before something has happened."""

from bpmn.soundness._analyse import MOST_STATES, analyse, unknown
from bpmn.soundness._before import MOST_LOOKED_AT, before
from bpmn.soundness._conditions import Rule
from bpmn.soundness._data import Writes
from bpmn.soundness._matter import Before, Matter, Way
from bpmn.soundness._verdict import Change, Defect, Step, Unsound, Verdict

__all__ = [
    "MOST_LOOKED_AT",
    "MOST_STATES",
    "Before",
    "Change",
    "Defect",
    "Matter",
    "Rule",
    "Step",
    "Unsound",
    "Verdict",
    "Way",
    "Writes",
    "analyse",
    "before",
    "unknown",
]
