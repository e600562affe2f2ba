"""What `akta replay` prints: which past cases of a utility would go otherwise on a bundle."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from akta import bootstrap
from akta.clock import SystemClock
from akta.errors import NotFound
from akta.ids import TenantId
from akta.languages import language
from akta.settings import Settings
from bpmn import bundle
from bpmn.bundle import Bundle
from storage.tenants import Tenant
from tasks.mailer import Outbox
from workflows import candidates, replay
from workflows.candidates import Candidate
from workflows.replay import Report


def replayed(path: Path, utility: str, closed: int) -> tuple[Candidate, Report]:
    """Replay a utility's cases on a bundle (folder or archive); nothing is written, called or sent.

    Raises:
        NotFound: there is no such utility.
        BundleError: this is no bundle.
        NotRunnable: the engine does not run it.
    """
    read = bundle.from_folder(path) if path.is_dir() else bundle.from_archive(path.read_bytes())
    with closing(bootstrap.build(Settings(), send=lambda _tenant, _job: None, mailer=Outbox())) as akta:
        with akta.database.view_across_tenants() as session:
            row = session.query(Tenant).filter(Tenant.code == utility.upper()).one_or_none()
        if row is None:
            raise NotFound(f"there is no utility {utility}")
        with akta.database.unit_of_work(TenantId(row.id)).view() as tx:
            candidate = candidates.of_bundle(tx, read)
            return candidate, replay.replay(tx, akta.runtime, candidate, SystemClock().now(), closed)


def in_words(candidate: Candidate, found: Report) -> Iterator[str]:
    """The report, one line for each group and one for the references of its cases."""
    bundles: dict[str, Bundle] = {**candidate.called, candidate.bundle.key: candidate.bundle}

    def name(process: str, element: str) -> str:
        return (bundles[process].texts("en").element(element).name if process in bundles else "") or element

    for group in found.groups:
        because = replay.why(group.difference, name, language("en"))
        said = f"{replay.head(group.difference, name)}{f' {because}' if because else ''}"
        yield f"{len(group.cases)} cases: {said} [{group.difference.kind}]"
        yield f"    {', '.join(one.reference for one in group.cases)}"
    yield f"{found.same} of {found.cases} cases go the same way"


def as_json(found: Report) -> str:
    """The report for a program."""
    return json.dumps(asdict(found), default=str, ensure_ascii=False, indent=2)
