"""Changing the files of a draft: saved as somebody types, joined with what others save, taken back.

What is lost in a collision of two people is still there to be taken (`Did.BESIDE`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from akta.errors import Conflict, Invalid, NotFound
from akta.ids import BundleDraftId
from akta.languages import N_
from akta.subjects import Actor
from bpmn import bundle as bundles
from bpmn import merging
from bpmn.merging import Side
from storage.bundle_drafts import BundleDraft, DraftSave
from storage.unit_of_work import Transaction, UnitOfWork
from workflows import bundle_drafts, draft_files, draft_saves
from workflows.draft_saves import Change, Did


class NotAFile(Invalid):
    """A bundle has no such file, cannot do without it, or it is too large."""

    title: ClassVar[str] = N_("This file cannot be part of a process.")


class NothingToUndo(Conflict):
    """No save is left to be undone, or redone."""

    title: ClassVar[str] = N_("There is nothing left to undo here.")


@dataclass(frozen=True, slots=True)
class Edit:
    """A file as somebody wants it: `content` None removes it; `seen` is the mark of what they began from."""

    path: str
    content: bytes | None
    seen: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of a save. `did` BESIDE: nothing was changed, and `conflicts` are to be chosen of save `number`."""

    did: Did
    number: int
    mark: str
    conflicts: tuple[merging.Conflict, ...] = ()


def save(uow: UnitOfWork, draft_id: BundleDraftId, edit: Edit, by: Actor, now: datetime) -> Saved:
    """Save a file. What somebody else saved meanwhile is merged with it; what cannot be is kept beside, to be chosen.

    Raises:
        NotFound: there is no such draft.
        NotOpen: the draft is closed.
        NotNamed: others are named to change this bundle.
        NotAFile: a bundle has no such file, or cannot do without it.
    """
    with uow.begin() as tx:
        draft = bundle_drafts.reach(tx, draft_id, by)
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
        draft = bundle_drafts.reach(tx, draft_id, by)
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
        draft = bundle_drafts.reach(tx, draft_id, by)
        done, undone = draft_saves.steps(draft_saves.changes(tx, draft, path))
        stack = undone if again else done
        if not stack:
            raise NothingToUndo(path)
        last = stack[-1]
        change = Change(path, last.before, last.after) if again else Change(path, last.after, last.before)
        did = Did.REDONE if again else Did.UNDONE
        return Saved(did, draft_saves.tell(tx, draft, did, by, now, change).number, change.after)


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
        beside = draft_saves.tell(tx, draft, Did.BESIDE, by, now, Change(edit.path, edit.seen, after, edit.reason))
    return Saved(Did.BESIDE, beside.number, draft_files.mark(theirs), merged.conflicts)


def _put(
    tx: Transaction, draft: BundleDraft, did: Did, edit: Edit, by: Actor, now: datetime, *, settles: int = 0
) -> Saved:
    after = draft_files.GONE if edit.content is None else draft_files.keep(tx, draft, edit.content)
    change = Change(edit.path, edit.seen, after, edit.reason, settles)
    return Saved(did, draft_saves.tell(tx, draft, did, by, now, change).number, after)


def _numbered(tx: Transaction, draft: BundleDraft, number: int) -> DraftSave:
    row = tx.session.scalar(draft_saves.of(draft).where(DraftSave.number == number, DraftSave.kind == Did.BESIDE.value))
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
