"""Pages for whoever has forgotten the password: asking for a link, and setting a new one behind it."""

from collections.abc import Mapping

from fastapi import APIRouter
from starlette.responses import Response

from akta.errors import Invalid
from akta.languages import N_
from api import render
from api.dependencies import FormDep, VisitDep, needs
from api.pages import frame
from api.problems import problem_of
from api.visits import Visit, drop_session
from people import resets
from people.passwords import Rules
from people.rights import Act
from tasks import password_links
from tasks.password_links import Asking

router = APIRouter()


@router.get("/{tenant}/forgotten", dependencies=[needs(Act.RESET_PASSWORD)])
def forgotten_page(visit: VisitDep, asked: bool = False) -> Response:
    return _forgotten(visit, asked=asked)


@router.post("/{tenant}/forgotten", dependencies=[needs(Act.RESET_PASSWORD)])
def ask_for_password(visit: VisitDep, form: FormDep) -> Response:
    """Whatever login was typed, the answer is the same."""
    typed, asking = form.get("login"), Asking(visit.actor, visit.address, visit.language)
    try:
        password_links.ask(visit.uow, visit.services.desk, asking, typed, visit.now)
    except Invalid as refusal:
        return _forgotten(visit, error=refusal.fields["login"], status=422)
    return frame.go(visit, "/forgotten?asked=1")


@router.get("/{tenant}/new-password/{token}", dependencies=[needs(Act.RESET_PASSWORD)])
def new_password_page(token: str, visit: VisitDep) -> Response:
    return _new_password(visit, token, {})


@router.post("/{tenant}/new-password/{token}", dependencies=[needs(Act.RESET_PASSWORD)])
def set_new_password(token: str, visit: VisitDep, form: FormDep) -> Response:
    new, repeat = form.get("new"), form.get("repeat")
    try:
        resets.redeem(visit.uow, visit.services.hasher, token, new, repeat, visit.language, visit.now)
    except resets.ResetGone as refusal:
        return _gone(visit, refusal)
    except Invalid as refusal:
        return _new_password(visit, token, refusal.fields, 422)
    answer = frame.go(visit, "/sign-in?changed=1")
    drop_session(answer, visit)
    return answer


def _forgotten(visit: Visit, *, asked: bool = False, problem: str = "", error: str = "", status: int = 200) -> Response:
    return frame.show(visit, "forgotten.html", status=status, asked=asked, problem=problem, error=error)


def _gone(visit: Visit, refusal: resets.ResetGone) -> Response:
    """That a link is good no more, where the next one is asked for."""
    return _forgotten(visit, problem=problem_of(refusal, visit.language).title, status=404)


def _new_password(visit: Visit, token: str, errors: Mapping[str, str], status: int = 200) -> Response:
    try:
        with visit.uow.view() as tx:
            login = resets.account_of(tx, token, visit.now).login
    except resets.ResetGone as refusal:
        return _gone(visit, refusal)
    _ = visit.language.gettext
    labels = {"new": _(N_("New password")), "repeat": _(N_("New password again"))}
    return frame.show(
        visit,
        "new_password.html",
        status=status,
        token=token,
        login=login,
        hint=Rules.of(visit.utility.profile).told.said(_),
        errors=errors,
        summary=render.error_list(errors, labels),
    )
