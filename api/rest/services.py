"""What can be applied for, and the forms for it."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.dependencies import VisitDep, needs
from api.rest.forms import FormView, form_view
from people.rights import Act
from tasks import submissions

router = APIRouter(prefix="/services", tags=["services"])


class Service(BaseModel):
    """Something to apply for. `before_you_start` says what to have at hand."""

    key: str
    version: int
    title: str
    summary: str
    before_you_start: list[str]


class StartFormView(FormView):
    """A start form. Send `submission_key` back as `Idempotency-Key`: the same form twice is one case."""

    service: str
    version: int
    submission_key: str
    from_paper: bool


@router.get("", dependencies=[needs(Act.SEE_SERVICES)])
def list_services(visit: VisitDep) -> list[Service]:
    """What the subject may start; somebody unknown also sees what asks for signing in."""
    with visit.uow.view() as tx:
        found = submissions.offered(tx, visit.services.desk, visit.subject)
    return [
        Service(
            key=bundle.key,
            version=deployment.version,
            title=(texts := bundle.texts(visit.language.code)).title,
            summary=texts.summary,
            before_you_start=list(texts.before_you_start),
        )
        for deployment, bundle in found
    ]


@router.get("/{service}/form", dependencies=[needs(Act.START_APPLICATION, Act.ENTER_FROM_PAPER)])
def show_start_form(service: str, visit: VisitDep, language: Annotated[str, Query(max_length=5)] = "") -> StartFormView:
    """The start form as this subject fills it in."""
    chosen = language or visit.language.code
    with visit.uow.view() as tx:
        found = submissions.begin(tx, visit.services.desk, visit.subject, service, visit.now, language=chosen)
    return StartFormView(
        service=service,
        version=found.deployment.version,
        submission_key=found.submission_key,
        from_paper=found.from_paper,
        fields=form_view(found.fields),
    )
