"""Putting the samples in: each utility whole in one transaction, or not at all, and never twice."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from akta.ids import TenantId, new_id
from akta.languages import N_
from heating.samples import minta, ordinary, past_invoices, terms, walkthrough
from heating.samples.desk import Desk
from heating.samples.utilities import EXT, MIN, PRZ, UKA, Utility
from people.groups import NAMES
from people.passwords import Hasher
from storage.database import Database
from storage.tenants import Tenant
from storage.unit_of_work import Transaction

CUSTOMER = N_("Customer")


@dataclass(frozen=True, slots=True)
class Login:
    """An account of the samples: what for (a msgid), the login, whose it is."""

    role: str
    login: str
    name: str


@dataclass(frozen=True, slots=True)
class Installed:
    """A sample utility and what somebody who tries it needs to know. `fresh` when it was put in just now.

    With `application_contract` and `application_customer` a portal application can be made; `meter` is the
    customer's meter.
    """

    tenant: TenantId
    code: str
    name: str
    fresh: bool
    logins: tuple[Login, ...]
    meter: str
    application_contract: str
    application_customer: str


@dataclass(frozen=True, slots=True)
class _Part:
    utility: Utility
    customer: Login
    meter: str
    application: tuple[str, str]
    fill: Callable[[Desk], None]


def _fill_uka(desk: Desk) -> None:
    walkthrough.add(desk)
    ordinary.add_czech(desk, 36)
    terms.announce(desk)


def _fill_min(desk: Desk) -> None:
    minta.add(desk)
    ordinary.add_hungarian(desk, 12)


def _fill_prz(desk: Desk) -> None:
    ordinary.add_polish(desk, 12)


def _fill_ext(desk: Desk) -> None:
    ordinary.add_moldovan(desk, 12)


_PARTS = (
    _Part(
        UKA,
        Login(CUSTOMER, walkthrough.LOGIN, walkthrough.NAME),
        walkthrough.METER,
        (walkthrough.APPLICANT_CONTRACT, walkthrough.APPLICANT_CUSTOMER),
        _fill_uka,
    ),
    _Part(MIN, Login(CUSTOMER, minta.LOGIN, minta.NAME), minta.METER, (minta.CONTRACT, minta.CUSTOMER), _fill_min),
    _Part(PRZ, Login(CUSTOMER, "oc1001", "Odbiorca Przykład 1"), "P1001", ("PRZ-1003", "OC1003"), _fill_prz),
    _Part(EXT, Login(CUSTOMER, "ce1001", "Consumator 1"), "E1001", ("EXT-1003", "CE1003"), _fill_ext),
)


def install(database: Database, hasher: Hasher, password: str, now: datetime) -> tuple[Installed, ...]:
    """Put in the utilities that are not there yet. Every account of the samples gets this password.

    Readings and invoices of the walkthrough are dated from `now`, in the utility's zone.
    """
    there = _there(database)
    hashed = "" if all(part.utility.code in there for part in _PARTS) else hasher.hash(password)
    return tuple(_install(database, part, there.get(part.utility.code), hashed, now) for part in _PARTS)


def _there(database: Database) -> dict[str, TenantId]:
    with database.across_tenants() as session:
        return {code: TenantId(key) for code, key in session.execute(select(Tenant.code, Tenant.id))}


def _install(database: Database, part: _Part, known: TenantId | None, password_hash: str, now: datetime) -> Installed:
    tenant = known or TenantId(new_id())
    if known is None:
        with database.unit_of_work(tenant).begin() as tx:
            _fill(tx, part, password_hash, now)
    staff = (Login(NAMES[group], group, name) for group, name in part.utility.staff.items())
    return Installed(
        tenant=tenant,
        code=part.utility.code,
        name=part.utility.name,
        fresh=known is None,
        logins=(part.customer, *staff),
        meter=part.meter,
        application_contract=part.application[0],
        application_customer=part.application[1],
    )


def _fill(tx: Transaction, part: _Part, password_hash: str, now: datetime) -> None:
    utility = part.utility
    tx.add(
        Tenant(
            id=tx.tenant,
            code=utility.code,
            name=utility.name,
            country=utility.country,
            language=utility.language,
            zone=utility.zone,
            currency=utility.currency,
            phone=utility.phone,
            dispatch_phone=utility.dispatch_phone,
            email=f"office@{utility.code.lower()}.example.org",
            profile=dict(utility.profile),
        )
    )
    today = now.astimezone(ZoneInfo(utility.zone)).date()
    desk = Desk(tx, utility, password_hash, now, today)
    for group, name in utility.staff.items():
        desk.staff(group, name)
    past_invoices.tariffs(desk)
    desk.windows()
    desk.accepts = terms.add(desk)
    part.fill(desk)
