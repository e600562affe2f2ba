"""The files of a draft: those of the deployment it was begun from, with what was saved since in their place."""

import hashlib
import zlib
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import func, select

from storage.bundle_drafts import BundleDraft, DraftContent, DraftSave
from storage.bundles import Deployment
from storage.unit_of_work import Transaction
from workflows import archives

GONE = ""
"""The mark of a file that is not there."""
CHANGES = ("saved", "merged", "undone", "redone")
"""Kinds of saves that change a file."""


def mark(content: bytes | None) -> str:
    """What tells one content of a file from another: its SHA-256 as hexadecimal text."""
    return GONE if content is None else hashlib.sha256(content).hexdigest()


def base(tx: Transaction, draft: BundleDraft) -> Mapping[str, bytes]:
    """The files of the version a draft was begun from."""
    return archives.files(tx, tx.get(Deployment, draft.base_id).content_hash)


def files(tx: Transaction, draft: BundleDraft, until: int | None = None) -> dict[str, bytes]:
    """Every file by path, as it is or as it was with save number `until`. Whether it is a bundle is not asked.

    What was undone to the beginning is as in the version, and is not kept a second time.
    """
    found = dict(base(tx, draft))
    changed = changed_marks(tx, draft, until)
    contents = _contents(tx, draft, (each for each in changed.values() if each))
    for path, after in changed.items():
        if after == GONE:
            found.pop(path, None)
        elif after in contents:
            found[path] = contents[after]
    return dict(sorted(found.items()))


def marks(tx: Transaction, draft: BundleDraft) -> dict[str, str]:
    """The mark of every file that is there, by path."""
    found = {path: mark(content) for path, content in base(tx, draft).items()} | changed_marks(tx, draft)
    return {path: each for path, each in sorted(found.items()) if each != GONE}


def changed_marks(tx: Transaction, draft: BundleDraft, until: int | None = None) -> dict[str, str]:
    """The marks of the files that were ever saved, those that are gone too."""
    last = select(func.max(DraftSave.number)).where(DraftSave.draft_id == draft.id, DraftSave.kind.in_(CHANGES))
    if until is not None:
        last = last.where(DraftSave.number <= until)
    rows = select(DraftSave.path, DraftSave.after).where(
        DraftSave.draft_id == draft.id, DraftSave.number.in_(last.group_by(DraftSave.path))
    )
    return {path: after for path, after in tx.session.execute(rows)}


def changed(tx: Transaction, draft: BundleDraft) -> set[str]:
    """The files that are otherwise than in the version the draft was begun from."""
    before = {path: mark(content) for path, content in base(tx, draft).items()}
    return {path for path, after in changed_marks(tx, draft).items() if after != before.get(path, GONE)}


def find(tx: Transaction, draft: BundleDraft, path: str) -> bytes | None:
    """One file as it is now."""
    changed = changed_marks(tx, draft)
    return content(tx, draft, path, changed[path]) if path in changed else base(tx, draft).get(path)


def content(tx: Transaction, draft: BundleDraft, path: str, wanted: str) -> bytes | None:
    """A content that a file of the draft has or had, by its mark; None for one it never had, or was not there."""
    kept = _contents(tx, draft, [wanted]).get(wanted)
    if kept is not None:
        return kept
    first = base(tx, draft).get(path)
    return first if mark(first) == wanted else None


def keep(tx: Transaction, draft: BundleDraft, content: bytes) -> str:
    """Keep a content, once; gives its mark."""
    wanted = mark(content)
    known = select(DraftContent.id).where(DraftContent.draft_id == draft.id, DraftContent.content_hash == wanted)
    if tx.session.scalar(known) is None:
        tx.add(DraftContent(draft_id=draft.id, content_hash=wanted, packed=zlib.compress(content, 6)))
    return wanted


def _contents(tx: Transaction, draft: BundleDraft, wanted: Iterable[str]) -> Mapping[str, bytes]:
    hashes: Sequence[str] = sorted(set(wanted))
    rows = select(DraftContent.content_hash, DraftContent.packed).where(
        DraftContent.draft_id == draft.id, DraftContent.content_hash.in_(hashes)
    )
    return {each: zlib.decompress(packed) for each, packed in tx.session.execute(rows)}
