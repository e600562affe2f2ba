"""From a visit to a page: who looks, what they may go to, and the answer as HTML."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import HTMLResponse, RedirectResponse, Response

from akta.ids import CaseId
from akta.languages import N_, Language
from akta.subjects import Kind, Subject
from api import render
from api.pages.accent import accent_of
from api.render import Link, Page
from api.visits import LIVE, Visit
from heating import terms
from people import groups, preferences, rights
from people.rights import Act

THEME_COOKIE = "akta-theme"
THEMES = frozenset({"light", "dark"})


@dataclass(frozen=True, slots=True)
class Shown:
    """The case a page shows, and the number of the last thing that had happened in it."""

    id: CaseId
    happened: int


def base_of(visit: Visit) -> str:
    """Where the utility's pages begin."""
    return f"/{visit.utility.code.lower()}"


def show(visit: Visit, template: str, /, *, status: int = 200, **data: Any) -> Response:
    """The answer to a visit."""
    page = page_of(visit, queues=data.pop("queues", ()), notice=data.pop("notice", ""), case=data.pop("of_case", None))
    return HTMLResponse(render.html(template, page, visit.language, now=visit.now, **data), status)


def go(visit: Visit, path: str) -> Response:
    """Go on to another page of the utility, by GET."""
    return RedirectResponse(f"{base_of(visit)}{path}", 303)


def back(visit: Visit, wished: str, otherwise: str) -> Response:
    """Back to the page the visitor came from, if it is one of ours."""
    return RedirectResponse(inside(visit, wished) if wished else f"{base_of(visit)}{otherwise}", 303)


def xml(content: bytes) -> Response:
    """A model, for the diagram on a page."""
    return Response(content, media_type="application/xml")


def inside(visit: Visit, wished: str) -> str:
    """A wished address if it is a page of this utility, else its first page: no way out to other sites."""
    base = base_of(visit)
    plain = wished.partition("?")[0]
    ours = plain.casefold() == base.casefold() or plain.casefold().startswith(f"{base}/".casefold())
    return wished if ours and "\\" not in wished and "//" not in wished and "\n" not in wished else f"{base}/"


def page_of(visit: Visit, queues: Sequence[Link] = (), notice: str = "", case: Shown | None = None) -> Page:
    request, utility = visit.request, visit.utility
    path = request.url.path if request.method == "GET" else f"{base_of(visit)}/"
    query = f"?{request.url.query}" if request.url.query and request.method == "GET" else ""
    theme = request.cookies.get(THEME_COOKIE, "")
    signed_in = visit.subject.kind in (Kind.STAFF, Kind.CUSTOMER)
    accent = f"{base_of(visit)}/accent.css" if accent_of(utility) is not None else ""
    return Page(
        path=path + query,
        house=utility.name,
        house_language=utility.language,
        base=base_of(visit),
        phone=utility.phone,
        dispatch_phone=utility.dispatch_phone,
        email=utility.email,
        theme=theme if theme in THEMES else "",
        accent=accent,
        csrf=visit.csrf_token,
        name=visit.subject.name if signed_in else "",
        role=role_of(visit.subject, visit.language),
        kind=visit.subject.kind.value,
        languages=render.offered(path, visit.language),
        menu=_menu(visit, path),
        queues=queues,
        demo=visit.services.demo,
        density=_density(visit),
        notice=notice,
        live=_live(visit, case),
        happened=None if case is None else case.happened,
        terms=_terms(visit),
    )


def _live(visit: Visit, case: Shown | None) -> str:
    """What the page follows: the case it shows, else the counters of who works on cases."""
    if case is not None:
        return f"/api/v1{base_of(visit)}/cases/{case.id}{LIVE}"
    if visit.subject.kind is Kind.STAFF and rights.allowed(visit.subject, Act.SEE_INBOX):
        return f"/api/v1{base_of(visit)}{LIVE}"
    return ""


def _density(visit: Visit) -> str:
    """What the clerk chose; the pages of applicants have room."""
    if visit.subject.kind is not Kind.STAFF:
        return ""
    with visit.uow.view() as tx:
        return preferences.density(tx, visit.subject).value


def _terms(visit: Visit) -> str:
    """That terms are to be accepted, and until when."""
    if visit.subject.kind is not Kind.CUSTOMER:
        return ""
    with visit.uow.view() as tx:
        owed = terms.owed(tx, visit.subject.account, visit.today)
    if owed is None:
        return ""
    words = N_("The terms of use have changed.") if owed.due else N_("The terms of use change on %(day)s.")
    return visit.language.gettext(words) % {"day": visit.language.day(owed.effective_from)}


def role_of(subject: Subject, words: Language) -> str:
    return ", ".join(words.gettext(groups.NAMES[name]) for name in sorted(subject.groups) if name in groups.NAMES)


def uploads_of(visit: Visit, names: dict[str, str] | None = None) -> dict[str, Any]:
    """What a file field needs to know: where files go and how large they may be."""
    url = f"/api/v1{base_of(visit)}/uploads"
    return {"url": url, "limit": visit.services.upload_limit, "names": names or {}}


def _menu(visit: Visit, path: str) -> tuple[Link, ...]:
    _ = visit.language.gettext
    if visit.subject.kind is Kind.STAFF:
        places = [
            (Act.SEE_TEAM, "/team", _("Team"), "layers"),
            (Act.ENTER_FROM_PAPER, "/paper", _("Enter from paper"), "pen-line"),
            (Act.SEE_INBOX, "/cases", _("Cases"), "folder-open"),
            (Act.SEE_MANDATES, "/mandates", _("Mandates"), "users"),
            (Act.VERIFY_READINGS, "/readings/clean", _("Clean readings"), "list-checks"),
            (Act.SEND_READING_LIST, "/readings/lists", _("Lists of readings"), "table"),
            (Act.RUN_BILLING, "/billing", _("Billing"), "receipt"),
            (Act.SEE_INCIDENTS, "/operations", _("Operations"), "circle-dot"),
            (Act.SEE_INCIDENTS, "/incidents", _("Incidents"), "triangle-alert"),
            (Act.SEE_PROCESSES, "/processes", _("Processes"), "workflow"),
            (Act.DEPLOY, "/readings/table", _("When a reading is odd"), "gauge"),
            (Act.SEE_CALENDAR, "/calendar", _("Calendar"), "calendar-clock"),
            (Act.PUBLISH_TERMS, "/terms/versions", _("Terms of use"), "file-check"),
            (Act.MANAGE_ACCOUNTS, "/administration", _("Administration"), "users"),
        ]
    elif visit.subject.kind is Kind.CUSTOMER:
        places = [
            (Act.SEE_SERVICES, "/", _("Services"), ""),
            (Act.SEE_OWN_CASES, "/my/cases", _("My cases"), ""),
            (Act.SEE_OWN_SUPPLY, "/my/invoices", _("My invoices"), ""),
            (Act.SEE_OWN_SUPPLY, "/my/meters", _("My meters"), ""),
            (Act.END_ACCESS, "/my/access", _("Who has access"), ""),
        ]
    else:
        places = [(Act.SEE_SERVICES, "/", _("Services"), "")]
    base = base_of(visit)
    return tuple(
        Link(f"{base}{place}", label, picture, current=_within(path, f"{base}{place}"))
        for act, place, label, picture in places
        if rights.allowed(visit.subject, act)
    )


def _within(path: str, place: str) -> bool:
    return path == place or (not place.endswith("/") and path.startswith(f"{place}/"))
