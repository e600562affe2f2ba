"""Staff accounts, as administration keeps them."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from akta.ids import AccountId
from api.dependencies import VisitDep, needs
from people import staff
from people.rights import Act
from people.staff import NewStaff

router = APIRouter(prefix="/accounts", tags=["accounts"], dependencies=[needs(Act.MANAGE_ACCOUNTS)])


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


class Account(BaseModel):
    """`state`: pending, active, locked, closed."""

    model_config = ConfigDict(from_attributes=True)

    account: UUID
    name: str
    email: str
    login: str
    state: str
    groups: list[str]
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
    added = staff.add(visit.uow, visit.services.hasher, new, visit.now)
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
