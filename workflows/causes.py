"""Why something failed, in words a clerk can pass on: no secrets, no personal data, no stack traces."""

import re

from sqlalchemy.exc import SQLAlchemyError

from akta.errors import Refusal

LONGEST = 1000
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@")
_SECRET = re.compile(r"(?i)\b(password|passwd|secret|token|key)\b(\s*[=:]\s*)\S+")


def in_words(failure: BaseException) -> str:
    """The kind of a failure and what it says.

    Database errors keep only their kind: their text holds the values that were being written.
    """
    if isinstance(failure, SQLAlchemyError):
        original = getattr(failure, "orig", None)
        return f"The database refused: {type(original or failure).__name__}"
    said = f"{failure.title} {failure.detail}" if isinstance(failure, Refusal) else str(failure)
    text = _SECRET.sub(r"\1\2…", _CREDENTIALS.sub("…@", said.strip()))
    kind = type(failure).__name__
    return (f"{kind}: {text}" if text else kind)[:LONGEST]
