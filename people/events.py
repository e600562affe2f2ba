"""What happened to accounts, append-only: for their owners, for administration, for whoever looks into an attack."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import structlog
from sqlalchemy import select

from akta.ids import AccountId
from akta.languages import N_, Language
from storage.identity import AccountEvent
from storage.people import Account, Person
from storage.unit_of_work import Transaction

MOST_SHOWN = 100

log = structlog.get_logger("people")


class What(StrEnum):
    """The kinds of event."""

    SIGNED_IN = "signed-in"
    SIGN_IN_FAILED = "sign-in-failed"
    SIGN_IN_PAUSED = "sign-in-paused"
    FACTOR_FAILED = "factor-failed"
    PROVED = "proved"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105 - the name of an event
    RESET_ASKED = "reset-asked"
    PASSWORD_RESET = "password-reset"  # noqa: S105 - the name of an event
    SESSION_REVOKED = "session-revoked"
    FACTOR_ADDED = "factor-added"
    FACTOR_REMOVED = "factor-removed"
    FACTORS_RESET = "factors-reset"
    RECOVERY_CODES_MADE = "recovery-codes-made"
    RECOVERY_CODE_USED = "recovery-code-used"
    IDENTITY_LINKED = "identity-linked"
    KEY_MADE = "key-made"
    KEY_REVOKED = "key-revoked"
    ACCOUNT_MADE = "account-made"
    ACCOUNT_CLOSED = "account-closed"
    OFFICE_SET = "office-set"
    GROUP_GRANTED = "group-granted"
    GROUP_TAKEN = "group-taken"
    GROUP_ASKED = "group-asked"
    GROUP_REFUSED = "group-refused"
    RELEASES_RULED = "releases-ruled"


WORDS = {
    What.SIGNED_IN: N_("Signed in"),
    What.SIGN_IN_FAILED: N_("A wrong password was tried"),
    What.SIGN_IN_PAUSED: N_("Signing in was tried too often"),
    What.FACTOR_FAILED: N_("A wrong second factor was tried"),
    What.PROVED: N_("Proved who it is"),
    What.PASSWORD_CHANGED: N_("Changed the password"),
    What.RESET_ASKED: N_("Asked for a link to set a new password"),
    What.PASSWORD_RESET: N_("Set a new password by a link"),
    What.SESSION_REVOKED: N_("Signed out somewhere else"),
    What.FACTOR_ADDED: N_("Added a second factor"),
    What.FACTOR_REMOVED: N_("Removed a second factor"),
    What.FACTORS_RESET: N_("Lost second factors were taken away"),
    What.RECOVERY_CODES_MADE: N_("Made recovery codes"),
    What.RECOVERY_CODE_USED: N_("Used a recovery code"),
    What.IDENTITY_LINKED: N_("Linked to the utility's own sign-in"),
    What.KEY_MADE: N_("Made an API key"),
    What.KEY_REVOKED: N_("Revoked an API key"),
    What.ACCOUNT_MADE: N_("Account added"),
    What.ACCOUNT_CLOSED: N_("Account closed"),
    What.OFFICE_SET: N_("Works at another office"),
    What.GROUP_GRANTED: N_("Put into a group"),
    What.GROUP_TAKEN: N_("Taken out of a group"),
    What.GROUP_ASKED: N_("A powerful group was asked for"),
    What.GROUP_REFUSED: N_("A powerful group was refused"),
    What.RELEASES_RULED: N_("Said who may activate versions"),
}


@dataclass(frozen=True, slots=True)
class Event:
    """One event as a line of a list; `by` is empty where the owner did it."""

    kind: str
    at: datetime
    about: str
    by: str
    detail: dict[str, str]


def note(
    tx: Transaction,
    what: What,
    account: AccountId | UUID | None,
    now: datetime,
    *,
    by: AccountId | UUID | None = None,
    **detail: str,
) -> None:
    """Keep an event; `by` is who did it to somebody else's account. `detail` must name no secret."""
    tx.add(
        AccountEvent(account_id=account, by_id=by if by != account else None, kind=what.value, at=now, detail=detail)
    )
    log.info(what.value, account=str(account or ""), by=str(by or ""))


def said(kind: str, words: Language) -> str:
    """What people call an event."""
    return words.gettext(WORDS[What(kind)])


def listed(tx: Transaction, account: AccountId | None = None) -> Sequence[Event]:
    """The newest events, of one account or of all, with the names of who they are about and who did them."""
    statement = select(AccountEvent).order_by(AccountEvent.id.desc()).limit(MOST_SHOWN)
    if account is not None:
        statement = statement.where(AccountEvent.account_id == account)
    found = tx.session.scalars(statement).all()
    names = _names(tx, {key for row in found for key in (row.account_id, row.by_id) if key})
    return [
        Event(
            row.kind,
            row.at,
            names.get(row.account_id, "") if row.account_id else "",
            names.get(row.by_id, "") if row.by_id else "",
            dict(row.detail),
        )
        for row in found
    ]


def _names(tx: Transaction, accounts: set[UUID]) -> dict[UUID, str]:
    if not accounts:
        return {}
    statement = select(Account.id, Person.name).join(Person, Person.id == Account.person_id)
    found = tx.session.execute(statement.where(Account.id.in_(accounts)))
    return {key: name for key, name in found}
