"""What is wrong with a decision file."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """`code` for programs, `element` the id of the place, `message` for people. Warnings do not stop a deploy."""

    code: str
    element: str
    message: str
    severity: str = "error"
