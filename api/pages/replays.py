"""The page of a replay: which past cases would go otherwise on a version or draft, grouped by how and why."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from akta.errors import Invalid
from akta.ids import BundleDraftId, CaseId
from akta.languages import N_
from api.dependencies import FormDep, VisitDep, needs
from api.pages import diagrams, frame, staff_rail
from api.pages.wording import Wording
from api.render import Link
from api.visits import Visit
from people import rights
from people.rights import Act
from storage.bundles import Deployment
from storage.unit_of_work import Transaction
from workflows import bundle_drafts, candidates, queries, replay
from workflows.candidates import Candidate
from workflows.replay import Group, Kind

router = APIRouter()

SHOWN = 200
"""Cases of one group that the page lists."""
TAGS: Mapping[Kind, tuple[str, str, str]] = {
    Kind.PATH: ("warn", "git-branch", N_("another way")),
    Kind.DATA: ("late", "pen-line", N_("data missing")),
    Kind.WAIT: ("info", "hourglass", N_("another time to wait")),
    Kind.OUTCOME: ("warn", "circle-dot", N_("another end")),
    Kind.STOPS: ("late", "ban", N_("stops")),
    Kind.UNKNOWN: ("plain", "minus", N_("cannot be told")),
}


class NoNumber(Invalid):
    """So many cases cannot be replayed."""

    title = N_("Say with a number up to 2 000 how many closed cases are to be replayed.")


@dataclass(frozen=True)
class Tried:
    """A candidate on pages: `url` is its own page, `said` which one it is, `diagram` where its model is drawn from."""

    candidate: Candidate
    url: str
    said: str
    diagram: str


Find = Callable[[Transaction], Tried]


@dataclass(frozen=True)
class Shown:
    """One group of cases in words; `cases` link where the visitor may see the case."""

    tag: tuple[str, str, str]
    said: str
    why: str
    element: str
    count: int
    other_ends: int
    cases: tuple[Link, ...]


@router.get("/{tenant}/processes/{deployment}/replay", dependencies=[needs(Act.SEE_PROCESSES)])
def replay_of_version(deployment: UUID, visit: VisitDep) -> Response:
    return _page(visit, partial(of_version, visit=visit, deployment=deployment))


@router.post("/{tenant}/processes/{deployment}/replay", dependencies=[needs(Act.REPLAY)])
def replay_version(deployment: UUID, visit: VisitDep, form: FormDep) -> Response:
    return _run(visit, form.get("closed"), partial(of_version, visit=visit, deployment=deployment))


@router.get("/{tenant}/drafts/{draft}/replay", dependencies=[needs(Act.SEE_PROCESSES)])
def replay_of_draft(draft: UUID, visit: VisitDep) -> Response:
    return _page(visit, partial(of_draft, visit=visit, draft=draft))


@router.post("/{tenant}/drafts/{draft}/replay", dependencies=[needs(Act.REPLAY)])
def replay_draft(draft: UUID, visit: VisitDep, form: FormDep) -> Response:
    return _run(visit, form.get("closed"), partial(of_draft, visit=visit, draft=draft))


@router.get("/{tenant}/drafts/{draft}/replay/diagram", dependencies=[needs(Act.SEE_PROCESSES)])
def replayed_diagram(draft: UUID, visit: VisitDep) -> Response:
    with visit.uow.view() as tx:
        bundle = candidates.of_draft(tx, draft, visit.now).bundle
    return frame.xml(diagrams.translated(bundle, bundle.texts(visit.language.code)))


def of_version(tx: Transaction, visit: Visit, deployment: UUID) -> Tried:
    """A deployed version.

    Raises:
        NotFound: there is no such version.
    """
    candidate = candidates.of_version(tx, visit.services.runtime.definitions, deployment)
    said = visit.language.gettext(N_("version %(number)s")) % {"number": tx.get(Deployment, deployment).version}
    url = f"{frame.base_of(visit)}/processes/{deployment}"
    return Tried(candidate, url, said, f"{url}/diagram")


def of_draft(tx: Transaction, visit: Visit, draft: UUID) -> Tried:
    """A draft. Raises as `candidates.of_draft`."""
    url = f"{frame.base_of(visit)}/drafts/{draft}"
    said = bundle_drafts.find(tx, BundleDraftId(draft), visit.now).title
    return Tried(candidates.of_draft(tx, draft, visit.now), url, said, f"{url}/replay/diagram")


def closed_wanted(text: str) -> int:
    """How many closed cases somebody asks for.

    Raises:
        NoNumber: that is no number of cases.
    """
    if not text.isascii() or not text.isdigit() or int(text[:9]) > replay.MOST_CLOSED:
        raise NoNumber(fields={"closed": NoNumber.title})
    return int(text)


def _run(visit: Visit, closed: str, find: Find) -> Response:
    """Replay and keep what came of it; reading takes long and holds nobody up, keeping is short."""
    wanted = closed_wanted(closed)
    with visit.uow.view() as tx:
        tried = find(tx)
        found = replay.replay(tx, visit.services.runtime, tried.candidate, visit.now, wanted)
    with visit.uow.begin() as tx:
        replay.keep(tx, tried.candidate, found, visit.actor, visit.now)
    return frame.go(visit, f"{tried.url.removeprefix(frame.base_of(visit))}/replay")


def _page(visit: Visit, find: Find) -> Response:
    with visit.uow.view() as tx:
        tried = find(tx)
        row = replay.latest(tx, tried.candidate)
        report = replay.report_of(row) if row is not None else None
        words = words_of(visit, tried.candidate)
        groups = shown(tx, visit, words, report.groups) if report is not None else ()
        queues = staff_rail.queues(tx, visit)
    counts = Counter[str]()
    for one in groups:
        counts[one.element] += one.count
    return frame.show(
        visit,
        "replay.html",
        title=words.title or tried.candidate.bundle.key,
        candidate=tried,
        replayed=row,
        groups=groups,
        counts=dict(counts),
        closed=replay.CLOSED,
        most=replay.MOST_CLOSED,
        may_replay=rights.allowed(visit.subject, Act.REPLAY),
        queues=queues,
    )


def words_of(visit: Visit, candidate: Candidate) -> Wording:
    """What the things of a candidate are called."""
    return Wording({candidate.bundle.key: candidate.bundle, **candidate.called}, visit.language)


def shown(tx: Transaction, visit: Visit, words: Wording, groups: Sequence[Group]) -> tuple[Shown, ...]:
    """The groups in words, with links for those who may see the cases."""
    listed = {one.case for group in groups for one in group.cases[:SHOWN]}
    may = rights.allowed(visit.subject, Act.SEE_CASE)
    seen = queries.seen_of(tx, visit.services.visibility, visit.subject, listed) if may else set()
    return tuple(_shown(visit, words, group, seen) for group in groups)


def _shown(visit: Visit, words: Wording, group: Group, seen: set[CaseId]) -> Shown:
    gettext, other = visit.language.gettext, group.difference
    tone, picture, label = TAGS[other.kind]
    because = replay.why(other, words.step, visit.language)
    base = f"{frame.base_of(visit)}/cases"
    return Shown(
        tag=(tone, picture, gettext(label)),
        said=replay.head(other, words.step).said(gettext),
        why=because.said(gettext) if because is not None else "",
        element=other.where[1],
        count=len(group.cases),
        other_ends=group.other_ends,
        cases=tuple(
            Link(f"{base}/{one.case}" if one.case in seen else "", one.reference) for one in group.cases[:SHOWN]
        ),
    )
