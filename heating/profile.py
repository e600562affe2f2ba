"""What differs between utilities, read from the tenant's profile: limits, the letter of its invoices, notice times."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from storage.tenants import Tenant
from storage.unit_of_work import Transaction


@dataclass(frozen=True, slots=True)
class Profile:
    """The settings of one utility."""

    name: str
    zone: ZoneInfo
    language: str
    currency: str
    accounts_per_contract: int
    invoice_letter: str
    terms_notice_days: int

    def today(self, now: datetime) -> date:
        """The day it is at the utility."""
        return now.astimezone(self.zone).date()


def of(tx: Transaction) -> Profile:
    """The profile of the transaction's tenant."""
    return of_tenant(tx.get(Tenant, tx.tenant))


def of_tenant(tenant: Tenant) -> Profile:
    """The profile of a utility; what it leaves open has the defaults of domain.md §2.5 and S000-15."""
    chosen = tenant.profile
    return Profile(
        name=tenant.name,
        zone=ZoneInfo(tenant.zone),
        language=tenant.language,
        currency=tenant.currency,
        accounts_per_contract=int(chosen.get("accounts_per_contract", 3)),
        invoice_letter=str(chosen.get("invoice_letter", "S")),
        terms_notice_days=int(chosen.get("terms_notice_days", 30)),
    )
