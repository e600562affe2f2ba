"""Files among the answers of a form: uploads become documents of the case, and variables name them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from akta.ids import CaseId, DocumentId
from bpmn.values import Value
from documents import uploads
from storage.unit_of_work import Transaction


def attach(tx: Transaction, case_id: CaseId, files: Mapping[str, Sequence[str]], upload_key: str) -> dict[str, Value]:
    """Attach the uploads named by the answers to the case; gives, by field, a list of {id, name}.

    Raises:
        NotUploaded: a file is not there, is another sender's, or belongs to a case already.
    """
    return {field: _attach(tx, case_id, ids, upload_key) for field, ids in files.items()}


def _attach(tx: Transaction, case_id: CaseId, ids: Sequence[str], upload_key: str) -> list[Value]:
    if not ids:
        return []
    rows = uploads.attach(tx, [_document_id(found) for found in ids], upload_key, case_id)
    return [{"id": str(row.id), "name": row.name} for row in rows]


def _document_id(text: str) -> DocumentId:
    try:
        return DocumentId(UUID(text))
    except ValueError as wrong:
        raise uploads.NotUploaded(text) from wrong
