"""Pages of the session: signing in and out, the password, the language."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.responses import RedirectResponse, Response

from akta.errors import Invalid, Refusal
from akta.languages import N_, Language, offered
from api import render
from api.dependencies import FormDep, VisitDep, needs
from api.pages import frame
from api.problems import problem_of
from api.render import Link
from api.uploads import Form
from api.visits import Visit, drop_session, keep_device, keep_language, keep_session
from people import accounts
from people.accounts import PasswordEntry
from people.oidc import Provider
from people.passwords import Rules
from people.rights import Act
from people.sessions import Opened, Stage
from tasks import first_login
from tasks.first_login import Changing

router = APIRouter()

CHANGED = N_("Your password is changed. Sign in with the new one.")
FIRST = {Stage.CHANGE_PASSWORD: "/password", Stage.SET_UP_FACTOR: "/account"}
STALE = N_("This page was open too long. Type your password again; the rest is still here.")
SIGNED_OUT = N_("You are signed out")


@router.get("/{tenant}/sign-in", dependencies=[needs(Act.SIGN_IN)])
def sign_in_page(visit: VisitDep, wished: Annotated[str, Query(alias="next")] = "", changed: bool = False) -> Response:
    return _sign_in(visit, to=wished, notice=visit.language.gettext(CHANGED) if changed else "")


@router.post("/{tenant}/sign-in", dependencies=[needs(Act.SIGN_IN)])
def sign_in(visit: VisitDep, form: FormDep) -> Response:
    login, to = form.get("login"), form.get("to")
    try:
        hasher, source = visit.services.hasher, visit.source(login)
        opened = accounts.sign_in(visit.uow, hasher, login, form.get("password"), visit.now, source)
    except accounts.SignInFailed as refusal:
        return _sign_in(visit, to=to, login=login, problem=problem_of(refusal, visit.language).title, status=403)
    except accounts.SecretExpired as refusal:
        return _sign_in(visit, to=to, login=login, problem=problem_of(refusal, visit.language).title, status=403)
    answer = onward(visit, opened, to)
    keep_session(answer, visit, opened)
    keep_device(answer, visit, login)
    return answer


def sign_in_refused(visit: Visit, refusal: Refusal, to: str) -> Response:
    """The sign-in form with what went wrong at the utility's own provider."""
    return _sign_in(visit, to=to, problem=problem_of(refusal, visit.language).title, status=403)


def sign_in_again(visit: Visit, form: Form) -> Response:
    """The sign-in form once more, for one that was open too long: with what was typed, without the password."""
    sentence = visit.language.gettext(STALE)
    return _sign_in(visit, to=form.get("to"), login=form.get("login"), problem=sentence, status=403)


@router.post("/{tenant}/sign-out", dependencies=[needs(Act.OWN_SESSION)])
def sign_out(visit: VisitDep) -> Response:
    answer = frame.go(visit, "/signed-out")
    drop_session(answer, visit)
    return answer


@router.get("/{tenant}/signed-out", dependencies=[needs(Act.SIGN_IN)])
def signed_out_page(visit: VisitDep) -> Response:
    _ = visit.language.gettext
    return frame.show(
        visit,
        "error.html",
        picture="log-out",
        title=_(SIGNED_OUT),
        sentences=[_(N_("Nobody can see your data in this browser any more."))],
        ways=(
            Link(f"{frame.base_of(visit)}/sign-in", _(N_("Sign in again"))),
            Link(f"{frame.base_of(visit)}/", _(N_("Go to the first page"))),
        ),
        reference="",
    )


@router.get("/{tenant}/password", dependencies=[needs(Act.CHANGE_PASSWORD)])
def change_password_page(visit: VisitDep) -> Response:
    return _password(visit)


@router.post("/{tenant}/password", dependencies=[needs(Act.CHANGE_PASSWORD)])
def change_password(visit: VisitDep, form: FormDep) -> Response:
    entry = PasswordEntry(form.get("old"), form.get("new"), form.get("repeat"))
    try:
        _change(visit, entry)
    except Invalid as refusal:
        return _password(visit, errors=refusal.fields, status=422)
    answer = frame.go(visit, "/sign-in?changed=1")
    drop_session(answer, visit)
    return answer


@router.post("/{tenant}/language", dependencies=[needs(Act.CHOOSE_LANGUAGE)])
def choose_language(visit: VisitDep, form: FormDep) -> Response:
    answer = RedirectResponse(frame.inside(visit, form.get("to")), 303)
    if offered(code := form.get("language")):
        keep_language(answer, visit, code)
    return answer


def _change(visit: Visit, entry: PasswordEntry) -> None:
    services = visit.services
    changing = Changing(services.runtime, services.hasher)
    first_login.change_password(visit.uow, changing, visit.subject, visit.door, entry, visit.language, visit.now)


def onward(visit: Visit, opened: Opened, to: str) -> Response:
    """To where one wanted to go, or first to what is to be done before."""
    if opened.stage is Stage.PROVE_FACTOR:
        return frame.go(visit, f"/prove?{urlencode({'next': to})}" if to else "/prove")
    if opened.stage in FIRST:
        return frame.go(visit, FIRST[opened.stage])
    return RedirectResponse(frame.inside(visit, to), 303)


def _sign_in(
    visit: Visit, *, to: str = "", login: str = "", problem: str = "", notice: str = "", status: int = 200
) -> Response:
    return frame.show(
        visit,
        "sign_in.html",
        status=status,
        to=to,
        login=login,
        problem=problem,
        notice=notice,
        provider=Provider.of(visit.utility.profile),
    )


def _labels(words: Language) -> dict[str, str]:
    _ = words.gettext
    return {"old": _(N_("Present password")), "new": _(N_("New password")), "repeat": _(N_("New password again"))}


def _password(visit: Visit, *, errors: dict[str, str] | None = None, status: int = 200) -> Response:
    first = visit.session is not None and visit.session.must_change
    return frame.show(
        visit,
        "password.html",
        status=status,
        first=first,
        login=visit.subject.name,
        hint=Rules.of(visit.utility.profile).told.said(visit.language.gettext),
        errors=errors or {},
        summary=render.error_list(errors or {}, _labels(visit.language)),
    )
