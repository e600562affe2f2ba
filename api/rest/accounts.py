"""Staff accounts, as administration keeps them."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from akta.ids import AccountId
from api.dependencies import VisitDep, needs
from api.rest.account import signed_in
from people import events, memberships, offices, staff
from people.rights import Act
from people.staff import NewStaff

router = APIRouter(prefix="/accounts", tags=["accounts"], dependencies=[needs(Act.MANAGE_ACCOUNTS)])


requests = APIRouter(prefix="/group-requests", tags=["accounts"], dependencies=[needs(Act.MANAGE_ACCOUNTS)])
office_names = APIRouter(prefix="/offices", tags=["accounts"], dependencies=[needs(Act.MANAGE_ACCOUNTS)])
account_events = APIRouter(prefix="/account-events", tags=["accounts"], dependencies=[needs(Act.SEE_ACCOUNT_EVENTS)])


class Reason(BaseModel):
    """Why; asked for with powerful groups."""

    reason: str = Field("", max_length=memberships.LONGEST_REASON)


class Granted(BaseModel):
    """False: it waits for a second administrator."""

    granted: bool


class Decision(BaseModel):
    agreed: bool


class GroupRequest(BaseModel):
    """A wish to put a colleague into a powerful group."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    account: UUID
    name: str
    group: str
    reason: str
    asked_by: str
    asked_at: datetime


class Event(BaseModel):
    """Something that happened to an account; `by` is empty where its owner did it."""

    model_config = ConfigDict(from_attributes=True)

    kind: str
    at: datetime
    about: str
    by: str
    detail: dict[str, str]


class NewAccount(BaseModel):
    """A colleague to be. `groups` are the candidate groups they work in."""

    name: str = Field(min_length=1, max_length=200)
    email: str = Field(max_length=254)
    login: str = Field(min_length=1, max_length=100)
    groups: list[str] = Field(max_length=20)
    language: str = Field("en", max_length=5)


class AddedAccount(BaseModel):
    """The temporary password is told here and nowhere else; it is valid for three days."""

    account: UUID
    login: str
    temporary_password: str


class Secret(BaseModel):
    temporary_password: str


class OfficeName(BaseModel):
    name: str = Field(min_length=1, max_length=100)


class Office(OfficeName):
    """A place where clerks work; `code` is what processes and accounts name it by."""

    model_config = ConfigDict(from_attributes=True)

    code: str


class OfficeOfAccount(BaseModel):
    """An empty code: the whole utility."""

    office: str = Field(max_length=40)


class Account(BaseModel):
    """`state`: pending, active, locked, closed. `office`: the only one whose cases they see, or empty for all."""

    model_config = ConfigDict(from_attributes=True)

    account: UUID
    name: str
    email: str
    login: str
    state: str
    groups: list[str]
    office: str
    created_at: datetime


@router.get("")
def list_accounts(visit: VisitDep) -> list[Account]:
    """All staff accounts by login."""
    with visit.uow.view() as tx:
        return [Account.model_validate(colleague) for colleague in staff.listed(tx)]


@router.post("", status_code=201)
def add_account(entry: NewAccount, visit: VisitDep) -> AddedAccount:
    """Add a colleague, who chooses a password of their own when they first sign in."""
    new = NewStaff(entry.name, entry.email, entry.login, tuple(entry.groups), entry.language)
    added = staff.add(visit.uow, visit.services.hasher, new, visit.now, by=visit.subject.account)
    return AddedAccount(account=added.account, login=added.login, temporary_password=added.secret)


@router.post("/{account}/temporary-password")
def reissue_secret(account: UUID, visit: VisitDep) -> Secret:
    """A new temporary password for a colleague who has not signed in yet."""
    secret = staff.reissue(visit.uow, visit.services.hasher, AccountId(account), visit.now)
    return Secret(temporary_password=secret)


@router.post("/{account}/closure", status_code=204)
def close_account(account: UUID, visit: VisitDep) -> None:
    """Close the account of a colleague who left; their sessions end."""
    staff.close(visit.uow, AccountId(account), visit.subject.account, visit.now)


@router.post("/{account}/second-factors/removal", status_code=204)
def take_factors(account: UUID, visit: VisitDep) -> None:
    """Take the second factors from a colleague who has lost them."""
    staff.take_factors(visit.uow, AccountId(account), visit.subject.account, visit.now)


@router.put("/{account}/groups/{group}")
def grant_group(account: UUID, group: str, entry: Reason, visit: VisitDep) -> Granted:
    """Put a colleague into a group. Into a powerful one it is asked for: a second administrator has to agree."""
    with visit.uow.begin() as tx:
        by = signed_in(visit)[1]
        done = memberships.grant(tx, AccountId(account), group, by, visit.now, reason=entry.reason)
    return Granted(granted=done)


@router.delete("/{account}/groups/{group}", status_code=204)
def take_group(account: UUID, group: str, visit: VisitDep) -> None:
    """Take a colleague out of a group; their sessions end."""
    with visit.uow.begin() as tx:
        memberships.take(tx, AccountId(account), group, signed_in(visit)[1], visit.now)


@router.put("/{account}/office", status_code=204)
def put_into_office(account: UUID, entry: OfficeOfAccount, visit: VisitDep) -> None:
    """Limit a colleague to the cases of one office; their sessions end."""
    with visit.uow.begin() as tx:
        offices.put(tx, AccountId(account), entry.office, signed_in(visit)[1], visit.now)


@office_names.get("")
def list_offices(visit: VisitDep) -> list[Office]:
    """The offices of the utility."""
    with visit.uow.view() as tx:
        return [Office.model_validate(one) for one in offices.listed(tx)]


@office_names.put("/{code}", status_code=204)
def name_office(code: str, entry: OfficeName, visit: VisitDep) -> None:
    """Add an office, or give it another name."""
    with visit.uow.begin() as tx:
        offices.name(tx, code, entry.name)


@requests.get("")
def list_group_requests(visit: VisitDep) -> list[GroupRequest]:
    """What waits for a second administrator."""
    with visit.uow.view() as tx:
        return [GroupRequest.model_validate(one) for one in memberships.waiting(tx)]


@requests.post("/{request}/decision", status_code=204)
def decide_group_request(request: UUID, entry: Decision, visit: VisitDep) -> None:
    """Agree to a request, or refuse it, as its second administrator."""
    with visit.uow.begin() as tx:
        memberships.decide(tx, request, entry.agreed, signed_in(visit)[1], visit.now)


@account_events.get("")
def list_account_events(visit: VisitDep, account: UUID | None = None) -> list[Event]:
    """The newest hundred things that happened to accounts, or to one of them."""
    with visit.uow.view() as tx:
        return [Event.model_validate(one) for one in events.listed(tx, AccountId(account) if account else None)]
