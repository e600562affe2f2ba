"""Two versions of a bundle side by side: every difference in words, invisible properties too."""

from bpmn.comparison._changes import Change, How, compare

__all__ = ["Change", "How", "compare"]
