"""Stored files as answers: a browser saves them, shows pictures of them, and runs nothing of them."""

from collections.abc import Iterator
from urllib.parse import quote

from fastapi.responses import Response, StreamingResponse

from api.security import FILE_POLICY
from documents import previews, store
from storage.documents import DocumentRow
from storage.files import Files


def download(files: Files, row: DocumentRow) -> StreamingResponse:
    """The file itself, streamed, to be saved.

    Raises:
        FileMissing: the object is gone (before the answer has begun).
    """
    files.stat(row.object_key)
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(row.name, safe='')}",
        "content-length": str(row.size),
        "content-security-policy": FILE_POLICY,
        "etag": f'"{row.sha256}"',
    }
    return StreamingResponse(_chunks(files, row), media_type=row.media_type, headers=headers)


def picture(files: Files, row: DocumentRow, number: int) -> Response:
    """One sheet of a document as PNG.

    Raises:
        NoPreview: it cannot be shown.
    """
    shown = previews.image(store.whole(files, row), row.media_type, number)
    return Response(shown, media_type="image/png", headers={"content-security-policy": FILE_POLICY})


def _chunks(files: Files, row: DocumentRow) -> Iterator[bytes]:
    with files.get(row.object_key) as chunks:
        yield from chunks
