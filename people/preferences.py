"""How an account wants its pages: dense or comfortable."""

from enum import StrEnum

from sqlalchemy import select

from akta.errors import Forbidden
from akta.subjects import Subject
from storage.desk import Preference
from storage.unit_of_work import Transaction


class Density(StrEnum):
    """How much stands on a page."""

    COMFORTABLE = "comfortable"
    COMPACT = "compact"


def density(tx: Transaction, subject: Subject) -> Density:
    """What this account chose; comfortable for everybody else."""
    if subject.account is None:
        return Density.COMFORTABLE
    found = select(Preference.density).where(Preference.account_id == subject.account)
    return Density(tx.session.scalar(found) or Density.COMFORTABLE)


def choose_density(tx: Transaction, subject: Subject, wished: Density) -> None:
    """
    Raises:
        Forbidden: nobody is signed in to an account.
    """
    if subject.account is None:
        raise Forbidden("preferences belong to accounts")
    row = tx.session.scalar(select(Preference).where(Preference.account_id == subject.account))
    if row is None:
        tx.add(Preference(account_id=subject.account, density=wished.value))
    else:
        row.density = wished.value
