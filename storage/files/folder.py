"""Files in a local folder: the embedded default."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from storage.files.port import CHUNK, FileMissing, Stored, checked_key

_UNKNOWN = "application/octet-stream"


class FolderFiles:
    """Objects as files under `folder/objects`, their media types under `folder/types`.

    An object appears by renaming a finished, synced file, so it is whole or not there.
    """

    def __init__(self, folder: Path) -> None:
        self._objects = folder / "objects"
        self._types = folder / "types"
        self._incoming = folder / "incoming"
        for place in (self._objects, self._types, self._incoming):
            place.mkdir(mode=0o700, parents=True, exist_ok=True)

    def put(self, key: str, content: BinaryIO, media_type: str) -> Stored:
        place = self._objects / checked_key(key)
        kind = self._types / key
        self._write(kind, iter((media_type.encode(),)))
        try:
            size = self._write(place, iter(lambda: content.read(CHUNK), b""))
        except BaseException:
            if not place.exists():
                kind.unlink(missing_ok=True)
            raise
        return Stored(key, size, media_type)

    @contextmanager
    def get(self, key: str) -> Iterator[Iterator[bytes]]:
        try:
            source = (self._objects / checked_key(key)).open("rb")
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as absent:
            raise FileMissing(key) from absent
        with source:
            yield iter(lambda: source.read(CHUNK), b"")

    def stat(self, key: str) -> Stored:
        place = self._objects / checked_key(key)
        if not place.is_file():
            raise FileMissing(key)
        kind = self._types / key
        return Stored(key, place.stat().st_size, kind.read_text() if kind.is_file() else _UNKNOWN)

    def delete(self, key: str) -> None:
        for root in (self._objects, self._types):
            (root / checked_key(key)).unlink(missing_ok=True)

    def list(self, prefix: str = "") -> Iterator[str]:
        below = self._objects / prefix.rpartition("/")[0]
        places = (place for place in below.rglob("*") if place.is_file())
        keys = (place.relative_to(self._objects).as_posix() for place in places)
        return iter(sorted(key for key in keys if key.startswith(prefix)))

    def presign(self, key: str, lasting: timedelta) -> str | None:
        return None

    def ready(self) -> None:
        if not os.access(self._objects, os.W_OK):
            raise PermissionError(f"{self._objects} cannot be written")

    def _write(self, place: Path, chunks: Iterator[bytes]) -> int:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=self._incoming)
        size = 0
        try:
            with os.fdopen(descriptor, "wb") as target:
                for chunk in chunks:
                    size += target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
            Path(name).replace(place)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        _sync_folder(place.parent)
        return size


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
