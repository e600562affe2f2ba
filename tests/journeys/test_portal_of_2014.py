"""The portal as the seed showed it in November 2014: fixtures F1 and F3 of domain.md §6, read from the pages."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import uvicorn
from playwright.sync_api import Browser

from akta.clock import SetClock
from api.app import create
from storage import migrate
from tests import services
from tests.conftest import serving
from tests.journeys import installations, office
from tests.journeys.installations import Installation
from tests.journeys.office import Office
from tests.journeys.visitor import DESKTOP, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

F1 = [
    ["Heat", "2014S000572", "Nov 30, 2014", "38,837 Ft", "38,837 Ft", "Current month"],
    ["Heat", "2014S000514", "Oct 31, 2014", "25,785 Ft", "0 Ft", "Settled"],
    ["Heat", "2014S000460", "Sep 30, 2014", "22,592 Ft", "0 Ft", "Settled"],
    ["Heat", "2014S000408", "Aug 31, 2014", "25,465 Ft", "0 Ft", "Settled"],
]
F1_TOTAL = ["Total", "112,679 Ft", "38,837 Ft"]
F3 = [
    ["Oct 31, 2014", "1,073 m³", "5 m³", "Normal reading"],
    ["Sep 30, 2014", "1,068 m³", "3 m³", "Normal reading"],
    ["Aug 31, 2014", "1,065 m³", "2 m³", "Normal reading"],
    ["Jul 31, 2014", "1,063 m³", "4 m³", "Normal reading"],
    ["Jun 30, 2014", "1,059 m³", "3 m³", "Normal reading"],
    ["May 31, 2014", "1,056 m³", "4 m³", "Normal reading"],
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    yield from serving(services.chromium)


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The demo's utilities on 10 November 2014."""
    folder = tmp_path_factory.mktemp("2014")
    clock = SetClock(datetime(2014, 11, 10, 10, 0, tzinfo=UTC))
    akta = office.build(f"sqlite:///{folder / 'akta.db'}", folder / "files", clock)
    migrate.upgrade(akta.database)
    Office.opened(akta, clock, "MIN")
    port = services.free_port()
    server = uvicorn.Server(uvicorn.Config(create(akta.services), port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    installations.until_ready(f"http://127.0.0.1:{port}")
    yield Installation("2014", f"http://127.0.0.1:{port}", list)
    server.should_exit = True
    thread.join(10)
    akta.close()


@pytest.fixture
def customer(browser: Browser, portal: Installation) -> Visitor:
    visitor = Visitor.at(browser, portal, DESKTOP, "en-US")
    visitor.tenant = "min"
    visitor.sign_in("su0044")
    return visitor


def rows(visitor: Visitor, part: str = "tbody") -> list[list[str]]:
    """The cells of the page's table, with plain spaces, without empty ones."""
    found = visitor.page.locator(f"main table {part} tr").all()
    cells = [row.locator("th, td").all_inner_texts() for row in found]
    return [[cell.replace("\xa0", " ").strip() for cell in row if cell.strip()] for row in cells]


def test_f1_the_four_invoices_stand_with_due_day_amounts_and_status(customer: Visitor) -> None:
    customer.go("/my/invoices")
    customer.picture("invoices-f1")
    assert rows(customer) == F1
    assert rows(customer, "tfoot") == [F1_TOTAL]


def test_f3_the_meter_stands_with_its_six_readings(customer: Visitor) -> None:
    customer.go("/my/meters")
    customer.picture("meters-f3")
    text = customer.page.inner_text("main")
    for said in ("37461", "6600 Minta település Minta tér G.ép. 9.em. 48.", "November 30, 2007", "1,073 m³"):
        assert said in text
    assert rows(customer) == F3


def test_a_reading_left_at_zero_is_not_taken(customer: Visitor) -> None:
    """F3: the seed's form stood at 0; ours has no default, and 0 is told at once."""
    customer.go("/start/meter-reading")
    assert customer.page.input_value("[name=value]") == ""
    customer.page.select_option("[name=meter]", index=1)
    customer.fill(value="0", read_at="2014-11-10")
    customer.send()
    assert "Zero is below the last reading" in customer.page.inner_text("main")
