"""The handler `make-pdf`: a PDF beside a Word document of the case, where LibreOffice is installed."""

from collections.abc import Callable, Mapping
from uuid import UUID

from sqlalchemy import select

from akta.errors import NotFound
from akta.ids import CaseId
from akta.languages import N_
from akta.subjects import Door
from bpmn.values import Value
from documents import conversion, store
from documents.store import Made
from storage.database import Database
from storage.documents import DocumentRow
from storage.files import Files
from storage.unit_of_work import Transaction
from workflows.handlers import CallContext, Handler

NAME = "make-pdf"
PDF = "application/pdf"
TAKES = {
    "type": "object",
    "properties": {"document_id": {"type": "string", "format": "uuid"}},
    "required": ["document_id"],
}
GIVES = {
    "type": "object",
    "properties": {"pdf": {"anyOf": [{"type": "string", "format": "uuid"}, {"type": "null"}]}},
    "required": ["pdf"],
    "additionalProperties": False,
}


def handler(database: Database, files: Files, converter: Callable[[], str] = conversion.converter) -> Handler:
    """`make-pdf` {document_id} -> {pdf}: the id of the PDF, or null where nothing can convert.

    Made twice for the same call, it is kept once: the row remembers the call's key.
    """

    def make(context: CallContext, values: Mapping[str, Value]) -> Mapping[str, Value]:
        program = converter()
        if not program:
            return {"pdf": None}
        uow = database.unit_of_work(context.subject.tenant)
        with uow.view() as tx:
            source = _source(tx, context, UUID(str(values["document_id"])))
            content = store.whole(files, source)
        pdf = conversion.to_pdf(content, program)
        with uow.begin() as tx:
            return {"pdf": str(_keep(tx, files, source, pdf, context))}

    return Handler(NAME, N_("Make a PDF of a document"), TAKES, GIVES, remote=make)


def _source(tx: Transaction, context: CallContext, document: UUID) -> DocumentRow:
    row = tx.get(DocumentRow, document)
    if row.case_id != context.case:
        raise NotFound(f"document {document} in case {context.case}")
    return row


def _keep(tx: Transaction, files: Files, source: DocumentRow, pdf: bytes, context: CallContext) -> UUID:
    of_case = select(DocumentRow).where(DocumentRow.case_id == context.case, DocumentRow.media_type == PDF)
    earlier = next((row for row in tx.session.scalars(of_case) if row.data.get("call") == context.key), None)
    if earlier is not None:
        return earlier.id
    made = Made(
        content=pdf,
        name=f"{source.name.removesuffix('.docx')}.pdf",
        kind=source.kind,
        media_type=PDF,
        language=source.language,
        data={"call": context.key, "from": str(source.id)},
    )
    return store.add_made(tx, files, CaseId(context.case), made, context.now, context.subject.acting(Door.JOB)).id
