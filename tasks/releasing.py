"""Releasing a version: everything that speaks for or against it is green or explained, then it becomes active."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import ClassVar

from sqlalchemy import select

from akta.errors import Conflict, Invalid
from akta.ids import BundleDraftId, DeploymentId
from akta.languages import N_
from akta.subjects import Actor
from bpmn import bundle as bundles
from bpmn.check import Finding
from storage.bundles import Deployment, ReleaseEvent, ReplayRow
from storage.cases import Case
from storage.unit_of_work import Transaction
from tasks import rehearsals
from workflows import bundle_drafts, bundle_rights, candidates, deployments, draft_files, releases, replay
from workflows.bundle_rights import BundleAct
from workflows.deployments import Gate
from workflows.releases import Did
from workflows.runtime import Runtime

REPLAY = "replay"
"""What is explained beside warnings, with the id of the replay; empty for that none was made."""


class NotProven(Conflict):
    """Something is neither green nor explained; the release page names it."""

    title: ClassVar[str] = N_("Something is neither green nor explained yet.")


class AnotherReleased(Conflict):
    """Somebody released another version while this one was looked at."""

    title: ClassVar[str] = N_("Meanwhile another version was released. Look at what is different from that one first.")


class NothingToExplain(Invalid):
    """There is nothing of this kind that is not green."""

    title: ClassVar[str] = N_("There is nothing here that needs an explanation.")


@dataclass(frozen=True)
class Proofs:
    """What speaks for or against a version, and what was said about that.

    Attributes:
        findings: what the gate says, scenarios that fail among it.
        scenarios: how many it has.
        replayed: the last replay on this content, None where there was none.
        concerns: whether there are cases of the process that could be replayed.
    """

    findings: Sequence[Finding]
    scenarios: int
    replayed: ReplayRow | None
    concerns: bool
    events: Sequence[ReleaseEvent]

    @cached_property
    def said(self) -> dict[tuple[str, str], ReleaseEvent]:
        """Acceptances and explanations, by what they are about."""
        kinds = (Did.ACCEPTED.value, Did.EXPLAINED.value)
        return {(event.code, event.element): event for event in self.events if event.kind in kinds}

    @property
    def replay_about(self) -> tuple[str, str] | None:
        """What is to be explained of the replay: that some cases go otherwise, or that none was made."""
        if self.replayed is None:
            return (REPLAY, "") if self.concerns else None
        return (REPLAY, str(self.replayed.id)) if self.replayed.same < self.replayed.cases else None

    @property
    def unsettled(self) -> tuple[tuple[str, str], ...]:
        """What is neither green nor explained, by kind or code and element."""
        wanted = [(finding.code, finding.element) for finding in self.findings]
        wanted += [self.replay_about] if self.replay_about is not None else []
        return tuple(about for about in dict.fromkeys(wanted) if about not in self.said)


def proofs(tx: Transaction, runtime: Runtime, gate: Gate, deployment_id: DeploymentId) -> Proofs:
    """Check a version, its scenarios among it, and look up its last replay.

    Raises:
        NotFound: there is no such version.
    """
    deployment = tx.get(Deployment, deployment_id)
    candidate = candidates.of_version(tx, runtime.definitions, deployment.id)
    some = select(Case.id).join(Deployment, Deployment.id == Case.deployment_id)
    return Proofs(
        findings=gate(candidate.bundle, candidate.called),
        scenarios=sum(path.startswith(rehearsals.FOLDER) for path in candidate.bundle.files),
        replayed=replay.latest(tx, candidate),
        concerns=tx.session.scalar(some.where(Deployment.key == deployment.key).limit(1)) is not None,
        events=releases.told(tx, deployment_id),
    )


def explain(
    tx: Transaction, found: Proofs, deployment_id: DeploymentId, code: str, element: str, by: Actor, now: datetime
) -> ReleaseEvent:
    """Say why cases may go otherwise, why none was replayed, or why a warning does not matter; `by.reason` is kept.

    Raises:
        NothingToExplain: it is green, or there is no such thing.
        NotAcceptable: it is an error.
        AlreadyAccepted: somebody accepted this warning before.
        NoReason: no reason is given, or it is too long.
        NotNamed: others are named to approve this process.
    """
    bundle_rights.refuse_unnamed(tx, tx.get(Deployment, deployment_id).key, BundleAct.APPROVE, by)
    releases.refuse_without_reason(by)
    if code != REPLAY:
        return releases.accept(tx, deployment_id, found.findings, code, element, by, now)
    if (code, element) != found.replay_about:
        raise NothingToExplain(f"{code} {element}")
    deployment = tx.get(Deployment, deployment_id)
    return releases.tell(tx, deployment, Did.EXPLAINED, by, now, code=code, element=element, reason=by.reason.strip())


def release(
    tx: Transaction,
    found: Proofs,
    deployment_id: DeploymentId,
    seen: DeploymentId | None,
    by: Actor,
    now: datetime,
    at: datetime | None = None,
) -> Deployment:
    """Make a version active now, or let it become so at a moment; cases under way stay on theirs.

    Args:
        found: its proofs, looked at in this transaction.
        seen: the version that was active when this one was looked at.

    Raises:
        NotNamed: others are named to release this process.
        NotProven: something is neither green nor explained.
        AnotherReleased: another version than `seen` is active now.
        OwnVersion: whoever deployed it asks, and the utility wants a second person.
        NoMoment: it cannot become active then.
    """
    deployments.lock_versions(tx)
    deployment = tx.get(Deployment, deployment_id)
    bundle_rights.refuse_unnamed(tx, deployment.key, BundleAct.RELEASE, by)
    releases.refuse_own(tx, deployment, by)
    active = deployments.find_active(tx, deployment.key)
    if (None if active is None else active.id) != seen:
        raise AnotherReleased(deployment.key, version=active.version if active else 0)
    if found.unsettled:
        raise NotProven(", ".join(f"{code} {element}".strip() for code, element in found.unsettled))
    if at is not None:
        return deployments.plan(tx, deployment_id, at, by, now)
    return deployments.activate(tx, deployment_id, by, now)


def go_back(tx: Transaction, deployment_id: DeploymentId, by: Actor, now: datetime) -> Deployment:
    """Make the version active again that was before this one. Raises as `deployments.go_back`, and NotNamed."""
    bundle_rights.refuse_unnamed(tx, tx.get(Deployment, deployment_id).key, BundleAct.RELEASE, by)
    return deployments.go_back(tx, deployment_id, by, now)


def make_version(
    tx: Transaction, gate: Gate, draft_id: BundleDraftId, by: Actor, now: datetime, note: str = ""
) -> Deployment:
    """Make a version of a draft, which ends with that.

    Raises:
        NotFound: there is no such draft.
        BundleError: what it holds is no bundle.
        Refused: the gate finds errors.
        AlreadyDeployed: its content is a version already.
        NotOpen: it was discarded, or has become a version.
    """
    row = bundle_drafts.find(tx, draft_id, now)
    bundle = bundles.from_files(draft_files.files(tx, row))
    made = deployments.deploy(tx, bundle, by, now, gate=gate, note=note or row.title)
    bundle_drafts.close(tx, draft_id, made, by, now)
    return made
