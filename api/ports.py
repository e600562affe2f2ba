"""What the HTTP floor needs from the rest of the house; `akta/bootstrap.py` fills it in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from akta.clock import Clock
from akta.ids import TenantId
from people.passwords import Hasher
from storage.database import Database
from storage.files import Files
from storage.visibility import Visibility

MEGABYTE = 1024 * 1024


class ShownMail(Protocol):
    """A mail as the demo's outbox page shows it."""

    @property
    def to(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def body(self) -> str: ...
    @property
    def sent_at(self) -> datetime: ...


class Outbox(Protocol):
    """The demo's mails, in memory only, newest first."""

    def mails(self, tenant: TenantId) -> Sequence[ShownMail]: ...


@dataclass(frozen=True)
class Services:
    """Everything a route may reach. `public_url` is the address people use, without a slash at the end."""

    database: Database
    files: Files
    runtime: Any
    clock: Clock
    visibility: Visibility
    hasher: Hasher
    secret_key: bytes
    public_url: str
    outbox: Outbox | None = None
    """Only the demo has one."""
    upload_limit: int = 25 * MEGABYTE
    """Largest single file, in bytes."""
    uploads_limit: int = 100 * MEGABYTE
    """Largest body of a request that carries files, in bytes."""
    body_limit: int = MEGABYTE
    """Largest body of any other request, in bytes."""

    @property
    def secure(self) -> bool:
        """Whether people come by https: cookies are then `__Host-` and Secure."""
        return self.public_url.startswith("https://")

    @property
    def demo(self) -> bool:
        return self.outbox is not None
