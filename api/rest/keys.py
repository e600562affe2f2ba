"""API keys of machines, as administration keeps them."""

from datetime import datetime, timedelta
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import VisitDep, needs
from api.rest.account import signed_in
from people import api_keys
from people.rights import Act

router = APIRouter(prefix="/keys", tags=["keys"], dependencies=[needs(Act.MANAGE_KEYS)])


class NewKey(BaseModel):
    """`scopes` are acts of the table of rights that machines may hold; `days` is how long the key is good."""

    name: str = Field(min_length=1, max_length=api_keys.LONGEST_NAME)
    scopes: list[str] = Field(min_length=1, max_length=20)
    days: int = Field(90, ge=1, le=api_keys.LONGEST_LIFE.days)


class MadeKey(BaseModel):
    """The key is told here and nowhere else; it goes into `Authorization: Bearer …`."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    key: str
    expires_at: datetime


class Key(BaseModel):
    """A key; `prefix` is how it begins."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    prefix: str
    scopes: list[str]
    created_by: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


@router.get("")
def list_keys(visit: VisitDep) -> list[Key]:
    """All keys, the newest first."""
    with visit.uow.view() as tx:
        return [Key.model_validate(key) for key in api_keys.listed(tx)]


@router.post("", status_code=201)
def make_key(entry: NewKey, visit: VisitDep) -> MadeKey:
    """A key for a machine."""
    lasting = timedelta(days=entry.days)
    with visit.uow.begin() as tx:
        made = api_keys.make(tx, entry.name, entry.scopes, lasting, signed_in(visit)[1], visit.now)
        return MadeKey.model_validate(made)


@router.delete("/{key}", status_code=204)
def revoke_key(key: UUID, visit: VisitDep) -> None:
    """End a key at once."""
    with visit.uow.begin() as tx:
        api_keys.revoke(tx, key, signed_in(visit)[1], visit.now)
