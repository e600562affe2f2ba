"""The ways in which an act can be refused; `api/problems.py` maps them to HTTP once."""

from collections.abc import Mapping
from typing import ClassVar

from akta.languages import N_, Sentence


class Refusal(Exception):
    """An act was refused for a reason the person who tried it can understand.

    `title` is an English msgid, translated where it is shown; `params` fill its %(name)s places. `whole` is the detail
    as a sentence, which is translated there too; `detail` is the same in English.
    """

    title: ClassVar[str] = N_("This is not possible.")

    def __init__(self, detail: str | Sentence = "", **params: object) -> None:
        self.whole = detail if isinstance(detail, Sentence) else Sentence(detail)
        self.detail = str(detail)
        self.params = params
        super().__init__(self.detail or self.title)


class NotFound(Refusal):
    """The thing does not exist, or is not visible to who asks."""

    title = N_("There is nothing here, or it is not yours to see.")


class Forbidden(Refusal):
    """The subject may see the thing but not do this to it."""

    title = N_("You do not have the right to do this.")


class SignInNeeded(Forbidden):
    """Nobody is signed in, or the session has ended."""

    title = N_("Sign in to continue.")


class Conflict(Refusal):
    """The thing changed meanwhile, or is in a state in which this cannot be done."""

    title = N_("Someone was faster: this has changed meanwhile.")


class Invalid(Refusal):
    """What was sent cannot be taken; `fields` names each wrong field with a sentence (already in words)."""

    title = N_("Some answers need another look.")

    def __init__(self, detail: str | Sentence = "", fields: Mapping[str, str] | None = None, **params: object) -> None:
        super().__init__(detail, **params)
        self.fields = dict(fields or {})


class NotNow(Refusal):
    """It may work later: `after` says in how many seconds to try again."""

    title = N_("Try again in a while.")

    def __init__(self, detail: str = "", *, after: int = 1, **params: object) -> None:
        super().__init__(detail, **params)
        self.after = after


class Busy(NotNow):
    """There is no room for this piece of work at the moment."""

    title = N_("Very many people are signing in at the moment. Try again in a few seconds.")


class TooOften(NotNow):
    """This was tried too often from one place."""

    title = N_("This was tried too often. Wait a while and try again.")
