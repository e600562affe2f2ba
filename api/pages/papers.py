"""Documents on pages: their titles, their addresses, their sheets as pictures, and the files themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi import Path as PathParameter
from starlette.responses import Response

from akta.ids import DocumentId
from akta.languages import N_
from api import files
from api.dependencies import VisitDep, needs
from api.pages import frame
from api.pages.wording import Wording
from api.visits import Visit
from documents import previews, store
from documents.kinds import DOCX
from people.rights import Act
from storage.documents import DocumentRow

router = APIRouter()

MOST_SHEETS = 40
"""Sheets shown below each other; who needs more downloads the file."""


@dataclass(frozen=True)
class Paper:
    """A document in a list."""

    id: str
    title: str
    name: str
    media_type: str
    size: int
    note: str
    url: str


@dataclass(frozen=True)
class Sheet:
    url: str
    alt: str
    width: int = 0
    height: int = 0


@dataclass(frozen=True)
class Shown:
    """A document laid out: its sheets as pictures, or its text."""

    name: str
    size: int
    url: str
    sheets: tuple[Sheet, ...]
    text: tuple[str, ...]


def listed(visit: Visit, words: Wording, rows: Sequence[DocumentRow]) -> list[Paper]:
    _ = visit.language.gettext
    base = frame.base_of(visit)
    return [
        Paper(
            id=str(row.id),
            title=words.document(row),
            name=row.name,
            media_type=row.media_type,
            size=row.size,
            note=_(N_("from us")) if row.origin == "generated" else _(N_("sent to us")),
            url=f"{base}/documents/{row.id}",
        )
        for row in rows
    ]


def laid_out(visit: Visit, row: DocumentRow, title: str) -> Shown:
    """The sheets of a document, as far as it can be shown."""
    content = store.whole(visit.services.files, row)
    url = f"{frame.base_of(visit)}/documents/{row.id}"
    try:
        count = min(previews.pages(content, row.media_type), MOST_SHEETS)
        text = previews.paragraphs(content, row.media_type) if row.media_type == DOCX else ()
    except previews.NoPreview:
        count, text = 0, ()
    alt = visit.language.gettext(N_("%(title)s, sheet %(number)s"))
    sheets = tuple(
        Sheet(f"{url}/sheets/{number}", alt % {"title": title, "number": number}) for number in range(1, count + 1)
    )
    return Shown(row.name, row.size, url, sheets, text)


@router.get("/{tenant}/documents/{document}", dependencies=[needs(Act.SEE_CASE)])
def download_document(document: UUID, visit: VisitDep) -> Response:
    """The file itself, to be kept; it is never opened inside a page of ours."""
    with visit.uow.view() as tx:
        row = store.find(tx, visit.services.visibility, visit.subject, DocumentId(document))
    return files.download(visit.services.files, row)


@router.get("/{tenant}/documents/{document}/sheets/{number}", dependencies=[needs(Act.SEE_CASE)])
def show_sheet(document: UUID, number: Annotated[int, PathParameter(ge=1)], visit: VisitDep) -> Response:
    """One sheet as a picture."""
    with visit.uow.view() as tx:
        row = store.find(tx, visit.services.visibility, visit.subject, DocumentId(document))
    return files.picture(visit.services.files, row, number)
