"""Static files: read once, served under the digest of them all, so that a browser may keep them for ever."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from akta.errors import NotFound
from api.dependencies import public

FOLDER = Path(__file__).parent / "static"
TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".json": "application/json",
    ".txt": "text/plain; charset=utf-8",
    ".png": "image/png",
}
_PACKED = frozenset({".css", ".js", ".svg", ".json", ".txt"})
_FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    media_type: str
    content: bytes
    packed: bytes | None
    """The same with gzip, where that is worth it."""


@dataclass(frozen=True)
class Assets:
    """All static files and the digest that stands in their addresses."""

    digest: str
    files: Mapping[str, Asset]

    def url(self, path: str) -> str:
        """The address of a static file.

        Raises:
            KeyError: there is no such file; a template that names one is wrong.
        """
        if path not in self.files:
            raise KeyError(path)
        return f"/static/{self.digest}/{path}"


@cache
def load(folder: Path = FOLDER) -> Assets:
    """Read every file of the folder; what has no known type is left out."""
    found = {
        path.relative_to(folder).as_posix(): _asset(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in TYPES
    }
    digest = hashlib.sha256()
    for name, asset in found.items():
        digest.update(name.encode() + b"\0" + asset.content)
    return Assets(digest.hexdigest()[:12], found)


def _asset(path: Path) -> Asset:
    content = path.read_bytes()
    packed = gzip.compress(content, mtime=0) if path.suffix in _PACKED else None
    return Asset(TYPES[path.suffix], content, packed)


WORKER = "js/service-worker.js"

router = APIRouter(include_in_schema=False, dependencies=[public])


@router.get("/service-worker.js")
def service_worker() -> Response:
    """The script that shows our own page without a connection; it stands at the root, for every page is in its care."""
    return Response(load().files[WORKER].content, media_type=TYPES[".js"], headers={"Cache-Control": "no-cache"})


@router.get("/static/{digest}/{path:path}")
def static_file(digest: str, path: str, request: Request) -> Response:
    """One static file; an old digest still gives the new file, but only for a short time."""
    assets = load()
    asset = assets.files.get(path)
    if asset is None:
        raise NotFound(path)
    headers = {"Cache-Control": _FOR_EVER if digest == assets.digest else "no-cache", "Vary": "Accept-Encoding"}
    if asset.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(asset.packed, media_type=asset.media_type, headers=headers)
    return Response(asset.content, media_type=asset.media_type, headers=headers)
