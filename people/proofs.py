"""Proving once more who one is, before something that a stolen session must not be enough for."""

from datetime import datetime

from akta.errors import Forbidden
from akta.languages import N_, Language
from people import accounts, events, second_factors, sessions
from people.passwords import Hasher
from people.sessions import Opened, Session
from storage.unit_of_work import UnitOfWork


class FactorAsked(Forbidden):
    """The account has a second factor: that is the proof, the password alone is none."""

    title = N_("Show your second factor first.")


def by_password(
    uow: UnitOfWork, hasher: Hasher, session: Session, typed: str, language: Language, now: datetime
) -> Opened:
    """Take the present password as proof; the session gets another token.

    Raises:
        FactorAsked: the account has a second factor.
        Invalid: with the field `password`: it is wrong, or was typed wrongly too often.
    """
    account_id = session.subject.account
    with uow.view() as tx:
        if account_id is None or second_factors.listed(tx, account_id):
            raise FactorAsked
    accounts.verify_own(uow, hasher, account_id, typed, language, now, "password")
    with uow.begin() as tx:
        events.note(tx, events.What.PROVED, account_id, now)
        return sessions.renew(tx, session.id, now)
