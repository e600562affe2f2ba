"""Uploads: received as a stream, checked, stored under a random key, and later attached to a case."""

import hmac
import re
import tempfile
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from hashlib import sha256
from typing import BinaryIO, cast

from sqlalchemy import exists, select

from akta.errors import Invalid
from akta.ids import CaseId, DocumentId
from akta.languages import N_
from akta.subjects import Actor
from documents import kinds, names, photos
from storage.desk import StartDraft
from storage.documents import DocumentRow
from storage.files import Files
from storage.files.port import CHUNK, new_key
from storage.unit_of_work import Transaction, UnitOfWork

LIMIT = 10 * 1024 * 1024
"""Bytes of one upload (domain.md §2.25)."""

WAITS = timedelta(days=1)
"""How long an upload waits for the form it belongs to."""

UPLOADED = "uploaded"


class NotAllowed(Invalid):
    """The file is of no kind that is taken."""

    title = N_("“%(name)s” is not a PDF, JPEG, PNG or Word file. Save it as one of these and try again.")


class Misnamed(NotAllowed):
    """The extension says something else than the content."""

    title = N_("“%(name)s” is not what its name says. Check the file and try again.")


class Damaged(NotAllowed):
    """It looks like a picture but cannot be opened as one."""

    title = N_("“%(name)s” cannot be opened. It may be damaged; take the picture or the scan again.")


class Empty(Invalid):
    """There is nothing in the file."""

    title = N_("“%(name)s” is empty.")


class TooLarge(Invalid):
    """The file is larger than what is taken."""

    title = N_("“%(name)s” is larger than %(megabytes)s MB.")


class NotUploaded(Invalid):
    """No upload of this sender waits under this id."""

    title = N_("One of the files did not arrive. Attach it again.")


@dataclass(frozen=True, slots=True)
class Received:
    """What was stored: size and hash are of the stored bytes; `taken_at` is when a photo says it was taken."""

    object_key: str
    name: str
    media_type: str
    size: int
    sha256: str
    taken_at: datetime | None = None


def receive(files: Files, chunks: Iterable[bytes], name: str, *, limit: int = LIMIT, zone: tzinfo = UTC) -> Received:
    """Take a file as it arrives; memory stays flat, and what is refused leaves nothing stored.

    Photos are re-encoded, which drops what the camera wrote beside the picture (domain.md §2.25).

    Args:
        limit: the most bytes that are taken.
        zone: the zone of a camera that wrote none.

    Raises:
        TooLarge: more than `limit` bytes came.
        Empty: nothing came.
        NotAllowed: not a PDF, JPEG, PNG or Word file; or its name says another kind; or it is damaged.
    """
    name = names.cleaned(name)
    with _spooled() as arrived:
        _collect(chunks, arrived, name, limit)
        kind = kinds.recognised(arrived)
        if kind is None:
            raise NotAllowed(name=name)
        if names.extension(name) not in ("", *kind.extensions):
            raise Misnamed(name=name)
        if not names.extension(name):
            name = f"{name}.{kind.extensions[0]}"
        if kind.media_type in (kinds.JPEG, kinds.PNG):
            return _store_photo(files, arrived, name, kind.media_type, zone)
        return _store(files, arrived, name, kind.media_type)


def drop(files: Files, received: Received) -> None:
    """Take back what was received: its row could not be written."""
    files.delete(received.object_key)


def keep(tx: Transaction, received: Received, kind: str, upload_key: str, now: datetime, by: Actor) -> DocumentRow:
    """Write the row of an upload that waits for its form; `upload_key` is the secret only its sender holds.

    Args:
        kind: what it is in the case: the form field it answers.
    """
    if not upload_key:
        raise ValueError("an upload needs the key of its sender")
    row = DocumentRow(
        upload_key=upload_key,
        object_key=received.object_key,
        kind=re.sub(r"[^\w.-]", "", kind, flags=re.ASCII)[:60],
        name=received.name,
        media_type=received.media_type,
        size=received.size,
        sha256=received.sha256,
        origin=UPLOADED,
        created_at=now,
        created_by=by.name or by.kind,
        data={} if received.taken_at is None else {"taken_at": received.taken_at.isoformat()},
    )
    tx.add(row)
    return row


def waiting(tx: Transaction, ids: Collection[DocumentId], upload_key: str) -> Sequence[DocumentRow]:
    """Those of the uploads that this sender sent and that belong to no case yet, to draw a form with their names."""
    if not ids or not upload_key:
        return ()
    mine = select(DocumentRow).where(DocumentRow.id.in_(ids), DocumentRow.upload_key == upload_key)
    return tx.session.scalars(mine.where(DocumentRow.case_id.is_(None)).order_by(DocumentRow.id)).all()


def hand_over(tx: Transaction, ids: Collection[DocumentId], upload_key: str, to_key: str) -> None:
    """Put this sender's waiting uploads under another key: that of a draft they wait with. Others stay as they are."""
    for row in waiting(tx, ids, upload_key):
        row.upload_key = to_key


def attach(tx: Transaction, ids: Sequence[DocumentId], upload_key: str, case_id: CaseId) -> list[DocumentRow]:
    """Make waiting uploads documents of a case, in the order given. Locks their rows.

    Raises:
        NotUploaded: one is not there, is another sender's, or belongs to a case already.
    """
    return [_attach(tx, key, upload_key, case_id) for key in dict.fromkeys(ids)]


def sweep(uow: UnitOfWork, files: Files, now: datetime) -> int:
    """Remove uploads whose form never came and that wait with no draft of one; how many there were."""
    with uow.begin() as tx:
        stale = select(DocumentRow).where(DocumentRow.case_id.is_(None), DocumentRow.created_at < now - WAITS)
        stale = stale.where(~exists().where(StartDraft.upload_key == DocumentRow.upload_key))
        rows = tx.session.scalars(stale.where(DocumentRow.origin == UPLOADED).with_for_update()).all()
        for row in rows:
            tx.session.delete(row)
    for row in rows:
        files.delete(row.object_key)
    return len(rows)


def _spooled() -> BinaryIO:
    return cast("BinaryIO", tempfile.SpooledTemporaryFile(photos.SPOOLED))


def _collect(chunks: Iterable[bytes], target: BinaryIO, name: str, limit: int) -> None:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise TooLarge(name=name, megabytes=limit // (1024 * 1024))
        target.write(chunk)
    if size == 0:
        raise Empty(name=name)
    target.seek(0)


def _store_photo(files: Files, arrived: BinaryIO, name: str, media_type: str, zone: tzinfo) -> Received:
    try:
        picture, taken_at = photos.reencoded(arrived, media_type, zone)
    except photos.NoPicture as broken:
        raise Damaged(name=name) from broken
    with picture:
        return replace(_store(files, picture, name, media_type), taken_at=taken_at)


def _store(files: Files, content: BinaryIO, name: str, media_type: str) -> Received:
    digest = sha256()
    while chunk := content.read(CHUNK):
        digest.update(chunk)
    content.seek(0)
    stored = files.put(new_key("uploads"), content, media_type)
    return Received(stored.key, name, media_type, stored.size, digest.hexdigest())


def _attach(tx: Transaction, key: DocumentId, upload_key: str, case_id: CaseId) -> DocumentRow:
    row = tx.find(DocumentRow, key) and tx.locked(DocumentRow, key)
    if row is None or row.case_id is not None or not upload_key:
        raise NotUploaded(str(key))
    if not hmac.compare_digest(row.upload_key.encode(), upload_key.encode()):
        raise NotUploaded(str(key))
    row.case_id, row.upload_key = case_id, ""
    tx.session.flush()
    return row
