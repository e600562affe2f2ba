"""Drafts of start forms: kept while somebody fills one in, and sent when it is complete."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, Field

from akta.errors import NotFound
from api.dependencies import VisitDep, needs
from api.rest.cases import Started
from api.rest.forms import Answers
from api.visits import Visit, draft_holder
from people.rights import Act
from storage.unit_of_work import Transaction
from tasks import draft_links, start_drafts, submissions
from tasks.start_drafts import Change, Kept, NoDraft
from tasks.submissions import StartForm, Submission

router = APIRouter(tags=["services"])

OWN = [needs(Act.START_APPLICATION)]
IfMatch = Annotated[str, Header(alias="If-Match", description="The draft's ETag; none for the first", max_length=80)]


class StepModel(BaseModel):
    """A group of questions that shows with these answers. `done`: gone through without a mistake."""

    id: str
    title: str
    fields: list[str]
    done: bool


class DraftModel(BaseModel):
    """What is kept of a start form. `errors` says what stands in the way of sending it, by field.

    A client without a session or cookies sends `upload_key` back as `Upload-Key`: by it the draft is found again.
    """

    service: str
    answers: dict[str, list[str]]
    steps: list[StepModel]
    errors: dict[str, str]
    saved_at: datetime
    expires_at: datetime
    upload_key: str


class Address(BaseModel):
    email: str = Field(max_length=254)


class LinkToken(BaseModel):
    """The last part of the link in the mail."""

    token: str = Field(min_length=1, max_length=100)


class Resumed(BaseModel):
    service: str


@router.get("/services/{service}/draft", dependencies=OWN)
def show_start_draft(service: str, visit: VisitDep, response: Response) -> DraftModel:
    """One's draft of a start form, with an ETag."""
    with visit.uow.view() as tx:
        begun = _begun(tx, visit, service)
        kept = start_drafts.find(tx, draft_holder(visit), service, visit.now)
        if kept is None:
            raise NoDraft
        return _shown(tx, visit, begun, kept, response)


@router.put("/services/{service}/draft", dependencies=OWN)
def keep_start_draft(
    service: str, entry: Answers, visit: VisitDep, response: Response, if_match: IfMatch = ""
) -> DraftModel:
    """Keep answers in place of all that were kept before; wrong ones too."""
    with visit.uow.view() as tx:
        begun = _begun(tx, visit, service)
    keys = begun.form.keys
    seen = if_match.strip().removeprefix("W/").strip('"') or start_drafts.mark({}, keys)
    change = Change(entry.as_form(), keys, seen)
    kept = start_drafts.save(visit.uow, draft_holder(visit), service, change, visit.now)
    with visit.uow.view() as tx:
        return _shown(tx, visit, begun, kept, response)


@router.delete("/services/{service}/draft", status_code=204, dependencies=OWN)
def drop_start_draft(service: str, visit: VisitDep) -> None:
    """Throw one's draft away."""
    start_drafts.drop(visit.uow, draft_holder(visit), service, visit.now)


@router.post("/services/{service}/draft/completion", status_code=201, dependencies=OWN)
def send_start_draft(service: str, visit: VisitDep) -> Started:
    """Send one's draft: it becomes a case."""
    wanted = Submission(service, {}, "", language=visit.language.code, place=visit.address)
    holder, desk = draft_holder(visit), visit.services.desk
    made = start_drafts.send(visit.uow, desk, visit.subject, visit.door, holder, wanted, visit.now)
    return Started.model_validate(made, from_attributes=True)


@router.post("/services/{service}/draft/link", status_code=202, dependencies=OWN)
def mail_draft_link(service: str, entry: Address, visit: VisitDep) -> None:
    """Have a link to one's draft sent to an address."""
    asking = draft_links.Asking(visit.subject, visit.door, draft_holder(visit), visit.address, visit.language)
    draft_links.ask(visit.uow, visit.services.desk, asking, service, entry.email, visit.now)


@router.post("/drafts/opening", dependencies=OWN)
def take_up_draft(entry: LinkToken, visit: VisitDep) -> Resumed:
    """Go on with the draft behind a link."""
    kept = start_drafts.take_up(visit.uow, draft_holder(visit), entry.token, visit.now)
    return Resumed(service=kept.bundle)


def _begun(tx: Transaction, visit: Visit, service: str) -> StartForm:
    """
    Raises:
        NotFound: it is not filled in step by step, so there are no drafts of it.
    """
    begun = submissions.begin(tx, visit.services.desk, visit.subject, service, visit.now, language=visit.language.code)
    if not submissions.in_steps(begun):
        raise NotFound(f"no drafts of {service}")
    return begun


def _shown(tx: Transaction, visit: Visit, begun: StartForm, kept: Kept, response: Response) -> DraftModel:
    response.headers["etag"] = f'"{kept.mark(begun.form.keys)}"'
    wanted = Submission(kept.bundle, kept.answers, "", language=visit.language.code)
    drawn = submissions.redraw(tx, visit.services.desk, visit.subject, begun, wanted, visit.now)
    steps = [(step, step.of(drawn.fields)) for step in begun.form.steps]
    return DraftModel(
        service=kept.bundle,
        answers=dict(kept.answers),
        steps=[
            StepModel(id=step.id, title=rows[0].label, fields=[row.key for row in rows[1:]], done=step.id in kept.done)
            for step, rows in steps
            if rows
        ],
        errors=dict(submissions.errors(tx, visit.services.desk, visit.subject, begun, wanted, visit.now)),
        saved_at=kept.saved_at,
        expires_at=kept.expires_at,
        upload_key=visit.upload_key,
    )
