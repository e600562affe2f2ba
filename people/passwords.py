"""Passwords: the rules they must meet, temporary secrets, and Argon2 in a bounded number of threads."""

import secrets
import threading
import unicodedata
from dataclasses import dataclass

import argon2

from akta.languages import N_

SHORTEST = 8
LONGEST = 200
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""No letter or digit that is taken for another when read from paper: i, l, o, 0 and 1 are left out."""
GROUPS = 4
GROUP_LENGTH = 4

TOO_SHORT = N_("Use at least 8 characters.")
TOO_LONG = N_("Use at most 200 characters.")
NO_LETTER = N_("Use at least one letter.")
NO_DIGIT = N_("Use at least one digit.")
SAME_AS_TEMPORARY = N_("Choose a password other than the temporary one.")
SAME_AS_OLD = N_("Choose a password other than the present one.")
REPEATED_WRONGLY = N_("The two new passwords differ. Type the new password twice.")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one Argon2id hash costs: passes over the memory, memory in KiB, lanes; how many run at once."""

    passes: int = 3
    memory: int = 65_536
    lanes: int = 1
    at_once: int = 2


class Hasher:
    """Hashes and verifies passwords; at most `cost.at_once` at a time, the others wait (each takes its memory)."""

    def __init__(self, cost: Cost | None = None) -> None:
        cost = cost or Cost()
        self._argon2 = argon2.PasswordHasher(
            time_cost=cost.passes, memory_cost=cost.memory, parallelism=cost.lanes, type=argon2.Type.ID
        )
        self._room = threading.BoundedSemaphore(cost.at_once)
        self._nobody = self._argon2.hash(secrets.token_urlsafe(16))

    def hash(self, password: str) -> str:
        with self._room:
            return self._argon2.hash(_prepared(password))

    def verify(self, stored: str, password: str) -> bool:
        """Whether `password` made `stored`. Without a stored hash it takes as long and says no."""
        with self._room:
            try:
                self._argon2.verify(stored or self._nobody, _prepared(password))
            except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
                return False
            return bool(stored)

    def outdated(self, stored: str) -> bool:
        """Whether the hash was made at another cost than today's."""
        return self._argon2.check_needs_rehash(stored)


def password_problems(new: str, temporary: str = "") -> list[str]:
    """What is wrong with a new password, one sentence (msgid) for each broken rule; empty when it will do.

    Rules of S003-09: at least 8 characters, a letter, a digit; never the temporary one again (domain.md §2.4).
    """
    broken = {
        TOO_SHORT: len(new) < SHORTEST,
        TOO_LONG: len(new) > LONGEST,
        NO_LETTER: not any(character.isalpha() for character in new),
        NO_DIGIT: not any(character.isdecimal() for character in new),
        SAME_AS_TEMPORARY: bool(temporary) and _prepared(new) == _prepared(temporary),
    }
    return [sentence for sentence, is_broken in broken.items() if is_broken]


def new_secret() -> str:
    """A temporary password of four groups a person can read and type; 79 bits, and it meets the rules itself."""
    while True:
        groups = ("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
        secret = "-".join(groups)
        if not password_problems(secret):
            return secret


def _prepared(password: str) -> str:
    """The same text however the keyboard composed it, and never longer than what is hashed."""
    return unicodedata.normalize("NFKC", password)[: LONGEST + 1]
