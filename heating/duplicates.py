"""Applications that look like another one: the same person and the same contract, both still open (domain.md §2.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select

from akta.errors import Conflict
from akta.ids import CaseId
from akta.languages import N_
from akta.subjects import Actor
from heating.contracts import APPLIED_FOR
from storage.cases import Case, CaseRelation
from storage.documents import DocumentRow
from storage.people import Person
from storage.unit_of_work import Transaction
from workflows.cases import Evidence, note, relate

MERGED_INTO = "merged-into"
"""Kind of relation: this case went on as another one."""
UPLOADED = "uploaded"


class NotMergeable(Conflict):
    """The other case is closed, is this one, or is about another contract."""

    title = N_("These two applications cannot be merged.")


@dataclass(frozen=True, slots=True)
class Twin:
    """An open application of the same person for the same contract."""

    case: UUID
    reference: str
    name: str
    received_at: datetime


def twins(tx: Transaction, case_id: CaseId, contract_id: UUID) -> Sequence[Twin]:
    """Other open cases of whoever has the same name or the same address, for the same contract; the oldest first."""
    about = tx.get(Case, case_id).person_id
    person = None if about is None else tx.find(Person, about)
    if person is None:
        return ()
    same = (
        select(Case.id, Case.reference, Person.name, Case.received_at)
        .join(Person, Person.id == Case.person_id)
        .join(CaseRelation, CaseRelation.case_id == Case.id)
        .where(
            CaseRelation.kind == APPLIED_FOR,
            CaseRelation.object_id == contract_id,
            Case.state != "closed",
            Case.id != case_id,
            Case.bundle == tx.get(Case, case_id).bundle,
            or_(func.lower(Person.name) == person.name.lower(), func.lower(Person.email) == person.email.lower()),
        )
        .order_by(Case.id)
    )
    return tuple(Twin(*row) for row in tx.session.execute(same))


def merge(tx: Transaction, case_id: CaseId, reference: str, contract_id: UUID, by: Actor, now: datetime) -> UUID:
    """Let a case go on as an older twin: its uploads become that one's, and both histories say so.

    Raises:
        NotMergeable: the other case is not an open twin of this one.
    """
    found = {twin.reference: twin for twin in twins(tx, case_id, contract_id)}
    twin = found.get(reference)
    if twin is None or tx.locked(Case, twin.case).state == "closed":
        raise NotMergeable(reference)
    own = tx.get(Case, case_id)
    uploads = select(DocumentRow).where(DocumentRow.case_id == case_id, DocumentRow.origin == UPLOADED)
    for row in tx.session.scalars(uploads):
        row.case_id = twin.case
    relate(tx, case_id, MERGED_INTO, twin.case)
    note(tx, CaseId(twin.case), "case-merged", by, now, Evidence(data={"from": own.reference}))
    return twin.case
