"""Compiled definitions and bundles, made once per process and kept by content."""

import hashlib
import logging
from collections.abc import Mapping, Sequence

from akta.ids import TenantId
from bpmn.bundle import Bundle
from storage.bundles import Deployment
from storage.cases import Case
from storage.unit_of_work import Transaction
from workflows import archives, engine
from workflows.remembered import Remembered

_log = logging.getLogger("akta.definitions")


def closure_hash(content_hash: str, closure: Mapping[str, str]) -> str:
    """One hash for a bundle and every bundle it calls: two cases with the same hash run the same definition."""
    lines = [content_hash, *(f"{key}={found}" for key, found in sorted(closure.items()))]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def source(bundle: Bundle) -> engine.ProcessSource:
    return engine.ProcessSource(bundle.key, bundle.content_hash, bundle.process, bundle.decisions)


class Definitions:
    """Bundles and compiled definitions by content hash.

    Bundles are remembered per tenant, so that no tenant reaches another's by guessing a hash.
    """

    def __init__(self) -> None:
        self._bundles = Remembered()
        self._compiled = Remembered()
        self._running = Remembered()

    def bundle(self, tx: Transaction, content_hash: str) -> Bundle:
        """The bundle with this content.

        Raises:
            NotFound: this tenant never deployed it.
        """
        key: tuple[TenantId, str] = (tx.tenant, content_hash)
        return self._bundles.get(key, lambda: archives.read(tx, content_hash))

    def with_called(self, tx: Transaction, deployment: Deployment) -> tuple[Bundle, dict[str, Bundle]]:
        """The bundle of a deployment, and what it calls as it was pinned, by key."""
        called = {key: self.bundle(tx, str(found)) for key, found in deployment.closure.items()}
        return self.bundle(tx, deployment.content_hash), called

    def for_deployment(self, tx: Transaction, deployment: Deployment) -> engine.Definition:
        """The definition of a deployment with everything it calls, as it was pinned."""

        def compile_closure() -> engine.Definition:
            called = [source(self.bundle(tx, str(found))) for found in deployment.closure.values()]
            return engine.compile(source(self.bundle(tx, deployment.content_hash)), called)

        return self._compiled.get(deployment.closure_hash, compile_closure)

    def starts(self, tx: Transaction, deployment: Deployment) -> Sequence[engine.StartPoint]:
        """The ways in which a case of a deployment begins; none of one that this version of Akta cannot run."""
        try:
            return self.for_deployment(tx, deployment).starts
        except engine.NotRunnable:
            _log.warning("version %s of %s cannot run", deployment.version, deployment.key)
            return ()

    def for_case(self, tx: Transaction, case: Case) -> engine.Definition:
        """The definition a case runs on. A deployment never changes, so its row is read once per process."""

        def of_deployment() -> engine.Definition:
            return self.for_deployment(tx, tx.get(Deployment, case.deployment_id))

        return self._running.get((case.tenant_id, case.deployment_id), of_deployment)

    def root_bundle(self, tx: Transaction, case: Case) -> Bundle:
        """The bundle a case was started on (not one it calls)."""
        return self.bundle(tx, tx.get(Deployment, case.deployment_id).content_hash)
