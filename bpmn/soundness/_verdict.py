"""What the check of a process's control flow says."""

from dataclasses import dataclass
from enum import StrEnum


class Defect(StrEnum):
    """The ways in which control flow can be wrong."""

    DEADLOCK = "deadlock"
    """Tokens are left that nothing can move: the case never ends."""
    LACK_OF_SYNCHRONISATION = "lack-of-synchronisation"
    """Ways that run side by side come together without waiting for each other: what follows is done twice."""
    IMPROPER_COMPLETION = "improper-completion"
    """An end is reached twice."""
    UNBOUNDED = "unbounded"
    """A loop makes more tokens each time."""
    LIVELOCK = "livelock"
    """The case goes round for ever without a way to an end."""
    DEAD = "dead"
    """An element that is connected and yet can never be reached."""
    NEVER_TAKEN = "never-taken"
    """A flow whose condition can never decide: those before it always do, or nothing fulfils it."""


@dataclass(frozen=True, slots=True)
class Step:
    """An element passed on the way, and the flow that was taken out of it where it chose one."""

    element: str
    flow: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A correction: the type an element should have."""

    element: str
    type: str


@dataclass(frozen=True, slots=True)
class Unsound:
    """One defect.

    Attributes:
        elements: where it shows: the activity done twice, the join that waits, the end reached twice.
        fork: where the ways parted that come together wrongly.
        path: a shortest way there from the start of the scope.
        rest: what else happens before nothing more can, for a deadlock; the steps beside the path.
        fix: a correction after which this defect is gone.
    """

    defect: Defect
    scope: str
    elements: tuple[str, ...]
    path: tuple[Step, ...] = ()
    rest: tuple[Step, ...] = ()
    fork: str = ""
    fix: Change | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """All defects of a process. `unproved` are scopes too large to look at whole; nothing wrong was found in what was
    seen of them, which is `states` in all."""

    defects: tuple[Unsound, ...]
    states: int
    unproved: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        return not self.defects and not self.unproved
