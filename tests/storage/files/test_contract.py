"""What every store of files must do: the local folder, rclone's S3 server and MinIO alike."""

import io
import tracemalloc
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from typing import BinaryIO, cast

import pytest

from storage.files import FileMissing, Files, Stored
from storage.files.port import new_key
from storage.files.s3 import S3Files

MEGABYTE = 1024 * 1024


def _content(files: Files, key: str) -> bytes:
    with files.get(key) as chunks:
        return b"".join(chunks)


class Long:
    """A stream of `size` bytes that never stands in memory whole; `breaks` lets it fail half-way."""

    def __init__(self, size: int, *, breaks: bool = False) -> None:
        self.left, self.breaks, self.hash = size, breaks, sha256()

    def read(self, size: int = -1) -> bytes:
        if self.breaks and self.left < 2 * MEGABYTE:
            raise ConnectionError("the sender went away")
        chunk = bytes([self.left % 251]) * min(self.left, size if size >= 0 else self.left, 64 * 1024)
        self.left -= len(chunk)
        self.hash.update(chunk)
        return chunk


def _stream(size: int, *, breaks: bool = False) -> BinaryIO:
    return cast("BinaryIO", Long(size, breaks=breaks))


def test_what_is_put_can_be_got(every_files: Files) -> None:
    stored = every_files.put("uploads/a1/b.pdf", io.BytesIO(b"content"), "application/pdf")
    assert stored == Stored("uploads/a1/b.pdf", 7, "application/pdf")
    assert every_files.stat("uploads/a1/b.pdf") == stored
    assert _content(every_files, "uploads/a1/b.pdf") == b"content"


def test_an_empty_object_is_an_object(every_files: Files) -> None:
    assert every_files.put("empty", io.BytesIO(b""), "text/plain").size == 0
    assert every_files.stat("empty").size == 0
    assert _content(every_files, "empty") == b""


def test_what_is_not_there_is_missing(every_files: Files) -> None:
    with pytest.raises(FileMissing), every_files.get("nothing"):
        pass
    with pytest.raises(FileMissing):
        every_files.stat("nothing")
    every_files.put("folder/object", io.BytesIO(b"x"), "text/plain")
    with pytest.raises(FileMissing):
        every_files.stat("folder")


def test_what_is_deleted_is_missing_and_deleting_again_is_no_error(every_files: Files) -> None:
    every_files.put("a", io.BytesIO(b"x"), "text/plain")
    every_files.delete("a")
    every_files.delete("a")
    with pytest.raises(FileMissing):
        every_files.stat("a")
    assert list(every_files.list()) == []


def test_keys_are_listed_by_prefix_and_in_order(every_files: Files) -> None:
    for key in ("b/2", "a/2", "a/1", "ab/1"):
        every_files.put(key, io.BytesIO(b"x"), "text/plain")
    assert list(every_files.list()) == ["a/1", "a/2", "ab/1", "b/2"]
    assert list(every_files.list("a/")) == ["a/1", "a/2"]
    assert list(every_files.list("a")) == ["a/1", "a/2", "ab/1"]
    assert list(every_files.list("nothing/")) == []


@pytest.mark.parametrize("size", [MEGABYTE, 8 * MEGABYTE])
def test_an_interrupted_put_leaves_nothing(every_files: Files, size: int) -> None:
    with pytest.raises(ConnectionError):
        every_files.put("a", _stream(size, breaks=True), "text/plain")
    assert list(every_files.list()) == []
    with pytest.raises(FileMissing):
        every_files.stat("a")


def test_an_interrupted_put_leaves_what_was_there(every_files: Files) -> None:
    every_files.put("a", io.BytesIO(b"before"), "text/plain")
    with pytest.raises(ConnectionError):
        every_files.put("a", _stream(8 * MEGABYTE, breaks=True), "text/plain")
    assert _content(every_files, "a") == b"before"
    assert every_files.stat("a").media_type == "text/plain"


def test_a_second_put_replaces_the_object_whole(every_files: Files) -> None:
    every_files.put("a", io.BytesIO(b"before, and longer"), "text/plain")
    every_files.put("a", io.BytesIO(b"after"), "image/png")
    assert _content(every_files, "a") == b"after"
    assert every_files.stat("a") == Stored("a", 5, "image/png")


def test_a_large_object_is_streamed_both_ways(every_files: Files) -> None:
    size = 40 * MEGABYTE
    source = Long(size)
    every_files.put("warm", io.BytesIO(b"x"), "text/plain")
    with _peak() as peak:
        assert every_files.put("large", cast("BinaryIO", source), "video/mp4").size == size
    assert peak[0] < 18 * MEGABYTE
    received = sha256()
    with _peak() as peak, every_files.get("large") as chunks:
        for chunk in chunks:
            received.update(chunk)
    assert received.digest() == source.hash.digest()
    assert peak[0] < 2 * MEGABYTE


@contextmanager
def _peak() -> Iterator[list[int]]:
    """The most memory in use inside the block, in bytes."""
    result = [0]
    tracemalloc.start()
    try:
        yield result
    finally:
        result[0] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()


def test_a_reader_that_stops_early_holds_nothing(every_files: Files) -> None:
    every_files.put("a", _stream(MEGABYTE), "text/plain")
    for _ in range(40):
        with every_files.get("a") as chunks:
            next(chunks)


@pytest.mark.parametrize(
    "key",
    ["", "/a", "a/", "../a", "a/../b", "a//b", ".a", "a/.b", "a\\b", "a b", "a\n", "ř", "a\0", "C:a", "x" * 81],
)
def test_a_key_that_some_store_could_not_hold_is_refused(every_files: Files, key: str) -> None:
    for act in (
        lambda: every_files.put(key, io.BytesIO(b"x"), "text/plain"),
        lambda: every_files.stat(key),
        lambda: every_files.delete(key),
        lambda: every_files.get(key).__enter__(),
    ):
        with pytest.raises(ValueError, match="not a key"):
            act()


def test_a_presigned_address_gives_the_object_and_an_altered_one_does_not(every_files: Files) -> None:
    for key in ("a", "b"):
        every_files.put(key, io.BytesIO(key.encode()), "text/plain")
    address = every_files.presign("a", timedelta(minutes=1))
    if address is None:
        assert not isinstance(every_files, S3Files)
        return
    with urllib.request.urlopen(address, timeout=10) as answer:
        assert answer.read() == b"a"
    altered = address.replace("/a?", "/b?")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(altered, timeout=10)
    assert refused.value.code == 403
    refused.value.close()


def test_fresh_keys_are_random_and_can_be_stored(every_files: Files) -> None:
    keys = {new_key("uploads") for _ in range(20)}
    assert len(keys) == 20
    key = keys.pop()
    assert every_files.put(key, io.BytesIO(b"x"), "text/plain").key == key


def test_many_may_put_at_once(every_files: Files) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: every_files.put(f"many/{n}", io.BytesIO(b"x" * n), "text/plain"), range(24)))
    assert {key: every_files.stat(key).size for key in every_files.list("many/")} == {f"many/{n}": n for n in range(24)}


def test_a_store_that_answers_is_ready(every_files: Files) -> None:
    every_files.ready()
