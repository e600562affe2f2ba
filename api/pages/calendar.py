"""The calendar of the utility on a page: public holidays by rule, its own days, grounds on which clocks may stop."""

from dataclasses import replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from akta.errors import Invalid
from akta.languages import N_
from api.dependencies import FormDep, VisitDep, needs
from api.pages import frame, staff_rail
from api.uploads import Form
from bpmn.calendars import RULES, holidays
from people import rights
from people.rights import Act
from workflows import calendars
from workflows.calendars import OwnDay

router = APIRouter()

COUNTRIES = {
    "cz": N_("Czech Republic"),
    "hu": N_("Hungary"),
    "md": N_("Moldova"),
    "pl": N_("Poland"),
    "": N_("none"),
}


class NoDay(Invalid):
    """The day is none."""

    title = N_("This is not a day in the calendar.")


@router.get("/{tenant}/calendar", dependencies=[needs(Act.SEE_CALENDAR)])
def calendar_page(visit: VisitDep, year: Annotated[int | None, Query(ge=1990, le=2200)] = None) -> Response:
    shown = year or visit.today.year
    with visit.uow.view() as tx:
        kept = calendars.kept(tx)
        queues = staff_rail.queues(tx, visit)
    return frame.show(
        visit,
        "calendar.html",
        year=shown,
        kept=kept,
        own=[own for own in kept.days if own.day.year == shown],
        holidays=holidays(kept.country, shown),
        countries={key: visit.language.gettext(words) for key, words in COUNTRIES.items() if not key or key in RULES},
        may_edit=rights.allowed(visit.subject, Act.EDIT_CALENDAR),
        queues=queues,
    )


@router.post("/{tenant}/calendar", dependencies=[needs(Act.EDIT_CALENDAR)])
def change_calendar(visit: VisitDep, form: FormDep) -> Response:
    """One change at a time: the country, a day, a ground."""
    with visit.uow.begin() as tx:
        kept = replace(calendars.kept(tx), version=_version(form))
        calendars.keep(tx, _changed(kept, form))
    year = form.get("day")[:4] or form.get("year")
    return frame.go(visit, f"/calendar?year={year}" if year.isdecimal() else "/calendar")


def _changed(kept: calendars.Kept, form: Form) -> calendars.Kept:
    match form.get("change"):
        case "country":
            return replace(kept, country=form.get("country"))
        case "day":
            own = OwnDay(_day(form), form.get("works") == "yes", form.get("name").strip())
            return replace(kept, days=(*kept.days, own))
        case "no-day":
            day = _day(form)
            return replace(kept, days=tuple(own for own in kept.days if own.day != day))
        case "ground" if form.get("words").strip():
            key = f"g{max((int(name[1:]) for name in kept.grounds if name[1:].isdecimal()), default=0) + 1}"
            return replace(kept, grounds={**kept.grounds, key: form.get("words").strip()[:200]})
        case "no-ground":
            gone = form.get("ground")
            return replace(kept, grounds={key: words for key, words in kept.grounds.items() if key != gone})
    return kept


def _day(form: Form) -> date:
    try:
        return date.fromisoformat(form.get("day"))
    except ValueError as wrong:
        raise NoDay(fields={"day": NoDay.title}) from wrong


def _version(form: Form) -> int:
    text = form.get("version")
    return int(text) if text.isdecimal() and len(text) < 9 else 0
