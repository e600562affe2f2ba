"""Second factors: codes of an app (TOTP, RFC 6238), recovery codes, and the list of what an account has."""

import base64
import hashlib
import hmac
import secrets
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode
from uuid import UUID

from sqlalchemy import Select, delete, func, select

from akta.errors import Conflict, Forbidden, Invalid, NotFound
from akta.ids import AccountId
from akta.languages import N_, Language
from people import _rows as rows
from people import events, passwords, sessions, throttle
from people.throttle import Limit
from people.vault import Vault
from storage.unit_of_work import Transaction, UnitOfWork

TOTP = "totp"
PASSKEY = "passkey"
STEP = 30
DIGITS = 6
DRIFT = 1
"""Time steps a phone's clock may be off, either way."""
KEY_BYTES = 20
MOST = 10
"""Second factors of one account."""
CODES = 10
CODE_GROUPS, CODE_GROUP = 4, 5
LONGEST_NAME = 60
TRIES = Limit("second-factor", 5, timedelta(minutes=15))


class WrongCode(Forbidden):
    """The code is wrong, too old, used already, or was tried too often."""

    title = N_("This code is not right, or has been used already. After five wrong tries wait 15 minutes.")


class Unnamed(Invalid):
    """Its owner would not know which one to remove."""

    title = N_("Give the second factor a name of at most 60 characters.")


class TooManyFactors(Conflict):
    """Nobody needs that many."""

    title = N_("Remove a second factor you no longer use before you add another one.")


class AskedFor(Conflict):
    """The utility asks for a second factor, and this is the last one."""

    title = N_("Your utility asks for a second factor: add another one before you remove this.")


@dataclass(frozen=True, slots=True)
class Factor:
    """A second factor as a line in its owner's list."""

    id: UUID
    kind: str
    name: str
    created_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewTotp:
    """A key to put into an app, shown once; it is asked for only after its first code was right."""

    id: UUID
    key: str
    """Base32, in groups of four for reading."""
    uri: str
    """What the picture says."""


def listed(tx: Transaction, account_id: AccountId) -> Sequence[Factor]:
    """The confirmed factors of an account, oldest first."""
    found = tx.session.scalars(_confirmed(account_id).order_by(rows.SecondFactor.id))
    return [Factor(row.id, row.kind, row.name, row.created_at, row.used_at) for row in found]


def codes_left(tx: Transaction, account_id: AccountId) -> int:
    """How many recovery codes are still unused."""
    unused = select(func.count()).select_from(rows.RecoveryCode)
    mine = unused.where(rows.RecoveryCode.account_id == account_id, rows.RecoveryCode.used_at.is_(None))
    return tx.session.scalar(mine) or 0


def begin_totp(tx: Transaction, vault: Vault, account_id: AccountId, name: str, now: datetime) -> NewTotp:
    """A new key for an app. One begun before and never confirmed is dropped.

    Raises:
        Unnamed: the name is empty or too long.
        TooManyFactors: the account has ten.
    """
    account = tx.locked(rows.Account, account_id)
    _drop_unfinished(tx, account_id)
    row = add(tx, account_id, TOTP, name, b"", now)
    row.secret = vault.seal(secrets.token_bytes(KEY_BYTES), _purpose(row.id))
    return _as_shown(tx, vault, account, row)


def unfinished_totp(tx: Transaction, vault: Vault, account_id: AccountId, factor_id: UUID) -> NewTotp:
    """The same key once more, for another try at its first code.

    Raises:
        NotFound: no such key waits for its first code.
    """
    row = tx.get(rows.SecondFactor, factor_id)
    if row.account_id != account_id or row.kind != TOTP or row.confirmed_at is not None:
        raise NotFound(f"second factor {factor_id}")
    return _as_shown(tx, vault, tx.get(rows.Account, account_id), row)


def _as_shown(tx: Transaction, vault: Vault, account: rows.Account, row: rows.SecondFactor) -> NewTotp:
    house = tx.get(rows.Tenant, tx.tenant).name
    shown = base64.b32encode(vault.open(row.secret, _purpose(row.id))).decode()
    label = quote(f"{house}:{account.login}", safe="")
    uri = f"otpauth://totp/{label}?{urlencode({'secret': shown, 'issuer': house}, quote_via=quote)}"
    return NewTotp(row.id, " ".join(shown[at : at + 4] for at in range(0, len(shown), 4)), uri)


def confirm_totp(
    uow: UnitOfWork, vault: Vault, account_id: AccountId, factor_id: UUID, code: str, now: datetime
) -> Sequence[str]:
    """Switch a new key on with its first code; gives recovery codes if the account has none yet.

    Raises:
        WrongCode: the code is not the one the app shows now, or there were too many tries.
        NotFound: no such key waits for its first code.
    """
    if not _may_try(uow, account_id, now):
        raise WrongCode
    with uow.begin() as tx:
        row = tx.locked(rows.SecondFactor, factor_id)
        if row.account_id != account_id or row.kind != TOTP or row.confirmed_at is not None:
            raise NotFound(f"second factor {factor_id}")
        if not _right(vault, row, code, now):
            raise WrongCode
        throttle.forget(tx, TRIES, str(account_id))
        return confirm(tx, vault, row, now)


def add(
    tx: Transaction, account_id: AccountId, kind: str, name: str, secret: bytes, now: datetime
) -> rows.SecondFactor:
    """A factor that still has to be confirmed.

    Raises:
        Unnamed: the name is empty or too long.
        TooManyFactors: the account has ten.
    """
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise Unnamed
    if (tx.session.scalar(select(func.count()).select_from(_confirmed(account_id).subquery())) or 0) >= MOST:
        raise TooManyFactors
    row = rows.SecondFactor(account_id=account_id, kind=kind, name=name.strip(), secret=secret, created_at=now)
    tx.add(row)
    return row


def confirm(tx: Transaction, vault: Vault, row: rows.SecondFactor, now: datetime) -> Sequence[str]:
    """Ask for this factor from now on; gives recovery codes if the account has none left."""
    account_id = AccountId(row.account_id)
    row.confirmed_at = now
    events.note(tx, events.What.FACTOR_ADDED, account_id, now, factor=row.kind, name=row.name)
    return () if codes_left(tx, account_id) else new_codes(tx, vault, account_id, now)


def new_codes(tx: Transaction, vault: Vault, account_id: AccountId, now: datetime) -> Sequence[str]:
    """Ten recovery codes, told once, here; those before stop working."""
    tx.session.execute(delete(rows.RecoveryCode).where(rows.RecoveryCode.account_id == account_id))
    codes = [_new_code() for _ in range(CODES)]
    tx.add(*(rows.RecoveryCode(account_id=account_id, code_hash=_mark(vault, account_id, code)) for code in codes))
    events.note(tx, events.What.RECOVERY_CODES_MADE, account_id, now)
    return codes


def prove(uow: UnitOfWork, vault: Vault, session: sessions.Session, code: str, now: datetime) -> sessions.Opened:
    """Take a code of an app, or a recovery code, as proof; the session gets another token.

    Raises:
        WrongCode: wrong, used already, or tried too often.
    """
    account_id = session.subject.account
    if account_id is None or not _may_try(uow, account_id, now):
        raise WrongCode
    with uow.begin() as tx:
        tx.locked(rows.Account, account_id)
        if _take_totp(tx, vault, account_id, code, now) or _take_recovery(tx, vault, account_id, code, now):
            return proved(tx, account_id, session, now)
        events.note(tx, events.What.FACTOR_FAILED, account_id, now)
    raise WrongCode


def proved(tx: Transaction, account_id: AccountId, session: sessions.Session, now: datetime) -> sessions.Opened:
    """What a right proof comes to: no tries are counted any more, and the session gets another token."""
    throttle.forget(tx, TRIES, str(account_id))
    events.note(tx, events.What.PROVED, account_id, now)
    return sessions.renew(tx, session.id, now)


def remove(tx: Transaction, account_id: AccountId, factor_id: UUID, now: datetime) -> None:
    """Remove one of one's own factors; with the last one the recovery codes go too.

    Raises:
        NotFound: the account has no such factor.
        AskedFor: the utility asks for one, and this is the last.
    """
    account = tx.locked(rows.Account, account_id)
    row = tx.get(rows.SecondFactor, factor_id)
    if row.account_id != account_id:
        raise NotFound(f"second factor {factor_id}")
    last = [factor.id for factor in listed(tx, account_id)] == [factor_id]
    if last and tx.get(rows.Tenant, tx.tenant).profile.get("second_factor") == account.kind:
        raise AskedFor
    tx.session.delete(row)
    if last:
        tx.session.execute(delete(rows.RecoveryCode).where(rows.RecoveryCode.account_id == account_id))
    events.note(tx, events.What.FACTOR_REMOVED, account_id, now, factor=row.kind, name=row.name)


def remove_all(tx: Transaction, account_id: AccountId, by: AccountId | None, now: datetime) -> None:
    """Take all factors from somebody who has lost them; their sessions end, the password stays as it is."""
    tx.locked(rows.Account, account_id)
    for table in (rows.SecondFactor, rows.RecoveryCode):
        tx.session.execute(delete(table).where(table.account_id == account_id))
    sessions.end_all_of_account(tx, account_id, now)
    events.note(tx, events.What.FACTORS_RESET, account_id, now, by=by)


def kind_name(kind: str, words: Language) -> str:
    return words.gettext({TOTP: N_("Code of an app"), PASSKEY: N_("Passkey")}[kind])


def totp(key: bytes, step: int) -> str:
    """The code of one time step (RFC 6238 with SHA-1, six digits: what every app can do)."""
    digest = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
    offset = digest[-1] & 0xF
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def _may_try(uow: UnitOfWork, account_id: AccountId, now: datetime) -> bool:
    with uow.begin() as tx:
        return throttle.take(tx, TRIES, str(account_id), now)


def _confirmed(account_id: AccountId) -> Select[rows.SecondFactor]:
    return select(rows.SecondFactor).where(
        rows.SecondFactor.account_id == account_id, rows.SecondFactor.confirmed_at.is_not(None)
    )


def _drop_unfinished(tx: Transaction, account_id: AccountId) -> None:
    tx.session.execute(
        delete(rows.SecondFactor).where(
            rows.SecondFactor.account_id == account_id, rows.SecondFactor.confirmed_at.is_(None)
        )
    )


def _take_totp(tx: Transaction, vault: Vault, account_id: AccountId, code: str, now: datetime) -> bool:
    mine = tx.session.scalars(_confirmed(account_id).where(rows.SecondFactor.kind == TOTP))
    return any(_right(vault, row, code, now) for row in mine)


def _right(vault: Vault, row: rows.SecondFactor, code: str, now: datetime) -> bool:
    """Whether the app shows this code now; each time step is taken once, so that a code seen by others is no use."""
    sent = "".join(code.split())
    key, current = vault.open(row.secret, _purpose(row.id)), int(now.timestamp()) // STEP
    for step in range(current - DRIFT, current + DRIFT + 1):
        if step > row.counter and hmac.compare_digest(totp(key, step).encode(), sent.encode()):
            row.counter, row.used_at = step, now
            return True
    return False


def _take_recovery(tx: Transaction, vault: Vault, account_id: AccountId, code: str, now: datetime) -> bool:
    row = tx.session.scalar(
        select(rows.RecoveryCode).where(
            rows.RecoveryCode.account_id == account_id,
            rows.RecoveryCode.code_hash == _mark(vault, account_id, code),
            rows.RecoveryCode.used_at.is_(None),
        )
    )
    if row is None:
        return False
    row.used_at = now
    events.note(tx, events.What.RECOVERY_CODE_USED, account_id, now)
    return True


def _new_code() -> str:
    """Four groups of five, 99 bits."""
    groups = ("".join(secrets.choice(passwords.ALPHABET) for _ in range(CODE_GROUP)) for _ in range(CODE_GROUPS))
    return "-".join(groups)


def _mark(vault: Vault, account_id: AccountId, code: str) -> bytes:
    plain = "".join(character for character in code.casefold() if character.isalnum())
    return vault.mark(plain, f"recovery code {account_id}")


def _purpose(factor_id: UUID) -> str:
    return f"second factor {factor_id}"
