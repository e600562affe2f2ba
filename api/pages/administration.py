"""The administrator's room: colleagues and their groups, requests that wait for a second one, keys, what happened."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from akta.errors import Refusal
from akta.ids import AccountId
from akta.languages import N_
from api.dependencies import FormDep, VisitDep, needs
from api.pages import frame
from api.problems import problem_of
from api.rest.account import signed_in
from api.uploads import Form
from api.visits import Visit
from people import api_keys, events, groups, memberships, offices, rights, staff
from people.rights import Act
from people.staff import NewStaff
from tasks import release_rule
from workflows import releases

router = APIRouter()

ACCOUNTS = [needs(Act.MANAGE_ACCOUNTS)]
KEYS = [needs(Act.MANAGE_KEYS)]
DAYS = (30, 90, 180, 365)
ADDED = N_("The temporary password of %(login)s is %(secret)s. It is shown here once and is good for three days.")
ASKED = N_("The group has been asked for. A second administrator has to agree.")


@router.get("/{tenant}/administration", dependencies=ACCOUNTS)
def administration_page(visit: VisitDep) -> Response:
    return _accounts(visit)


@router.post("/{tenant}/administration", dependencies=ACCOUNTS)
def add_colleague(visit: VisitDep, form: FormDep) -> Response:
    """Add a colleague and show the temporary password, once."""
    member_of = tuple(form.values.get("groups", []))
    new = NewStaff(form.get("name"), form.get("email"), form.get("login"), member_of, visit.utility.language)
    try:
        added = staff.add(visit.uow, visit.services.hasher, new, visit.now, by=visit.subject.account)
    except Refusal as refusal:
        return _accounts(visit, problem=_said(visit, refusal), typed=form, status=422)
    return _accounts(visit, told=visit.language.gettext(ADDED) % {"login": added.login, "secret": added.secret})


@router.post("/{tenant}/administration/offices", dependencies=ACCOUNTS)
def name_office_here(visit: VisitDep, form: FormDep) -> Response:
    """Add an office, or give it another name."""
    try:
        with visit.uow.begin() as tx:
            offices.name(tx, form.get("code").strip(), form.get("office_name"))
    except Refusal as refusal:
        return _accounts(visit, problem=_said(visit, refusal), typed=form, status=422)
    return frame.go(visit, "/administration")


@router.post("/{tenant}/administration/accounts/{account}", dependencies=ACCOUNTS)
def change_colleague(account: UUID, visit: VisitDep, form: FormDep) -> Response:
    """Do one of the things the page offers for a colleague."""
    about, by = AccountId(account), signed_in(visit)[1]
    told = ""
    try:
        match form.get("do"):
            case "close":
                staff.close(visit.uow, about, by, visit.now)
            case "take-factors":
                staff.take_factors(visit.uow, about, by, visit.now)
            case "temporary-password":
                secret = staff.reissue(visit.uow, visit.services.hasher, about, visit.now)
                told = visit.language.gettext(ADDED) % {"login": form.get("login"), "secret": secret}
            case "office":
                with visit.uow.begin() as tx:
                    offices.put(tx, about, form.get("office"), by, visit.now)
            case "take-group":
                with visit.uow.begin() as tx:
                    memberships.take(tx, about, form.get("group"), by, visit.now)
            case "grant-group":
                with visit.uow.begin() as tx:
                    done = memberships.grant(tx, about, form.get("group"), by, visit.now, reason=form.get("reason"))
                told = "" if done else visit.language.gettext(ASKED)
    except Refusal as refusal:
        return _accounts(visit, problem=_said(visit, refusal), status=409)
    return _accounts(visit, told=told) if told else frame.go(visit, "/administration")


@router.post("/{tenant}/administration/requests/{request_id}", dependencies=ACCOUNTS)
def decide_request(request_id: UUID, visit: VisitDep, form: FormDep) -> Response:
    try:
        with visit.uow.begin() as tx:
            memberships.decide(tx, request_id, form.get("agreed") == "yes", signed_in(visit)[1], visit.now)
    except Refusal as refusal:
        return _accounts(visit, problem=_said(visit, refusal), status=409)
    return frame.go(visit, "/administration")


@router.post("/{tenant}/administration/releases", dependencies=[needs(Act.RULE_RELEASES)])
def rule_releases(visit: VisitDep, form: FormDep) -> Response:
    """Say whether versions of processes are activated by somebody else than who deployed them."""
    with visit.uow.begin() as tx:
        release_rule.ask_for_second_person(tx, form.get("second_person") == "yes", signed_in(visit)[1], visit.now)
    return frame.go(visit, "/administration#releases")


@router.get("/{tenant}/administration/keys", dependencies=KEYS)
def keys_page(visit: VisitDep) -> Response:
    return _keys(visit)


@router.post("/{tenant}/administration/keys", dependencies=KEYS)
def make_key_here(visit: VisitDep, form: FormDep) -> Response:
    """Make a key and show it, once."""
    days = form.get("days")
    try:
        with visit.uow.begin() as tx:
            lasting = timedelta(days=int(days) if days.isdecimal() and len(days) < 4 else 0)
            scopes = form.values.get("scopes", [])
            made = api_keys.make(tx, form.get("name"), scopes, lasting, signed_in(visit)[1], visit.now)
    except Refusal as refusal:
        return _keys(visit, problem=_said(visit, refusal), status=422)
    return _keys(visit, made=made.key)


@router.post("/{tenant}/administration/keys/{key}/revocation", dependencies=KEYS)
def revoke_key_here(key: UUID, visit: VisitDep) -> Response:
    with visit.uow.begin() as tx:
        api_keys.revoke(tx, key, signed_in(visit)[1], visit.now)
    return frame.go(visit, "/administration/keys")


@router.get("/{tenant}/administration/events", dependencies=[needs(Act.SEE_ACCOUNT_EVENTS)])
def account_events_page(visit: VisitDep) -> Response:
    with visit.uow.view() as tx:
        happened = events.listed(tx)
    told = [(event, events.said(event.kind, visit.language)) for event in happened]
    return frame.show(visit, "account_events.html", events=told)


def _said(visit: Visit, refusal: Refusal) -> str:
    problem = problem_of(refusal, visit.language)
    return problem.title


def _accounts(
    visit: Visit, *, problem: str = "", told: str = "", typed: Form | None = None, status: int = 200
) -> Response:
    with visit.uow.view() as tx:
        colleagues, waiting, places = staff.listed(tx), memberships.waiting(tx), offices.listed(tx)
        second_person = releases.second_person(tx)
    names = {name: visit.language.gettext(words) for name, words in groups.NAMES.items()}
    return frame.show(
        visit,
        "administration.html",
        status=status,
        colleagues=colleagues,
        waiting=waiting,
        names=names,
        places=places,
        place_names={place.code: place.name for place in places},
        powerful=groups.POWERFUL,
        own=visit.subject.account,
        second_person=second_person,
        problem=problem,
        told=told,
        typed=typed or Form(),
    )


def _keys(visit: Visit, *, problem: str = "", made: str = "", status: int = 200) -> Response:
    with visit.uow.view() as tx:
        keys = api_keys.listed(tx)
    shown: dict[str, Any] = {"keys": keys, "problem": problem, "made": made, "days": DAYS}
    return frame.show(visit, "keys.html", status=status, scopes=sorted(rights.SCOPES), **shown)
