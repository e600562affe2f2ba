"""Why the engine refuses a model, a command, or stops a token."""

from collections.abc import Iterable
from dataclasses import dataclass

from akta.errors import Conflict, Invalid
from akta.languages import N_, Sentence, sentence


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one element cannot run."""

    element: str
    name: str
    reason: Sentence
    process: str = ""

    def told(self) -> Sentence:
        """The sentence with the element it is about."""
        where = f"{self.name} ({self.element})" if self.name else self.element
        return sentence("%(where)s: %(reason)s", where=where, reason=self.reason) if where else self.reason

    def __str__(self) -> str:
        return str(self.told())


class NotRunnable(Invalid):
    """The model would be misread; `reasons` names every element and why."""

    title = N_("This model cannot run.")

    def __init__(self, reasons: Iterable[Reason]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("; ".join(str(reason) for reason in self.reasons))


class NoSuchToken(Conflict):
    """The token does not exist any more, or does not wait for this."""

    title = N_("The case no longer waits for this.")


class NotDue(Conflict):
    """The timer's time has not come."""

    title = N_("It is too early for this.")


class NotPossible(Conflict):
    """What was asked for by hand cannot be done where the case stands; a msgid and what fills its places say why."""

    title = N_("The case cannot be changed this way.")

    def __init__(self, text: str, /, **params: object) -> None:
        super().__init__(sentence(text, **params))


NEITHER = N_("the condition is neither true nor false")
NO_WAY_OUT = N_("no condition is true and there is no default flow")
OUT_OF_REACH = N_("the time is out of reach")


class Stuck(Exception):
    """An expression, a mapping or an uncaught error keeps a token from going on; `cause` says so to people.

    `at` is the rule it is about, as the model writes it; `why` is what the expression knows about a null.
    """

    def __init__(self, problem: str | Sentence, /, at: str = "", why: str = "", **params: object) -> None:
        told = sentence(problem, **params) if isinstance(problem, str) else problem
        if why:
            told = sentence("%(problem)s (%(why)s)", problem=told, why=why)
        self.cause = sentence("%(where)s: %(reason)s", where=at, reason=told) if at else told
        super().__init__(str(self.cause))
