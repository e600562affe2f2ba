"""Signing by code over HTTP: the applicant's page and REST, and everybody else who tries."""

import re
from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient

from akta.ids import CaseId, PersonId
from api import app
from people import accounts, case_links
from tasks import signature_codes
from tests.journeys import office
from tests.journeys.applicants import application, confirm, new_contract
from tests.journeys.office import Office

pytestmark = pytest.mark.slow


@pytest.fixture
def minta(sqlite_office: Callable[[str], Office]) -> Office:
    """The Hungarian utility, whose terms are accepted by a click."""
    return sqlite_office("MIN")


@pytest.fixture
def case(minta: Office) -> CaseId:
    """An application whose terms wait for the applicant."""
    case = minta.start("portal-access", application(minta, new_contract(minta), delivery_of_agreement="e-sign"))
    confirm(minta, case)
    return case


@pytest.fixture
def browser(minta: Office) -> Iterator[TestClient]:
    with TestClient(
        app.create(minta.akta.services),
        base_url="http://office.test",
        follow_redirects=False,
        headers={"accept-language": "en"},
    ) as client:
        yield client


def follow_link(minta: Office, browser: TestClient) -> None:
    """Open the link of the newest mail, as the applicant does."""
    token = next(found[1] for mail in minta.mails if (found := re.search(r"(/\w+/c/[\w-]{40,})", mail.body)))
    answer = browser.get(token)
    assert answer.status_code in (200, 303), answer.text


def form_token(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def code_in_mail(minta: Office) -> str:
    minta.settle()
    return next(found[0] for mail in minta.mails if (found := re.search(r"\d{3} \d{3}(?=\.)", mail.body)))


def test_the_applicant_asks_for_a_code_types_it_and_has_signed(
    minta: Office, case: CaseId, browser: TestClient
) -> None:
    task = f"/min/tasks/{minta.task(case, 'return-signed')}"
    follow_link(minta, browser)
    assert f'href="{task}/code"' in browser.get(task).text
    page = browser.get(f"{task}/code").text
    token = {"csrf": form_token(page)}
    asked = browser.post(f"{task}/code", data=token)
    assert (asked.status_code, asked.headers["location"]) == (303, f"{task}/code?asked=1")
    assert "good for ten minutes" in browser.get(f"{task}/code?asked=1").text
    good = code_in_mail(minta)
    wrong = browser.post(f"{task}/signature", data={**token, "code": "000 000" if good != "000 000" else "111 111"})
    assert wrong.status_code == 422
    assert "not right or no longer valid" in wrong.text
    signed = browser.post(f"{task}/signature", data={**token, "code": good})
    assert (signed.status_code, signed.headers["location"]) == (303, f"/min/cases/{case}")
    minta.settle()
    assert minta.open_tasks(case) == ["countersign"]
    again = browser.post(f"{task}/signature", data={**token, "code": good})
    assert again.status_code >= 400, "a code works once"


def test_a_code_by_rest_is_for_its_signer_only_and_not_without_end(
    minta: Office, case: CaseId, browser: TestClient
) -> None:
    task = f"/api/v1/MIN/tasks/{minta.task(case, 'return-signed')}"

    def ask(bearer: str) -> int:
        headers = {"authorization": f"Bearer {bearer}"} if bearer else {}
        return browser.post(f"{task}/signature-code", headers=headers).status_code

    with minta.uow.begin() as tx:
        about = PersonId(minta.case(case).person_id or case)
        link = case_links.issue(tx, case, about, minta.now)
    stranger = minta.start("portal-access", application(minta, new_contract(minta), delivery_of_agreement="e-sign"))
    with minta.uow.begin() as tx:
        strange = case_links.issue(tx, stranger, PersonId(minta.case(stranger).person_id or stranger), minta.now)
    clerk = accounts.sign_in(minta.uow, minta.akta.hasher, "front-desk", office.PASSWORD, minta.now).token
    assert ask("") == 401
    assert ask(clerk) == 403
    assert ask(case_links.open(minta.uow, strange, minta.now).session.token) == 404
    signer = case_links.open(minta.uow, link, minta.now).session.token
    assert [ask(signer) for _ in range(signature_codes.IN_AN_HOUR)] == [204] * signature_codes.IN_AN_HOUR
    headers = {"authorization": f"Bearer {signer}"}
    for rubbish in ("", "9" * 21, "\x00", 7, None):
        answer = browser.post(f"{task}/signature", json={"code": rubbish}, headers=headers)
        assert answer.status_code == 422, rubbish
    sent = code_in_mail(minta)
    assert ask(signer) == 409
    assert browser.post(f"{task}/signature", json={"code": sent}, headers=headers).status_code == 200
    assert browser.post(f"{task}/signature", json={"code": sent}, headers=headers).status_code in (403, 404, 409)
