"""Deploying: immutable versions, one active per key, the closure pinned, refused with reasons."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import pytest

from akta.ids import DeploymentId
from bpmn.bundle import Bundle
from bpmn.check import Finding
from storage.tenants import Tenant
from tests.workflows import toys
from tests.workflows.engine.models import Model
from tests.workflows.house import BY, House
from workflows import archives, deployments
from workflows.deployments import AlreadyDeployed, NotActive, Refused


def test_versions_count_up_and_one_is_active(house: House, now: datetime) -> None:
    first = house.deploy(toys.permit(), now=now)
    with house.uow.begin() as tx:
        second = deployments.deploy(tx, toys.permit("new"), BY, now, gate=lambda _b, _c: [])
    with house.uow.view() as tx:
        assert [(found.version, found.active) for found in deployments.listed(tx, "permit")] == [(2, False), (1, True)]
    with house.uow.begin() as tx:
        deployments.activate(tx, DeploymentId(second.id), BY, now)
    with house.uow.view() as tx:
        assert deployments.active(tx, "permit").version == 2
        assert deployments.active(tx, "permit").activated_by == "Test"
        assert archives.read(tx, first.content_hash).content_hash == toys.permit().content_hash


def test_the_same_content_is_not_deployed_twice(house: House, now: datetime) -> None:
    house.deploy(toys.permit(), now=now)
    with pytest.raises(AlreadyDeployed):
        house.deploy(toys.permit(), now=now)


def test_a_bundle_that_is_not_active_cannot_be_started(house: House, now: datetime) -> None:
    with house.uow.begin() as tx:
        deployments.deploy(tx, toys.permit(), BY, now, gate=lambda _b, _c: [])
    with pytest.raises(NotActive):
        house.start("permit", now)


def test_errors_of_the_gate_refuse_a_deployment_and_warnings_do_not(house: House, now: datetime) -> None:
    seen: list[str] = []

    def gate(bundle: Bundle, called: Mapping[str, Bundle]) -> Sequence[Finding]:
        seen.extend((bundle.key, *called))
        return [Finding("form", "warning", "review", "Hm."), Finding("form", "error", "review", "There is no form.")]

    with pytest.raises(Refused) as refused, house.uow.begin() as tx:
        deployments.deploy(tx, toys.permit(), BY, now, gate=gate)
    assert [finding.message for finding in refused.value.findings] == ["Hm.", "There is no form."]
    assert seen == ["permit"]
    with house.uow.view() as tx:
        assert deployments.listed(tx) == []
    with house.uow.begin() as tx:
        deployments.deploy(tx, toys.permit(), BY, now, gate=lambda _b, _c: [Finding("x", "warning", "y", "Hm.")])


def test_cases_stay_on_the_closure_they_were_started_with(house: House, now: datetime) -> None:
    house.deploy(toys.waiter(), toys.caller(), now=now)
    before = house.start("caller", now, plot="A")
    changed = Model("waiter", word="=plot").start().user("at-once", toys.groups("metering")).end()
    house.deploy(toys.toy(changed.path("start", "at-once", "end")), now=now)
    between = house.start("caller", now, plot="A")
    assert (house.tasks(before), house.tasks(between)) == ([], [])
    with house.uow.begin() as tx:
        again = deployments.deploy(tx, toys.caller(), BY, now, gate=lambda _b, _c: [], activated=True)
    assert again.version == 2
    after = house.start("caller", now, plot="A")
    task = house.task(after)
    assert (task.element, task.bundle) == ("at-once", "waiter")
    assert house.tasks(before) == []


def test_two_tenants_deploy_the_same_bundle_apart(house: House, now: datetime, other_tenant: Tenant) -> None:
    other = House(house.database, other_tenant)
    assert house.deploy(toys.permit(), now=now).version == other.deploy(toys.permit(), now=now).version == 1
