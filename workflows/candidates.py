"""Candidates: a version, a draft or an archive as something to be tried, with everything it calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from akta.ids import BundleDraftId
from bpmn import bundle as bundles
from bpmn.bundle import Bundle
from storage.bundles import Deployment
from storage.unit_of_work import Transaction
from workflows import bundle_drafts, deployments, draft_files
from workflows.definitions import Definitions, closure_hash


@dataclass(frozen=True)
class Candidate:
    """A bundle with those it calls, by key."""

    bundle: Bundle
    called: Mapping[str, Bundle]

    @property
    def hash(self) -> str:
        """By what it is known: the same content with the same called bundles is the same candidate."""
        return closure_hash(self.bundle.content_hash, {key: one.content_hash for key, one in self.called.items()})


def of_version(tx: Transaction, definitions: Definitions, deployment: UUID) -> Candidate:
    """A deployed version, with what it was pinned to.

    Raises:
        NotFound: there is no such version.
    """
    return Candidate(*definitions.with_called(tx, tx.get(Deployment, deployment)))


def of_draft(tx: Transaction, draft: UUID, now: datetime) -> Candidate:
    """A draft as it is now, with the active versions of what it calls.

    Raises:
        NotFound: there is no such draft.
        BundleError: what it holds is no bundle yet.
    """
    return of_bundle(tx, bundles.from_files(draft_files.files(tx, bundle_drafts.find(tx, BundleDraftId(draft), now))))


def of_bundle(tx: Transaction, bundle: Bundle) -> Candidate:
    """A bundle that is not stored, with the active versions of what it calls."""
    return Candidate(bundle, deployments.called_by(tx, bundle))
