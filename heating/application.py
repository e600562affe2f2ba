"""What is told at once when portal access is applied for: answers that no clerk could accept."""

from collections.abc import Mapping
from datetime import date, datetime

from akta.languages import N_, Language
from akta.subjects import Subject
from bpmn.values import Value
from heating import identifiers, profile
from storage.tenants import Tenant
from storage.unit_of_work import Transaction

NAME = "portal-application"
AGE = 18
BORN, COMPANY, ISSUED, UNTIL = "birth_date", "company_id", "mandate_issued_on", "mandate_valid_to"
"""Keys of the answers it looks at."""

TOO_YOUNG = N_("Only adults can apply. Ask your parent or guardian to apply for you.")
NO_COMPANY = N_("This is not the number of a company. Check the digits.")
ENDS_FIRST = N_("The mandate would end before it was signed. Check both days.")


def check(
    tx: Transaction, subject: Subject, values: Mapping[str, Value], language: Language, now: datetime
) -> dict[str, str]:
    """A sentence for each answer that cannot be taken. Whether the contract exists is not told here: anybody asks."""
    found: dict[str, str] = {}
    born, company = values.get(BORN), values.get(COMPANY)
    if isinstance(born, date) and not _of_age(born, profile.of(tx).today(now)):
        found[BORN] = language.gettext(TOO_YOUNG)
    if isinstance(company, str) and not identifiers.is_company(tx.get(Tenant, tx.tenant).country, company):
        found[COMPANY] = language.gettext(NO_COMPANY)
    issued, until = values.get(ISSUED), values.get(UNTIL)
    if isinstance(issued, date) and isinstance(until, date) and until < issued:
        found[UNTIL] = language.gettext(ENDS_FIRST)
    return found


def _of_age(born: date, today: date) -> bool:
    """Who was born on 29 February is of age from 1 March."""
    return (today.year - AGE, today.month, today.day) >= (born.year, born.month, born.day)
