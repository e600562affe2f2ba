"""Releases: what has to be green or explained, who is told when somebody was faster, moments, and the way back."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from akta.errors import Refusal
from akta.ids import BundleDraftId, DeploymentId
from akta.subjects import Actor
from bpmn import bundle as bundles
from bpmn.bundle import Bundle
from bpmn.check import Finding
from storage.bundles import Deployment
from storage.unit_of_work import Transaction
from tasks import releasing, tick
from tasks.releasing import REPLAY, AnotherReleased, NothingToExplain, NotProven
from tests.workflows import toys
from tests.workflows.house import BY, House
from workflows import bundle_drafts, bundle_rights, candidates, deployments, draft_edits, draft_files, releases, replay
from workflows.bundle_rights import BundleAct, NotNamed
from workflows.deployments import Gate, NoMoment, NothingBefore

WHY = replace(BY, reason="It is meant so.")


def no_findings(_bundle: Bundle, _called: Mapping[str, Bundle]) -> Sequence[Finding]:
    return []


def deploy(house: House, now: datetime, bundle: Bundle) -> DeploymentId:
    with house.uow.begin() as tx:
        return DeploymentId(deployments.deploy(tx, bundle, BY, now, gate=no_findings).id)


def release(
    house: House,
    own: DeploymentId,
    now: datetime,
    seen: DeploymentId | None,
    at: datetime | None = None,
    by: Actor = BY,
) -> None:
    with house.uow.begin() as tx:
        releasing.release(tx, proofs(tx, house, own), own, seen, by, now, at)


def proofs(tx: Transaction, house: House, own: DeploymentId, gate: Gate = no_findings) -> releasing.Proofs:
    return releasing.proofs(tx, house.runtime, gate, own)


def active(house: House, key: str = "patient") -> int:
    with house.uow.view() as tx:
        return deployments.active(tx, key).version


def patient(remark: str) -> Bundle:
    """The toy in another version."""
    files = toys.patient().files
    return bundles.from_files({**files, "i18n/en.toml": files["i18n/en.toml"] + f'summary = "{remark}"\n'.encode()})


@pytest.fixture
def first(house: House, now: datetime) -> DeploymentId:
    return DeploymentId(house.deploy(toys.patient(), now=now).id)


def warned(_bundle: Bundle, _called: Mapping[str, Bundle]) -> Sequence[Finding]:
    return [Finding("odd", "warning", "three-days", "Three days are long.")]


def test_a_warning_and_a_replay_nobody_made_are_explained_before_a_release(
    house: House, first: DeploymentId, now: datetime
) -> None:
    house.start("patient", now)
    own = deploy(house, now, patient("new"))
    with pytest.raises(NotProven), house.uow.begin() as tx:
        releasing.release(tx, proofs(tx, house, own, warned), own, first, BY, now)
    with house.uow.begin() as tx:
        found = proofs(tx, house, own, warned)
        assert found.unsettled == (("odd", "three-days"), (REPLAY, ""))
        for code, element in found.unsettled:
            releasing.explain(tx, found, own, code, element, WHY, now)
        with pytest.raises(NothingToExplain):
            releasing.explain(tx, found, own, REPLAY, "another", WHY, now)
        with pytest.raises(releases.NoReason):
            releasing.explain(tx, found, own, REPLAY, "", BY, now)
    with house.uow.begin() as tx:
        releasing.release(tx, proofs(tx, house, own, warned), own, first, BY, now)
    assert active(house) == 2
    with house.uow.view() as tx:
        said = [(event.kind, event.code, event.reason) for event in releases.told(tx, own)]
    assert said[1:3] == [("accepted", "odd", "It is meant so."), ("explained", REPLAY, "It is meant so.")]


def test_a_replay_in_which_all_go_the_same_way_is_green_and_a_later_one_counts(
    house: House, first: DeploymentId, now: datetime
) -> None:
    house.start("patient", now)
    own = deploy(house, now, patient("new"))
    with house.uow.begin() as tx:
        candidate = candidates.of_version(tx, house.runtime.definitions, own)
        replay.keep(tx, candidate, replay.replay(tx, house.runtime, candidate, now), BY, now)
        assert proofs(tx, house, own).unsettled == ()


def test_of_two_releases_at_the_same_moment_one_wins_and_the_other_is_told(
    house: House, first: DeploymentId, now: datetime
) -> None:
    rivals = [deploy(house, now, patient(name)) for name in ("one", "other")]
    at_once, told = Barrier(2), list[type[Refusal] | None]()

    def click(own: DeploymentId) -> None:
        at_once.wait()
        try:
            release(house, own, now, first)
            told.append(None)
        except AnotherReleased as refusal:
            told.append(type(refusal))

    threads = [Thread(target=click, args=(own,)) for own in rivals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, told)) == sorted(map(str, [None, AnotherReleased]))
    with house.uow.view() as tx:
        rows = tx.session.scalars(select(Deployment).where(Deployment.active.is_(True))).all()
        assert len(rows) == 1


def test_the_tick_releases_at_the_planned_moment_and_a_release_between_drops_the_plan(
    house: House, first: DeploymentId, now: datetime
) -> None:
    case = house.start("patient", now)
    second, third = (deploy(house, now, patient(name)) for name in ("second", "third"))
    with house.uow.begin() as tx:
        for own in (second, third):
            releasing.explain(tx, proofs(tx, house, own), own, REPLAY, "", WHY, now)
    for wrong in (now, now + timedelta(days=800)):
        with pytest.raises(NoMoment):
            release(house, second, now, first, wrong)
    soon = now + timedelta(hours=2)
    release(house, second, now, first, soon)
    tick.once(house.database, house.runtime, "me", soon - timedelta(minutes=1))
    assert active(house) == 1
    tick.once(house.database, house.runtime, "me", soon + timedelta(seconds=5))
    assert active(house) == 2
    assert house.case(case).deployment_id == first, "cases under way stay"
    release(house, third, soon, second, soon + timedelta(days=1))
    with house.uow.begin() as tx:
        releasing.go_back(tx, second, BY, soon)
    tick.once(house.database, house.runtime, "me", soon + timedelta(days=2))
    assert active(house) == 1
    with house.uow.view() as tx:
        assert [event.kind for event in releases.told(tx, third)][-2:] == ["planned", "plan-dropped"]
        assert tx.get(Deployment, third).planned_at is None


def test_only_from_the_active_version_there_is_a_way_back(house: House, first: DeploymentId, now: datetime) -> None:
    with pytest.raises(NothingBefore), house.uow.begin() as tx:
        releasing.go_back(tx, first, BY, now)
    own = deploy(house, now, patient("new"))
    release(house, own, now, first)
    with pytest.raises(NothingBefore), house.uow.begin() as tx:
        releasing.go_back(tx, first, BY, now)
    with house.uow.begin() as tx:
        assert releasing.go_back(tx, own, BY, now).id == first


def test_where_some_are_named_only_they_release(house: House, first: DeploymentId, now: datetime) -> None:
    own = deploy(house, now, patient("new"))
    named = house.subject("Jana Ukázková", now)
    assert named.account is not None
    with house.uow.begin() as tx:
        bundle_rights.name(tx, "patient", BundleAct.RELEASE, [named.account], BY, now)
    with pytest.raises(NotNamed):
        release(house, own, now, first)
    release(house, own, now, first, by=named.acting(BY.door))
    assert active(house) == 2


def test_a_draft_becomes_a_version_and_a_version_comes_back_byte_for_byte(
    house: House, first: DeploymentId, now: datetime
) -> None:
    with house.uow.begin() as tx:
        draft = bundle_drafts.begin(tx, first, "Another summary", BY, now)
    content = patient("new").files["i18n/en.toml"]
    with house.uow.view() as tx:
        seen = draft_files.mark(toys.patient().files["i18n/en.toml"])
    edit = draft_edits.Edit("i18n/en.toml", content, seen)
    draft_edits.save(house.uow, BundleDraftId(draft.id), edit, BY, now)
    with house.uow.begin() as tx:
        made = releasing.make_version(tx, no_findings, BundleDraftId(draft.id), BY, now)
        archive = house.runtime.definitions.bundle(tx, made.content_hash).to_archive()
    assert archive == patient("new").to_archive()
    again = bundles.from_archive(archive)
    assert (again.content_hash, dict(again.files)) == (made.content_hash, dict(patient("new").files))
    with pytest.raises(deployments.AlreadyDeployed), house.uow.begin() as tx:
        releasing.make_version(tx, no_findings, BundleDraftId(draft.id), BY, now)
