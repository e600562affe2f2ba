"""Who asks (`Subject`) and who did it (`Actor`): every read starts from the first, every write keeps the second."""

from dataclasses import dataclass
from enum import StrEnum

from akta.ids import AccountId, CaseId, PersonId, TenantId


class Kind(StrEnum):
    STAFF = "staff"
    CUSTOMER = "customer"
    CASE_LINK = "case-link"
    MACHINE = "machine"
    ANONYMOUS = "anonymous"
    SYSTEM = "system"


class Door(StrEnum):
    PAGE = "page"
    REST = "rest"
    JOB = "job"
    TIMER = "timer"
    CLI = "cli"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acted, in which role, on whose behalf, through which door, and why where a reason is asked."""

    kind: Kind
    door: Door
    name: str = ""
    account: AccountId | None = None
    person: PersonId | None = None
    role: str = ""
    on_behalf_of: PersonId | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """Who asks: staff, customer, holder of a case link, machine, somebody unknown, or the system itself.

    `groups` are candidate groups (staff only); `office` is the code of the only office whose cases and those of no
    office they see (staff only; empty for all); `case` is the one case a case link opens; `scopes` are the acts an API
    key was given (machines only).
    """

    tenant: TenantId
    kind: Kind
    name: str = ""
    account: AccountId | None = None
    person: PersonId | None = None
    groups: frozenset[str] = frozenset()
    case: CaseId | None = None
    scopes: frozenset[str] = frozenset()
    office: str = ""
    language: str = "en"

    def acting(self, door: Door, *, role: str = "", reason: str = "", on_behalf_of: PersonId | None = None) -> Actor:
        return Actor(
            kind=self.kind,
            door=door,
            name=self.name,
            account=self.account,
            person=self.person,
            role=role or (min(self.groups) if self.groups else self.kind.value),
            on_behalf_of=on_behalf_of,
            reason=reason,
        )


def system(tenant: TenantId) -> Subject:
    """The subject of work nobody in particular asked for: timers, jobs, sample data."""
    return Subject(tenant=tenant, kind=Kind.SYSTEM, name="Akta")
