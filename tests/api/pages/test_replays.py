"""Replays on pages and over REST: what would be otherwise, whose cases one may open, and that nothing is sent."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from akta.ids import BundleDraftId, DeploymentId
from akta.subjects import Actor, Door, Kind
from api.ports import Services
from bpmn import bundle as bundles
from bpmn.bundle import Bundle
from people import groups
from storage.bundles import Deployment
from storage.cases import Case
from storage.unit_of_work import UnitOfWork
from tests.api.pages.conftest import SignedIn
from tests.api.toy import FILES
from workflows import bundle_drafts, deployments, draft_edits, draft_files
from workflows.draft_edits import Edit

BY = Actor(kind=Kind.SYSTEM, door=Door.CLI, name="Test")
MODEL = FILES["process.bpmn"].replace(b"P2D", b"P5D")
SLOWER: Bundle = bundles.from_files({**FILES, "process.bpmn": MODEL})
SAID = "They would wait another time at “Answer the question”. It was 2 days and is 5 days."


@pytest.fixture
def slower(uow: UnitOfWork, services: Services, case: Case) -> Deployment:
    """A second version, that gives more time to answer."""
    with uow.begin() as tx:
        return deployments.deploy(tx, SLOWER, BY, services.clock.now(), gate=services.gate)


def test_an_owner_is_told_which_cases_would_go_otherwise_and_opens_none(
    signed_in: SignedIn, slower: Deployment, case: Case
) -> None:
    owner = signed_in("owner", Kind.STAFF, groups.PROCESS_OWNERS)
    owner.open(f"/processes/{slower.id}/replay")
    assert "No past case has been replayed on this content yet." in owner.text
    owner.send("/replay", {"closed": "20"})
    assert SAID in owner.text
    assert case.reference in owner.text
    assert str(case.id) not in owner.page
    owner.send("/replay", {"closed": "many"})
    assert owner.status == 422


def test_who_sees_the_cases_goes_from_the_group_to_them(signed_in: SignedIn, slower: Deployment, case: Case) -> None:
    supervisor = signed_in("chief", Kind.STAFF, groups.SUPERVISION)
    supervisor.open(f"/processes/{slower.id}/replay")
    supervisor.send("/replay", {"closed": "0"})
    assert f"/cases/{case.id}" in supervisor.page


def test_a_draft_is_replayed_as_it_is_now(
    signed_in: SignedIn, uow: UnitOfWork, toy: Deployment, case: Case, services: Services
) -> None:
    now = services.clock.now()
    with uow.begin() as tx:
        draft = bundle_drafts.begin(tx, DeploymentId(toy.id), "More time", BY, now)
    owner = signed_in("owner", Kind.STAFF, groups.PROCESS_OWNERS)
    owner.open(f"/drafts/{draft.id}/replay")
    owner.send("/replay", {"closed": "20"})
    assert "Every replayed case goes the same way" in owner.text
    seen = draft_files.mark(FILES["process.bpmn"])
    draft_edits.save(uow, BundleDraftId(draft.id), Edit("process.bpmn", MODEL, seen), BY, now)
    owner.open(f"/drafts/{draft.id}/replay")
    assert "No past case has been replayed on this content yet." in owner.text
    owner.send("/replay", {"closed": "20"})
    assert SAID in owner.text


def test_rest_tells_the_same_and_keeps_nothing_of_an_archive(
    visitor: Callable[[str], TestClient], slower: Deployment, case: Case
) -> None:
    owner = visitor(groups.PROCESS_OWNERS)
    archive = owner.post(
        "/api/v1/UKA/bundles/replays", content=SLOWER.to_archive(), headers={"content-type": "application/zip"}
    )
    (group,) = archive.json()["groups"]
    assert (group["kind"], group["element"], f"{group['said']} {group['why']}") == ("wait", "answer", SAID)
    assert [one["reference"] for one in group["cases"]] == [case.reference]
    address = f"/api/v1/UKA/versions/{slower.id}/replay"
    assert owner.get(address).json() is None
    made = owner.post(f"{address}s?closed=5")
    assert (made.status_code, made.json()["groups"]) == (201, [group])
    assert owner.get(address).json() == made.json()
    assert owner.post(f"{address}s?closed=100000").status_code == 422
