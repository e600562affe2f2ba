"""The offices of a utility, and which of them a clerk is limited to (domain.md §4)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from akta.errors import Forbidden, Invalid
from akta.ids import AccountId
from akta.languages import N_
from people import _rows as rows
from people import events, sessions, staff
from storage.unit_of_work import Transaction

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class NoSuchOffice(Invalid):
    """A code that names no office of the utility."""

    title = N_("There is no such office.")


class BadOffice(Invalid):
    """An office that could not be named in an address or on a page."""

    title = N_("An office has a code of small letters, digits and hyphens, and a name of at most 100 characters.")


class NotOwnOffice(Forbidden):
    """Nobody widens what they see themselves."""

    title = N_("Another administrator has to do this: nobody chooses their own office.")


@dataclass(frozen=True, slots=True)
class Office:
    """A place where clerks work."""

    code: str
    name: str


def listed(tx: Transaction) -> Sequence[Office]:
    found = tx.session.scalars(select(rows.Office).order_by(rows.Office.code))
    return [Office(row.code, row.name) for row in found]


def name(tx: Transaction, code: str, words: str) -> None:
    """Add an office, or call it something else.

    Raises:
        BadOffice: the code or the name is none.
    """
    words = words.strip()
    if not _CODE.fullmatch(code) or not words.isprintable() or not 0 < len(words) <= 100:
        raise BadOffice
    known = _find(tx, code)
    if known is None:
        tx.add(rows.Office(code=code, name=words))
    else:
        known.name = words


def require(tx: Transaction, code: str) -> None:
    """
    Raises:
        NoSuchOffice: the code is neither empty (the whole utility) nor that of an office.
    """
    if code and _find(tx, code) is None:
        raise NoSuchOffice(code)


def put(tx: Transaction, account_id: AccountId, code: str, by: AccountId, now: datetime) -> None:
    """Limit a colleague to an office, or with no code to none; their sessions end, so that what they see changes at
    once.

    Raises:
        NotOwnOffice: it is one's own account.
        NoSuchOffice: there is no such office.
        NotFound: there is no such staff account.
    """
    if account_id == by:
        raise NotOwnOffice
    account = staff.of_staff(tx.locked(rows.Account, account_id))
    require(tx, code)
    if account.office == code:
        return
    account.office = code
    sessions.end_all_of_account(tx, account_id, now)
    events.note(tx, events.What.OFFICE_SET, account_id, now, by=by, office=code)


def _find(tx: Transaction, code: str) -> rows.Office | None:
    return tx.session.scalar(select(rows.Office).where(rows.Office.code == code))
