"""Deploying bundles: immutable numbered versions per tenant, of which one per key is active.

A deployment pins its closure: the bundles it calls, directly and through others, in the versions that were active
when it was deployed. Deploying a new version of a called bundle therefore changes no caller, old or new, until the
caller is deployed again; every case runs to its end on the closure it was started with.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from akta.errors import Conflict, Invalid, NotFound
from akta.ids import DeploymentId, TenantId
from akta.languages import N_
from akta.subjects import Actor
from bpmn.bundle import Bundle, closure, from_archive
from bpmn.check import Finding
from storage.bundles import Deployment, RefusedVersion, ReleaseEvent
from storage.tenants import Tenant
from storage.unit_of_work import Transaction
from workflows import archives, releases
from workflows.definitions import closure_hash

FARTHEST = timedelta(days=730)
Gate = Callable[[Bundle, Mapping[str, Bundle]], Sequence[Finding]]
"""Checks a bundle together with what it calls (by key), before it may be deployed."""


class Refused(Invalid):
    """The bundle would be misread or cannot run; `findings` say why, with element ids, warnings among them."""

    title = N_("This version cannot be deployed.")

    def __init__(self, findings: Sequence[Finding]) -> None:
        errors = (finding for finding in findings if finding.severity == "error")
        super().__init__("; ".join(f"{finding.element}: {finding.message}" for finding in errors))
        self.findings = tuple(findings)


class AlreadyDeployed(Conflict):
    """The same content with the same called bundles is a version already."""

    title = N_("This version is deployed already.")


class ActiveAlready(Conflict):
    """There is nothing to plan: new cases start on this version now."""

    title = N_("This version is active already.")


class NoMoment(Invalid):
    """A version cannot become active then."""

    title = N_("Choose a moment that lies ahead, within two years.")


class NothingBefore(Conflict):
    """There is no way back from this version."""

    title = N_("No other version was active before this one.")


class NotActive(NotFound):
    """No version of this bundle is active."""

    title = N_("This service is not offered at the moment.")


def deploy(
    tx: Transaction, bundle: Bundle, by: Actor, now: datetime, *, gate: Gate, note: str = "", activated: bool = False
) -> Deployment:
    """Store the bundle as the next version of its key; `activated` makes it the active one at once.

    Raises:
        Refused: the gate found errors.
        AlreadyDeployed: this content with this closure is a version already.
        OwnVersion: it is to be active at once, and the utility wants a second person for that.
    """
    called = called_by(tx, bundle)
    findings = gate(bundle, called)
    if any(finding.severity == "error" for finding in findings):
        raise Refused(findings)
    lock_versions(tx)
    hashes = {key: found.content_hash for key, found in sorted(called.items())}
    pinned = closure_hash(bundle.content_hash, hashes)
    _refuse_twin(tx, bundle, pinned)
    archives.keep(tx, bundle)
    latest = tx.session.scalar(select(func.max(Deployment.version)).where(Deployment.key == bundle.key)) or 0
    deployment = Deployment(
        key=bundle.key,
        version=latest + 1,
        content_hash=bundle.content_hash,
        closure=hashes,
        closure_hash=pinned,
        active=False,
        deployed_at=now,
        deployed_by=by.name or by.kind.value,
        deployed_by_account=by.account,
        activated_at=None,
        note=note[:500],
    )
    tx.add(deployment)
    releases.tell(tx, deployment, releases.Did.DEPLOYED, by, now, reason=note)
    if activated:
        _make_active(tx, deployment, by, now)
    return deployment


def activate(tx: Transaction, deployment_id: DeploymentId, by: Actor, now: datetime) -> Deployment:
    """Make this version the one new cases start on. Running cases stay on theirs.

    Raises:
        NotFound: there is no such deployment.
        OwnVersion: whoever deployed it asks, and the utility wants a second person.
    """
    lock_versions(tx)
    deployment = tx.get(Deployment, deployment_id)
    if not deployment.active:
        _make_active(tx, deployment, by, now)
    return deployment


def find_active(tx: Transaction, key: str) -> Deployment | None:
    return tx.session.scalar(select(Deployment).where(Deployment.key == key, Deployment.active.is_(True)))


def active(tx: Transaction, key: str) -> Deployment:
    """The version new cases of this key start on.

    Raises:
        NotActive: there is none.
    """
    found = find_active(tx, key)
    if found is None:
        raise NotActive(key)
    return found


def listed(tx: Transaction, key: str | None = None) -> list[Deployment]:
    """The versions of one bundle or of all, by key, newest first."""
    statement = select(Deployment).order_by(Deployment.key, Deployment.version.desc())
    return list(tx.session.scalars(statement if key is None else statement.where(Deployment.key == key)))


def actives(tx: Transaction) -> list[Deployment]:
    """The active version of every bundle, by key."""
    return list(tx.session.scalars(select(Deployment).where(Deployment.active.is_(True)).order_by(Deployment.key)))


def called_by(tx: Transaction, bundle: Bundle) -> dict[str, Bundle]:
    """Every bundle called from here, directly or not, in its active version. Missing ones are the gate's to name."""

    def pinned(key: str) -> Bundle | None:
        deployment = find_active(tx, key)
        return None if deployment is None else archives.read(tx, deployment.content_hash)

    return closure(bundle, pinned)


def lock_versions(tx: Transaction) -> None:
    """One deployment or activation of a tenant at a time: version numbers and the active mark depend on it."""
    tx.session.get(Tenant, tx.tenant, with_for_update={"key_share": True}, populate_existing=True)


def _refuse_twin(tx: Transaction, bundle: Bundle, pinned: str) -> None:
    same = select(Deployment.version).where(Deployment.key == bundle.key, Deployment.closure_hash == pinned)
    version = tx.session.scalar(same)
    if version is not None:
        raise AlreadyDeployed(f"{bundle.key} version {version}", version=version)


def plan(tx: Transaction, deployment_id: DeploymentId, at: datetime | None, by: Actor, now: datetime) -> Deployment:
    """Let a version become the active one at a moment, or no longer where there is none.

    Raises:
        NotFound: there is no such deployment.
        OwnVersion: whoever deployed it asks, and the utility wants a second person.
        NoMoment: the moment lies before now, or very far ahead.
        Conflict: it is active already.
    """
    lock_versions(tx)
    deployment = tx.get(Deployment, deployment_id)
    if at is None:
        if deployment.planned_at is not None:
            _drop_plan(tx, deployment, by, now)
        return deployment
    if not now < at < now + FARTHEST:
        raise NoMoment(at.isoformat(), fields={"at": NoMoment.title})
    if deployment.active:
        raise ActiveAlready(f"{deployment.key} version {deployment.version}")
    releases.refuse_own(tx, deployment, by)
    deployment.planned_at, deployment.planned_by = at, by.name or by.kind.value
    releases.tell(tx, deployment, releases.Did.PLANNED, by, now, element=at.isoformat(), reason=by.reason)
    return deployment


def planned(session: Session, now: datetime) -> list[tuple[TenantId, DeploymentId]]:
    """Versions of every utility whose planned moment has come, the longest due first."""
    found = select(Deployment.tenant_id, Deployment.id).where(Deployment.planned_at <= now)
    rows = session.execute(found.order_by(Deployment.planned_at, Deployment.id))
    return [(TenantId(tenant), DeploymentId(deployment)) for tenant, deployment in rows]


def activate_planned(tx: Transaction, deployment_id: DeploymentId, by: Actor, now: datetime) -> bool:
    """Make a version active whose moment has come; False where that was done or dropped meanwhile."""
    lock_versions(tx)
    deployment = tx.locked(Deployment, deployment_id)
    if deployment.planned_at is None or deployment.planned_at > now:
        return False
    _make_active(tx, deployment, by, now)
    return True


def before(tx: Transaction, deployment: Deployment) -> Deployment | None:
    """The version that was active before this one, where it is active now."""
    if not deployment.active:
        return None
    found = (
        select(Deployment)
        .join(ReleaseEvent, ReleaseEvent.deployment_id == Deployment.id)
        .where(Deployment.key == deployment.key, Deployment.id != deployment.id)
        .where(ReleaseEvent.kind == releases.Did.ACTIVATED.value)
    )
    return tx.session.scalars(found.order_by(ReleaseEvent.at.desc(), ReleaseEvent.id.desc()).limit(1)).first()


def go_back(tx: Transaction, deployment_id: DeploymentId, by: Actor, now: datetime) -> Deployment:
    """Make the version active again that was before this one; it was released once, so nobody else has to agree.

    Raises:
        NotFound: there is no such deployment.
        NothingBefore: it is not active, or none was before it.
    """
    lock_versions(tx)
    known = before(tx, tx.locked(Deployment, deployment_id))
    if known is None:
        raise NothingBefore(str(deployment_id))
    _make_active(tx, known, by, now, own=True)
    return known


def _drop_plan(tx: Transaction, deployment: Deployment, by: Actor, now: datetime) -> None:
    deployment.planned_at, deployment.planned_by = None, ""
    releases.tell(tx, deployment, releases.Did.PLAN_DROPPED, by, now, reason=by.reason)


def _make_active(tx: Transaction, deployment: Deployment, by: Actor, now: datetime, *, own: bool = False) -> None:
    """`own`: whoever deployed it may. What was planned for other versions is dropped: it was thought of for what was
    active then."""
    if not own:
        releases.refuse_own(tx, deployment, by)
    others = update(Deployment).where(Deployment.key == deployment.key, Deployment.active.is_(True))
    tx.session.execute(others.values(active=False))
    deployment.planned_at, deployment.planned_by = None, ""
    plans = select(Deployment).where(Deployment.key == deployment.key, Deployment.planned_at.is_not(None))
    for other in tx.session.scalars(plans.where(Deployment.id != deployment.id)):
        _drop_plan(tx, other, by, now)
    deployment.active = True
    deployment.activated_at = now
    deployment.activated_by = by.name or by.kind.value
    releases.tell(tx, deployment, releases.Did.ACTIVATED, by, now)
    tx.session.flush()


def keep_refused(tx: Transaction, bundle: Bundle, by: Actor, now: datetime) -> None:
    """Keep what somebody's last upload was refused with, instead of the one before, so that it can be looked at."""
    kept = _refused(tx, by)
    if kept is None:
        tx.add(RefusedVersion(account_id=by.account, content=bundle.to_archive(), refused_at=now))
    else:
        kept.content, kept.refused_at = bundle.to_archive(), now


def refused(tx: Transaction, by: Actor) -> tuple[Bundle, dict[str, Bundle]]:
    """The bundle that was last refused to somebody, and the active versions of those it calls.

    Raises:
        NotFound: nothing was refused to them.
    """
    kept = _refused(tx, by)
    if kept is None:
        raise NotFound("nothing was refused")
    bundle = from_archive(kept.content)
    return bundle, called_by(tx, bundle)


def _refused(tx: Transaction, by: Actor) -> RefusedVersion | None:
    return tx.session.scalar(select(RefusedVersion).where(RefusedVersion.account_id == by.account))
