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


def signed(secret: bytes, purpose: str, name: str) -> str:
    """A random name we gave, and the proof that we did."""
    return f"{name}.{keyed(secret, purpose, name)}"


def name_in(secret: bytes, purpose: str, token: str) -> str:
    """The name in what we signed for this purpose; empty if we did not."""
    name = token.rpartition(".")[0]
    return name if name and same(token, signed(secret, purpose, name)) else ""


def is_page_visit(request: Request) -> bool:
    """Whether a person goes to a page, and not a script, a poll or a picture inside one.

    Only such answers give a browser its name: of several that come at once, the last one would count.
    """
    if "hx-request" in request.headers:
        return False
    return request.headers.get("sec-fetch-mode", "navigate") == "navigate"


def says_same_origin(request: Request, public_url: str) -> bool:
    """Whether the browser itself vouches that a page of ours sent this: scripts cannot set these headers."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    return _is_ours(request.headers.get("origin", ""), request, public_url)


def refuse_foreign_origin(request: Request, public_url: str) -> None:
    """
    Raises:
        ForgedRequest: the browser says that another site sent this request.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        raise ForgedRequest(f"sent from {site}")
    origin = request.headers.get("origin")
    if origin is not None and not _is_ours(origin, request, public_url):
        raise ForgedRequest("sent from another origin")


def _is_ours(origin: str, request: Request, public_url: str) -> bool:
    ours, sent = urlsplit(public_url), urlsplit(origin)
    if ours.scheme == "https" and sent.scheme != "https":
        return False
    return bool(sent.netloc) and sent.netloc in (ours.netloc, request.headers.get("host", ""))
