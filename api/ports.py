"""What the HTTP floor needs from the rest of the house; `akta/bootstrap.py` fills it in."""

from dataclasses import dataclass
from functools import cached_property

from akta.clock import Clock
from people.oidc import Relying
from people.passwords import Hasher
from people.vault import Vault
from storage.database import Database
from storage.files import Files
from storage.visibility import Visibility
from tasks.desk import Desk
from tasks.mailer import Outbox
from workflows.deployments import Gate
from workflows.runtime import Runtime

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Services:
    """Everything a route may reach. `public_url` is the address people use, without a slash at the end."""

    database: Database
    files: Files
    desk: Desk
    gate: Gate
    clock: Clock
    hasher: Hasher
    secret_key: bytes
    public_url: str
    upload_limit: int
    """Largest single file, in bytes."""
    uploads_limit: int
    """Largest body of a request that carries files, in bytes."""
    uploads_per_hour: int = 300
    """Files that people without an account may send from one address within an hour."""
    outbox: Outbox | None = None
    """Only the demo has one."""
    bundle_limit: int = 10 * MEGABYTE
    """Largest archive of a bundle, in bytes; it is read into memory."""
    body_limit: int = MEGABYTE
    """Largest body of any other request, in bytes."""

    @property
    def runtime(self) -> Runtime:
        return self.desk.runtime

    @property
    def visibility(self) -> Visibility:
        return self.desk.visibility

    @cached_property
    def vault(self) -> Vault:
        return Vault(self.secret_key)

    @cached_property
    def relying(self) -> Relying:
        """This installation towards the utilities' own OpenID providers."""
        return Relying(self.vault)

    @property
    def secure(self) -> bool:
        """Whether people come by https: cookies are then `__Host-` and Secure."""
        return self.public_url.startswith("https://")

    @property
    def demo(self) -> bool:
        return self.outbox is not None
