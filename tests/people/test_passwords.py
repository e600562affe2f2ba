"""The password rules (F7), temporary secrets, and what hashing promises."""

import math
import threading

import argon2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from akta.errors import Busy
from people import passwords
from people.passwords import Cost, Hasher, Rules

TOO_SHORT = "Use at least 8 characters."
LETTER, DIGIT = str(passwords.NO_LETTER), str(passwords.NO_DIGIT)
SEED = Rules(uncommon=False)
"""The rules of S003-09 and nothing else."""


def problems(password: str, rules: Rules | None = None, **asked: object) -> list[str]:
    return [str(problem) for problem in passwords.password_problems(password, rules, **asked)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("password", "broken"),
    [
        ("abc12345", []),
        ("abcdefgh", [DIGIT]),
        ("12345678", [LETTER]),
        ("abc1234", [TOO_SHORT]),
        ("", [TOO_SHORT, LETTER, DIGIT]),
        ("žluťoučký 1", []),
        ("a1" * 101, [str(passwords.TOO_LONG)]),
    ],
)
def test_each_broken_rule_has_its_sentence(password: str, broken: list[str]) -> None:
    assert problems(password, SEED) == broken


@pytest.mark.parametrize("password", ["abc12345", "ABC12345", "password1", "Passw0rd", "1q2w3e4r", "qwerty123"])
def test_a_password_found_in_every_stolen_list_is_refused(password: str) -> None:
    assert problems(password) == [str(passwords.COMMON_ONE)]


def test_the_list_of_common_passwords_has_thousands_of_those_that_would_be_long_enough() -> None:
    assert len(passwords.common()) > 3_000
    assert all(len(password) >= 8 for password in passwords.common())


@pytest.mark.parametrize("password", ["SU0044 heslo", "minta-heslo-1", "heslo ügyfél 9"])
def test_a_password_that_tells_the_login_or_name_is_refused(password: str) -> None:
    assert problems(password, names=("su0044", "Minta", "Ügyfél", "Li")) == [str(passwords.TELLS_NAME)]
    assert problems("vlci za li 9", names=("su0044", "Li")) == []


def test_each_utility_has_its_own_rules() -> None:
    rules = Rules.of({"passwords": {"shortest": 12, "letter_and_digit": False, "uncommon": False}})
    assert rules == Rules(12, False, False)
    assert problems("kolovrat x", rules) == ["Use at least 12 characters."]
    assert problems("kolovrat a kolo", rules) == []
    assert "12" in str(rules.told)


@pytest.mark.parametrize("told", [None, 7, {"shortest": 3}, {"shortest": "x"}, {"shortest": None, "uncommon": None}])
def test_no_profile_makes_the_rules_weaker_than_eight_characters(told: object) -> None:
    assert Rules.of({"passwords": told}) == Rules()


def test_the_temporary_password_is_not_a_new_one() -> None:
    secret = passwords.new_secret()
    assert problems(secret, temporary=secret) == [str(passwords.SAME_AS_TEMPORARY)]


def test_who_finds_no_room_is_told_when_to_try_again() -> None:
    hasher = Hasher(Cost(passes=1, memory=8, lanes=1, at_once=1, patience=0.02))
    with hasher._turn(), pytest.raises(Busy) as busy:
        hasher.verify("", "x")
    assert busy.value.after >= 1
    assert hasher.hash("x")


def test_a_temporary_password_is_readable_and_hard_to_guess() -> None:
    secrets = [passwords.new_secret() for _ in range(200)]
    letters = passwords.GROUPS * passwords.GROUP_LENGTH
    assert letters * math.log2(len(passwords.ALPHABET)) >= 60
    assert len(set(secrets)) == len(secrets)
    assert all(set(secret) <= set(passwords.ALPHABET) | {"-"} for secret in secrets)
    assert not set("il1o0") & set(passwords.ALPHABET)
    assert all(passwords.password_problems(secret) == [] for secret in secrets)


@settings(deadline=None)
@given(st.text(max_size=40))
def test_only_the_password_that_made_a_hash_verifies_it(password: str) -> None:
    hasher = Hasher(Cost(passes=1, memory=8, lanes=1))
    stored = hasher.hash(password)
    assert hasher.verify(stored, password)
    assert not hasher.verify(stored, password + "x")
    assert password not in stored or len(password) < 4


def test_the_same_password_typed_on_another_keyboard_verifies(hasher: Hasher) -> None:
    assert hasher.verify(hasher.hash("Zl\u030cut\u02b9 ke\u030c7"), "Zl\u030cut\u02b9 k\u011b7")


def test_without_a_stored_hash_nothing_verifies(hasher: Hasher) -> None:
    assert not hasher.verify("", "")
    assert not hasher.verify("not a hash", "x")


def test_a_hash_at_another_cost_is_outdated(hasher: Hasher) -> None:
    assert Hasher(Cost(passes=2, memory=16, lanes=1)).outdated(hasher.hash("x"))
    assert not hasher.outdated(hasher.hash("x"))


class Watched:
    """Argon2 that knows how many hashes were under way at most."""

    def __init__(self, real: argon2.PasswordHasher) -> None:
        self.real, self.running, self.most, self.lock = real, 0, 0, threading.Lock()

    def hash(self, password: str) -> str:
        with self.lock:
            self.running += 1
            self.most = max(self.most, self.running)
        threading.Event().wait(0.01)
        with self.lock:
            self.running -= 1
        return self.real.hash(password)


def test_no_more_hashes_run_at_once_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    hasher = Hasher(Cost(passes=1, memory=8, lanes=1, at_once=2))
    watched = Watched(hasher._argon2)
    monkeypatch.setattr(hasher, "_argon2", watched)
    threads = [threading.Thread(target=hasher.hash, args=("x",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert watched.most == 2
