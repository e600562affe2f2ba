"""Rows of documents and stored objects are compared both ways."""

import io
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from storage import inventory
from storage.database import Database
from storage.documents import DocumentRow
from storage.files import Files
from storage.files.port import made_at, new_key
from storage.inventory import YOUNG, Mismatch
from storage.unit_of_work import UnitOfWork

CONTENT = b"a letter"


@pytest.fixture
def later() -> datetime:
    """When nothing made in this test is young any more."""
    return datetime.now(UTC) + 2 * YOUNG


@pytest.fixture
def row(uow: UnitOfWork, files: Files, now: datetime) -> DocumentRow:
    """A document as it should be."""
    return add(uow, files, now)


def add(uow: UnitOfWork, files: Files, now: datetime) -> DocumentRow:
    key = new_key("generated")
    files.put(key, io.BytesIO(CONTENT), "text/plain")
    with uow.begin() as tx:
        made = DocumentRow(
            object_key=key,
            kind="letter",
            name="letter.txt",
            media_type="text/plain",
            size=len(CONTENT),
            sha256=sha256(CONTENT).hexdigest(),
            origin="generated",
            created_at=now,
        )
        tx.add(made)
    return made


def compare(database: Database, files: Files, now: datetime, *, whole: bool = False) -> list[Mismatch]:
    return list(inventory.compare(database, files, now, whole=whole))


def test_what_belongs_together_is_not_told(database: Database, files: Files, row: DocumentRow, later: datetime) -> None:
    assert compare(database, files, later, whole=True) == []


def test_a_row_without_its_object_is_missing_it(
    database: Database, files: Files, row: DocumentRow, later: datetime
) -> None:
    files.delete(row.object_key)
    assert compare(database, files, later) == [Mismatch("missing", row.object_key, row.id)]


def test_an_object_of_another_size_is_damaged(
    database: Database, files: Files, row: DocumentRow, later: datetime
) -> None:
    files.put(row.object_key, io.BytesIO(b"?"), "text/plain")
    assert compare(database, files, later) == [Mismatch("damaged", row.object_key, row.id)]


def test_other_content_of_the_same_size_is_found_by_reading_it_whole(
    database: Database, files: Files, row: DocumentRow, later: datetime
) -> None:
    files.put(row.object_key, io.BytesIO(CONTENT.upper()), "text/plain")
    assert compare(database, files, later) == []
    assert compare(database, files, later, whole=True) == [Mismatch("damaged", row.object_key, row.id)]


def test_an_object_no_row_names_is_an_orphan_once_it_is_an_hour_old(
    database: Database, files: Files, row: DocumentRow, later: datetime
) -> None:
    keys = sorted([new_key("uploads"), new_key("generated"), new_key("generated")])
    for key in keys:
        files.put(key, io.BytesIO(CONTENT), "text/plain")
    assert compare(database, files, datetime.now(UTC)) == []
    assert compare(database, files, later) == [Mismatch("orphan", key) for key in keys]


def test_objects_of_others_in_the_same_store_are_left_alone(database: Database, files: Files, later: datetime) -> None:
    for key in ("backup/2026/all.zip", "uploads/readme.txt"):
        files.put(key, io.BytesIO(CONTENT), "text/plain")
    assert compare(database, files, later) == []


def test_many_of_all_kinds_are_each_told_once(
    database: Database, files: Files, uow: UnitOfWork, now: datetime, later: datetime
) -> None:
    rows = [add(uow, files, now) for _ in range(12)]
    for lost in rows[::3]:
        files.delete(lost.object_key)
    strays = [new_key("generated") for _ in range(5)]
    for key in strays:
        files.put(key, io.BytesIO(CONTENT), "text/plain")
    found = compare(database, files, later)
    assert {each.key for each in found if each.kind == "missing"} == {lost.object_key for lost in rows[::3]}
    assert {each.key for each in found if each.kind == "orphan"} == set(strays)
    assert len(found) == 4 + 5


def test_a_key_says_when_it_was_made() -> None:
    assert abs(datetime.now(UTC) - made_at(new_key("uploads"))) < timedelta(minutes=1)
