"""Who may change, approve and release a bundle: every process owner, or where some are named, they alone."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import delete, select

from akta.errors import Forbidden
from akta.ids import AccountId
from akta.languages import N_
from akta.subjects import Actor
from storage.bundle_drafts import BundleRight
from storage.unit_of_work import Transaction


class BundleAct(StrEnum):
    """What is done to a bundle by few."""

    EDIT = "edit"
    APPROVE = "approve"
    RELEASE = "release"


class NotNamed(Forbidden):
    """Others are named for this act at this bundle."""

    title: ClassVar[str] = N_("For this process your utility has named others to do this.")


def named(tx: Transaction, key: str) -> Mapping[BundleAct, Sequence[AccountId]]:
    """Who is named at a bundle, by act; acts at which nobody is named are left out."""
    rows = tx.session.scalars(select(BundleRight).where(BundleRight.key == key).order_by(BundleRight.given_at))
    found: dict[BundleAct, list[AccountId]] = {}
    for row in rows:
        found.setdefault(BundleAct(row.act), []).append(AccountId(row.account_id))
    return found


def may(tx: Transaction, key: str, act: BundleAct, by: Actor) -> bool:
    """Whether nobody is named for the act, or this actor is."""
    chosen = named(tx, key).get(act)
    return not chosen or by.account in chosen


def refuse_unnamed(tx: Transaction, key: str, act: BundleAct, by: Actor) -> None:
    """
    Raises:
        NotNamed: others are named for this act at this bundle.
    """
    if not may(tx, key, act, by):
        raise NotNamed(f"{act} {key}")


def name(tx: Transaction, key: str, act: BundleAct, accounts: Sequence[AccountId], by: Actor, now: datetime) -> None:
    """Name those who alone may do an act at a bundle, in place of those named before; nobody: every process owner."""
    tx.session.execute(delete(BundleRight).where(BundleRight.key == key, BundleRight.act == act.value))
    for account in dict.fromkeys(accounts):
        given = by.name or by.kind.value
        tx.add(BundleRight(key=key, act=act.value, account_id=account, given_at=now, given_by=given))
