"""What the command line does beside running: adding utilities and clerks, checking models, describing what there is."""

import re
import zoneinfo
from collections.abc import Sequence
from contextlib import closing

from sqlalchemy import func, select

from akta import bootstrap, languages
from akta.bootstrap import Akta
from akta.errors import Conflict, Invalid, NotFound
from akta.ids import TenantId, new_id
from people import oidc, staff
from people.staff import NewStaff
from storage.tenants import Tenant
from workflows import releases

TAKEN_ADDRESSES = frozenset({"api", "design", "health", "offline", "static"})
"""First parts of addresses that belong to no utility."""


def add_tenant(row: Tenant) -> int:
    """Add a utility with the shipped processes; how many those are.

    Raises:
        Invalid: its code cannot stand in an address, or its language or time zone is unknown.
        Conflict: there is a utility with this code.
    """
    _refuse_unusable(row)
    row.id = new_id()
    with closing(bootstrap.without_work()) as akta:
        if _find(akta, row.code) is not None:
            raise Conflict(f"there is a utility {row.code} already")
        with akta.database.unit_of_work(TenantId(row.id)).begin() as tx:
            tx.add(row)
        return akta.deploy_shipped(TenantId(row.id))


def _refuse_unusable(row: Tenant) -> None:
    if not re.fullmatch(r"[A-Z][A-Z0-9-]{0,19}", row.code) or row.code.lower() in TAKEN_ADDRESSES:
        raise Invalid(f"{row.code} cannot be the first part of its addresses")
    if not languages.offered(row.language):
        raise Invalid(f"the language {row.language} is not offered, but {', '.join(languages.NAMES)}")
    if row.zone not in zoneinfo.available_timezones():
        raise Invalid(f"there is no time zone {row.zone}")


def _find(akta: Akta, code: str) -> Tenant | None:
    with akta.database.view_across_tenants() as session:
        return session.scalar(select(Tenant).where(func.lower(Tenant.code) == code.lower()))


def add_clerk(tenant_code: str, login: str, name: str, email: str, groups: Sequence[str]) -> str:
    """Add a clerk with a temporary password, which is returned and kept only as a hash.

    Raises:
        NotFound: there is no such utility.
        Conflict: the login is taken.
        Invalid: a group is unknown.
    """
    with closing(bootstrap.without_work()) as akta:
        known = _find(akta, tenant_code)
        if known is None:
            raise NotFound(f"there is no utility {tenant_code}")
        uow = akta.database.unit_of_work(TenantId(known.id))
        new = NewStaff(name, email, login, tuple(groups), known.language)
        return staff.add(uow, akta.hasher, new, akta.clock.now()).secret


def set_sign_in(tenant_code: str, issuer: str, client_id: str, name: str, secret: str) -> None:
    """Let staff sign in at the utility's own OpenID provider; the client's secret is kept encrypted.

    Raises:
        NotFound: there is no such utility.
        Invalid: the issuer is no https address.
    """
    with closing(bootstrap.without_work()) as akta:
        known = _find(akta, tenant_code)
        if known is None:
            raise NotFound(f"there is no utility {tenant_code}")
        try:
            told = oidc.profile_of(akta.services.vault, issuer, client_id, name, secret)
        except ValueError as wrong:
            raise Invalid(str(wrong)) from wrong
        with akta.database.across_tenants() as session:
            row = session.get_one(Tenant, known.id)
            row.profile = {**row.profile, oidc.PROFILE: told}


def set_release(tenant_code: str, second_person: bool) -> None:
    """Say whether a version is activated by somebody else than who deployed it.

    Raises:
        NotFound: there is no such utility.
    """
    with closing(bootstrap.without_work()) as akta:
        known = _find(akta, tenant_code)
        if known is None:
            raise NotFound(f"there is no utility {tenant_code}")
        with akta.database.across_tenants() as session:
            releases.rule(session.get_one(Tenant, known.id), second_person=second_person)


def openapi() -> str:
    """The description of the REST interface, formatted as it is committed."""
    from api.app import description

    return description()
