"""Whether rows of documents and stored objects belong to each other, both ways."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, get_args
from uuid import UUID

from sqlalchemy import collate, select

from storage.database import Database
from storage.documents import DocumentRow
from storage.files import FileMissing, Files
from storage.files.port import Prefix, made_at

YOUNG = timedelta(hours=1)
"""An object this fresh may be one whose row is still being written."""
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Mismatch:
    """`missing`: a row without its object; `damaged`: an object that is not what its row says; `orphan`: an object no
    row names. `document` is the row's id, where there is one."""

    kind: Literal["missing", "damaged", "orphan"]
    key: str
    document: UUID | None = None


class _Named(NamedTuple):
    key: str
    id: UUID
    size: int
    sha256: str


def compare(database: Database, files: Files, now: datetime, *, whole: bool = False) -> Iterator[Mismatch]:
    """Compare rows with objects; `whole` reads every object and compares its hash too, otherwise its size.

    Both are gone through once, in the order of their keys, so memory stays flat. Objects that are no documents' are
    not ours to judge.
    """
    for prefix in sorted(get_args(Prefix)):
        keys, key = files.list(f"{prefix}/"), ""
        for row in _rows(database, prefix):
            while (key := key or next(keys, "")) and key < row.key:
                yield from _orphan(key, now)
                key = ""
            if key == row.key:
                key = ""
            kind = _wrong(files, row, whole=whole)
            if kind and _is_there(database, row.id):
                yield Mismatch(kind, row.key, row.id)
        for left in [key, *keys] if key else keys:
            yield from _orphan(left, now)


def _rows(database: Database, prefix: str) -> Iterator[_Named]:
    key = DocumentRow.object_key if database.embedded else collate(DocumentRow.object_key, "C")
    wanted = select(DocumentRow.object_key, DocumentRow.id, DocumentRow.size, DocumentRow.sha256)
    statement = wanted.where(DocumentRow.object_key.like(f"{prefix}/%")).order_by(key)
    with database.view_across_tenants() as session:
        for row in session.execute(statement, execution_options={"yield_per": _AT_ONCE}):
            yield _Named(*row)


def _is_there(database: Database, document: UUID) -> bool:
    """Whether the row is there still: an upload nobody sent may have been swept meanwhile."""
    with database.view_across_tenants() as session:
        return session.scalar(select(DocumentRow.id).where(DocumentRow.id == document)) is not None


def _orphan(key: str, now: datetime) -> Iterator[Mismatch]:
    try:
        made = made_at(key)
    except ValueError:  # no name of ours
        return
    if made < now - YOUNG:
        yield Mismatch("orphan", key)


def _wrong(files: Files, row: _Named, *, whole: bool) -> Literal["missing", "damaged", ""]:
    try:
        if files.stat(row.key).size != row.size:
            return "damaged"
        if not whole:
            return ""
        digest = hashlib.sha256()
        with files.get(row.key) as chunks:
            for chunk in chunks:
                digest.update(chunk)
    except FileMissing:
        return "missing"
    return "" if digest.hexdigest() == row.sha256 else "damaged"
