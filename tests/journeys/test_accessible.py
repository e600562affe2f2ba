"""Every kind of page: by axe (WCAG 2.2 A and AA) in both themes, no text that overflows in any language, no jumps."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from akta.languages import NAMES
from tests import services
from tests.conftest import serving
from tests.journeys.installations import Installation
from tests.journeys.visitor import DESKTOP, PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STANDARD = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
PAGES = {
    "": ["/", "/start/portal-access", "/sign-in", "/forgotten", "/outbox", "/nothing-here"],
    "zu0001": ["/my/cases", "/my/invoices", "main table a", "/my/meters", "/start/meter-reading", "/account"],
    "metering": ["/inbox", "a.work-row", "&view=history", "&view=diagram", "/inbox?queue=all&process=meter-reading"],
    "front-desk": ["/inbox?q=nobody+here", "/cases", "main table a", "/paper", "/start/portal-access"],
    "process-owners": ["/processes", "main table a", "/readings/table"],
    "billing": ["/billing", "/account"],
    "supervision": ["/team", "/operations", "/incidents", "/readings/clean", "/calendar"],
    "administration": ["/administration", "/administration/keys", "/administration/events"],
}
"""By login (nobody at first): paths, selectors of links to follow, and what to add to the address."""

OVERFLOWING = """() => {
  const wrong = document.documentElement.scrollWidth > innerWidth ? ['the page scrolls sideways'] : [];
  const held = '.unseen, dialog, svg, .table-frame, .diagram, [type=file], details:not([open]) > :not(summary)';
  for (const part of document.querySelectorAll('body *')) {
    const style = getComputedStyle(part);
    if (style.display === 'inline' || style.overflowX !== 'visible' || part.closest(held)) continue;
    const words = `${part.tagName}.${part.className}: ${part.textContent.trim().slice(0, 60)}`;
    if (part.clientWidth && part.scrollWidth > part.clientWidth + 2) wrong.push(words);
  }
  return wrong.slice(0, 3);
}"""
"""Parts whose words run out of them, where nothing is there to scroll."""

WATCH = """window.jumps = 0;
new PerformanceObserver((list) => {
  for (const jump of list.getEntries()) if (!jump.hadRecentInput) window.jumps += jump.value;
}).observe({ type: 'layout-shift', buffered: true });"""
STILL = 0.001
"""Cumulative layout shift that nobody sees."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    yield from serving(services.chromium)


@pytest.mark.parametrize(("theme", "language"), [("light", "hu"), ("dark", "cs")])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    browser: Browser, demo: Installation, theme: str, language: str
) -> None:
    visitor = Visitor.at(browser, demo, DESKTOP, language, theme)
    found = [wrong for _ in _pages(visitor, language) for wrong in _violations(visitor)]
    assert not found, "\n".join(found)


def test_no_words_overflow_on_a_phone_in_any_language_and_nothing_jumps(browser: Browser, demo: Installation) -> None:
    visitor = Visitor.at(browser, demo, PHONE, "en")
    visitor.page.add_init_script(WATCH)
    found: list[str] = []
    for language in NAMES:
        for address in _pages(visitor, language):
            found += [f"{language} {address}: {wrong}" for wrong in visitor.page.evaluate(OVERFLOWING)]
            if visitor.page.evaluate("window.jumps") > STILL:
                found.append(f"{language} {address}: the page jumps")
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "preference", [{"forced_colors": "active"}, {"reduced_motion": "reduce"}, {"contrast": "more"}]
)
def test_what_a_reader_asks_of_their_browser_is_given(
    browser: Browser, demo: Installation, preference: dict[str, str]
) -> None:
    visitor = Visitor.at(browser, demo, PHONE, "cs")
    visitor.page.emulate_media(**preference)  # type: ignore[arg-type]
    visitor.go("/start/portal-access")
    button = visitor.page.locator("main .form-end .button").first
    style = "(part, name) => getComputedStyle(part)[name]"
    if "forced_colors" in preference:
        assert button.evaluate(style, "borderTopStyle") == "solid", "a button keeps its edge"
    elif "reduced_motion" in preference:
        assert button.evaluate(style, "transitionDuration") in ("0s", "0s, 0s")
    else:
        line = "() => getComputedStyle(document.documentElement).getPropertyValue('--line')"
        assert visitor.page.evaluate("matchMedia('(prefers-contrast: more)').matches")
        assert "0.5 " in visitor.page.evaluate(line) or "0.72" in visitor.page.evaluate(line)


def _pages(visitor: Visitor, language: str) -> Iterator[str]:
    """Go to every kind of page in one language; gives where the visitor is."""
    for login, steps in PAGES.items():
        visitor.context.clear_cookies()
        chosen = {"name": "akta-language", "value": language, "url": visitor.installation.url}
        visitor.context.add_cookies([chosen])  # type: ignore[list-item]
        if login:
            visitor.sign_in(login)
        for step in steps:
            _take(visitor, step)
            assert visitor.page.get_attribute("html", "lang") == language
            yield visitor.page.url.removeprefix(visitor.installation.url)


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
        said.append(f"{address}: scrolls sideways at 320 px, which is also a desktop at 400 %")
    visitor.page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    return said
