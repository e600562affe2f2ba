"""Drafts of bundles: begun from a deployment, saved as somebody types, undone, discarded and brought back.

Every save is a row that stays, and what a file holds is its last one; so who changed what and why is known, undoing
works across reloads, and what is lost in a collision of two people is still there to be taken (`Did.BESIDE`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import Select, delete, select

from akta.errors import Conflict, Invalid, NotFound
from akta.ids import BundleDraftId, DeploymentId
from akta.languages import N_
from akta.subjects import Actor
from bpmn import bundle as bundles
from bpmn import merging
from bpmn.merging import Side
from storage.bundle_drafts import BundleDraft, DraftContent, DraftSave, DraftVisitor
from storage.bundles import Deployment
from storage.unit_of_work import Transaction, UnitOfWork
from workflows import bundle_rights, draft_files
from workflows.bundle_rights import BundleAct

BACK = timedelta(days=30)
"""How long a discarded draft can be brought back."""
LONGEST_TITLE = 120
LONGEST_REASON = 500
MOST_OPEN = 50
"""Drafts of one bundle that may be open at a time."""


class Did(StrEnum):
    """What was done to a draft. `BESIDE`: a text that collided with somebody else's, kept and not in force."""

    BEGUN = "begun"
    SAVED = "saved"
    MERGED = "merged"
    UNDONE = "undone"
    REDONE = "redone"
    BESIDE = "beside"
    NAMED = "named"
    DISCARDED = "discarded"
    BROUGHT_BACK = "brought-back"
    DEPLOYED = "deployed"


class NotOpen(Conflict):
    """The draft was discarded, or deployed as a version."""

    title: ClassVar[str] = N_("This draft is closed: it was discarded or has become a version.")


class TooLate(NotFound):
    """The draft was discarded too long ago."""

    title: ClassVar[str] = N_("A discarded draft can be brought back for 30 days; this one is gone.")


class TooMany(Conflict):
    """So many drafts are open that another would only add to the confusion."""

    title: ClassVar[str] = N_("Too many drafts of this process are open. Discard some first.")


class NothingToUndo(Conflict):
    """No save is left to be undone, or redone."""

    title: ClassVar[str] = N_("There is nothing left to undo here.")


class NoWords(Invalid):
    """A title or reason is missing or too long."""

    title: ClassVar[str] = N_("Say in a few words what it is about.")


class NotAFile(Invalid):
    """A bundle has no such file, cannot do without it, or it is too large."""

    title: ClassVar[str] = N_("This file cannot be part of a process.")


@dataclass(frozen=True, slots=True)
class Edit:
    """A file as somebody wants it: `content` None removes it; `seen` is the mark of what they began from."""

    path: str
    content: bytes | None
    seen: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What a save did to a file: the marks before and after, and which text kept beside it settles."""

    path: str = ""
    before: str = draft_files.GONE
    after: str = draft_files.GONE
    reason: str = ""
    settles: int = 0


NOTHING = Change()


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of a save. `did` BESIDE: nothing was changed, and `conflicts` are to be chosen of save `number`."""

    did: Did
    number: int
    mark: str
    conflicts: tuple[merging.Conflict, ...] = ()


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
    _tell(tx, draft, Did.BEGUN, by, now)
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


def save(uow: UnitOfWork, draft_id: BundleDraftId, edit: Edit, by: Actor, now: datetime) -> Saved:
    """Save a file. What somebody else saved meanwhile is merged with it; what cannot be is kept beside, to be chosen.

    Raises:
        NotFound: there is no such draft.
        NotOpen: the draft is closed.
        NotNamed: others are named to change this bundle.
        NotAFile: a bundle has no such file, or cannot do without it.
    """
    with uow.begin() as tx:
        draft = _locked(tx, draft_id, by)
        _refuse_foreign(tx, draft, edit)
        current = draft_files.find(tx, draft, edit.path)
        if edit.content == current:
            return Saved(Did.SAVED, draft.revision, draft_files.mark(current))
        if edit.seen == draft_files.mark(current):
            return _put(tx, draft, Did.SAVED, edit, by, now)
        return _merge(tx, draft, edit, {}, by, now)


def choose(
    uow: UnitOfWork, draft_id: BundleDraftId, beside: int, choices: Mapping[str, Side], by: Actor, now: datetime
) -> Saved:
    """Take a text that was kept beside, element by element, into the file as it is now.

    Raises:
        NotFound: there is no such draft, or no such text in it.
        NotOpen, NotNamed: as when saving.
    """
    with uow.begin() as tx:
        draft = _locked(tx, draft_id, by)
        row = _numbered(tx, draft, beside)
        mine = draft_files.content(tx, draft, row.path, row.after)
        edit = Edit(row.path, mine, row.before, row.reason)
        return _merge(tx, draft, edit, choices, by, now, beside=row)


def undo(
    uow: UnitOfWork, draft_id: BundleDraftId, path: str, by: Actor, now: datetime, *, again: bool = False
) -> Saved:
    """Take back the last change of a file, whoever made it and when; `again` takes back the last taking back.

    Raises:
        NotFound: there is no such draft.
        NothingToUndo: nothing is left.
        NotOpen, NotNamed: as when saving.
    """
    with uow.begin() as tx:
        draft = _locked(tx, draft_id, by)
        done, undone = steps(changes(tx, draft, path))
        stack = undone if again else done
        if not stack:
            raise NothingToUndo(path)
        last = stack[-1]
        change = Change(path, last.before, last.after) if again else Change(path, last.after, last.before)
        did = Did.REDONE if again else Did.UNDONE
        return Saved(did, _tell(tx, draft, did, by, now, change).number, change.after)


def steps(saves: Sequence[DraftSave]) -> tuple[list[DraftSave], list[DraftSave]]:
    """The changes of one file that can be undone, and those that can be redone; the last stands at the end."""
    done: list[DraftSave] = []
    undone: list[DraftSave] = []
    for each in saves:
        if each.kind == Did.UNDONE:
            undone.append(done.pop())
        elif each.kind == Did.REDONE:
            done.append(undone.pop())
        else:
            done.append(each)
            undone.clear()
    return done, undone


def name_state(tx: Transaction, draft_id: BundleDraftId, reason: str, by: Actor, now: datetime) -> DraftSave:
    """Say what was done up to here, and why.

    Raises:
        NoWords: nothing is said, or too much.
        NotFound, NotOpen, NotNamed: as when saving.
    """
    draft = _locked(tx, draft_id, by)
    return _tell(tx, draft, Did.NAMED, by, now, Change(reason=_words(reason, LONGEST_REASON, "reason")))


def discard(tx: Transaction, draft_id: BundleDraftId, by: Actor, now: datetime) -> None:
    """Put a draft away; for 30 days it can be brought back.

    Raises:
        NotFound, NotOpen, NotNamed: as when saving.
    """
    draft = _locked(tx, draft_id, by)
    draft.discarded_at = now
    _tell(tx, draft, Did.DISCARDED, by, now)
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
        _tell(tx, draft, Did.BROUGHT_BACK, by, now)
    return draft


def close(tx: Transaction, draft_id: BundleDraftId, deployment: Deployment, by: Actor, now: datetime) -> None:
    """End a draft: it has become a version.

    Raises:
        NotFound, NotOpen, NotNamed: as when saving.
    """
    draft = _locked(tx, draft_id, by)
    draft.deployment_id = deployment.id
    _tell(tx, draft, Did.DEPLOYED, by, now)


def saves(tx: Transaction, draft: BundleDraft) -> Sequence[DraftSave]:
    """Everything done to a draft, oldest first."""
    return tx.session.scalars(_saves(draft)).all()


def beside(tx: Transaction, draft: BundleDraft) -> Sequence[DraftSave]:
    """The texts that were kept beside and nobody has chosen from, oldest first."""
    found = saves(tx, draft)
    settled = {each.settles for each in found}
    return [each for each in found if each.kind == Did.BESIDE and each.number not in settled]


def changes(tx: Transaction, draft: BundleDraft, path: str) -> Sequence[DraftSave]:
    """The changes of one file, oldest first."""
    own = _saves(draft).where(
        DraftSave.path == path, DraftSave.kind.in_(draft_files.CHANGES), DraftSave.before != DraftSave.after
    )
    return tx.session.scalars(own).all()


def _saves(draft: BundleDraft) -> Select[DraftSave]:
    return select(DraftSave).where(DraftSave.draft_id == draft.id).order_by(DraftSave.number)


def _locked(tx: Transaction, draft_id: BundleDraftId, by: Actor) -> BundleDraft:
    """
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


def _merge(
    tx: Transaction,
    draft: BundleDraft,
    edit: Edit,
    choices: Mapping[str, Side],
    by: Actor,
    now: datetime,
    *,
    beside: DraftSave | None = None,
) -> Saved:
    """Join an edit with what others saved since it began, or keep it beside where they collide."""
    theirs = draft_files.find(tx, draft, edit.path)
    base = draft_files.content(tx, draft, edit.path, edit.seen)
    merged = merging.merge(edit.path, base, theirs, edit.content, choices)
    if not merged.conflicts:
        whole = Edit(edit.path, merged.content, draft_files.mark(theirs), edit.reason)
        return _put(tx, draft, Did.MERGED, whole, by, now, settles=beside.number if beside else 0)
    if beside is None:
        after = draft_files.GONE if edit.content is None else draft_files.keep(tx, draft, edit.content)
        beside = _tell(tx, draft, Did.BESIDE, by, now, Change(edit.path, edit.seen, after, edit.reason))
    return Saved(Did.BESIDE, beside.number, draft_files.mark(theirs), merged.conflicts)


def _put(
    tx: Transaction, draft: BundleDraft, did: Did, edit: Edit, by: Actor, now: datetime, *, settles: int = 0
) -> Saved:
    after = draft_files.GONE if edit.content is None else draft_files.keep(tx, draft, edit.content)
    change = Change(edit.path, edit.seen, after, edit.reason, settles)
    return Saved(did, _tell(tx, draft, did, by, now, change).number, after)


def _tell(
    tx: Transaction,
    draft: BundleDraft,
    did: Did,
    by: Actor,
    now: datetime,
    change: Change = NOTHING,
) -> DraftSave:
    draft.revision += 1
    draft.changed_at = now
    row = DraftSave(
        draft_id=draft.id,
        number=draft.revision,
        kind=did.value,
        at=now,
        account_id=by.account,
        actor=by.name or by.kind.value,
        door=by.door.value,
        path=change.path,
        before=change.before,
        after=change.after,
        reason=change.reason[:LONGEST_REASON],
        settles=change.settles,
    )
    tx.add(row)
    return row


def _numbered(tx: Transaction, draft: BundleDraft, number: int) -> DraftSave:
    row = tx.session.scalar(_saves(draft).where(DraftSave.number == number, DraftSave.kind == Did.BESIDE.value))
    if row is None:
        raise NotFound(f"save {number} of {draft.id}")
    return row


def _refuse_foreign(tx: Transaction, draft: BundleDraft, edit: Edit) -> None:
    try:
        bundles.refuse_foreign(edit.path, len(edit.content or b""))
    except bundles.BundleError as foreign:
        raise NotAFile(foreign.detail) from foreign
    if edit.content is None and edit.path in bundles.NEEDED:
        raise NotAFile(f"{edit.path} is needed")
    if len(draft_files.marks(tx, draft).keys() | {edit.path}) > bundles.MAX_FILES:
        raise NotAFile(f"more than {bundles.MAX_FILES} files")


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
