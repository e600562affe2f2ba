"""Invoice numbers: `YYYY`, the letter of the series, six digits (S002-08), with no number left out."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from heating.tables.billing import InvoiceSeries
from storage.unit_of_work import Transaction


class Numbers:
    """Gives the next numbers of one series. Its row stays locked until the end of the transaction, so that two
    runs go one after the other and a run that fails leaves no gap."""

    def __init__(self, tx: Transaction, year: int, letter: str) -> None:
        self._series = tx.locked(InvoiceSeries, _series(tx, year, letter))

    def next(self) -> str:
        self._series.last_number += 1
        return f"{self._series.year}{self._series.letter}{self._series.last_number:06d}"


def _series(tx: Transaction, year: int, letter: str) -> UUID:
    known = select(InvoiceSeries.id).where(InvoiceSeries.year == year, InvoiceSeries.letter == letter)
    found = tx.session.scalar(known)
    if found is None:
        try:
            with tx.session.begin_nested():
                tx.add(InvoiceSeries(year=year, letter=letter, last_number=0))
        except IntegrityError:
            pass  # another run began this series at the same moment
        found = tx.session.scalars(known).one()
    return found
