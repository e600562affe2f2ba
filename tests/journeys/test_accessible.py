"""Every kind of page by axe (WCAG 2.1 A and AA) in both themes, and without sideways scrolling at 320 px."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests import services
from tests.conftest import serving
from tests.journeys import installations
from tests.journeys.installations import Installation
from tests.journeys.visitor import DESKTOP, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STANDARD = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
PAGES = {
    "": ["/", "/start/portal-access", "/sign-in", "/outbox", "/nothing-here"],
    "zu0001": ["/my/cases", "/my/invoices", "/my/meters", "/start/meter-reading", "/password"],
    "metering": ["/inbox", "a.work-row", "&view=history", "&view=diagram", "/cases"],
    "front-desk": ["/paper", "/start/portal-access"],
    "process-owners": ["/processes", "main table a"],
    "billing": ["/billing"],
    "supervision": ["/incidents"],
}
"""By login (nobody at first): paths, selectors of links to follow, and what to add to the address."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    yield from serving(services.chromium)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder: Path = tmp_path_factory.mktemp("axe")
    with installations.demo(folder) as running:
        yield running


@pytest.mark.parametrize(("theme", "language"), [("light", "cs-CZ"), ("dark", "en-GB")])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    browser: Browser, demo: Installation, theme: str, language: str
) -> None:
    visitor = Visitor.at(browser, demo, DESKTOP, language, theme)
    found: list[str] = []
    for login, steps in PAGES.items():
        if login:
            visitor.context.clear_cookies()
            visitor.sign_in(login)
        for step in steps:
            _take(visitor, step)
            found += _violations(visitor)
    assert found == []


def _take(visitor: Visitor, step: str) -> None:
    if step.startswith("/"):
        visitor.go(step)
    elif step.startswith("&"):
        visitor.page.goto(visitor.page.url.split("&view=")[0] + step)
    else:
        with visitor.page.expect_navigation():
            visitor.page.locator(step).first.click()
    if visitor.page.locator("[data-diagram]").count():
        visitor.page.wait_for_selector(".djs-container .djs-shape")


def _violations(visitor: Visitor) -> list[str]:
    address = visitor.page.url.removeprefix(visitor.installation.url)
    found = Axe().run(visitor.page, options=STANDARD).response["violations"]
    said = [f"{address}: {each['id']} {each['nodes'][0]['html'][:160]}" for each in found]
    visitor.page.set_viewport_size({"width": 320, "height": 800})
    if visitor.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        said.append(f"{address}: scrolls sideways at 320 px")
    visitor.page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    return said
