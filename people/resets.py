"""Password resets: a link to the owner's address that sets a new password, once, within an hour."""

from datetime import datetime, timedelta

from sqlalchemy import select, update

from akta.errors import NotFound
from akta.ids import AccountId
from akta.languages import N_, Language
from people import _rows as rows
from people import accounts, events, sessions
from people.passwords import Hasher
from storage.unit_of_work import Transaction, UnitOfWork

LASTING = timedelta(hours=1)


class ResetGone(NotFound):
    """The link is unknown, used, superseded or too old; which of them is not said."""

    title = N_("This link is no longer valid. Ask for a new one; it works once, within an hour.")


def find(tx: Transaction, login: str) -> rows.Account | None:
    """The account a new password may be asked for: one with a password of its own. Nobody is told whether there is."""
    account = tx.session.scalar(select(rows.Account).where(rows.Account.login == accounts.normal_login(login)))
    return account if account is not None and is_open_to(account) else None


def is_open_to(account: rows.Account) -> bool:
    """Whether the account signs in with a password of its own, so that there is one to replace."""
    return account.state == rows.ACTIVE and bool(account.password_hash)


def issue(tx: Transaction, account: rows.Account, now: datetime) -> str:
    """A token for a link that goes to the owner's address and nowhere else; links sent before stop working.

    The present password and the sessions stay as they are until the link is used, so that asking for one does no
    harm to the owner. Second factors are still asked for afterwards.
    """
    _use_up(tx, AccountId(account.id), now)
    token = sessions.new_token()
    tx.add(
        rows.PasswordReset(
            account_id=account.id, token_hash=sessions.token_hash(token), created_at=now, expires_at=now + LASTING
        )
    )
    events.note(tx, events.What.RESET_ASKED, account.id, now)
    return token


def account_of(tx: Transaction, token: str, now: datetime) -> rows.Account:
    """Whose password a link would set.

    Raises:
        ResetGone: there is no such live link in this tenant, or the account is closed.
    """
    found = tx.session.scalar(
        select(rows.PasswordReset).where(
            rows.PasswordReset.token_hash == sessions.token_hash(token),
            rows.PasswordReset.used_at.is_(None),
            rows.PasswordReset.expires_at > now,
        )
    )
    account = tx.find(rows.Account, found.account_id) if found is not None else None
    if account is None or not is_open_to(account):
        raise ResetGone
    return account


def redeem(
    uow: UnitOfWork, hasher: Hasher, token: str, new: str, repeat: str, language: Language, now: datetime
) -> AccountId:
    """Set a new password by a link and end all sessions of the account; the link is used up.

    Raises:
        ResetGone: the link is not or no longer valid.
        Invalid: with the field `new` or `repeat` and what to do about it; the link stays good.
    """
    with uow.view() as tx:
        account = account_of(tx, token, now)
        problems = accounts.new_password_problems(tx, account, new)
    accounts.refuse_entry(problems, new, repeat, language)
    hashed = hasher.hash(new)
    with uow.begin() as tx:
        account = tx.locked(rows.Account, account_of(tx, token, now).id)
        account_of(tx, token, now)  # once more under the lock: of two at once, one wins
        accounts.set_password(tx, account, hashed, now)
        _use_up(tx, AccountId(account.id), now)
        events.note(tx, events.What.PASSWORD_RESET, account.id, now)
        return AccountId(account.id)


def _use_up(tx: Transaction, account_id: AccountId, now: datetime) -> None:
    tx.session.execute(
        update(rows.PasswordReset)
        .where(rows.PasswordReset.account_id == account_id, rows.PasswordReset.used_at.is_(None))
        .values(used_at=now)
    )
