"""A case as data: staff see its whole history, an applicant what happened and no word that was meant for colleagues."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from akta.ids import CaseId
from akta.subjects import Kind
from api.pages import happenings, wording
from api.visits import Visit
from bpmn.texts import Texts
from documents import store
from storage.cases import Case
from storage.documents import MessageRow
from storage.unit_of_work import Transaction
from tasks import inbox, withdraw
from workflows import queries, waits
from workflows.queries import CaseView, Line

FOR_APPLICANTS = frozenset({"case-started", "task-completed", "event-happened", "message-received", "case-ended"})
"""Kinds of history lines that are told to whom the case is about."""
DATED = frozenset({waits.Kind.TASK, waits.Kind.TIMER})
"""What a case waits for whose clock is told; when a call is tried again is nobody's date."""


class CaseRow(BaseModel):
    """`state`: received, in_work, waiting_applicant, waiting, closed. `outcome` is set once, at the end."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    reference: str
    title: str
    bundle: str
    version: int
    state: str
    outcome: str | None
    channel: str
    language: str
    person: str
    received_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    office: str
    """Code of the office whose clerks alone work on it; empty for all."""


class Standing(BaseModel):
    """Something that happens now: its name, what it means for the applicant, what usually comes next.

    `groups` says who of the office acts, or `applicant`; `until` until when.
    """

    element: str
    process: str
    name: str
    meaning: str
    next: str
    groups: list[str]
    until: datetime | None


class Happening(BaseModel):
    """One thing that happened, in the words of the page."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    words: str


class OpenTask(BaseModel):
    """A task of this case that is the subject's to open."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    since: datetime
    due_at: datetime | None
    version: int


class HistoryLine(BaseModel):
    """One thing that happened. What stands behind `actor` is for staff only, as are reasons, facts and answers."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    at: datetime
    kind: str
    element: str
    process: str
    actor_kind: str
    actor: str = ""
    role: str = ""
    door: str = ""
    reason: str = ""
    data: dict[str, Any] = {}
    personal: dict[str, Any] | None = None


class DocumentModel(BaseModel):
    """A document of the case; its content is at `/documents/{id}/content`."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: str
    name: str
    media_type: str
    size: int
    sha256: str
    origin: str
    created_at: datetime


class Message(BaseModel):
    """A mail that was sent in this case. Of credentials the text is kept nowhere."""

    subject: str
    body: str | None
    sent_at: datetime


class Outcome(BaseModel):
    id: str
    title: str
    text: str


class CaseModel(BaseModel):
    case: CaseRow
    now: list[Standing]
    tasks: list[OpenTask]
    outcome: Outcome | None
    history: list[HistoryLine]
    documents: list[DocumentModel]
    messages: list[Message]
    happened: list[Happening]
    can_withdraw: bool


def follow(tx: Transaction, visit: Visit, case_id: CaseId) -> CaseModel:
    """A case as this visit may see it.

    Raises:
        NotFound: there is none, or it is not theirs to see.
    """
    desk, subject = visit.services.desk, visit.subject
    case = queries.case_view(tx, desk.visibility, subject, case_id)
    documents = store.of_case(tx, desk.visibility, subject, case_id)
    texts = desk.runtime.definitions.bundle(tx, case.content_hash).texts(visit.language.code)
    lines, mails = queries.history(tx, case_id), queries.messages(tx, case_id)
    told = happenings.told(wording.of_case(tx, visit, case_id), lines, documents, mails)
    return CaseModel(
        case=CaseRow.model_validate(case),
        now=_standing(tx, visit, case_id),
        tasks=[OpenTask.model_validate(row) for row in inbox.of_case(tx, visit.frame, case_id)],
        outcome=_outcome(case, texts),
        history=[_line(line, subject.kind) for line in lines if _told(line, subject.kind)],
        documents=[DocumentModel.model_validate(row) for row in documents],
        messages=[_message(row) for row in mails],
        happened=[Happening.model_validate(one) for one in told],
        can_withdraw=withdraw.offered(tx, desk, subject, tx.get(Case, case_id)),
    )


def _standing(tx: Transaction, visit: Visit, case_id: CaseId) -> list[Standing]:
    """What is going on, in the words of the bundle each element belongs to; what has no words is left out."""
    definitions, found = visit.services.runtime.definitions, []
    waited = {(one.process, one.element): one for one in waits.reasons(tx, case_id, visit.now) if not one.beside}
    for place in queries.standing(tx, case_id):
        said = definitions.bundle(tx, place.bundle_hash).texts(visit.language.code).element(place.element)
        if said.name or said.applicant:
            reason = waited.get((place.bundle, place.element))
            standing = Standing(
                element=place.element,
                process=place.bundle,
                name=said.name,
                meaning=said.applicant,
                next=said.next,
                groups=list(reason.groups) if reason else [],
                until=reason.clock.due_at if reason and reason.clock and reason.kind in DATED else None,
            )
            found.append(standing)
    return found


def _message(row: MessageRow) -> Message:
    return Message(subject=row.subject, body=(row.personal or {}).get("body"), sent_at=row.sent_at)


def _outcome(case: CaseView, texts: Texts) -> Outcome | None:
    if case.outcome is None:
        return None
    said = texts.outcome(case.outcome)
    return Outcome(id=case.outcome, title=said.title, text=said.text)


def _told(line: Line, kind: Kind) -> bool:
    return kind is Kind.STAFF or line.kind in FOR_APPLICANTS


def _line(line: Line, kind: Kind) -> HistoryLine:
    if kind is Kind.STAFF:
        return HistoryLine.model_validate(line)
    return HistoryLine(
        number=line.number,
        at=line.at,
        kind=line.kind,
        element=line.element,
        process=line.process,
        actor_kind=line.actor_kind,
    )
