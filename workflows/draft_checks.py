"""What the gate says of files that may not be a bundle yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from akta.languages import N_
from bpmn import bundle as bundles
from bpmn import check
from bpmn.bundle import Bundle, BundleError
from bpmn.check import Finding
from storage.bundle_drafts import BundleDraft
from storage.unit_of_work import Transaction
from workflows import deployments, draft_files
from workflows.deployments import Gate

ANOTHER = N_("The key of the process is %(found)s; a draft of %(key)s has to keep it.")


@dataclass(frozen=True)
class Candidate:
    """The bundle that files make, with those it calls; or why they make none, in `findings`."""

    bundle: Bundle | None
    called: Mapping[str, Bundle]
    findings: Sequence[Finding] = ()

    def checked(self, gate: Gate) -> Sequence[Finding]:
        """Why the files make no bundle, or what the gate says of it. Slow: to be asked outside a transaction."""
        return self.findings if self.bundle is None else gate(self.bundle, self.called)


def candidate(tx: Transaction, draft: BundleDraft) -> Candidate:
    """What the files of a draft make at this moment."""
    return of_files(tx, draft.key, draft_files.files(tx, draft))


def of_files(tx: Transaction, key: str, files: Mapping[str, bytes]) -> Candidate:
    """What files make that are to be a bundle with this key, with the active versions of the bundles it calls."""
    try:
        bundle = bundles.from_files(files)
    except BundleError as unreadable:
        path = unreadable.detail.partition(":")[0]
        broken = Finding("not-readable", "error", path if path in files else "", unreadable.detail)
        return Candidate(None, {}, (broken,))
    if bundle.key != key:
        return Candidate(None, {}, (check.error("key", "bundle.toml", ANOTHER, found=bundle.key, key=key),))
    return Candidate(bundle, deployments.called_by(tx, bundle))
