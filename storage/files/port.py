"""What a store of files can do; nothing here that some S3 server lacks."""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import BinaryIO, Literal, Protocol
from uuid import UUID

from akta.errors import NotFound
from akta.ids import new_id
from akta.languages import N_

CHUNK = 256 * 1024
"""How much of an object is in memory at a time, in bytes."""

Prefix = Literal["generated", "uploads"]
"""What the keys of documents begin with."""

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*")
_LONGEST_KEY = 80


class FileMissing(NotFound):
    """No object has this key."""

    title = N_("This file is no longer here.")


@dataclass(frozen=True, slots=True)
class Stored:
    key: str
    size: int
    media_type: str


class Files(Protocol):
    """Objects by random key. Sizes in bytes; a put is whole or not there at all.

    A put reads `content` to its end, once, without knowing its length; what `content.read` raises passes through and
    leaves nothing behind. Keys are checked by `checked_key`.
    """

    def put(self, key: str, content: BinaryIO, media_type: str) -> Stored: ...

    def get(self, key: str) -> AbstractContextManager[Iterator[bytes]]:
        """The content in chunks.

        Raises:
            FileMissing: there is no such object.
        """

    def stat(self, key: str) -> Stored:
        """Size and type.

        Raises:
            FileMissing: there is no such object.
        """

    def delete(self, key: str) -> None:
        """Remove the object; removing what is not there is no error."""

    def list(self, prefix: str = "") -> Iterator[str]:
        """All keys that begin with `prefix`, in order."""

    def presign(self, key: str, lasting: timedelta) -> str | None:
        """A short-lived address to fetch the object from, or None where the store cannot give one."""

    def ready(self) -> None:
        """Raises when the store does not answer."""


def checked_key(key: str) -> str:
    """The key itself, if every store can hold it: path segments of plain letters, none hidden, none upwards.

    Raises:
        ValueError: it is not such a key; keys are made by us, so this is a fault of ours, not a refusal.
    """
    if len(key) > _LONGEST_KEY or not _KEY.fullmatch(key):
        raise ValueError(f"not a key of a stored file: {key!r}")
    return key


def new_key(prefix: Prefix) -> str:
    """A fresh random key, spread over folders: what is stored cannot be guessed from its name."""
    name = new_id().hex
    return checked_key(f"{prefix}/{name[-2:]}/{name}")


def made_at(key: str) -> datetime:
    """When a key of `new_key` was made."""
    milliseconds = UUID(key.rpartition("/")[2]).int >> 80
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
