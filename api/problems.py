"""Refusals and failures as HTTP: problem+json under `/api/`, a designed page elsewhere.

The roots of `akta/errors.py` are mapped here, once.
"""

import secrets
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlencode

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError
from starlette.datastructures import URL
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from akta.errors import Busy, Conflict, Forbidden, Invalid, NotFound, NotNow, Refusal, SignInNeeded, TooOften
from akta.languages import N_, Language
from api.security import TooMuch
from api.visits import FirstDo, language_of
from bpmn.feel import FeelSyntaxError
from workflows.deployments import Refused

STATUSES: Mapping[type[Refusal], HTTPStatus] = {
    SignInNeeded: HTTPStatus.UNAUTHORIZED,
    NotFound: HTTPStatus.NOT_FOUND,
    Forbidden: HTTPStatus.FORBIDDEN,
    Conflict: HTTPStatus.CONFLICT,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooOften: HTTPStatus.TOO_MANY_REQUESTS,
    Busy: HTTPStatus.SERVICE_UNAVAILABLE,
    TooMuch: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}
"""The first that fits counts, so the more particular stand first."""

MEDIA_TYPE = "application/problem+json"
FAILED = N_("Something went wrong on our side. Nothing was changed; try again in a while.")
NO_SUCH_PAGE = N_("There is nothing at this address.")
NOT_THIS_WAY = N_("This address does not take such a request.")
NOT_READABLE = N_("What was sent cannot be read.")
UNKNOWN: Mapping[int, str] = {HTTPStatus.NOT_FOUND: NO_SUCH_PAGE, HTTPStatus.BAD_REQUEST: NOT_READABLE}
"""What to say to requests that reach no route, or whose body is no JSON."""

ASKED_WHERE_TO = frozenset({"sign_in_page", "prove_page"})
"""Pages that lead on to where one wanted to go."""

DEEPEST = 12
"""How many places in the code a failure's log line names, counted from where it broke."""

log = structlog.get_logger("api")


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, in the reader's language. `id` is set when the log has more."""

    status: int
    title: str
    detail: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    id: str = ""
    kind: str = "about:blank"
    findings: Sequence[Mapping[str, object]] = ()
    """Why a version was refused, element by element."""
    place: tuple[int, int] | None = None
    """Line and column in an expression."""
    after: int = 0
    """Seconds after which it may work (`Retry-After`)."""

    @property
    def headers(self) -> dict[str, str]:
        told = {"retry-after": str(self.after)} if self.after else {}
        return told | ({"www-authenticate": "Bearer"} if self.status == HTTPStatus.UNAUTHORIZED else {})

    def as_json(self) -> dict[str, object]:
        answer: dict[str, object] = {"type": self.kind, "title": self.title, "status": self.status}
        line, column = self.place or (0, 0)
        optional = {
            "line": line,
            "column": column,
            "detail": self.detail,
            "fields": dict(self.fields),
            "id": self.id,
            "findings": list(self.findings),
        }
        return answer | {name: value for name, value in optional.items() if value}


ErrorPage = Callable[[Request, Problem], Response]
"""How a problem is shown to people; the pages bring it."""


def status_of(refusal: Refusal) -> HTTPStatus:
    found = (status for kind, status in STATUSES.items() if isinstance(refusal, kind))
    return next(found, HTTPStatus.BAD_REQUEST)


def problem_of(refusal: Refusal, language: Language) -> Problem:
    title = language.gettext(refusal.title)
    return Problem(
        status=status_of(refusal),
        title=title % refusal.params if refusal.params else title,
        detail=refusal.whole.said(language.gettext),
        place=(refusal.line, refusal.column) if isinstance(refusal, FeelSyntaxError) else None,
        fields=refusal.fields if isinstance(refusal, Invalid) else {},
        kind=f"urn:akta:{type(refusal).__name__}",
        findings=_told(refusal, language) if isinstance(refusal, Refused) else (),
        after=refusal.after if isinstance(refusal, NotNow) else 0,
    )


def _told(refusal: Refused, language: Language) -> list[dict[str, object]]:
    return [finding.fields(finding.said(language)) for finding in refusal.findings]


def install(app: FastAPI, error_page: ErrorPage) -> None:
    """Answer every refusal, wrong request and failure of this application."""

    def answer(request: Request, problem: Problem) -> Response:
        if _is_rest(request):
            return as_response(problem)
        return error_page(request, problem)

    def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refusal)  # noqa: S101 - registered for this type only
        detour = None if _is_rest(request) else _detour(request, error)
        return detour or answer(request, problem_of(error, language_of(request)))

    def unreadable(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this type only
        say, errors = language_of(request).gettext, error.errors()
        if any(found["loc"][0] == "path" for found in errors):
            return answer(request, Problem(HTTPStatus.NOT_FOUND, say(NO_SUCH_PAGE)))
        fields = {".".join(str(part) for part in found["loc"][1:]): str(found["msg"]) for found in errors}
        return answer(request, Problem(HTTPStatus.UNPROCESSABLE_ENTITY, say(NOT_READABLE), fields=fields))

    def untakable(request: Request, error: Exception) -> Response:
        """Text no database takes (a zero byte, half a sign, far too long), where no form has said so before."""
        log.warning("not taken", route=_route(request.scope), kind=type(error).__qualname__)
        title = language_of(request).gettext(NOT_READABLE)
        return answer(request, Problem(HTTPStatus.UNPROCESSABLE_ENTITY, title))

    def unknown(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type only
        message = UNKNOWN.get(error.status_code, NOT_THIS_WAY)
        return answer(request, Problem(error.status_code, language_of(request).gettext(message)))

    app.add_exception_handler(Refusal, refused)
    app.add_exception_handler(RequestValidationError, unreadable)
    app.add_exception_handler(HTTPException, unknown)
    app.add_exception_handler(DataError, untakable)
    app.add_exception_handler(UnicodeEncodeError, untakable)
    app.add_middleware(Shield, answer=answer)


def as_response(problem: Problem) -> Response:
    return JSONResponse(problem.as_json(), problem.status, problem.headers, media_type=MEDIA_TYPE)


def _is_rest(request: Request) -> bool:
    return request.url.path.startswith(("/api/", "/health/"))


def _detour(request: Request, refusal: Refusal) -> Response | None:
    """Where a person is sent instead of being told no: to sign in, or to do what is to be done first."""
    if isinstance(refusal, FirstDo):
        page = refusal.page
    elif isinstance(refusal, SignInNeeded):
        page = "sign_in_page"
    else:
        return None
    target = request.app.url_path_for(page, tenant=request.path_params.get("tenant", ""))
    came_from = _came_from(request) if page in ASKED_WHERE_TO else ""
    query = urlencode({"next": came_from}) if came_from else ""
    return RedirectResponse(f"{target}?{query}" if query else target, 303)


def _came_from(request: Request) -> str:
    """The page to come back to after signing in: the one asked for, or the one whose form was sent."""
    url = request.url if request.method == "GET" else URL(request.headers.get("referer", ""))
    if url.netloc != request.url.netloc:
        return ""
    return f"{url.path}?{url.query}" if url.query else url.path


class Shield:
    """Turns what nobody foresaw into an answer with an id; the log gets that id and where it happened.

    Neither addresses (a case link has a token in its own) nor messages of exceptions (they may quote data) are
    logged: only the route, the kind of exception and the places in the code.
    """

    def __init__(self, app: ASGIApp, answer: Callable[[Request, Problem], Response]) -> None:
        self.app = app
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, begun = 0, time.perf_counter()

        async def sending(message: Message) -> None:
            nonlocal status
            status = int(message.get("status", status))
            await send(message)

        try:
            await self.app(scope, receive, sending)
        except TooMuch as refusal:
            if status:
                raise
            request = Request(scope)
            await self._answer(request, problem_of(refusal, language_of(request)))(scope, receive, sending)
        except Exception as error:
            if status:
                raise
            await self._failed(scope, error)(scope, receive, sending)
        finally:
            log.info("answered", route=_route(scope), method=scope["method"], status=status, ms=_since(begun))

    def _failed(self, scope: Scope, error: Exception) -> Response:
        problem_id = secrets.token_hex(6)
        log.error("failed", id=problem_id, route=_route(scope), kind=type(error).__qualname__, at=_places(error))
        request = Request(scope)
        title = language_of(request).gettext(FAILED)
        return self._answer(request, Problem(HTTPStatus.INTERNAL_SERVER_ERROR, title, id=problem_id))


def _route(scope: Scope) -> str:
    return getattr(scope.get("route"), "name", "") or "-"


def _since(begun: float) -> float:
    return round((time.perf_counter() - begun) * 1000, 1)


def _places(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)[-DEEPEST:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
