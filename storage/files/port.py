"""What a store of files can do; nothing here that some S3 server lacks."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO, Protocol

from akta.errors import NotFound


class FileMissing(NotFound):
    """No object has this key."""


@dataclass(frozen=True, slots=True)
class Stored:
    key: str
    size: int
    media_type: str


class Files(Protocol):
    """Objects by random key. Sizes in bytes; a put is whole or not there at all."""

    def put(self, key: str, content: BinaryIO, media_type: str) -> Stored: ...

    def get(self, key: str) -> AbstractContextManager[Iterator[bytes]]:
        """The content in chunks.

        Raises:
            FileMissing: there is no such object.
        """

    def stat(self, key: str) -> Stored: ...

    def delete(self, key: str) -> None:
        """Remove the object; removing what is not there is no error."""

    def list(self, prefix: str = "") -> Iterator[str]: ...

    def presign(self, key: str, lasting: timedelta) -> str | None:
        """A short-lived address to fetch the object from, or None where the store cannot give one."""

    def ready(self) -> None:
        """Raises when the store does not answer."""
