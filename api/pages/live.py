"""The living diagram of a process: cases on each element, how long they stay, and the cases behind a number."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from akta.errors import NotFound
from akta.ids import CaseId
from akta.languages import N_
from api.dependencies import VisitDep, needs
from api.pages import frame, staff_rail, wording
from api.pages.wording import Wording
from api.visits import Visit
from people import rights
from people.rights import Act
from storage.bundles import Deployment
from workflows import passages
from workflows.passages import Lively, Which

router = APIRouter()

TITLES = {
    Which.NOW: N_("Cases at “%(step)s” now"),
    Which.LATELY: N_("Cases that passed “%(step)s” in the last 30 days"),
    Which.FAILED: N_("Cases with an open incident at “%(step)s”"),
}


@dataclass(frozen=True)
class Number:
    """How many, and where the cases behind it are listed for those who may see them."""

    count: int
    url: str


@dataclass(frozen=True)
class Row:
    """One element in words and numbers."""

    element: str
    name: str
    now: Number
    passed: Number
    failed: Number
    median: str
    most: str


@router.get("/{tenant}/processes/{deployment}/live", dependencies=[needs(Act.SEE_PROCESSES)])
def live_page(deployment: UUID, visit: VisitDep) -> Response:
    """All versions of the process together, on the diagram of one."""
    with visit.uow.view() as tx:
        row = tx.get(Deployment, deployment)
        words = wording.of_deployment(tx, visit, row)
        found = passages.of_process(tx, row.key, visit.now)
        queues = staff_rail.queues(tx, visit)
    url = f"{frame.base_of(visit)}/processes/{row.id}"
    return frame.show(
        visit,
        "live.html",
        title=words.title or row.key,
        url=url,
        counts={one.element: one.now for one in found if one.now},
        failed=[one.element for one in found if one.failed],
        rows=list(_rows(visit, words, row.key, found, f"{url}/live/cases")),
        queues=queues,
    )


@router.get("/{tenant}/processes/{deployment}/live/cases", dependencies=[needs(Act.SEE_CASE_DIAGRAM)])
def cases_behind(
    deployment: UUID,
    visit: VisitDep,
    element: Annotated[str, Query(max_length=120)] = "",
    which: Which = Which.NOW,
    before: UUID | None = None,
) -> Response:
    """The cases behind a number, as far as the visitor sees them."""
    last = None if before is None else CaseId(before)
    with visit.uow.view() as tx:
        row = tx.get(Deployment, deployment)
        words = wording.of_deployment(tx, visit, row)
        seen = visit.services.visibility, visit.subject
        found = passages.cases_at(tx, *seen, row.key, element, which, visit.now, before=last)
        queues = staff_rail.queues(tx, visit)
    if element and element not in words.bundle(row.key).model.elements and not found:
        raise NotFound(element)
    url = f"{frame.base_of(visit)}/processes/{row.id}/live"
    step = words.step(row.key, element, _modelled(words, row.key, element))
    older = f"{url}/cases?element={element}&which={which}&before={found[-1].id}" if _full(found) else ""
    return frame.show(
        visit,
        "live_cases.html",
        heading=visit.language.gettext(TITLES[which]) % {"step": step},
        title=words.title or row.key,
        url=url if rights.allowed(visit.subject, Act.SEE_PROCESSES) else "",
        cases=[
            {
                "url": f"{frame.base_of(visit)}/cases/{one.id}",
                "reference": one.reference,
                "title": one.title,
                "at": one.received_at,
            }
            for one in found
        ],
        older=older,
        queues=queues,
    )


def _full(found: Sequence[object]) -> bool:
    return len(found) == passages.AT_ONCE


def _rows(visit: Visit, words: Wording, key: str, found: Sequence[Lively], url: str) -> Iterator[Row]:
    """The busiest first."""
    linked = rights.allowed(visit.subject, Act.SEE_CASE_DIAGRAM)

    def number(count: int, element: str, which: Which) -> Number:
        return Number(count, f"{url}?element={element}&which={which}" if count and linked else "")

    for one in sorted(
        found, key=lambda each: (-each.now, -each.failed, -(each.most.total_seconds() if each.most else 0))
    ):
        yield Row(
            element=one.element,
            name=words.step(key, one.element, _modelled(words, key, one.element)),
            now=number(one.now, one.element, Which.NOW),
            passed=number(one.passed, one.element, Which.LATELY),
            failed=number(one.failed, one.element, Which.FAILED),
            median=visit.language.lasting(one.median) if one.median else "–",
            most=visit.language.lasting(one.most) if one.most else "–",
        )


def _modelled(words: Wording, key: str, element: str) -> str:
    found = words.bundle(key).model.elements.get(element)
    return found.title if found is not None else element
