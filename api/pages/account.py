"""One's own account: where one is signed in, second factors and what happened, and proving once more who one is."""

from collections.abc import Callable, Sequence
from typing import Annotated
from uuid import UUID

import segno
from fastapi import APIRouter, Query
from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from akta.errors import Invalid
from akta.languages import N_
from akta.subjects import Kind
from api.dependencies import FormDep, VisitDep, needs
from api.pages import frame, session
from api.problems import problem_of
from api.rest.account import proved, signed_in
from api.visits import Visit, keep_session
from people import events, passkeys, second_factors, sessions
from people.rights import Act
from people.second_factors import NewTotp
from people.sessions import Stage

router = APIRouter()

OWN = [needs(Act.OWN_ACCOUNT)]
PROVING = [needs(Act.PROVE_ONESELF)]
BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrom": "Chrome", "Safari": "Safari"}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iOS",
    "iPad": "iOS",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "Linux": "Linux",
}
APP, KEY = N_("Authenticator app"), N_("Passkey")


@router.get("/{tenant}/account", dependencies=OWN)
def account_page(visit: VisitDep) -> Response:
    return _account(visit)


@router.post("/{tenant}/account/sessions/{session_id}/end", dependencies=OWN)
def end_own_session(session_id: UUID, visit: VisitDep) -> Response:
    sessions.revoke(visit.uow, signed_in(visit)[1], session_id, visit.now)
    return frame.go(visit, "/account")


@router.post("/{tenant}/account/app", dependencies=OWN)
def begin_app(visit: VisitDep) -> Response:
    """Show the key of an app; it counts once its first code was typed."""
    with visit.uow.begin() as tx:
        account, name = signed_in(visit)[1], visit.language.gettext(APP)
        made = second_factors.begin_totp(tx, visit.services.vault, account, name, visit.now)
    return _new_app(visit, made)


@router.post("/{tenant}/account/app/{factor}", dependencies=OWN)
def confirm_app(factor: UUID, visit: VisitDep, form: FormDep) -> Response:
    account, vault = signed_in(visit)[1], visit.services.vault
    try:
        codes = second_factors.confirm_totp(visit.uow, vault, account, factor, form.get("code"), visit.now)
    except second_factors.WrongCode as refusal:
        with visit.uow.view() as tx:
            again = second_factors.unfinished_totp(tx, vault, account, factor)
        return _new_app(visit, again, problem_of(refusal, visit.language).title)
    return _added(visit, codes)


@router.get("/{tenant}/account/passkey", dependencies=OWN)
def new_passkey_page(visit: VisitDep) -> Response:
    own, account = signed_in(visit)
    with visit.uow.begin() as tx:
        options = passkeys.begin_adding(tx, visit.site, own.id, account)
    return _show(visit, "new_passkey.html", options=options, name=visit.language.gettext(KEY))


@router.post("/{tenant}/account/passkey", dependencies=OWN)
def add_passkey_here(visit: VisitDep, form: FormDep) -> Response:
    own, account = signed_in(visit)
    with visit.uow.begin() as tx:
        vault, name = visit.services.vault, form.get("name")
        added = passkeys.add(tx, vault, visit.site, own.id, account, name, form.get("answer"), visit.now)
    return _added(visit, added.codes)


@router.post("/{tenant}/account/factors/{factor}/removal", dependencies=OWN)
def remove_own_factor(factor: UUID, visit: VisitDep) -> Response:
    with visit.uow.begin() as tx:
        second_factors.remove(tx, signed_in(visit)[1], factor, visit.now)
    return frame.go(visit, "/account")


@router.post("/{tenant}/account/recovery-codes", dependencies=OWN)
def new_recovery_codes(visit: VisitDep) -> Response:
    with visit.uow.begin() as tx:
        codes = second_factors.new_codes(tx, visit.services.vault, signed_in(visit)[1], visit.now)
    return _show(visit, "recovery_codes.html", codes=codes)


@router.get("/{tenant}/prove", dependencies=PROVING)
def prove_page(visit: VisitDep, wished: Annotated[str, Query(alias="next")] = "") -> Response:
    return _prove(visit, wished)


@router.post("/{tenant}/prove", dependencies=PROVING)
def prove_oneself(visit: VisitDep, form: FormDep) -> Response:
    to = form.get("to")
    try:
        opened = proved(visit, form.get("code"), form.get("answer"), form.get("password"))
    except (second_factors.WrongCode, passkeys.NotProved, Invalid) as refusal:
        said = refusal.fields.get("password", "") if isinstance(refusal, Invalid) else ""
        return _prove(visit, to, said or problem_of(refusal, visit.language).title)
    answer = session.onward(visit, opened, to)
    keep_session(answer, visit, opened)
    return answer


def _added(visit: Visit, codes: Sequence[str]) -> Response:
    """After a first factor its owner is shown the codes that stand in for it; a half-open session opens."""
    own, _ = signed_in(visit)
    if codes:
        answer = _show(visit, "recovery_codes.html", codes=codes)
    else:
        answer = RedirectResponse(f"{frame.base_of(visit)}/account", 303)
    if own.stage is Stage.SET_UP_FACTOR:
        with visit.uow.begin() as tx:
            opened = sessions.renew(tx, own.id, visit.now)
        keep_session(answer, visit, opened)
    return answer


def _called(client: str, say: Callable[[str], str]) -> str:
    """What a person calls a browser, from what it calls itself; the browsers claim to be each other, the last first."""
    browser = next((name for mark, name in BROWSERS.items() if mark in client), "")
    system = next((name for mark, name in SYSTEMS.items() if mark in client), "")
    if browser and system:
        return say(N_("%(browser)s on %(system)s")) % {"browser": browser, "system": system}
    return browser or system or client[:60] or say(N_("An unnamed program"))


def _account(visit: Visit) -> Response:
    own, account = signed_in(visit)
    with visit.uow.view() as tx:
        listed = sessions.listed(tx, account, own.id, visit.now)
        factors = second_factors.listed(tx, account)
        left = second_factors.codes_left(tx, account)
        happened = events.listed(tx, account)[:20]
    words = visit.language
    return _show(
        visit,
        "account.html",
        sessions=[(one, _called(one.client, words.gettext)) for one in listed],
        factors=[(factor, second_factors.kind_name(factor.kind, words)) for factor in factors],
        codes_left=left,
        events=[(event, events.said(event.kind, words)) for event in happened],
        asked=own.stage is Stage.SET_UP_FACTOR,
    )


def _new_app(visit: Visit, made: NewTotp, problem: str = "") -> Response:
    drawn = segno.make(made.uri, micro=False).svg_inline(scale=5, border=4, light="#fff", omitsize=True)
    picture = Markup(drawn)  # noqa: S704 - drawn here from dots: nothing anybody typed is markup in it
    status = 403 if problem else 200
    return _show(visit, "new_app.html", status=status, made=made, picture=picture, problem=problem)


def _prove(visit: Visit, to: str, problem: str = "") -> Response:
    own, account = signed_in(visit)
    with visit.uow.begin() as tx:
        kinds = {factor.kind for factor in second_factors.listed(tx, account)}
        options = passkeys.begin_proving(tx, visit.site, own.id, account)
    return _show(
        visit,
        "prove.html",
        status=403 if problem else 200,
        to=to,
        problem=problem,
        options=options,
        asks_code=bool(kinds),
        has_app=second_factors.TOTP in kinds,
    )


def _show(visit: Visit, template: str, *, status: int = 200, **data: object) -> Response:
    layout = "staff.html" if visit.subject.kind is Kind.STAFF else "applicant.html"
    return frame.show(visit, template, status=status, layout=layout, **data)
