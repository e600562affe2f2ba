"""The first pages: which utility, and what it offers."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from akta.subjects import Kind
from api import render
from api.dependencies import ServicesDep, VisitDep, needs, public, tenants_of
from api.pages import frame
from api.render import Page
from api.visits import Visit, language_of
from bpmn.bundle import Bundle
from people import rights
from people.rights import Act
from tasks import submissions

router = APIRouter()


@dataclass(frozen=True)
class Service:
    """One entry of the catalogue. `sign_in`: it asks for an account, and nobody is signed in."""

    key: str
    url: str
    title: str
    summary: str
    needs: tuple[str, ...]
    sign_in: bool


@router.get("/", dependencies=[public])
def choose_utility(request: Request, services: ServicesDep) -> Response:
    utilities = tenants_of(request).all(services.clock.now())
    if len(utilities) == 1:
        return RedirectResponse(f"/{utilities[0].code.lower()}/", 303)
    theme = request.cookies.get(frame.THEME_COOKIE, "")
    page = Page(theme=theme if theme in frame.THEMES else "")
    return HTMLResponse(render.html("utilities.html", page, language_of(request), utilities=utilities))


@router.get("/{tenant}", dependencies=[needs(Act.SEE_SERVICES)])
def first_page_without_slash(visit: VisitDep) -> Response:
    return frame.go(visit, "/")


@router.get("/{tenant}/", dependencies=[needs(Act.SEE_SERVICES)])
def first_page(visit: VisitDep) -> Response:
    """The catalogue of services; staff go to where their work is."""
    if visit.subject.kind is Kind.STAFF:
        return frame.go(visit, _workplace(visit))
    return frame.show(visit, "home.html", services=services_of(visit))


@router.get("/{tenant}/contact", dependencies=[needs(Act.SEE_SERVICES)])
def contact_page(visit: VisitDep) -> Response:
    """How to reach the utility, and what each service needs."""
    return frame.show(visit, "contact.html", services=services_of(visit))


def services_of(visit: Visit) -> list[Service]:
    with visit.uow.view() as tx:
        found = submissions.offered(tx, visit.services.desk, visit.subject)
    return [_service(visit, bundle) for _, bundle in found]


def _service(visit: Visit, bundle: Bundle) -> Service:
    texts = bundle.texts(visit.language.code)
    start = bundle.settings.start
    unknown = visit.subject.kind is Kind.ANONYMOUS
    return Service(
        key=bundle.key,
        url=f"{frame.base_of(visit)}/start/{bundle.key}",
        title=texts.title,
        summary=texts.summary,
        needs=texts.before_you_start,
        sign_in=unknown and start is not None and Kind.ANONYMOUS not in start.by,
    )


def _workplace(visit: Visit) -> str:
    places = [
        (Act.SEE_TEAM, "/team"),
        (Act.SEE_INBOX, "/inbox"),
        (Act.MANAGE_ACCOUNTS, "/administration"),
        (Act.SEE_PROCESSES, "/processes"),
        (Act.SEE_INCIDENTS, "/operations"),
    ]
    return next((place for act, place in places if rights.allowed(visit.subject, act)), "/password")
