"""Drafts of bundles: begun from a deployment, saved as somebody types, undone, discarded and brought back.

Every save is a row that stays, and what a file holds is its last one; so who changed what and why is known, undoing
works across reloads, and what is lost in a collision of two people is still there to be taken (`Did.BESIDE`).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import delete, select

from akta.errors import Conflict, Invalid, NotFound
from akta.ids import BundleDraftId, DeploymentId
from akta.languages import N_
from akta.subjects import Actor
from storage.bundle_drafts import BundleDraft, DraftContent, DraftSave, DraftVisitor
from storage.bundles import Deployment
from storage.unit_of_work import Transaction
from workflows import bundle_rights, draft_saves
from workflows.bundle_rights import BundleAct
from workflows.draft_saves import Change, Did

BACK = timedelta(days=30)
"""How long a discarded draft can be brought back."""
LONGEST_TITLE = 120
MOST_OPEN = 50
"""Drafts of one bundle that may be open at a time."""


class NotOpen(Conflict):
    """The draft was discarded, or deployed as a version."""

    title: ClassVar[str] = N_("This draft is closed: it was discarded or has become a version.")


class TooLate(NotFound):
    """The draft was discarded too long ago."""

    title: ClassVar[str] = N_("A discarded draft can be brought back for 30 days; this one is gone.")


class TooMany(Conflict):
    """So many drafts are open that another would only add to the confusion."""

    title: ClassVar[str] = N_("Too many drafts of this process are open. Discard some first.")


class NoWords(Invalid):
    """A title or reason is missing or too long."""

    title: ClassVar[str] = N_("Say in a few words what it is about.")


def begin(tx: Transaction, base: DeploymentId, title: str, by: Actor, now: datetime) -> BundleDraft:
    """Begin a draft from a deployed version.

    Raises:
        NotFound: there is no such version.
        NotNamed: others are named to change this bundle.
        NoWords: the title says nothing, or too much.
        TooMany: very many drafts of this bundle are open.
    """
    deployment = tx.get(Deployment, base)
    bundle_rights.refuse_unnamed(tx, deployment.key, BundleAct.EDIT, by)
    if len(open_drafts(tx, deployment.key)) >= MOST_OPEN:
        raise TooMany(deployment.key)
    _forget(tx, now)
    draft = BundleDraft(
        key=deployment.key,
        title=_words(title, LONGEST_TITLE, "title"),
        base_id=deployment.id,
        begun_at=now,
        begun_by=by.name or by.kind.value,
        revision=0,
        changed_at=now,
    )
    tx.add(draft)
    draft_saves.tell(tx, draft, Did.BEGUN, by, now)
    return draft


def find(tx: Transaction, draft_id: BundleDraftId, now: datetime) -> BundleDraft:
    """A draft that is open, was deployed, or can be brought back.

    Raises:
        NotFound: there is none.
    """
    draft = tx.get(BundleDraft, draft_id)
    if draft.discarded_at is not None and draft.discarded_at < now - BACK:
        raise TooLate(str(draft_id))
    return draft


def reach(tx: Transaction, draft_id: BundleDraftId, by: Actor) -> BundleDraft:
    """An open draft that the actor may change, locked.

    Raises:
        NotFound: there is no such draft.
        NotOpen: it is closed.
        NotNamed: others are named to change this bundle.
    """
    draft = tx.locked(BundleDraft, draft_id)
    if draft.discarded_at is not None or draft.deployment_id is not None:
        raise NotOpen(draft.title)
    bundle_rights.refuse_unnamed(tx, draft.key, BundleAct.EDIT, by)
    return draft


def open_drafts(tx: Transaction, key: str | None = None) -> Sequence[BundleDraft]:
    """The open drafts of one bundle or of all, the last changed first."""
    found = select(BundleDraft).where(BundleDraft.discarded_at.is_(None), BundleDraft.deployment_id.is_(None))
    if key is not None:
        found = found.where(BundleDraft.key == key)
    return tx.session.scalars(found.order_by(BundleDraft.changed_at.desc())).all()


def discarded_drafts(tx: Transaction, now: datetime) -> Sequence[BundleDraft]:
    """The discarded drafts that can still be brought back, the last discarded first."""
    found = select(BundleDraft).where(BundleDraft.discarded_at >= now - BACK)
    return tx.session.scalars(found.order_by(BundleDraft.discarded_at.desc())).all()


def name_state(tx: Transaction, draft_id: BundleDraftId, reason: str, by: Actor, now: datetime) -> DraftSave:
    """Say what was done up to here, and why.

    Raises:
        NoWords: nothing is said, or too much.
        NotFound, NotOpen, NotNamed: as when saving.
    """
    draft = reach(tx, draft_id, by)
    return draft_saves.tell(
        tx, draft, Did.NAMED, by, now, Change(reason=_words(reason, draft_saves.LONGEST_REASON, "reason"))
    )


def discard(tx: Transaction, draft_id: BundleDraftId, by: Actor, now: datetime) -> None:
    """Put a draft away; for 30 days it can be brought back.

    Raises:
        NotFound, NotOpen, NotNamed: as when saving.
    """
    draft = reach(tx, draft_id, by)
    draft.discarded_at = now
    draft_saves.tell(tx, draft, Did.DISCARDED, by, now)
    _forget(tx, now)


def bring_back(tx: Transaction, draft_id: BundleDraftId, by: Actor, now: datetime) -> BundleDraft:
    """Go on with a discarded draft.

    Raises:
        NotFound: there is none, or it was discarded more than 30 days ago.
        NotNamed: others are named to change this bundle.
    """
    find(tx, draft_id, now)
    draft = tx.locked(BundleDraft, draft_id)
    bundle_rights.refuse_unnamed(tx, draft.key, BundleAct.EDIT, by)
    if draft.discarded_at is not None:
        draft.discarded_at = None
        draft_saves.tell(tx, draft, Did.BROUGHT_BACK, by, now)
    return draft


def close(tx: Transaction, draft_id: BundleDraftId, deployment: Deployment, by: Actor, now: datetime) -> None:
    """End a draft: it has become a version.

    Raises:
        NotFound, NotOpen, NotNamed: as when saving.
    """
    draft = reach(tx, draft_id, by)
    draft.deployment_id = deployment.id
    draft_saves.tell(tx, draft, Did.DEPLOYED, by, now)


def _words(text: str, longest: int, field: str) -> str:
    wanted = " ".join(text.split())
    if not wanted or len(wanted) > longest:
        raise NoWords(fields={field: f"1 to {longest} characters"})
    return wanted


def _forget(tx: Transaction, now: datetime) -> None:
    """Let go of the contents of drafts that can no longer be brought back; who did what to them stays."""
    old = select(BundleDraft.id).where(BundleDraft.discarded_at < now - BACK)
    for kind in (DraftContent, DraftVisitor):
        tx.session.execute(delete(kind).where(kind.draft_id.in_(old)))
