"""First login: the first own password of a new account lets the case that issued it go on."""

from dataclasses import dataclass
from datetime import datetime

from akta.ids import AccountId
from akta.languages import Language
from akta.subjects import Door, Subject
from people import accounts
from people.accounts import PasswordEntry
from people.passwords import Hasher
from storage.unit_of_work import Transaction, UnitOfWork
from workflows import messages
from workflows.runtime import Runtime

MESSAGE = "first-login"
"""Correlates on the account's id (domain.md §2.27)."""


@dataclass(frozen=True)
class Changing:
    """What changing a password needs beside what was typed."""

    runtime: Runtime
    hasher: Hasher


def change_password(
    uow: UnitOfWork,
    desk: Changing,
    subject: Subject,
    door: Door,
    entry: PasswordEntry,
    language: Language,
    now: datetime,
) -> bool:
    """Change the subject's own password; gives whether it was the account's first.

    All its sessions end. The first change and the message it sends are one transaction.

    Raises:
        Invalid: with the field `old`, `new` or `repeat` and what to do about it.
        SecretExpired: the temporary password is too old.
    """

    def tell(tx: Transaction, account: AccountId) -> None:
        messages.correlate(tx, desk.runtime, MESSAGE, str(account), {}, subject.acting(door), now)

    if subject.account is None:
        raise accounts.SignInFailed
    return accounts.change_password(uow, desk.hasher, subject.account, entry, language, now, first_login=tell)
