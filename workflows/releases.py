"""What was done about a version and by whom: released, warnings accepted for a reason, its starts tried again."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from akta.errors import Conflict, Forbidden, Invalid, NotFound
from akta.ids import DeploymentId
from akta.languages import N_
from akta.subjects import Actor
from bpmn.check import Finding
from storage.bundles import Deployment, ReleaseEvent
from storage.tenants import Tenant
from storage.unit_of_work import Transaction

PROFILE = "release"
SECOND_PERSON = "second_person"
LONGEST_REASON = 500


class Did(StrEnum):
    """What was done about a version."""

    DEPLOYED = "deployed"
    ACTIVATED = "activated"
    ACCEPTED = "accepted"
    RETRIED = "retried"
    EXPLAINED = "explained"
    PLANNED = "planned"
    PLAN_DROPPED = "plan-dropped"


class OwnVersion(Forbidden):
    """Who deployed a version asks to activate it, and the utility wants somebody else to."""

    title = N_("You deployed this version, so somebody else has to activate it.")


class NoSuchProblem(NotFound):
    """The check finds no such thing in this version."""

    title = N_("This version does not have this problem.")


class NotAcceptable(Conflict):
    """An error was to be accepted; only warnings can be."""

    title = N_("This is an error: it has to be corrected and cannot be accepted.")


class AlreadyAccepted(Conflict):
    """Somebody accepted this warning before."""

    title = N_("This was accepted already.")


class NoReason(Invalid):
    """A warning is accepted for a reason."""

    title = N_("Say why this can be accepted.")


def tell(
    tx: Transaction,
    deployment: Deployment,
    did: Did,
    by: Actor,
    now: datetime,
    *,
    about: Finding | None = None,
    code: str = "",
    element: str = "",
    reason: str = "",
) -> ReleaseEvent:
    """Add a line to what was done about a version; `about` or `code` and `element` say about which part of it."""
    tx.session.flush()
    event = ReleaseEvent(
        deployment_id=deployment.id,
        kind=did.value,
        at=now,
        account_id=by.account,
        actor=by.name or by.kind.value,
        door=by.door.value,
        code=about.code if about else code,
        element=about.element if about else element,
        reason=reason[:LONGEST_REASON],
    )
    tx.add(event)
    return event


def told(tx: Transaction, deployment_id: DeploymentId) -> Sequence[ReleaseEvent]:
    """What was done about a version, oldest first."""
    found = select(ReleaseEvent).where(ReleaseEvent.deployment_id == deployment_id)
    return tx.session.scalars(found.order_by(ReleaseEvent.at, ReleaseEvent.id)).all()


def accept(
    tx: Transaction,
    deployment_id: DeploymentId,
    findings: Sequence[Finding],
    code: str,
    element: str,
    by: Actor,
    now: datetime,
) -> ReleaseEvent:
    """Accept a warning of a version, for the reason the actor gives; `findings` are what the check says of it.

    Raises:
        NotFound: there is no such deployment.
        NoSuchProblem: the check finds nothing of this code at this element.
        NotAcceptable: it is an error.
        NoReason: no reason is given, or it is too long.
        AlreadyAccepted: somebody did so before.
    """
    deployment = tx.get(Deployment, deployment_id)
    refuse_without_reason(by)
    same = [finding for finding in findings if (finding.code, finding.element) == (code, element)]
    if not same:
        raise NoSuchProblem(f"{code} {element}")
    if any(finding.severity == "error" for finding in same):
        raise NotAcceptable(f"{code} {element}")
    tx.session.get(Tenant, tx.tenant, with_for_update={"key_share": True}, populate_existing=True)
    if any((each.code, each.element) == (code, element) for each in told(tx, deployment_id)):
        raise AlreadyAccepted(f"{code} {element}")
    return tell(tx, deployment, Did.ACCEPTED, by, now, about=same[0], reason=by.reason.strip())


def refuse_without_reason(by: Actor) -> None:
    """
    Raises:
        NoReason: no reason is given, or it is too long.
    """
    if not by.reason.strip() or len(by.reason) > LONGEST_REASON:
        raise NoReason(fields={"reason": f"1 to {LONGEST_REASON} characters"})


def second_person(tx: Transaction) -> bool:
    """Whether the utility wants a version activated by somebody else than who deployed it."""
    return asks_for_second_person(tx.get(Tenant, tx.tenant))


def rule(tenant: Tenant, *, second_person: bool) -> None:
    """Say whether the utility wants a version activated by somebody else than who deployed it."""
    tenant.profile = {**tenant.profile, PROFILE: {SECOND_PERSON: second_person}}


def asks_for_second_person(tenant: Tenant) -> bool:
    return bool(tenant.profile.get(PROFILE, {}).get(SECOND_PERSON, False))


def may_activate(tx: Transaction, deployment: Deployment, by: Actor) -> bool:
    """Whether this is not the one person who may not: accounts are compared, for two people can share a name."""
    own = by.account is not None and by.account == deployment.deployed_by_account
    return not (own and second_person(tx))


def refuse_own(tx: Transaction, deployment: Deployment, by: Actor) -> None:
    """
    Raises:
        OwnVersion: whoever deployed it is to activate it, and the utility wants a second person.
    """
    if not may_activate(tx, deployment, by):
        raise OwnVersion(f"{deployment.key} version {deployment.version}")
