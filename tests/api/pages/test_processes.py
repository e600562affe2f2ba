"""The process owner's pages: versions, parts, where cases stand, a new version refused or stored and activated."""

import re

import pytest

from akta.subjects import Kind
from bpmn import bundle as bundles
from people.groups import ADMINISTRATION, PROCESS_OWNERS, SUPERVISION
from storage.bundles import Deployment
from storage.cases import Case
from storage.tenants import Tenant
from storage.unit_of_work import UnitOfWork
from tests.api.pages.browser import Browser
from tests.api.pages.conftest import SignedIn
from tests.api.toy import FILES, TOY, changed, forked
from workflows import releases


@pytest.fixture
def owner(signed_in: SignedIn, toy: Deployment) -> Browser:
    return signed_in("owner", Kind.STAFF, PROCESS_OWNERS)


def test_every_process_is_listed_with_its_active_version(owner: Browser, case: Case) -> None:
    owner.open("/processes")
    for words in ("A question", "version 1", "Open cases"):
        assert words in owner.text


def test_a_process_shows_where_its_cases_stand(owner: Browser, toy: Deployment, case: Case) -> None:
    owner.open(f"/processes/{toy.id}")
    assert "&#34;answer&#34;: 1" in owner.page
    assert "Answer the question 1" in owner.text
    assert "1 open case on this version" in owner.text
    assert case.reference not in owner.page, "owners see no cases, only how many"


def test_the_parts_of_a_bundle_can_be_looked_at(owner: Browser, toy: Deployment) -> None:
    owner.open(f"/processes/{toy.id}?form=ask")
    assert 'id="field-email"' in owner.page
    owner.open(f"/processes/{toy.id}?form=none")
    assert owner.status == 404


def test_a_new_version_is_stored_and_activated_in_two_steps(owner: Browser, toy: Deployment) -> None:
    owner.open("/processes")
    owner.send("/processes", {"note": "Another summary"}, files={"archive": changed("Ask us.").to_archive()})
    assert owner.status == 200
    assert "Release version 2" in owner.text
    assert "Another summary" in owner.text
    release(owner)
    assert "Release version 2" not in owner.text
    assert "version 2 active" in owner.text


def test_a_version_that_cannot_run_is_refused_with_reasons(owner: Browser) -> None:
    broken = {name: content for name, content in FILES.items() if name != "forms/answer.form"}
    owner.open("/processes")
    owner.send("/processes", {}, files={"archive": bundles.from_files(broken).to_archive()})
    assert owner.status == 422
    assert "This version cannot be deployed." in owner.text
    assert "is not in the bundle" in owner.text
    assert "answer" in owner.text
    owner.client.cookies.set("akta-language", "cs")
    owner.open("/processes")
    owner.send("/processes", {}, files={"archive": bundles.from_files(broken).to_archive()})
    assert "v balíku není" in owner.text


@pytest.mark.parametrize("content", [b"no archive at all", b""])
def test_what_is_no_archive_is_refused(owner: Browser, content: bytes) -> None:
    owner.open("/processes")
    owner.send("/processes", {}, files={"archive": content})
    assert owner.status == 422


def test_the_same_version_twice_is_refused(owner: Browser) -> None:
    owner.open("/processes")
    owner.send("/processes", {}, files={"archive": TOY.to_archive()})
    assert owner.status == 422
    assert "deployed already" in owner.text


def test_a_version_can_be_downloaded(owner: Browser, toy: Deployment) -> None:
    answer = owner.client.get(f"{owner.base}/processes/{toy.id}/archive")
    assert answer.content == TOY.to_archive()


def test_supervision_looks_but_does_not_touch(signed_in: SignedIn, toy: Deployment) -> None:
    supervisor = signed_in("boss", Kind.STAFF, SUPERVISION)
    supervisor.open("/processes")
    assert supervisor.status == 200
    assert "Upload a new version" not in supervisor.text


def test_a_refused_upload_shows_its_diagram_the_way_to_the_problem_and_offers_the_correction(owner: Browser) -> None:
    owner.open("/processes")
    owner.send("/processes", {}, files={"archive": forked().to_archive()})
    assert owner.status == 422
    for words in ("A case can stop for ever", "The way there in", "long → Together", "make Together an exclusive"):
        assert words in owner.text
    assert 'data-elements="together"' in owner.page
    assert 'data-step="way-1 together"' in owner.page
    url = f"{owner.base}/processes/refused"
    assert b'id="together"' in owner.client.get(f"{url}/diagram").content
    corrected = owner.client.get(f"{url}/corrected?element=together")
    owner.open("/processes/refused")
    assert owner.status == 200
    owner.open("/processes")
    owner.send("/processes", {}, files={"archive": corrected.content})
    assert "Release version 2" in owner.text


def test_a_correction_is_made_and_stored_from_the_page(owner: Browser) -> None:
    owner.open("/processes")
    owner.send("/processes", {}, files={"archive": forked().to_archive()})
    owner.send("/corrected", {})
    assert owner.status == 200
    assert "Release version 2" in owner.text
    csrf = re.search(r'name="csrf" value="([^"]+)"', owner.page)
    assert csrf is not None
    again = {"csrf": csrf[1], "element": "together", "value": "exclusiveGateway"}
    assert owner.client.post(f"{owner.url}/corrected", data=again).status_code == 404, "it is mended"
    refused = f"{owner.base}/processes/refused/corrected"
    assert owner.client.post(refused, data={**again, "value": "task"}).status_code == 404, "nothing proposes that"


def test_administration_says_whether_it_takes_a_second_person(
    owner: Browser, signed_in: SignedIn, uow: UnitOfWork
) -> None:
    admin = signed_in("admin", Kind.STAFF, ADMINISTRATION)
    for wanted in ("yes", "no"):
        admin.open("/administration")
        admin.send("/administration/releases", {"second_person": wanted})
        assert f'value="{wanted}" checked' in admin.page
        with uow.view() as tx:
            assert releases.second_person(tx) is (wanted == "yes")
        assert admin.client.get(f"/api/v1{owner.base}/release-rule").json() == {"second_person": wanted == "yes"}
    admin.open("/administration/events")
    assert admin.text.count("Said who may activate versions") == 2
    owner.open("/administration")
    assert owner.status == 403


def test_only_what_a_finding_proposes_is_corrected_and_only_for_who_was_refused(
    owner: Browser, signed_in: SignedIn
) -> None:
    owner.open("/processes/refused")
    assert owner.status == 404
    owner.open("/processes")
    owner.send("/processes", {}, files={"archive": forked().to_archive()})
    assert owner.client.get(f"{owner.base}/processes/refused/corrected?element=choice").status_code == 404
    other = signed_in("other", Kind.STAFF, PROCESS_OWNERS)
    other.open("/processes/refused")
    assert other.status == 404


def test_a_warning_is_accepted_with_a_reason_which_is_shown_beside_it(owner: Browser, toy: Deployment) -> None:
    owner.open(f"/processes/{toy.id}")
    assert "Accept this warning" in owner.text
    owner.send("/acceptance", {"reason": " "})
    assert owner.status == 422
    assert "Say why this can be accepted." in owner.text
    owner.send("/acceptance", {"reason": "It is for people to read only."})
    assert "Accepted by Minta Ügyfél" in owner.text
    assert "It is for people to read only." in owner.text
    assert "Warning accepted" in owner.text


def test_where_a_second_person_is_wanted_who_deployed_does_not_activate(
    owner: Browser, signed_in: SignedIn, uow: UnitOfWork, toy: Deployment
) -> None:
    with uow.begin() as tx:
        tx.get(Tenant, tx.tenant).profile = {"release": {"second_person": True}}
    owner.open("/processes")
    owner.send("/processes", {}, files={"archive": changed("Ask us.").to_archive()})
    version = owner.url
    owner.open(f"{version}/release")
    assert "Somebody else has to activate it" in owner.text
    csrf = re.search(r'name="csrf" value="([^"]+)"', owner.page)
    assert csrf is not None
    answer = owner.client.post(f"{version}/release", data={"csrf": csrf[1], "seen": str(toy.id)})
    assert answer.status_code == 403
    assert "You deployed this version, so somebody else has to activate it." in answer.text
    other = signed_in("other", Kind.STAFF, PROCESS_OWNERS)
    other.open(version)
    release(other)
    assert "version 2 active" in other.text
    assert "Activated" in other.text


def test_one_click_leads_back_to_the_version_before(owner: Browser, toy: Deployment) -> None:
    owner.open(f"/processes/{toy.id}/release")
    assert "Go back" not in owner.text
    owner.open("/processes")
    owner.send("/processes", {}, files={"archive": changed("Ask us.").to_archive()})
    release(owner)
    owner.open(f"{owner.url}/release")
    owner.send("/back", {})
    assert "version 1 active" in owner.text


def release(owner: Browser, **answers: str) -> None:
    """Release the version whose page is open, and take responsibility for its warnings."""
    owner.open(f"{owner.url}/release")
    while "Accept with this reason" in owner.text:
        owner.send("/explanation", {"reason": "It is a toy."})
    owner.send("/release", {"when": "now", **answers})


def slower() -> bytes:
    """A version with more time for the answer and another label in its form."""
    model = FILES["process.bpmn"].replace(b'dueDate="P2D"', b'dueDate="P5D"')
    form = FILES["forms/answer.form"].replace(b'"label": "Answer"', b'"label": "Reply"')
    return bundles.from_files({**FILES, "process.bpmn": model, "forms/answer.form": form}).to_archive()


def test_a_version_is_compared_with_the_one_before_and_says_which_open_cases_that_touches(
    owner: Browser, toy: Deployment, case: Case
) -> None:
    owner.open(f"/processes/{toy.id}/compare")
    assert owner.status == 404, "nothing was before the first"
    owner.open("/processes")
    owner.send("/processes", {}, files={"archive": slower()})
    version = owner.url
    owner.open(f"{version}/compare")
    for words in (
        "Version 2 against version 1",
        "2 differences",
        "Deadline of Task Answer the question: P2D → P5D",
        "Form answer",
        "Answer → Reply",
        "1 open case stands here",
    ):
        assert words in owner.text
    assert 'data-changed="answer"' in owner.page
    there = owner.text
    owner.open(f"{version}/compare/{toy.id}")
    assert owner.text == there
    owner.open(f"/processes/{toy.id}/compare{version.removeprefix(owner.base).removeprefix('/processes')}")
    assert "P5D → P2D" in owner.text


ASKED_ONLY = b"""
name: Somebody asks
given: {variables: {case: {reference: X-1}}}
steps: []
expect: {waiting: [answer]}
"""


def test_scenarios_are_played_and_what_they_pass_is_drawn(owner: Browser) -> None:
    told = bundles.from_files({**FILES, "scenarios/asked.yaml": ASKED_ONLY}).to_archive()
    owner.open("/processes")
    owner.send("/processes", {}, files={"archive": told})
    owner.open(f"{owner.url}/scenarios")
    for words in ("all pass", "Passes Somebody asks", "1 of 6 elements are passed", "Dashed on the diagram."):
        assert words in owner.text
    assert 'data-done="asked"' in owner.page
    missed = re.search(r'data-missed="([^"]*)"', owner.page)
    assert missed is not None
    assert set(missed[1].split()) == {"answer", "rate", "done", "withdrawal-received", "taken-back"}


def test_a_version_without_scenarios_says_so(owner: Browser, toy: Deployment) -> None:
    owner.open(f"/processes/{toy.id}/scenarios")
    assert "This version has no scenarios." in owner.text


def test_live_numbers_are_told_without_cases_to_owners_and_with_them_to_supervision(
    owner: Browser, signed_in: SignedIn, toy: Deployment, case: Case
) -> None:
    owner.open(f"/processes/{toy.id}/live")
    assert "Answer the question 1" in owner.text
    assert "/live/cases" not in owner.page
    owner.open(f"/processes/{toy.id}/live/cases?element=answer")
    assert owner.status == 403
    chief = signed_in("chief", Kind.STAFF, SUPERVISION)
    chief.open(f"/processes/{toy.id}/live")
    assert f"/processes/{toy.id}/live/cases?element=answer" in chief.page
    chief.open(f"/processes/{toy.id}/live/cases?element=answer")
    assert case.reference in chief.text
    chief.open(f"/processes/{toy.id}/live/cases?element=nowhere")
    assert chief.status == 404
