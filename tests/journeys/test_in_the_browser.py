"""Both processes from the first page to their end in Chromium, on the demo and on a production installation."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests import services
from tests.conftest import serving
from tests.journeys import installations
from tests.journeys.installations import Installation
from tests.journeys.office import picture
from tests.journeys.visitor import DESKTOP, PHONE, Visitor, newest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LINK = r"(http\S+/c/\S+)"


@dataclass(frozen=True)
class Applying:
    """A proxy, and whom they act for."""

    contract: str
    customer: str
    represented: str
    name: str
    email: str


CZECH = Applying("UKA-1002", "ZU0002", "Žadatel Ukázka", "Zmocněnec Ukázka", "zmocnenec@example.org")
POLISH = Applying("PRZ-1003", "OC1003", "Odbiorca Przykład 3", "Zastępca Przykład", "zastepca@example.org")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    yield from serving(services.chromium)


@pytest.fixture(scope="module", params=["demo", "production"])
def installation(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    if request.param == "demo":
        yield request.getfixturevalue("demo")
        return
    postgres: services.Postgres = request.getfixturevalue("postgres")
    store: services.S3Server = request.getfixturevalue("rclone")
    redis: str = request.getfixturevalue("redis_server")
    smtp: services.SmtpSink = request.getfixturevalue("smtp_server")
    name = postgres.create()
    with installations.production(
        tmp_path_factory.mktemp("production"), postgres.url(name), store, redis, smtp
    ) as running:
        yield running


@pytest.fixture
def language(installation: Installation) -> str:
    """The demo is walked through in Czech, production in English."""
    return "cs-CZ" if installation.name == "demo" else "en-GB"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(picture())
    return path


def test_an_application_becomes_issued_credentials(
    browser: Browser, installation: Installation, language: str, photo: Path
) -> None:
    applicant = Visitor.at(browser, installation, PHONE, language)
    reference = _apply(applicant, photo)
    clerk = Visitor.at(browser, installation, DESKTOP, language)
    _work(clerk, "mandate-verification", reference, "mandate", decision="accept")
    _work(clerk, "front-desk", reference, "identity", decision="accept")
    _sign(applicant, photo)
    _work(clerk, "front-desk", reference, "signature", decision="ok", signature_checks=["complete", "signed", "signer"])
    _work(clerk, "signatories", reference, "countersign", effective_from="2026-12-01", countersigned=True)
    _first_sign_in(applicant)
    applicant.go(newest(applicant.mails(), LINK))
    applicant.until_shown(".todo.tone-info")
    applicant.picture("case-closed")
    assert applicant.complaints == clerk.complaints == []


IN_DEMO = pytest.mark.parametrize("installation", ["demo"], indirect=True, scope="module")


@IN_DEMO
def test_a_polish_proxy_gets_annex_application_and_mails_in_polish(
    browser: Browser, installation: Installation, photo: Path
) -> None:
    applicant = Visitor.at(browser, installation, PHONE, "pl-PL", tenant="prz")
    reference = _apply(applicant, photo, POLISH)
    clerk = Visitor.at(browser, installation, DESKTOP, "pl-PL", tenant="prz")
    _work(clerk, "mandate-verification", reference, "mandate", decision="accept")
    _work(clerk, "front-desk", reference, "identity", decision="accept")
    _sign(applicant, photo)
    _work(clerk, "front-desk", reference, "signature", decision="ok", signature_checks=["complete", "signed", "signer"])
    _work(clerk, "signatories", reference, "countersign", effective_from="2026-12-01", countersigned=True)
    _first_sign_in(applicant)
    applicant.go(newest(applicant.mails(), LINK))
    applicant.until_shown(".todo.tone-info")
    shown = applicant.page.inner_text("main")
    for words in ("Aneks do umowy kompleksowej", "Wniosek o konto użytkownika", "Dokumenty są gotowe do podpisu"):
        assert words in shown
    assert all("Dzień dobry" in mail for mail in applicant.mails() if "Good day" in mail or reference in mail)
    assert applicant.complaints == clerk.complaints == []


@IN_DEMO
def test_a_hungarian_customer_registers_online_with_an_invoice_number_and_signs_with_a_code(
    browser: Browser, installation: Installation
) -> None:
    applicant = Visitor.at(browser, installation, PHONE, "hu-HU", tenant="min")
    applicant.go("/start/portal-access")
    applicant.fill(applicant_capacity="self")
    applicant.send()
    applicant.fill(contract_no="MIN-0044", customer_no="SU0044", control="invoice")
    applicant.page.wait_for_selector("[name=control_answer]")
    applicant.fill(control_answer="2014S000572")
    applicant.picture("registering")
    applicant.send()
    applicant.walk(
        name="Minta Ügyfél",
        birth_date="1950-03-09",
        email="su0044@example.org",
        email_repeat="su0044@example.org",
        delivery_of_agreement="e-sign",
        accept_terms=True,
        privacy_read=True,
    )
    applicant.send()
    reference = applicant.reference()
    applicant.until_shown(".todo.tone-accent")
    assert "e-mailünkben" in applicant.page.inner_text(".todo")
    applicant.picture("prove-the-address")
    applicant.until(lambda: any(reference in mail for mail in applicant.mails()))
    applicant.go(newest(applicant.mails(), LINK))
    applicant.until_shown(".todo a.button")
    applicant.page.click(".todo a.button")
    applicant.page.click("a[href$='/code']")
    applicant.page.click("form[action$='/code'] button")
    code = r"(\d{3} \d{3})\."
    applicant.until(lambda: any(re.search(code, mail) for mail in applicant.mails()))
    applicant.fill(code=newest(applicant.mails(), code))
    applicant.send()
    clerk = Visitor.at(browser, installation, DESKTOP, "hu-HU", tenant="min")
    _work(clerk, "signatories", reference, "countersign", effective_from="2026-12-01", countersigned=True)
    _first_sign_in(applicant)
    applicant.go(newest(applicant.mails(), LINK))
    applicant.until_shown(".todo.tone-info")
    shown = applicant.page.inner_text("main")
    for words in ("A portál használati feltételei", "Dokumentumai aláírásra készek"):
        assert words in shown
    applicant.page.click("#happened ~ details summary")
    applicant.picture("what-happened")
    assert applicant.complaints == clerk.complaints == []


def test_a_reading_becomes_an_invoice_line(
    browser: Browser, installation: Installation, language: str, photo: Path
) -> None:
    customer = Visitor.at(browser, installation, PHONE, language)
    customer.sign_in("zu0001")
    customer.go("/start/meter-reading")
    customer.picture("reading")
    customer.page.select_option("[name=meter]", index=1)
    customer.fill(value="864,7", read_at=customer.page.evaluate("new Date().toISOString().slice(0, 10)"))
    customer.attach("photo", photo)
    customer.send()
    reference = customer.reference()
    customer.picture("reading-sent")
    clerk = Visitor.at(browser, installation, DESKTOP, language)
    _work(clerk, "metering", reference, "verify", decision="accept")
    clerk.context.clear_cookies()
    clerk.sign_in("billing")
    clerk.go("/billing")
    clerk.until_shown(f"text={reference}")
    clerk.picture("billing")
    clerk.page.click("form[action$='/billing/runs'] button")
    with clerk.page.expect_navigation():
        clerk.page.click("#run .button:not(.button-secondary)")
    clerk.picture("billed")
    customer.go("/my/invoices")
    customer.picture("invoices")
    customer.page.click("main table a >> nth=0")
    customer.page.wait_for_url("**/my/invoices/*")
    customer.picture("invoice")
    assert "864,7" in customer.page.inner_text("main") or "864.7" in customer.page.inner_text("main")
    assert customer.complaints == clerk.complaints == []


def _apply(applicant: Visitor, photo: Path, who: Applying = CZECH) -> str:
    """Apply as a proxy with a power of attorney; gives the case's number."""
    applicant.go("/")
    applicant.picture("home")
    applicant.go("/start/portal-access")
    applicant.picture("application")
    applicant.walk(
        {"mandate_document": photo},
        applicant_capacity="proxy",
        contract_no=who.contract,
        customer_no=who.customer,
        name=who.name,
        birth_date="1956-05-12",
        email=who.email,
        email_repeat=who.email,
        represented_name=who.represented,
        acts=["view", "sign"],
        mandate_form="witnesses",
        mandate_issued_on="2026-01-15",
        delivery_of_agreement="post",
        accept_terms=True,
        privacy_read=True,
    )
    applicant.picture("application-summary")
    applicant.send()
    applicant.picture("application-sent")
    return applicant.reference()


def _work(clerk: Visitor, login: str, reference: str, name: str, **answers: str | bool | list[str]) -> None:
    """Sign in as a clerk, take the case's task, decide."""
    clerk.context.clear_cookies()
    clerk.sign_in(login)
    clerk.picture(f"inbox-{login}")
    clerk.take(reference)
    clerk.picture(f"task-{name}")
    clerk.fill(**answers)
    clerk.send()


def _sign(applicant: Visitor, photo: Path) -> None:
    """Follow the newest link, do what the page asks: send the signed documents."""
    applicant.go(newest(applicant.mails(), LINK))
    applicant.until_shown(".todo a.button")
    applicant.picture("to-sign")
    applicant.page.click(".todo a.button")
    applicant.fill(answer="signed")
    applicant.attach("signed_scan", photo)
    applicant.picture("signing")
    applicant.send()


def _first_sign_in(applicant: Visitor) -> None:
    """Sign in with the temporary password, choose another, and find it valid from the next sign-in on."""
    mails = applicant.mails
    login_words = r"(?:Login|Přihlašovací jméno|Bejelentkezési név|Nazwa użytkownika): (\S+)"
    secret_words = r"(?:Temporary password|Dočasné heslo|Ideiglenes jelszó|Hasło tymczasowe): (\S+)"

    def sent() -> bool:
        try:
            return bool(newest(mails(), login_words) and newest(mails(), secret_words))
        except LookupError:
            return False

    applicant.until(sent)
    applicant.until_shown(".todo.tone-accent a[href$='/sign-in']")
    applicant.picture("to-sign-in")
    login, secret = newest(mails(), login_words), newest(mails(), secret_words)
    applicant.context.clear_cookies()
    applicant.sign_in(login, secret)
    applicant.picture("new-password")
    applicant.fill(old=secret, new="modry-kotel-8", repeat="modry-kotel-8")
    with applicant.page.expect_navigation():
        applicant.page.click("main form .actions .button")
    applicant.sign_in(login, "modry-kotel-8")
    applicant.picture("signed-in")


def test_an_applicant_needs_no_scripts(browser: Browser, installation: Installation, photo: Path) -> None:
    """Applying as a proxy with a file, a mistake on the way, and following the case: plain HTML is enough."""
    applicant = Visitor.at(browser, installation, PHONE, "en-GB", scripts=False)
    applicant.go("/start/portal-access")
    applicant.fill(applicant_capacity="proxy")
    applicant.send()
    applicant.fill(contract_no="UKA-2005")
    applicant.send()
    assert applicant.page.input_value("[name=contract_no]") == "UKA-2005"
    assert applicant.page.locator("#error-customer_no").count() == 1
    applicant.fill(customer_no="ZU0105")
    applicant.send()
    applicant.walk(
        {"mandate_document": photo},
        name="Zmocněnec Ukázka",
        birth_date="1948-11-02",
        email="bez.skriptu@example.org",
        email_repeat="bez.skriptu@example.org",
        represented_name="Odběratel Ukázka 5",
        acts=["sign"],
        mandate_form="witnesses",
        mandate_issued_on="2026-02-01",
        delivery_of_agreement="post",
        accept_terms=True,
        privacy_read=True,
    )
    assert "photo.jpg" in applicant.page.inner_text("main")
    applicant.picture("no-scripts")
    applicant.send()
    assert applicant.reference()
