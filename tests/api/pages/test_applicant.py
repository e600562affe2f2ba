"""The applicant's pages without scripts: the catalogue, a form, the case and what is to be done in it."""

import re
from collections.abc import Callable
from datetime import datetime

from fastapi.testclient import TestClient
from sqlalchemy import func, select

from akta.ids import CaseId, PersonId
from akta.subjects import Kind
from people import case_links
from people.groups import FRONT_DESK
from storage.bundles import Deployment
from storage.cases import Case
from storage.tenants import Tenant
from storage.unit_of_work import UnitOfWork
from tests.api.pages.browser import Browser
from tests.api.pages.conftest import SignedIn

ANSWERS: dict[str, str | list[str]] = {
    "name": "Minta Ügyfél",
    "email": "ugyfel@example.org",
    "text": "Why is it <b>cold</b>?",
}
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def _cases(uow: UnitOfWork) -> int:
    with uow.view() as tx:
        return tx.session.scalar(select(func.count()).select_from(Case)) or 0


def test_the_catalogue_says_what_is_offered_and_what_is_needed(browser: Browser, toy: Deployment) -> None:
    browser.open("/")
    assert browser.status == 200
    for words in ("A question", "Ask, and somebody answers.", "Your question", "Start"):
        assert words in browser.text
    assert f'href="{browser.base}/start/{toy.key}"' in browser.page


def test_a_page_has_the_telephone_of_the_utility_in_its_head(browser: Browser, toy: Deployment) -> None:
    head = browser.open("/").partition("</header>")[0]
    assert 'href="tel:' in head


def test_every_page_leads_to_help_with_the_number_for_faults(browser: Browser, toy: Deployment, tenant: Tenant) -> None:
    assert f'href="{browser.base}/contact"' in browser.open(f"/start/{toy.key}")
    browser.open("/contact")
    assert browser.status == 200
    for words in (tenant.phone, tenant.dispatch_phone, tenant.email, "A question", "Your question"):
        assert words in browser.text


def test_wrong_answers_come_back_with_what_was_typed_and_links_to_each_mistake(
    browser: Browser, toy: Deployment
) -> None:
    browser.open(f"/start/{toy.key}")
    browser.send(f"/start/{toy.key}", {**ANSWERS, "text": ""})
    assert browser.status == 422
    assert 'value="Minta Ügyfél"' in browser.page
    assert '<a href="#field-text">Text: ' in browser.page
    assert 'aria-invalid="true"' in browser.page
    assert 'aria-describedby="error-text"' in browser.page


def test_a_sent_form_becomes_a_case_that_its_sender_can_follow(browser: Browser, toy: Deployment) -> None:
    browser.open(f"/start/{toy.key}")
    browser.send(f"/start/{toy.key}", ANSWERS)
    assert browser.status == 200
    assert re.fullmatch(rf"{browser.base}/cases/[0-9a-f-]{{36}}", browser.url)
    for words in ("We have it. Your number is", "You don't need to do anything", "Somebody reads your question."):
        assert words in browser.text
    for words in ("This is with us: Front desk.", "What happened so far", "You sent it to us"):
        assert words in browser.text
    assert "answer" not in re.findall(r">([^<]*)<", browser.page), "no internal name"


def test_the_page_after_sending_speaks_the_language_of_the_form(browser: Browser, toy: Deployment) -> None:
    browser.client.headers["accept-language"] = "cs-CZ"
    browser.open(f"/start/{toy.key}")
    browser.send(f"/start/{toy.key}", ANSWERS)
    assert '<html lang="cs"' in browser.page


def test_the_same_form_sent_twice_is_one_case(browser: Browser, toy: Deployment, uow: UnitOfWork) -> None:
    form = browser.open(f"/start/{toy.key}")
    browser.send(f"/start/{toy.key}", ANSWERS)
    first = browser.url
    browser.client.cookies.delete(f"akta-{browser.base[1:]}")
    browser.page = form
    browser.send(f"/start/{toy.key}", ANSWERS)
    assert browser.url == first
    assert _cases(uow) == 1


def test_a_key_known_to_another_browser_leads_it_into_no_case(
    browser: Browser, toy: Deployment, uow: UnitOfWork, new_client: Callable[[], TestClient]
) -> None:
    badly_chosen = "12345678"
    browser.open(f"/start/{toy.key}")
    browser.send(f"/start/{toy.key}", {**ANSWERS, "submission_key": badly_chosen})
    entry = {"service": toy.key, "answers": {**ANSWERS, "name": "By REST"}}
    by_rest = new_client().post(f"/api/v1{browser.base}/cases", json=entry, headers={"idempotency-key": badly_chosen})
    other = Browser(new_client(), browser.base)
    other.open(f"/start/{toy.key}")
    other.send(f"/start/{toy.key}", {**ANSWERS, "submission_key": badly_chosen})
    assert len({browser.url, other.url, f"{browser.base}/cases/{by_rest.json()['case_id']}"}) == 3
    assert _cases(uow) == 3


def test_a_file_that_is_not_taken_costs_nothing_that_was_typed(
    browser: Browser, toy: Deployment, uow: UnitOfWork
) -> None:
    for content, words in (
        (b"MZ no document", "is not a PDF"),
        (b"", "is empty"),
        (PDF + b" " * 200_000, "is larger than"),
    ):
        browser.open(f"/start/{toy.key}")
        browser.send(f"/start/{toy.key}", ANSWERS, files={"attachment": content})
        assert browser.status == 422
        assert 'value="Minta Ügyfél"' in browser.page
        assert words in browser.text
        assert 'aria-describedby="error-attachment"' in browser.page
    assert _cases(uow) == 0


def test_a_file_goes_with_the_form_without_scripts(browser: Browser, toy: Deployment) -> None:
    browser.open(f"/start/{toy.key}")
    browser.send(f"/start/{toy.key}", ANSWERS, files={"attachment": PDF})
    assert browser.status == 200
    assert "Attachment" in browser.text
    document = re.search(rf'href="({browser.base}/documents/[^"]+)"', browser.page)
    assert document is not None
    sent = browser.client.get(document[1])
    assert sent.content == PDF
    assert sent.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in sent.headers["content-security-policy"]


def test_a_file_given_before_a_mistake_is_still_there_after_it(browser: Browser, toy: Deployment) -> None:
    browser.open(f"/start/{toy.key}")
    browser.send(f"/start/{toy.key}", {**ANSWERS, "text": ""}, files={"attachment": PDF})
    assert "attachment.pdf" in browser.text
    browser.send(f"/start/{toy.key}", ANSWERS)
    assert browser.status == 200
    assert "/documents/" in browser.page


def test_of_two_forms_opened_at_once_each_is_sent_with_the_file_sent_ahead_of_it(
    browser: Browser, toy: Deployment, uow: UnitOfWork
) -> None:
    forms = []
    for _ in range(2):
        browser.client.cookies.clear()
        forms.append(browser.open(f"/start/{toy.key}"))
    browser.client.headers.update({"sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate"})
    for form in forms:
        browser.page = form
        token = form.partition('name="csrf" value="')[2].partition('"')[0]
        headers = {"X-CSRF-Token": token, "content-type": "application/octet-stream", "sec-fetch-mode": "cors"}
        address = f"/api/v1{browser.base}/uploads?name=a.pdf&field=attachment"
        sent = browser.client.post(address, content=PDF, headers=headers)
        assert sent.status_code == 201, sent.text
        assert "set-cookie" not in sent.headers
        browser.send(f"/start/{toy.key}", {**ANSWERS, "attachment": sent.json()["id"]})
        assert browser.status == 200, browser.text
        assert "/documents/" in browser.page
    assert _cases(uow) == 2


def test_a_choice_only_draws_the_form_again(browser: Browser, toy: Deployment, uow: UnitOfWork) -> None:
    browser.open(f"/start/{toy.key}")
    browser.send(f"/start/{toy.key}", {"name": "Minta Ügyfél", "_refresh": "1"})
    assert browser.status == 200
    assert 'value="Minta Ügyfél"' in browser.page
    assert "is-wrong" not in browser.page
    assert _cases(uow) == 0


def test_the_link_in_a_mail_opens_the_case_and_leaves_the_address_bar(
    browser: Browser, case: Case, uow: UnitOfWork, now: datetime
) -> None:
    assert case.person_id is not None
    with uow.begin() as tx:
        token = case_links.issue(tx, CaseId(case.id), PersonId(case.person_id), now)
    browser.open(f"/c/{token}")
    assert browser.status == 200
    assert browser.url == f"{browser.base}/cases/{case.id}"
    assert token not in browser.page


def test_a_dead_link_says_so_and_shows_a_way_on(browser: Browser, toy: Deployment) -> None:
    browser.open("/c/nothing")
    assert browser.status == 404
    assert f'href="{browser.base}/"' in browser.page


def test_an_answer_asked_of_the_applicant_is_the_one_box_on_top(
    browser: Browser, toy: Deployment, signed_in: SignedIn
) -> None:
    browser.open(f"/start/{toy.key}")
    browser.send(f"/start/{toy.key}", ANSWERS)
    case_url = browser.url
    clerk = signed_in("clerk", Kind.STAFF, FRONT_DESK)
    _answer(clerk)
    browser.open(case_url)
    assert "You need to: Say whether it helped" in browser.text
    browser.open(re.findall(r'href="([^"]+/tasks/[^"]+)"', browser.page)[0])
    browser.send(browser.url, {"helped": "true"})
    assert browser.url == case_url
    assert "Your question was answered." in browser.text
    assert "Withdraw" not in browser.text


def test_withdrawing_ends_the_case(browser: Browser, toy: Deployment) -> None:
    browser.open(f"/start/{toy.key}")
    browser.send(f"/start/{toy.key}", ANSWERS)
    browser.send("/withdrawal", {})
    assert "Taken back" in browser.text


def test_what_people_write_is_never_markup(browser: Browser, toy: Deployment, signed_in: SignedIn) -> None:
    browser.open(f"/start/{toy.key}")
    browser.send(f"/start/{toy.key}", {**ANSWERS, "name": '"><script>alert(1)</script>'})
    clerk = signed_in("clerk", Kind.STAFF, FRONT_DESK)
    for path in ("/cases", "/inbox", re.findall(r'href="([^"]+/tasks/[^"?]+)', clerk.open("/inbox"))[0]):
        assert "<script>alert" not in clerk.open(path)


def test_a_czech_page_has_no_english_word_of_ours(browser: Browser, toy: Deployment) -> None:
    browser.client.headers["accept-language"] = "cs"
    browser.open("/")
    assert '<html lang="cs"' in browser.page
    for words in ("Dotaz", "Zeptejte se", "Začít", "Přihlásit se"):
        assert words in browser.text
    for words in ("Start", "Sign in", "Services", "have at hand"):
        assert words not in browser.text


def test_a_chosen_language_is_kept_and_leads_back(browser: Browser, toy: Deployment) -> None:
    browser.open(f"/start/{toy.key}")
    form = next(part for part in re.findall(r"<form.*?</form>", browser.page, re.S) if 'value="cs"' in part)
    browser.page = form
    browser.send("/language", {})
    assert browser.url == f"{browser.base}/start/{toy.key}"
    assert '<html lang="cs"' in browser.page


def _answer(clerk: Browser) -> None:
    clerk.open(re.findall(r'href="([^"]+/tasks/[^"?]+)', clerk.open("/inbox"))[0])
    clerk.send("/claim", {})
    clerk.send(clerk.url, {"answer": "Because it is winter."})


def test_a_customer_sees_their_cases_and_nobody_elses(signed_in: SignedIn, toy: Deployment, case: Case) -> None:
    customer = signed_in("ugyfel", Kind.CUSTOMER)
    customer.open("/my/cases")
    assert "You have no cases" in customer.text
    customer.open(f"/cases/{case.id}")
    assert customer.status == 404


def test_pages_of_customers_ask_to_sign_in_first(browser: Browser, toy: Deployment) -> None:
    browser.open("/my/invoices")
    assert browser.url == f"{browser.base}/sign-in"
    assert f'value="{browser.base}/my/invoices"' in browser.page
