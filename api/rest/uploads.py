"""Files sent ahead of the form that names them."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from api import uploads
from api.dependencies import VisitDep, needs
from people.rights import Act

router = APIRouter(prefix="/uploads", tags=["uploads"])


class Upload(BaseModel):
    """A stored file. Name its `id` in the answers of a form; without a session send `upload_key` as `Upload-Key`."""

    id: str
    name: str
    media_type: str
    size: int
    upload_key: str


@router.post(
    "",
    status_code=201,
    dependencies=[needs(Act.UPLOAD)],
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def upload_file(
    request: Request,
    visit: VisitDep,
    name: Annotated[str, Query(min_length=1, max_length=200)],
    field: Annotated[str, Query(max_length=60)] = "",
) -> Upload:
    """Store one file; `field` is the key of the form field it answers."""
    kept = await uploads.receive_body(request, visit, name, field)
    return Upload(id=kept.id, name=kept.name, media_type=kept.media_type, size=kept.size, upload_key=visit.upload_key)
