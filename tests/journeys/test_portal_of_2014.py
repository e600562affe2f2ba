"""The portal as the seed showed it in November 2014: fixtures F1 and F3 of domain.md §6, read from the pages."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pypdfium2
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
    ["Távhő", "2014S000572", "2014. 11. 30.", "38 837 Ft", "38 837 Ft", "Tárgyhavi"],
    ["Távhő", "2014S000514", "2014. 10. 31.", "25 785 Ft", "0 Ft", "Kiegyenlített"],
    ["Távhő", "2014S000460", "2014. 09. 30.", "22 592 Ft", "0 Ft", "Kiegyenlített"],
    ["Távhő", "2014S000408", "2014. 08. 31.", "25 465 Ft", "0 Ft", "Kiegyenlített"],
]
F1_TOTAL = ["Összesen", "112 679 Ft", "38 837 Ft"]
F3 = [
    ["2014. 10. 31.", "1 073 m³", "5 m³", "Normál leolvasás"],
    ["2014. 09. 30.", "1 068 m³", "3 m³", "Normál leolvasás"],
    ["2014. 08. 31.", "1 065 m³", "2 m³", "Normál leolvasás"],
    ["2014. 07. 31.", "1 063 m³", "4 m³", "Normál leolvasás"],
    ["2014. 06. 30.", "1 059 m³", "3 m³", "Normál leolvasás"],
    ["2014. 05. 31.", "1 056 m³", "4 m³", "Normál leolvasás"],
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
    yield Installation("2014", f"http://127.0.0.1:{port}", lambda _utility: [])
    server.should_exit = True
    thread.join(10)
    akta.close()


@pytest.fixture
def customer(browser: Browser, portal: Installation) -> Visitor:
    visitor = Visitor.at(browser, portal, DESKTOP, "hu-HU")
    visitor.tenant = "min"
    visitor.sign_in("su0044")
    return visitor


def rows(visitor: Visitor, part: str = "tbody") -> list[list[str]]:
    """The cells of the page's table, with plain spaces, without empty ones."""
    found = visitor.page.locator(f"main table:not([data-usage]) {part} tr").all()
    cells = [row.locator("th, td").all_inner_texts() for row in found]
    return [[cell.replace("\xa0", " ").strip() for cell in row if cell.strip()] for row in cells]


def test_f1_the_four_invoices_stand_with_due_day_amounts_and_status(customer: Visitor) -> None:
    customer.go("/my/invoices")
    customer.picture("invoices-f1")
    assert rows(customer) == F1
    assert rows(customer, "tfoot") == [F1_TOTAL]


def test_an_invoice_is_taken_along_as_pdf_and_where_none_can_be_made_as_word_document(
    customer: Visitor, libreoffice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer.go("/my/invoices")
    customer.page.get_by_role("link", name="2014S000572").click()
    with customer.page.expect_download() as coming:
        customer.page.get_by_role("link", name="PDF").click()
    assert coming.value.suggested_filename == "2014S000572.pdf"
    [page] = pypdfium2.PdfDocument(coming.value.path())
    assert "2014S000572" in page.get_textpage().get_text_range()
    address = coming.value.url
    monkeypatch.setenv("PATH", "")
    customer.page.reload()
    assert customer.page.locator("main #no-pdf").is_visible()
    assert customer.page.get_by_role("link", name="PDF").count() == 0
    assert customer.page.get_by_role("link", name="Word-dokumentum").count() == 1
    assert customer.page.request.get(address).status == 404


def test_f3_the_meter_stands_with_its_six_readings(customer: Visitor) -> None:
    customer.go("/my/meters")
    customer.picture("meters-f3")
    text = customer.page.inner_text("main").replace("\xa0", " ")
    for said in ("37461", "6600 Minta település Minta tér G.ép. 9.em. 48.", "2007. november 30.", "1 073 m³"):
        assert said in text
    assert rows(customer) == F3


def test_f3_outside_the_self_reading_period_the_next_one_is_named_and_the_entry_kept(customer: Visitor) -> None:
    """S002-16, S002-17: the seed's form stood at 0; ours has no default, and what was typed is not lost."""
    customer.go("/my/meters")
    assert "következő időszak" in customer.page.inner_text("main")
    customer.go("/start/meter-reading")
    assert customer.page.input_value("[name=value]") == ""
    customer.page.select_option("[name=meter]", index=1)
    customer.fill(value="1075,5", read_at="2014-11-10")
    customer.send()
    told = customer.page.inner_text("main").replace("\xa0", " ")
    assert "Bejelentheti ekkor: 2014. 11. 16. – 2014. 11. 30" in told
    assert customer.page.input_value("[name=value]") == "1075,5"


def test_f3_can_be_taken_along_and_compared(customer: Visitor) -> None:
    customer.go("/my/meters")
    customer.page.locator("details summary", has_text="Ugyanez táblázatként").click()
    usage = customer.page.locator("[data-usage] tbody tr").all_inner_texts()
    assert [row.split("\t")[1].replace("\xa0", " ") for row in usage] == [f"{n} m³" for n in (4, 3, 4, 2, 3, 5)]
    with customer.page.expect_download() as coming:
        customer.page.get_by_role("link", name="Leolvasások CSV-ben").click()
    lines = coming.value.path().read_text(encoding="utf-8").splitlines()
    assert lines[1] == "37461,hot_water,2014-10-31,1073.000,5.000,m³,normal"
