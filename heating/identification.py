"""Whether who applies is the customer: a knowledge factor, the address on file, and the link in a mail (S002-03, -04).

What comes out decides a table of the utility; nobody outside is told which numbers exist, or whether an answer fits.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from akta.ids import CaseId, PersonId
from heating import callers
from heating.tables.contracts import Contract, Customer
from people import case_links, throttle
from people.throttle import Limit
from storage.cases import Case
from storage.unit_of_work import Transaction

ANSWERS = Limit("control answers", 5, timedelta(days=1))
"""Answers looked at for one customer in a day; any more are as good as none, and a clerk decides."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an applicant said. `control` is the kind of thing only the customer knows: serial, invoice, last_reading."""

    contract: UUID
    customer_no: str
    control: str
    answer: str
    email: str


@dataclass(frozen=True, slots=True)
class Compared:
    """What fits: the answer, the address with the one on file, and whether the address was proved by its link."""

    known: bool
    address_on_file: bool
    address_proved: bool


def compare(tx: Transaction, case_id: CaseId, asked: Asked, now: datetime) -> Compared:
    """Hold what was said against what is kept."""
    customer = tx.get(Customer, tx.get(Contract, asked.contract).customer_id)
    person = tx.get(Case, case_id).person_id
    return Compared(
        known=_fits(tx, customer, asked, now),
        address_on_file=bool(customer.email) and customer.email.casefold() == asked.email.casefold(),
        address_proved=person is not None and case_links.was_opened(tx, case_id, PersonId(person)),
    )


def _fits(tx: Transaction, customer: Customer, asked: Asked, now: datetime) -> bool:
    if not asked.control or not throttle.take(tx, ANSWERS, str(customer.id), now):
        return False
    return callers.matches(tx, asked.customer_no, asked.control, asked.answer)
