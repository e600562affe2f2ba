"""Patterns a process owner writes, matched in linear time, so that no answer can make one take long."""

from functools import lru_cache

import jsonschema_rs

MAX_PATTERN = 200
_SIZE_LIMIT = 1_000_000


class PatternError(ValueError):
    """The pattern does not compile, or needs more than linear matching (looking around, referring back)."""


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> jsonschema_rs.Draft7Validator:
    if len(pattern) > MAX_PATTERN:
        raise PatternError(f"the pattern is longer than {MAX_PATTERN} characters")
    try:
        return jsonschema_rs.Draft7Validator(
            {"type": "string", "pattern": pattern}, pattern_options=jsonschema_rs.RegexOptions(size_limit=_SIZE_LIMIT)
        )
    except ValueError as error:
        raise PatternError("the pattern does not compile (looking around and referring back are not known)") from error


def check(pattern: str) -> None:
    """Raises PatternError when the pattern cannot be used."""
    _compiled(pattern)


def matches(pattern: str, text: str) -> bool:
    r"""Whether the pattern is found in the text, unanchored, read as JavaScript reads it (`\d` is 0-9)."""
    return _compiled(pattern).is_valid(text)
