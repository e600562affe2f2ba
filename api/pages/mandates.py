"""Mandates on pages: the office's list, one mandate, and revoking it."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from akta.errors import Invalid
from akta.ids import CaseId
from akta.languages import N_
from akta.subjects import Kind
from api.dependencies import FormDep, VisitDep, needs
from api.pages import frame, papers, staff_rail, wording
from api.pages.papers import Paper
from api.visits import Visit
from documents import store
from heating import mandates
from heating.acts import NAMES
from heating.queries import mandates as queries
from heating.queries.mandates import PAGE, MandateView, State, Wanted
from people import rights
from people.rights import Act
from storage.unit_of_work import Transaction

router = APIRouter()

STATES: Mapping[State, tuple[str, str, str]] = {
    State.AHEAD: (N_("not valid yet"), "info", "hourglass"),
    State.ACTIVE: (N_("in force"), "ok", "check"),
    State.EXPIRING: (N_("ends soon"), "warn", "clock"),
    State.EXPIRED: (N_("expired"), "late", "ban"),
    State.REVOKED: (N_("revoked"), "late", "ban"),
}
WANTED: Mapping[Wanted, str] = {
    Wanted.IN_FORCE: N_("In force"),
    Wanted.EXPIRING: N_("Ending soon"),
    Wanted.ENDED: N_("Ended"),
    Wanted.ALL: N_("All"),
}
KINDS: Mapping[str, str] = {
    "statutory_rep": N_("Representative by law"),
    "authorised_person": N_("Authorised person"),
    "proxy": N_("Proxy"),
    "housing_manager": N_("Housing manager"),
}
SAID = N_("Who revoked it, and how you were told")


@router.get("/{tenant}/mandates", dependencies=[needs(Act.SEE_MANDATES)])
def mandates_page(
    visit: VisitDep,
    state: Annotated[Wanted, Query()] = Wanted.IN_FORCE,
    search: Annotated[str, Query(alias="q", max_length=200)] = "",
    before: Annotated[UUID | None, Query()] = None,
) -> Response:
    """The office's list. Customers find theirs where it says who has access."""
    if visit.subject.kind is not Kind.STAFF:
        return frame.go(visit, "/my/access")
    with visit.uow.view() as tx:
        found = queries.listed(tx, visit.subject, visit.today, state, search, before, PAGE + 1)
        queues = staff_rail.queues(tx, visit)
    base, _ = f"{frame.base_of(visit)}/mandates", visit.language.gettext
    more = urlencode({"state": state, "q": search, "before": found[PAGE - 1].id}) if len(found) > PAGE else ""
    return frame.show(
        visit,
        "mandates.html",
        rows=[_told(visit, view) for view in found[:PAGE]],
        choices=[{"value": one.value, "label": _(words), "chosen": one is state} for one, words in WANTED.items()],
        search=search,
        narrowed=bool(search) or state is not Wanted.IN_FORCE,
        older=f"{base}?{more}" if more else "",
        queues=queues,
    )


@router.get("/{tenant}/mandates/{mandate}", dependencies=[needs(Act.SEE_MANDATES)])
def mandate_page(mandate: UUID, visit: VisitDep, revoked: bool = False) -> Response:
    return _show(visit, mandate, revoked=revoked)


@router.post("/{tenant}/mandates/{mandate}/revocation", dependencies=[needs(Act.REVOKE_MANDATE)])
def revoke_mandate(mandate: UUID, visit: VisitDep, form: FormDep) -> Response:
    runtime, reason = visit.services.runtime, form.get("reason")
    try:
        mandates.revoke(visit.uow, runtime, visit.subject, visit.door, mandate, reason, visit.now)
    except Invalid as refusal:
        _ = visit.language.gettext
        return _show(visit, mandate, errors={key: _(said) for key, said in refusal.fields.items()})
    return frame.go(visit, f"/mandates/{mandate}?revoked=1")


def _show(visit: Visit, mandate: UUID, *, revoked: bool = False, errors: Mapping[str, str] | None = None) -> Response:
    staff = visit.subject.kind is Kind.STAFF
    with visit.uow.view() as tx:
        view = queries.one(tx, visit.subject, mandate, visit.today)
        documents = _papers(tx, visit, view) if staff else []
        queues = staff_rail.queues(tx, visit)
    revocable = (staff or view.own) and view.state not in (State.EXPIRED, State.REVOKED)
    base = frame.base_of(visit)
    return frame.show(
        visit,
        "mandate_staff.html" if staff else "mandate.html",
        status=422 if errors else 200,
        row=_told(visit, view),
        documents=documents,
        case_url=f"{base}/cases/{view.case_id}" if view.case_id else "",
        revoke_url=f"{base}/mandates/{mandate}/revocation"
        if revocable and rights.allowed(visit.subject, Act.REVOKE_MANDATE)
        else "",
        revoked=revoked,
        errors=errors or {},
        said=visit.language.gettext(SAID),
        queues=queues,
    )


def _papers(tx: Transaction, visit: Visit, view: MandateView) -> list[Paper]:
    """What it rests on, as far as this clerk sees its case."""
    if view.case_id is None:
        return []
    rows = store.of_case(tx, visit.services.visibility, visit.subject, CaseId(view.case_id))
    shown = [row for row in rows if row.id in view.documents]
    return papers.listed(visit, wording.of_case(tx, visit, CaseId(view.case_id)), shown) if shown else []


def _told(visit: Visit, view: MandateView) -> Mapping[str, object]:
    _ = visit.language.gettext
    words, tone, icon = STATES[view.state]
    return {
        "mandate": view,
        "kind": _(KINDS[view.kind]) if view.kind in KINDS else view.kind,
        "acts": [_(NAMES[act]) for act in view.acts],
        "state": _(words),
        "tone": tone,
        "icon": icon,
        "url": f"{frame.base_of(visit)}/mandates/{view.id}",
    }
