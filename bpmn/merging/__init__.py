"""Two people changed the same file of a bundle: what both did, together, and what somebody has to choose."""

from bpmn.merging._merge import Conflict, Merged, merge
from bpmn.merging._three import Side

__all__ = ["Conflict", "Merged", "Side", "merge"]
