"""Passwords: the rules they must meet, temporary secrets, and Argon2 in a bounded number of threads."""

import gzip
import secrets
import threading
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import argon2

from akta.errors import Busy
from akta.languages import N_, Sentence, sentence

LONGEST = 200
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""No letter or digit that is taken for another when read from paper: i, l, o, 0 and 1 are left out."""
GROUPS = 4
GROUP_LENGTH = 4
COMMON = Path(__file__).with_name("common_passwords.txt.gz")
SHORTEST_NAME = 4
"""A shorter login or name is no reason to refuse a password it happens to stand in."""

TOO_LONG = sentence(N_("Use at most %(count)s characters."), count=LONGEST)
NO_LETTER = sentence(N_("Use at least one letter."))
NO_DIGIT = sentence(N_("Use at least one digit."))
COMMON_ONE = sentence(N_("Many people use this password, and it is tried first. Choose another one."))
TELLS_NAME = sentence(N_("Leave out your login, your name and the name of the utility."))
SAME_AS_TEMPORARY = sentence(N_("Choose a password other than the temporary one."))
SAME_AS_OLD = sentence(N_("Choose a password other than the present one."))
REPEATED_WRONGLY = N_("The two new passwords differ. Type the new password twice.")


@dataclass(frozen=True, slots=True)
class Rules:
    """What a utility asks of a password (`passwords` in its profile): its shortest length, a letter and a digit
    (S003-09), and that it is not among those found in every list of stolen passwords."""

    shortest: int = 8
    letter_and_digit: bool = True
    uncommon: bool = True

    @classmethod
    def of(cls, profile: Mapping[str, object]) -> "Rules":
        """From a utility's profile; less than eight characters is never enough."""
        told = profile.get("passwords")
        told = told if isinstance(told, Mapping) else {}
        shortest = told.get("shortest")
        return cls(
            shortest=min(max(shortest, cls().shortest), LONGEST // 2) if isinstance(shortest, int) else cls().shortest,
            letter_and_digit=told.get("letter_and_digit") is not False,
            uncommon=told.get("uncommon") is not False,
        )

    @property
    def told(self) -> Sentence:
        """The rules as a hint beside the field."""
        if self.letter_and_digit:
            words = N_("At least %(count)s characters, with at least one letter and one digit.")
        else:
            words = N_("At least %(count)s characters.")
        return sentence(words, count=self.shortest)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one Argon2id hash costs: passes over the memory, memory in KiB, lanes; how many run at once, and for how
    many seconds one waits for its turn."""

    passes: int = 3
    memory: int = 65_536
    lanes: int = 1
    at_once: int = 2
    patience: float = 5.0


class Hasher:
    """Hashes and verifies passwords; at most `cost.at_once` at a time (each takes its memory), the others wait.

    Raises:
        Busy: from `hash` and `verify`: there was no room for as long as one is kept waiting.
    """

    def __init__(self, cost: Cost | None = None) -> None:
        cost = cost or Cost()
        self._argon2 = argon2.PasswordHasher(
            time_cost=cost.passes, memory_cost=cost.memory, parallelism=cost.lanes, type=argon2.Type.ID
        )
        self._room = threading.BoundedSemaphore(cost.at_once)
        self._patience = cost.patience
        self._nobody = self._argon2.hash(secrets.token_urlsafe(16))

    def hash(self, password: str) -> str:
        with self._turn():
            return self._argon2.hash(_prepared(password))

    def verify(self, stored: str, password: str) -> bool:
        """Whether `password` made `stored`. Without a stored hash it takes as long and says no."""
        with self._turn():
            try:
                self._argon2.verify(stored or self._nobody, _prepared(password))
            except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
                return False
            return bool(stored)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._room.acquire(timeout=self._patience):
            raise Busy(after=2 * round(self._patience) or 1)
        try:
            yield
        finally:
            self._room.release()

    def outdated(self, stored: str) -> bool:
        """Whether the hash was made at another cost than today's."""
        return self._argon2.check_needs_rehash(stored)


def password_problems(
    new: str, rules: Rules | None = None, *, temporary: str = "", names: Collection[str] = ()
) -> list[Sentence]:
    """What is wrong with a new password, one sentence for each broken rule; empty when it will do.

    `names` (login, name, utility) must not stand in it; it is never the temporary one again (domain.md §2.4).
    """
    rules = rules or Rules()
    plain = _prepared(new).casefold()
    broken = {
        sentence(N_("Use at least %(count)s characters."), count=rules.shortest): len(new) < rules.shortest,
        TOO_LONG: len(new) > LONGEST,
        NO_LETTER: rules.letter_and_digit and not any(character.isalpha() for character in new),
        NO_DIGIT: rules.letter_and_digit and not any(character.isdecimal() for character in new),
        COMMON_ONE: rules.uncommon and plain in common(),
        TELLS_NAME: any(len(name) >= SHORTEST_NAME and name.casefold() in plain for name in names),
        SAME_AS_TEMPORARY: bool(temporary) and _prepared(new) == _prepared(temporary),
    }
    return [words for words, is_broken in broken.items() if is_broken]


@cache
def common() -> frozenset[str]:
    """Passwords of eight characters and more that are found in every list of stolen ones, in small letters."""
    return frozenset(gzip.decompress(COMMON.read_bytes()).decode().splitlines())


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
