"""The content of documents."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from fastapi.responses import Response, StreamingResponse

from akta.ids import DocumentId
from api import files
from api.dependencies import VisitDep, needs
from documents import store
from people.rights import Act

router = APIRouter(prefix="/documents", tags=["documents"])


@router.get("/{document}/content", dependencies=[needs(Act.SEE_CASE)], response_class=StreamingResponse)
def download_document(document: UUID, visit: VisitDep) -> StreamingResponse:
    """The file itself, as it is stored."""
    with visit.uow.view() as tx:
        row = store.find(tx, visit.services.visibility, visit.subject, DocumentId(document))
    return files.download(visit.services.files, row)


@router.get("/{document}/pages/{number}", dependencies=[needs(Act.SEE_CASE)], response_class=Response)
def preview_document(document: UUID, number: Annotated[int, Path(ge=1, le=500)], visit: VisitDep) -> Response:
    """One page of a PDF or a picture, as PNG."""
    with visit.uow.view() as tx:
        row = store.find(tx, visit.services.visibility, visit.subject, DocumentId(document))
    return files.picture(visit.services.files, row, number)
