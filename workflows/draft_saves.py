"""What was done to a draft: one row for each save, by whom and why, and what of it can be undone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, select

from akta.subjects import Actor
from storage.bundle_drafts import BundleDraft, DraftSave
from storage.unit_of_work import Transaction
from workflows import draft_files

LONGEST_REASON = 500


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


@dataclass(frozen=True, slots=True)
class Change:
    """What a save did to a file: the marks before and after, and which text kept beside it settles."""

    path: str = ""
    before: str = draft_files.GONE
    after: str = draft_files.GONE
    reason: str = ""
    settles: int = 0


NOTHING = Change()


def tell(
    tx: Transaction,
    draft: BundleDraft,
    did: Did,
    by: Actor,
    now: datetime,
    change: Change = NOTHING,
) -> DraftSave:
    """Add a line to what was done to a draft."""
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


def saves(tx: Transaction, draft: BundleDraft) -> Sequence[DraftSave]:
    """Everything done to a draft, oldest first."""
    return tx.session.scalars(of(draft)).all()


def beside(tx: Transaction, draft: BundleDraft) -> Sequence[DraftSave]:
    """The texts that were kept beside and nobody has chosen from, oldest first."""
    found = saves(tx, draft)
    settled = {each.settles for each in found}
    return [each for each in found if each.kind == Did.BESIDE and each.number not in settled]


def changes(tx: Transaction, draft: BundleDraft, path: str) -> Sequence[DraftSave]:
    """The changes of one file, oldest first."""
    own = of(draft).where(
        DraftSave.path == path, DraftSave.kind.in_(draft_files.CHANGES), DraftSave.before != DraftSave.after
    )
    return tx.session.scalars(own).all()


def of(draft: BundleDraft) -> Select[DraftSave]:
    """The saves of a draft by number."""
    return select(DraftSave).where(DraftSave.draft_id == draft.id).order_by(DraftSave.number)


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
