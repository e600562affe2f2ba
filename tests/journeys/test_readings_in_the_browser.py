"""From a reading on a phone to an invoice, and the pages around it, in Hungarian and Romanian in Chromium."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, ViewportSize

from akta.clock import SetClock
from api.app import create
from storage import migrate
from tests import services
from tests.conftest import serving
from tests.journeys import installations, office
from tests.journeys.installations import Installation
from tests.journeys.office import Office, picture
from tests.journeys.visitor import DESKTOP, PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WORDS = {
    "hu": ("Mérőóraállás bejelentése", "A mérőállás számlába került", "A vártnál jóval több"),
    "ro": ("Transmiterea indicelui contorului", "Indicele este într-o factură", "Mult mai mult decât era de așteptat"),
}
"""Title of the service, what a billed case says, and a finding: as the bundle words them."""


@dataclass
class Running:
    """An installation with the office behind it, whose jobs are done when told to."""

    installation: Installation
    office: Office


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    yield from serving(services.chromium)


@pytest.fixture(params=["hu", "ro"])
def code(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def running(tmp_path: Path, code: str) -> Iterator[Running]:
    clock = SetClock(datetime(2026, 3, 20, 9, 30, tzinfo=UTC))
    akta = office.build(f"sqlite:///{tmp_path / 'akta.db'}", tmp_path / "files", clock)
    migrate.upgrade(akta.database)
    opened = Office.opened(akta, clock)
    port = services.free_port()
    server = uvicorn.Server(uvicorn.Config(create(akta.services), port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    installations.until_ready(f"http://127.0.0.1:{port}")
    yield Running(Installation(f"readings-{code}", f"http://127.0.0.1:{port}", lambda _utility: []), opened)
    server.should_exit = True
    thread.join(10)
    akta.close()


def speaking(browser: Browser, running: Running, size: ViewportSize, login: str, code: str) -> Visitor:
    """Somebody signed in who chose this language on the page."""
    visitor = Visitor.at(browser, running.installation, size, code)
    visitor.sign_in(login)
    with visitor.page.expect_navigation():
        visitor.page.locator(f"button[lang='{code}']").first.evaluate("button => button.form.submit()")
    assert visitor.page.locator("html").get_attribute("lang") == code
    return visitor


def test_a_reading_on_a_phone_becomes_an_invoice_line_that_can_be_recomputed(
    browser: Browser, running: Running, code: str, tmp_path: Path
) -> None:
    title, billed, _ = WORDS[code]
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(picture())
    customer = speaking(browser, running, PHONE, "zu0001", code)
    customer.go("/start/meter-reading")
    assert title in customer.page.inner_text("h1")
    customer.page.select_option("[name=meter]", index=1)
    customer.fill(value="864,5", read_at="2026-03-20")
    customer.attach("photo", photo)
    customer.picture("report")
    customer.send()
    reference = customer.reference()
    running.office.settle()
    clerk = speaking(browser, running, DESKTOP, "metering", code)
    clerk.take(reference)
    clerk.picture("verify")
    clerk.fill(decision="accept")
    clerk.send()
    running.office.settle()
    biller = speaking(browser, running, DESKTOP, "billing", code)
    biller.go("/billing")
    biller.picture("billing")
    biller.page.fill("[name=period_end]", "2026-03-31")
    biller.page.click("[data-opens=run]")
    with biller.page.expect_navigation():
        biller.page.click("dialog .button[form=run-form]")
    biller.page.click("main tbody a")
    biller.picture("invoice")
    assert "864,5" in biller.page.inner_text("main")
    assert "421,8" in biller.page.inner_text("#how + dl")
    with biller.page.expect_download() as coming:
        biller.page.click("a[href$='/document']")
    assert coming.value.path().read_bytes().startswith(b"PK")
    running.office.settle()
    customer.go("/my/cases")
    assert billed in customer.page.inner_text("main")
    customer.go("/my/meters")
    customer.picture("my-meters")
    assert customer.complaints + clerk.complaints + biller.complaints == []


def test_a_list_its_clean_readings_and_a_tried_table(browser: Browser, running: Running, code: str) -> None:
    clerk = speaking(browser, running, DESKTOP, "front-desk", code)
    clerk.go("/readings/lists")
    lines = b"serial;value;date\n74210;864,5;2026-03-20\n74210;1;2026-03-20\nnone;1;2026-03-20\n"
    clerk.page.set_input_files("[name=list]", {"name": "list.csv", "mimeType": "text/csv", "buffer": lines})
    with clerk.page.expect_navigation():
        clerk.page.click("main form .button")
    clerk.picture("list")
    assert clerk.page.locator("main tbody tr").count() == 2
    with clerk.page.expect_navigation():
        clerk.page.click("form[action$='/take'] .button")
    running.office.settle()
    metering = speaking(browser, running, DESKTOP, "metering", code)
    metering.go("/readings/clean")
    metering.picture("clean")
    assert metering.page.locator("main tbody tr").count() == 1
    with metering.page.expect_navigation():
        metering.page.click("main form .button")
    assert metering.page.locator("main tbody tr").count() == 0
    owner = speaking(browser, running, DESKTOP, "process-owners", code)
    owner.go("/readings/table")
    owner.page.locator("input[value='2.0']").first.fill("1.05")
    with owner.page.expect_navigation():
        owner.page.click("button[value=try]")
    owner.picture("table")
    assert owner.page.locator("main section tbody tr").count() > 0
    with owner.page.expect_navigation():
        owner.page.click("button[value=activate]")
    assert "/processes/" in owner.page.url
    assert clerk.complaints + metering.complaints + owner.complaints == []
