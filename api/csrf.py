"""Protection of writes that a browser's cookies authorise: a token bound to the session, and where they come from."""

import hashlib
import hmac
import secrets
from urllib.parse import urlsplit

from starlette.requests import Request

from akta.errors import Forbidden
from akta.languages import N_

FIELD = "csrf"
HEADER = "x-csrf-token"
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class ForgedRequest(Forbidden):
    """The write carries no valid token of this session, or comes from another site."""

    title = N_("This page was open too long. Go back, load it again, and send it once more.")


def keyed(secret: bytes, purpose: str, value: str) -> str:
    """A value only this installation can make; purposes cannot be mixed up."""
    return hmac.new(secret, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()


def new_nonce() -> str:
    return secrets.token_urlsafe(24)


def same(sent: str | None, expected: str) -> bool:
    return sent is not None and hmac.compare_digest(sent.encode(), expected.encode())


def refuse_foreign_origin(request: Request, public_url: str) -> None:
    """
    Raises:
        ForgedRequest: the browser says that another site sent this request.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        raise ForgedRequest(f"sent from {site}")
    origin = request.headers.get("origin")
    if origin is None:
        return
    ours = {urlsplit(public_url).netloc, request.headers.get("host", "")}
    if urlsplit(origin).netloc not in ours:
        raise ForgedRequest("sent from another origin")
