"""Uploads are streamed, checked by content, stripped of what cameras write, and belong to who sent them."""

import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from akta.errors import Invalid
from akta.ids import CaseId, DocumentId, TenantId, new_id
from akta.subjects import Actor, Door, Kind
from documents import kinds, uploads
from documents.uploads import Received
from storage.database import Database
from storage.documents import DocumentRow
from storage.files import Files
from storage.tenants import Tenant
from storage.unit_of_work import UnitOfWork
from tests.documents import samples
from tests.storage.rows import add_case

SENDER = Actor(Kind.CUSTOMER, Door.PAGE, name="Minta Ügyfél")
MEGABYTE = 1024 * 1024


def _receive(files: Files, content: bytes, name: str, limit: int = uploads.LIMIT) -> Received:
    chunks = (content[start : start + 1000] for start in range(0, len(content), 1000))
    return uploads.receive(files, chunks, name, limit=limit)


def _stored(files: Files, received: Received) -> bytes:
    with files.get(received.object_key) as chunks:
        return b"".join(chunks)


def test_a_pdf_is_stored_as_it_came(every_files: Files) -> None:
    content = samples.pdf()
    received = _receive(every_files, content, "Smlouva.PDF")
    assert (received.name, received.media_type, received.size) == ("Smlouva.PDF", kinds.PDF, len(content))
    assert received.sha256 == sha256(content).hexdigest()
    assert _stored(every_files, received) == content
    assert every_files.stat(received.object_key).media_type == kinds.PDF


def test_the_key_tells_nothing_of_the_name(files: Files) -> None:
    keys = {_receive(files, samples.pdf(), "smlouva.pdf").object_key for _ in range(3)}
    assert len(keys) == 3
    assert not any("smlouva" in key for key in keys)


@pytest.mark.parametrize("extension", ["pdf", "jpg", "png", "docx"])
def test_each_kind_that_is_taken_is_recognised_by_its_content(files: Files, extension: str) -> None:
    received = _receive(files, samples.WHOLE[extension](), "scan")
    assert received.media_type == samples.MEDIA_TYPES[extension]
    assert received.name == f"scan.{extension}"


REFUSED: dict[str, tuple[bytes, str, type[Invalid]]] = {
    "nothing": (b"", "empty.pdf", uploads.Empty),
    "a script": (b"#!/bin/sh\nexit 0\n", "script.sh", uploads.NotAllowed),
    "a page": (b"<!doctype html><script>alert(1)</script>", "page.pdf", uploads.NotAllowed),
    "a drawing with a script": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "x.png", uploads.NotAllowed),
    "a program": (b"MZ\x90\0" + bytes(200), "photo.jpg", uploads.NotAllowed),
    "a bare archive": (samples.with_part(b"PK\x05\x06" + bytes(18), "a", b"x"), "a.docx", uploads.NotAllowed),
    "a document with macros": (samples.macro_docx(), "letter.docx", uploads.NotAllowed),
    "a bomb": (samples.zip_bomb(), "letter.docx", uploads.NotAllowed),
    "half an archive": (samples.docx("text")[:500], "letter.docx", uploads.NotAllowed),
    "a pdf named as a photo": (samples.pdf(), "photo.jpg", uploads.Misnamed),
    "a photo named as a program": (samples.jpeg(), "photo.exe", uploads.Misnamed),
    "a photo whose name runs backwards": (samples.jpeg(), "photo\u202egpj.exe", uploads.Misnamed),
    "half a photo": (samples.jpeg()[:300], "photo.jpg", uploads.Damaged),
    "the head of a photo": (b"\xff\xd8\xff\xe0" + bytes(50), "photo.jpg", uploads.Damaged),
    "half a picture": (samples.png()[:60], "photo.png", uploads.Damaged),
    "too many pixels of a picture": (samples.png(size=(6000, 5000)), "scan.png", uploads.Damaged),
    "too many pixels": (samples.jpeg(size=(60_000, 1000)), "photo.jpg", uploads.Damaged),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused_leaves_nothing_stored(files: Files, what: str) -> None:
    content, name, refusal = REFUSED[what]
    with pytest.raises(refusal) as refused:
        _receive(files, content, name)
    assert refused.type is refusal
    assert refused.value.title % refused.value.params
    assert list(files.list()) == []


def test_too_much_is_refused_as_soon_as_it_is_too_much(files: Files) -> None:
    sent = []

    def endless() -> Iterator[bytes]:
        while True:
            sent.append(1)
            yield b"%PDF-" + bytes(MEGABYTE)

    with pytest.raises(uploads.TooLarge) as refused:
        uploads.receive(files, endless(), "endless.pdf", limit=3 * MEGABYTE)
    assert refused.value.title % refused.value.params == "“endless.pdf” is larger than 3 MB."
    assert len(sent) == 3
    assert list(files.list()) == []


def test_a_sender_that_goes_away_leaves_nothing(files: Files) -> None:
    def broken() -> Iterator[bytes]:
        yield samples.pdf()
        raise ConnectionError

    with pytest.raises(ConnectionError):
        uploads.receive(files, broken(), "scan.pdf")
    assert list(files.list()) == []


def test_a_large_pdf_takes_little_memory(files: Files) -> None:
    chunk = bytes(64 * 1024)
    _receive(files, samples.pdf(), "warm.pdf")
    tracemalloc.start()
    try:
        parts = (b"%PDF-1.4\n" if number == 0 else chunk for number in range(400))
        received = uploads.receive(files, parts, "large.pdf", limit=50 * MEGABYTE)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert received.size > 24 * MEGABYTE
    assert peak < 4 * MEGABYTE


@pytest.mark.parametrize("content", [samples.jpeg(taken="2026:03:01 10:00:00"), samples.png()], ids=["jpeg", "png"])
def test_nothing_a_camera_wrote_beside_the_picture_is_kept(files: Files, content: bytes) -> None:
    assert b"Secret" in content
    stored = _stored(files, _receive(files, content, "photo"))
    assert b"Secret" not in stored
    assert b"Exif" not in stored
    with Image.open(BytesIO(stored)) as picture:
        assert picture.size == samples.SIZE
        assert not picture.getexif()
        assert {"exif", "comment", "icc_profile", "Author"}.isdisjoint(picture.info)


def test_a_photo_held_sideways_is_stored_upright(files: Files) -> None:
    stored = _stored(files, _receive(files, samples.jpeg(orientation=6), "photo.jpg"))
    with Image.open(BytesIO(stored)) as picture:
        assert picture.size == (samples.SIZE[1], samples.SIZE[0])
        red, _, blue = picture.convert("RGB").getpixel((10, 5))  # type: ignore[misc]  # a pixel of RGB is three numbers
        assert red > 200 > blue


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_pictures_of_every_mode_are_taken(files: Files, mode: str) -> None:
    stored = _stored(files, _receive(files, samples.png(mode), "scan.png"))
    with Image.open(BytesIO(stored)) as picture:
        assert picture.size == samples.SIZE


@pytest.mark.parametrize(
    ("taken", "zone", "expected"),
    [
        ("2026:03:01 10:00:00", "+02:00", datetime(2026, 3, 1, 8, tzinfo=UTC)),
        ("2026:03:01 10:00:00", "", datetime(2026, 3, 1, 9, tzinfo=UTC)),
        ("2026:03:01 10:00:00", "nonsense", datetime(2026, 3, 1, 9, tzinfo=UTC)),
        ("0000:00:00 00:00:00", "", None),
        ("", "", None),
    ],
)
def test_when_a_photo_was_taken_is_told(files: Files, taken: str, zone: str, expected: datetime | None) -> None:
    content = samples.jpeg(taken=taken, zone=zone)
    received = uploads.receive(files, [content], "photo.jpg", zone=ZoneInfo("Europe/Prague"))
    assert received.taken_at == expected


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2000), st.binary(min_size=1, max_size=8), st.sampled_from(sorted(samples.WHOLE)))
def test_damaged_files_are_taken_or_refused_and_never_break(files: Files, at: int, noise: bytes, kind: str) -> None:
    whole = samples.WHOLE[kind]()
    at %= len(whole)
    try:
        received = _receive(files, whole[:at] + noise + whole[at + len(noise) :], f"a.{kind}")
    except Invalid:
        return
    assert received.media_type in samples.MEDIA_TYPES.values()


def _waiting(uow: UnitOfWork, files: Files, now: datetime, key: str = "key-of-the-sender") -> DocumentRow:
    received = _receive(files, samples.jpeg(taken="2026:03:01 10:00:00", zone="+00:00"), "photo.jpg")
    with uow.begin() as tx:
        return uploads.keep(tx, received, "photo", key, now, SENDER)


def test_an_upload_waits_and_is_attached_by_its_sender(uow: UnitOfWork, files: Files, now: datetime) -> None:
    row = _waiting(uow, files, now)
    assert (row.case_id, row.kind, row.created_by) == (None, "photo", "Minta Ügyfél")
    assert row.data == {"taken_at": "2026-03-01T10:00:00+00:00"}
    other = _waiting(uow, files, now)
    with uow.begin() as tx:
        case = CaseId(add_case(tx, now).id)
        ids = [DocumentId(other.id), DocumentId(row.id), DocumentId(other.id)]
        assert [found.id for found in uploads.attach(tx, ids, "key-of-the-sender", case)] == [other.id, row.id]
    with uow.view() as tx:
        attached = tx.get(DocumentRow, row.id)
        assert (attached.case_id, attached.upload_key) == (case, "")


def test_nobody_else_can_attach_it(uow: UnitOfWork, files: Files, now: datetime) -> None:
    row = _waiting(uow, files, now)
    with uow.begin() as tx:
        case = CaseId(add_case(tx, now).id)
    with uow.view() as tx:
        assert [found.id for found in uploads.waiting(tx, [DocumentId(row.id)], "key-of-the-sender")] == [row.id]
    for key in ("", "another key", "klíč"):
        with uow.view() as tx:
            assert list(uploads.waiting(tx, [DocumentId(row.id)], key)) == []
        with pytest.raises(uploads.NotUploaded), uow.begin() as tx:
            uploads.attach(tx, [DocumentId(row.id)], key, case)


def test_it_is_attached_once(uow: UnitOfWork, files: Files, now: datetime) -> None:
    row = _waiting(uow, files, now)
    with uow.begin() as tx:
        case = CaseId(add_case(tx, now).id)
        uploads.attach(tx, [DocumentId(row.id)], "key-of-the-sender", case)
    for key in ("key-of-the-sender", ""):
        with pytest.raises(uploads.NotUploaded), uow.begin() as tx:
            uploads.attach(tx, [DocumentId(row.id)], key, case)


def test_what_never_came_cannot_be_attached(uow: UnitOfWork, now: datetime) -> None:
    with uow.begin() as tx:
        case = CaseId(add_case(tx, now).id)
    with pytest.raises(uploads.NotUploaded), uow.begin() as tx:
        uploads.attach(tx, [DocumentId(new_id())], "key", case)


def test_an_upload_to_another_utility_cannot_be_attached(
    database: Database, uow: UnitOfWork, other_tenant: Tenant, files: Files, now: datetime
) -> None:
    row = _waiting(database.unit_of_work(TenantId(other_tenant.id)), files, now)
    with uow.begin() as tx:
        case = CaseId(add_case(tx, now).id)
    with pytest.raises(uploads.NotUploaded), uow.begin() as tx:
        uploads.attach(tx, [DocumentId(row.id)], "key-of-the-sender", case)


def test_an_upload_without_a_key_is_our_fault(uow: UnitOfWork, now: datetime) -> None:
    received = Received("uploads/a", "a.pdf", kinds.PDF, 1, "0" * 64)
    with pytest.raises(ValueError, match="key"), uow.begin() as tx:
        uploads.keep(tx, received, "scan", "", now, SENDER)


def test_a_strange_field_name_is_kept_plain(uow: UnitOfWork, now: datetime) -> None:
    received = Received("uploads/a", "a.pdf", kinds.PDF, 1, "0" * 64)
    with uow.begin() as tx:
        assert uploads.keep(tx, received, "a\0b<c>" + "x" * 100, "key", now, SENDER).kind == "abc" + "x" * 57


def test_uploads_whose_form_never_came_are_swept(uow: UnitOfWork, files: Files, now: datetime) -> None:
    old, fresh = _waiting(uow, files, now - timedelta(days=2)), _waiting(uow, files, now)
    attached = _waiting(uow, files, now - timedelta(days=2))
    with uow.begin() as tx:
        uploads.attach(tx, [DocumentId(attached.id)], "key-of-the-sender", CaseId(add_case(tx, now).id))
    assert uploads.sweep(uow, files, now) == 1
    with uow.view() as tx:
        assert tx.find(DocumentRow, old.id) is None
    assert set(files.list()) == {fresh.object_key, attached.object_key}


def test_a_photo_of_forty_megabytes_is_refused_after_the_limit_and_heic_is_named_as_no_kind_taken(
    files: Files,
) -> None:
    """What phones send: neither is stored, and of the large one no more is read than the limit."""
    read = 0

    def forty() -> Iterator[bytes]:
        nonlocal read
        for _ in range(40):
            read += 1
            yield b"\xff\xd8\xff" + bytes(1024 * 1024)

    with pytest.raises(uploads.TooLarge):
        uploads.receive(files, forty(), "photo.jpg")
    assert read == 10
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100)
    with pytest.raises(uploads.NotAllowed) as refused:
        uploads.receive(files, [heic], "photo.heic")
    assert refused.value.params["name"] == "photo.heic"
