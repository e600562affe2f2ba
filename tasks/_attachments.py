"""Files among the answers of a form: uploads become documents of the case, and variables name them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from akta.ids import CaseId, DocumentId
from bpmn.values import Value
from documents import uploads
from storage.documents import DocumentRow
from storage.unit_of_work import Transaction


def attach(tx: Transaction, case_id: CaseId, files: Mapping[str, Sequence[str]], upload_key: str) -> dict[str, Value]:
    """Attach the uploads named by the answers to the case; gives, by field, a list of {id, name}. A file that answered
    the same field of this case before, and stands in the form again, stays as it is.

    Raises:
        NotUploaded: a file is not there, is another sender's, or belongs to another case or field already.
    """
    return {field: _attach(tx, case_id, field, ids, upload_key) for field, ids in files.items()}


def _attach(tx: Transaction, case_id: CaseId, field: str, ids: Sequence[str], upload_key: str) -> list[Value]:
    wanted = [_document_id(found) for found in ids]
    if not wanted:
        return []
    answered = select(DocumentRow).where(DocumentRow.case_id == case_id, DocumentRow.kind == field)
    kept = {row.id: row for row in tx.session.scalars(answered.where(DocumentRow.id.in_(wanted)))}
    new = uploads.attach(tx, [key for key in wanted if key not in kept], upload_key, case_id)
    rows = {**kept, **{row.id: row for row in new}}
    return [{"id": str(row.id), "name": row.name} for row in (rows[key] for key in dict.fromkeys(wanted))]


def _document_id(text: str) -> DocumentId:
    try:
        return DocumentId(UUID(text))
    except ValueError as wrong:
        raise uploads.NotUploaded(text) from wrong
