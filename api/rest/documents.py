"""The content of documents."""

from collections.abc import Iterator
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Path
from fastapi.responses import Response, StreamingResponse

from akta.ids import DocumentId
from api.dependencies import VisitDep, needs
from api.security import FILE_POLICY
from documents import previews, store
from people.rights import Act
from storage.documents import DocumentRow
from storage.files import Files

router = APIRouter(prefix="/documents", tags=["documents"])


@router.get("/{document}/content", dependencies=[needs(Act.SEE_CASE)], response_class=StreamingResponse)
def download_document(document: UUID, visit: VisitDep) -> StreamingResponse:
    """The file itself, as it is stored."""
    with visit.uow.view() as tx:
        row = store.find(tx, visit.services.visibility, visit.subject, DocumentId(document))
    return file_answer(visit.services.files, row)


@router.get("/{document}/pages/{number}", dependencies=[needs(Act.SEE_CASE)], response_class=Response)
def preview_document(document: UUID, number: Annotated[int, Path(ge=1, le=500)], visit: VisitDep) -> Response:
    """One page of a PDF or a picture, as PNG."""
    with visit.uow.view() as tx:
        row = store.find(tx, visit.services.visibility, visit.subject, DocumentId(document))
    shown = previews.image(store.whole(visit.services.files, row), row.media_type, number)
    return Response(shown, media_type="image/png", headers={"content-security-policy": FILE_POLICY})


def file_answer(files: Files, row: DocumentRow) -> StreamingResponse:
    """An answer that streams a stored file to be saved: a browser shows and runs nothing of it.

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


def _chunks(files: Files, row: DocumentRow) -> Iterator[bytes]:
    with store.content(files, row) as chunks:
        yield from chunks
