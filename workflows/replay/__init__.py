"""Replay: recorded cases run once more on a candidate, in memory, to see which of them would go otherwise."""

from workflows.replay._differences import Difference, Kind, Reason
from workflows.replay._kept import keep, latest, report_of
from workflows.replay._report import CLOSED, MOST_CLOSED, Group, Replayed, Report, replay
from workflows.replay._words import head, why

__all__ = [
    "CLOSED",
    "MOST_CLOSED",
    "Difference",
    "Group",
    "Kind",
    "Reason",
    "Replayed",
    "Report",
    "head",
    "keep",
    "latest",
    "replay",
    "report_of",
    "why",
]
