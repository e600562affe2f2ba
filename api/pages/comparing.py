"""The page beside `akta diff`: what a version says otherwise than another, and which open cases that touches."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePosixPath
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from akta.ids import DeploymentId
from akta.languages import N_, Language
from api.dependencies import VisitDep, needs
from api.pages import frame, staff_rail, wording
from api.render import Link
from api.visits import Visit
from bpmn.comparison import How
from people.rights import Act
from storage.bundles import Deployment
from workflows import comparing, deployments
from workflows.comparing import Comparison, Difference

router = APIRouter()

PARTS: Mapping[str, str] = {
    ".bpmn": N_("Diagram"),
    ".dmn": N_("Table %(name)s"),
    ".form": N_("Form %(name)s"),
    ".docx": N_("Letter %(name)s"),
    ".yaml": N_("Scenario %(name)s"),
}
MARKS: Mapping[How, tuple[str, str]] = {
    How.ADDED: ("ok", "+"),
    How.REMOVED: ("late", "−"),
    How.CHANGED: ("info", "~"),
}


@dataclass(frozen=True)
class Row:
    """One difference in words; `elements` are ids on the diagram, `cases` how many open cases stand on them."""

    tone: str
    mark: str
    said: str
    elements: str
    cases: int


@dataclass(frozen=True)
class Group:
    """The differences of one part of the bundle."""

    title: str
    rows: tuple[Row, ...]

    @property
    def size(self) -> int:
        return len(self.rows)


@router.get("/{tenant}/processes/{deployment}/compare", dependencies=[needs(Act.SEE_PROCESSES)])
def compare_with_before(deployment: UUID, visit: VisitDep) -> Response:
    """Against the version before."""
    return _compared(visit, DeploymentId(deployment))


@router.get("/{tenant}/processes/{deployment}/compare/{other}", dependencies=[needs(Act.SEE_PROCESSES)])
def compare_versions(deployment: UUID, other: UUID, visit: VisitDep) -> Response:
    return _compared(visit, DeploymentId(deployment), DeploymentId(other))


def _compared(visit: Visit, deployment: DeploymentId, other: DeploymentId | None = None) -> Response:
    with visit.uow.view() as tx:
        found = comparing.compared(tx, visit.services.runtime.definitions, deployment, other)
        title = wording.of_hash(tx, visit, found.after.content_hash).title or found.after.key
        versions = [_link(visit, found, one) for one in deployments.listed(tx, found.after.key)]
        queues = staff_rail.queues(tx, visit)
    touched = {id_: one.cases for one in found.differences for id_ in one.elements if len(one.elements) == 1}
    return frame.show(
        visit,
        "compare.html",
        title=title,
        before=found.before.version,
        after=found.after.version,
        url=f"{frame.base_of(visit)}/processes/{found.after.id}",
        groups=tuple(groups(found.differences, visit.language)),
        changed=sorted({id_ for one in found.differences for id_ in one.elements}),
        counts={id_: cases for id_, cases in touched.items() if cases},
        versions=[link for link in versions if link.url],
        queues=queues,
    )


def _link(visit: Visit, found: Comparison, one: Deployment) -> Link:
    words = visit.language.gettext(N_("version %(number)s")) % {"number": one.version}
    own = one.id == found.after.id
    url = "" if own else f"{frame.base_of(visit)}/processes/{found.after.id}/compare/{one.id}"
    return Link(url, words, current=one.id == found.before.id)


def groups(differences: tuple[Difference, ...], words: Language) -> Iterator[Group]:
    """The differences by the part of the bundle they are in."""
    for file, found in groupby(differences, lambda one: one.change.file):
        yield Group(_part(file, words), tuple(_row(one, words) for one in found))


def _part(file: str, words: Language) -> str:
    path = PurePosixPath(file)
    if path.suffix not in PARTS:
        return file
    return words.gettext(PARTS[path.suffix]) % {"name": path.stem}


def _row(one: Difference, words: Language) -> Row:
    tone, mark = MARKS[one.change.how]
    return Row(tone, mark, one.change.said(words.gettext), " ".join(one.elements), one.cases)
