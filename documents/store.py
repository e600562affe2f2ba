"""Documents of a case: which ones a subject may see, their content, and those Akta makes itself."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from typing import Final

from akta.errors import NotFound
from akta.ids import CaseId, DocumentId
from akta.subjects import Actor, Subject
from documents import names
from storage.base import Document
from storage.documents import DocumentRow
from storage.files import Files
from storage.files.port import new_key
from storage.unit_of_work import Transaction
from storage.visibility import Visibility

GENERATED: Final = "generated"


@dataclass(frozen=True, slots=True)
class Made:
    """A document Akta made: `kind` is the letter it was made from, `data` what it was filled with, as hashes."""

    content: bytes
    name: str
    kind: str
    media_type: str
    language: str = ""
    data: Document = field(default_factory=dict)


def find(tx: Transaction, visibility: Visibility, subject: Subject, document: DocumentId) -> DocumentRow:
    """A document the subject may see.

    Raises:
        NotFound: there is none, or it is not theirs to see.
    """
    statement = visibility.documents(subject).where(DocumentRow.id == document)
    row = tx.session.scalars(statement).one_or_none()
    if row is None:
        raise NotFound(f"document {document}")
    return row


def of_case(tx: Transaction, visibility: Visibility, subject: Subject, case: CaseId) -> Sequence[DocumentRow]:
    """The documents of a case the subject may see, oldest first."""
    statement = visibility.documents(subject).where(DocumentRow.case_id == case)
    return tx.session.scalars(statement.order_by(DocumentRow.created_at, DocumentRow.id)).all()


def whole(files: Files, row: DocumentRow) -> bytes:
    """The content at once, for previews: uploads are limited in size.

    Raises:
        FileMissing: the object is gone.
    """
    with files.get(row.object_key) as chunks:
        return b"".join(chunks)


def add_made(
    tx: Transaction, files: Files, case: CaseId, made: Made, now: datetime, by: Actor, *, for_applicant: bool = True
) -> DocumentRow:
    """Store a document Akta made and write its row; if the transaction fails, the object goes again."""
    key = new_key(GENERATED)
    tx.after_rollback(lambda: files.delete(key))
    stored = files.put(key, BytesIO(made.content), made.media_type)
    row = DocumentRow(
        case_id=case,
        object_key=stored.key,
        kind=made.kind,
        name=names.cleaned(made.name.replace("/", "-")),
        media_type=made.media_type,
        size=stored.size,
        sha256=sha256(made.content).hexdigest(),
        origin=GENERATED,
        language=made.language,
        scan="clean",
        created_at=now,
        created_by=by.name or by.kind,
        for_applicant=for_applicant,
        data=made.data,
    )
    tx.add(row)
    return row
