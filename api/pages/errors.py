"""What a person reads when something is refused, gone or broken: what happened, and a way on."""

from collections.abc import Sequence
from typing import NamedTuple

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from akta.languages import N_, Language
from api import render
from api.dependencies import public
from api.pages import frame, session
from api.problems import Problem
from api.render import Link, Page
from api.uploads import Form
from api.visits import Visit, language_of

router = APIRouter()


class Words(NamedTuple):
    """A page's picture, title and sentences, as msgids."""

    picture: str
    title: str
    sentences: Sequence[str]


NOT_FOUND = Words(
    "compass",
    N_("There is nothing here"),
    (N_("The address may be mistyped, or the page is not one you can see."),),
)
NOT_ALLOWED = Words(
    "lock",
    N_("This is not open to you"),
    (N_("Your account does not have the right to this. If you need it for your work, ask your supervisor."),),
)
GONE = Words(
    "hourglass",
    N_("This is no longer here"),
    (N_("It was there once and has been closed or replaced."),),
)
CONFLICT = Words(
    "history",
    N_("This has changed meanwhile"),
    (N_("Nothing of what you sent was stored. Look at how things stand now and decide again."),),
)
BROKEN = Words(
    "server-crash",
    N_("Something went wrong on our side"),
    (N_("Nothing was changed, and we know about it. Try again in a while."),),
)
UNREADABLE = Words(
    "circle-alert",
    N_("This could not be taken"),
    (N_("Go back, look at what you sent, and send it again."),),
)
TOO_LARGE = Words(
    "circle-alert",
    N_("This is too large to send"),
    (N_("Send fewer or smaller files at once. A scan with 200 dots per inch is enough."),),
)
OFFLINE = Words(
    "wifi-off",
    N_("There is no connection"),
    (N_("Your device is not connected, or we cannot be reached. What you sent before is safe with us."),),
)
BY_STATUS = {403: NOT_ALLOWED, 404: NOT_FOUND, 405: NOT_FOUND, 409: CONFLICT, 410: GONE, 413: TOO_LARGE}
_SAID_ALREADY = frozenset({404, 405, 413})


@router.get("/offline", dependencies=[public])
def offline_page(request: Request) -> Response:
    """What the service worker shows without a connection; its way on is to try the same page again."""
    words = language_of(request)
    body = render.html(
        "error.html",
        Page(theme=_theme(request)),
        words,
        picture=OFFLINE.picture,
        title=words.gettext(OFFLINE.title),
        sentences=[words.gettext(sentence) for sentence in OFFLINE.sentences],
        ways=(Link("", words.gettext(N_("Try again"))),),
        reference="",
    )
    return HTMLResponse(body)


def error_page(request: Request, problem: Problem) -> Response:
    """The page for a refusal or failure, in the house of the utility where one is known."""
    words = language_of(request)
    said = BY_STATUS.get(problem.status) or (BROKEN if problem.status >= 500 else UNREADABLE)
    sentences = [words.gettext(sentence) for sentence in said.sentences]
    if getattr(request.state, "kept", ""):
        sentences = [words.gettext(N_("The task was not completed by you, but what you wrote is kept."))]
    if problem.status < 500 and problem.status not in _SAID_ALREADY and problem.title not in sentences:
        sentences.insert(0, problem.title)
    visit = getattr(request.state, "visit", None)
    known = isinstance(visit, Visit)
    stale = getattr(request.state, "refused_form", None)
    if isinstance(visit, Visit) and isinstance(stale, Form) and _route(request) == session.sign_in.__name__:
        return session.sign_in_again(visit, stale)
    page = frame.page_of(visit) if isinstance(visit, Visit) else Page(theme=_theme(request))
    body = render.html(
        "error.html",
        page,
        words,
        picture=said.picture,
        title=words.gettext(said.title),
        sentences=sentences,
        ways=(*_kept(request, words), *_ways(page, words, known)),
        reference=problem.id,
    )
    return HTMLResponse(body, problem.status, {"retry-after": str(problem.after)} if problem.after else None)


def _kept(request: Request, words: Language) -> tuple[Link, ...]:
    """The way to what somebody typed before another was faster."""
    address = getattr(request.state, "kept", "")
    return (Link(address, words.gettext(N_("See what you wrote"))),) if address else ()


def _ways(page: Page, words: Language, known: bool) -> tuple[Link, ...]:
    first = Link(f"{page.base}/" if known else "/", words.gettext("Go to the first page"))
    return (first,)


def _route(request: Request) -> str:
    return getattr(request.scope.get("route"), "name", "")


def _theme(request: Request) -> str:
    theme = request.cookies.get(frame.THEME_COOKIE, "")
    return theme if theme in frame.THEMES else ""
