"""Headers on every answer, and the limit on every body."""

from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from akta.errors import Refusal
from akta.languages import N_

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
CONTENT_POLICY = "; ".join(f"{name} {value}" for name, value in _POLICY.items())
EDITOR_POLICY = "; ".join(
    f"{name} {value}" for name, value in {**_POLICY, "style-src": "'self' 'unsafe-inline'"}.items()
)
"""For the pages of the editors, which set styles on what they draw. Scripts are ours alone there too."""
FILE_POLICY = "default-src 'none'; sandbox"
"""For files people uploaded: whatever is in them runs nothing."""

_HEADERS = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cache-control": "no-store",
}
_STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"


ARCHIVE = "application/zip"


class TooMuch(Refusal):
    """The body is larger than this address takes."""

    title = N_("This is too large to send.")


class SecureAnswers:
    """Sets the security headers an answer does not set itself, and the cookies a dependency asked for."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self.app = app
        self._headers = _HEADERS | ({"strict-transport-security": _STRICT_TRANSPORT} if https else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        cookies: list[str] = []
        scope.setdefault("state", {})["cookies"] = cookies

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                for cookie in cookies:
                    headers.append("set-cookie", cookie)
            await send(message)

        await self.app(scope, receive, sending)


class BodyLimit:
    """Refuses bodies above a limit before they are read, and cuts off those that hide their length."""

    def __init__(self, app: ASGIApp, *, body: int, uploads: int, archives: int) -> None:
        self.app = app
        self._body = body
        self._larger = {"multipart/form-data": uploads, "application/octet-stream": uploads, ARCHIVE: archives}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        limit = self._limit(headers)
        declared = headers.get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > limit:
            raise TooMuch
        received = 0

        async def receiving() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise TooMuch
            return message

        await self.app(scope, receiving, send)

    def _limit(self, headers: dict[bytes, Any]) -> int:
        kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
        return self._larger.get(kind.decode("latin-1"), self._body)
