"""The password rules (F7), temporary secrets, and what hashing promises."""

import math
import threading

import argon2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from people import passwords
from people.passwords import Cost, Hasher


@pytest.mark.parametrize(
    ("password", "problems"),
    [
        ("abc12345", []),
        ("abcdefgh", [passwords.NO_DIGIT]),
        ("12345678", [passwords.NO_LETTER]),
        ("abc1234", [passwords.TOO_SHORT]),
        ("", [passwords.TOO_SHORT, passwords.NO_LETTER, passwords.NO_DIGIT]),
        ("žluťoučký 1", []),
        ("a1" * 101, [passwords.TOO_LONG]),
    ],
)
def test_each_broken_rule_has_its_sentence(password: str, problems: list[str]) -> None:
    assert passwords.password_problems(password) == problems


def test_the_temporary_password_is_not_a_new_one() -> None:
    secret = passwords.new_secret()
    assert passwords.password_problems(secret, secret) == [passwords.SAME_AS_TEMPORARY]


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
