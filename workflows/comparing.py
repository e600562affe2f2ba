"""Two versions of a process side by side: what differs, where on the diagram, and how many open cases stand there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from akta.errors import NotFound
from akta.ids import DeploymentId
from akta.languages import N_
from bpmn import dmn
from bpmn.bundle import Bundle
from bpmn.comparison import Change, compare
from storage.bundles import Deployment
from storage.unit_of_work import Transaction
from workflows import deployments, queries
from workflows.definitions import Definitions


class NothingBefore(NotFound):
    """There is no version to compare with."""

    title = N_("There is no other version to compare this one with.")


@dataclass(frozen=True, slots=True)
class Difference:
    """One change; `elements` are those it is about on the diagram, `cases` the open cases that stand on them."""

    change: Change
    elements: tuple[str, ...]
    cases: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What `after` says otherwise than `before`, in the order of the files."""

    before: Deployment
    after: Deployment
    differences: tuple[Difference, ...]


def compared(
    tx: Transaction, definitions: Definitions, deployment_id: DeploymentId, other_id: DeploymentId | None = None
) -> Comparison:
    """A version against another of the same process; without one, against the version before.

    Raises:
        NotFound: there is no such deployment.
        NothingBefore: the other is of another process, or it is the first version.
    """
    after = tx.get(Deployment, deployment_id)
    before = _before(tx, after) if other_id is None else tx.get(Deployment, other_id)
    if before.key != after.key:
        raise NothingBefore(f"{before.key} is not {after.key}")
    bundles = [definitions.bundle(tx, each.content_hash) for each in (before, after)]
    counted: dict[tuple[str, ...], int] = {}
    found = []
    for change in compare(*bundles):
        elements = tuple(sorted({id_ for bundle in bundles for id_ in _about(change, bundle)}))
        if elements not in counted:
            counted[elements] = queries.cases_on(tx, after.key, elements)
        found.append(Difference(change, elements, counted[elements]))
    return Comparison(before, after, tuple(found))


def _before(tx: Transaction, after: Deployment) -> Deployment:
    found = (each for each in deployments.listed(tx, after.key) if each.version < after.version)
    before = next(found, None)
    if before is None:
        raise NothingBefore(f"{after.key} version {after.version} is the first")
    return before


def _about(change: Change, bundle: Bundle) -> Iterator[str]:
    """The element itself; for a form, a table or a letter the elements that use it."""
    path = PurePosixPath(change.file)
    uses = bundle.model.elements.values()
    match path.suffix:
        case ".bpmn":
            if change.element in bundle.model.elements:
                yield change.element
            elif change.element in bundle.model.flows:
                yield bundle.model.flows[change.element].source
        case ".form":
            yield from (each.id for each in uses if each.zeebe.form == path.stem)
        case ".dmn" if change.file in bundle.files:
            decisions = _decisions(bundle, change.file)
            yield from (each.id for each in uses if each.zeebe.decision in decisions)
        case ".docx":
            name = f'"{path.stem.partition(".")[0]}"'
            yield from (each.id for each in uses if any(name in mapped.source for mapped in each.zeebe.inputs))


def _decisions(bundle: Bundle, file: str) -> Sequence[str]:
    others = [content for path, content in bundle.decisions.items() if path != file]
    try:
        return tuple(dmn.read(bundle.files[file], others).ids)
    except dmn.DmnError:
        return ()
