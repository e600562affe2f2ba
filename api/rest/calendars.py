"""The calendar by which a utility counts working days, and the grounds on which the law lets its clocks stop."""

import datetime
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from pydantic import BaseModel, Field

from api.dependencies import VisitDep, needs
from api.rest import marks
from api.rest.forms import PlainText
from bpmn.calendars import holidays
from people.rights import Act
from workflows import calendars
from workflows.calendars import Kept, OwnDay

router = APIRouter(prefix="/calendar", tags=["calendar"])


class Day(BaseModel):
    """A day that differs from the rules of the country."""

    day: datetime.date
    works: bool
    name: PlainText = Field("", max_length=120)


class Calendar(BaseModel):
    """`country`: whose public holidays are kept (cz, hu, md, pl; empty for none)."""

    country: str = Field(max_length=2)
    days: list[Day] = Field(default_factory=list, max_length=calendars.MOST_DAYS)
    grounds: dict[Annotated[PlainText, Field(max_length=80)], Annotated[PlainText, Field(max_length=200)]] = Field(
        default_factory=dict, max_length=calendars.MOST_GROUNDS
    )


class Holiday(BaseModel):
    day: datetime.date
    name: str


@router.get("", dependencies=[needs(Act.SEE_CALENDAR)])
def show_calendar(visit: VisitDep, response: Response) -> Calendar:
    """The calendar as it is kept."""
    with visit.uow.view() as tx:
        return _shown(calendars.kept(tx), response)


@router.put("", dependencies=[needs(Act.EDIT_CALENDAR)])
def keep_calendar(
    wanted: Calendar, visit: VisitDep, response: Response, if_match: Annotated[str, Header(alias="If-Match")]
) -> Calendar:
    """Replace the calendar. Deadlines under way stay as they are."""
    days = tuple(OwnDay(own.day, own.works, own.name) for own in wanted.days)
    version = marks.to_version(if_match) or 0
    with visit.uow.begin() as tx:
        return _shown(calendars.keep(tx, Kept(wanted.country, version, days, wanted.grounds)), response)


@router.get("/holidays", dependencies=[needs(Act.SEE_CALENDAR)])
def list_holidays(visit: VisitDep, year: Annotated[int, Query(ge=1990, le=2200)]) -> list[Holiday]:
    """The public holidays of the calendar's country in a year."""
    with visit.uow.view() as tx:
        found = holidays(calendars.kept(tx).country, year)
    return [Holiday(day=day, name=name) for day, name in found.items()]


def _shown(kept: Kept, response: Response) -> Calendar:
    response.headers["etag"] = f'"{kept.version}"'
    days = [Day(day=own.day, works=own.works, name=own.name) for own in kept.days]
    return Calendar(country=kept.country, days=days, grounds=dict(kept.grounds))
