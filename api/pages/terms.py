"""The terms of use on pages: reading and accepting them, publishing another version."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from akta.errors import Invalid
from akta.languages import N_, NAMES
from akta.subjects import Kind
from api import render
from api.dependencies import FormDep, VisitDep, needs
from api.pages import frame, staff_rail
from api.uploads import Form
from api.visits import Visit
from heating import profile, terms
from heating.terms import CHANGES, TEXT, NewVersion, NoSuchTerms
from people.rights import Act

router = APIRouter()

NO_DAY = N_("Choose a day.")
LABELS: Mapping[str, str] = {TEXT: N_("The terms"), CHANGES: N_("What is different")}


@router.get("/{tenant}/terms", dependencies=[needs(Act.SEE_SERVICES)])
def terms_page(visit: VisitDep, version: Annotated[int, Query(ge=0)] = 0, accepted: bool = False) -> Response:
    """The version that holds; for who has one to accept, that one."""
    with visit.uow.view() as tx:
        found = terms.versions(tx, visit.language.code)
        own = visit.subject.account if visit.subject.kind is Kind.CUSTOMER else None
        owed = terms.owed(tx, own, visit.today)
        house = profile.of(tx).language
    holding = terms.in_force(found, visit.today)
    wanted = version or (owed.number if owed else holding.number if holding else 0)
    shown = next((each for each in found if each.number == wanted), None)
    if shown is None and version:
        raise NoSuchTerms(str(version))
    return frame.show(
        visit,
        "terms.html",
        shown=shown,
        holds=shown is not None and shown.effective_from <= visit.today,
        owed=owed if owed and shown and owed.number == shown.number else None,
        others=[each for each in found if shown is None or each.number != shown.number],
        courtesy=shown is not None and shown.language != house,
        house_language=NAMES.get(house, house),
        accepted=accepted,
    )


@router.post("/{tenant}/terms/{number}/acceptance", dependencies=[needs(Act.ACCEPT_TERMS)])
def accept_terms(number: int, visit: VisitDep) -> Response:
    terms.accept(visit.uow, visit.services.runtime, visit.subject, visit.door, number, visit.now)
    return frame.go(visit, "/terms?accepted=1")


@router.get("/{tenant}/terms/versions", dependencies=[needs(Act.PUBLISH_TERMS)])
def terms_versions_page(visit: VisitDep, published: int = 0) -> Response:
    return _versions(visit, published=published)


@router.post("/{tenant}/terms/versions", dependencies=[needs(Act.PUBLISH_TERMS)])
def publish_terms(visit: VisitDep, form: FormDep) -> Response:
    runtime = visit.services.runtime
    try:
        new = _read(visit, form)
        number = terms.publish(visit.uow, runtime, visit.subject, visit.door, new, visit.language, visit.now)
    except Invalid as refusal:
        return _versions(visit, form=form, errors=refusal.fields)
    return frame.go(visit, f"/terms/versions?published={number}")


def _read(visit: Visit, form: Form) -> NewVersion:
    """
    Raises:
        Invalid: there is no day from which it holds.
    """
    try:
        since = date.fromisoformat(form.get("effective_from"))
    except ValueError:
        raise Invalid(fields={"effective_from": visit.language.gettext(NO_DAY)}) from None
    words = {code: {part: form.get(f"{part}_{code}") for part in (CHANGES, TEXT)} for code in NAMES}
    return NewVersion(since, {code: said for code, said in words.items() if any(map(str.strip, said.values()))})


def _versions(
    visit: Visit, *, form: Form | None = None, errors: Mapping[str, str] | None = None, published: int = 0
) -> Response:
    _, found = visit.language.gettext, errors or {}
    with visit.uow.view() as tx:
        versions = terms.versions(tx, visit.language.code)
        house = profile.of(tx).language
        queues = staff_rail.queues(tx, visit)
    codes = [house, *(code for code in NAMES if code != house)]
    labels = {f"{part}_{code}": f"{_(LABELS[part])} ({NAMES[code]})" for part in LABELS for code in codes}
    return frame.show(
        visit,
        "terms_versions.html",
        status=422 if found else 200,
        versions=versions,
        published=published,
        fields=[
            (code, [(f"{part}_{code}", labels[f"{part}_{code}"]) for part in (CHANGES, TEXT)], code == house)
            for code in codes
        ],
        names=NAMES,
        typed=form.get if form else lambda _key: "",
        errors=found,
        summary=render.error_list(found, labels),
        queues=queues,
    )
