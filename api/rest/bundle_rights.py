"""Who alone may change, approve or release a bundle, where a utility names them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from akta.ids import AccountId
from api.dependencies import VisitDep, needs
from people.rights import Act
from storage.people import Account
from workflows import bundle_rights
from workflows.bundle_rights import BundleAct

router = APIRouter(tags=["processes"])


class NamedFew(BaseModel):
    """The accounts that alone may do an act at a bundle; none: every process owner."""

    accounts: Annotated[list[UUID], Field(max_length=100)]


@router.get("/bundles/{key}/rights", dependencies=[needs(Act.SEE_PROCESSES)])
def list_bundle_rights(key: str, visit: VisitDep) -> dict[BundleAct, list[UUID]]:
    """Who is named at a bundle, by act; at an act that is left out nobody is."""
    with visit.uow.view() as tx:
        return {act: list(accounts) for act, accounts in bundle_rights.named(tx, key).items()}


@router.put("/bundles/{key}/rights/{act}", status_code=204, dependencies=[needs(Act.MANAGE_ACCOUNTS)])
def name_few(key: str, act: BundleAct, few: NamedFew, visit: VisitDep) -> None:
    """Name those who alone may do an act at a bundle, in place of those named before."""
    with visit.uow.begin() as tx:
        chosen = [AccountId(tx.get(Account, account).id) for account in few.accounts]
        bundle_rights.name(tx, key, act, chosen, visit.actor, visit.now)
