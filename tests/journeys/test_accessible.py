"""Every page: by axe (WCAG 2.2 A and AA) in every theme, no text that overflows in any language, nothing that jumps."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi.routing import iter_route_contexts
from playwright.sync_api import Browser

from akta.languages import NAMES
from api import pages
from api.visits import LANGUAGE_COOKIE
from tests import services
from tests.conftest import serving
from tests.journeys import installations
from tests.journeys.axe import violations
from tests.journeys.installations import Installation
from tests.journeys.visitor import PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES: Mapping[str, str] = {
    "": """
        / /start/portal-access button[value=later] /start/portal-access/summary /sign-in /forgotten /signed-out /contact
        /terms /outbox main@a[href*="/c/"] /nothing-here // //design //offline""",
    "zu0001": """
        /my/cases /my/invoices main@table@a /my/meters /my/access /start/meter-reading /account
        /account/passkey /password""",
    "metering": """
        /inbox a.work-row &view=history &view=diagram /inbox?queue=all&process=meter-reading /readings/lists""",
    "front-desk": "/inbox?q=nobody+here /cases main@table@a /paper /start/portal-access /start/enquiry",
    "process-owners": """
        /processes main@table@a main@.tree@a[href$=scenarios]
        /processes main@table@a main@.tree@a[href$=replay] /readings/table""",
    "mandate-verification": "/mandates",
    "billing": "/billing",
    "supervision": """
        /team /operations /incidents /readings/clean /calendar /cases main@table@a /terms/versions
        /processes tr:has-text("meter-reading")@a main@.tree@a[href$=live] main@a[href*="live/cases"]""",
    "administration": "/administration /administration/keys /administration/events",
}
"""By login (nobody at first): paths (with two slashes: of no utility), selectors of what to press (with @ for a
space), and what to add to the address."""
NO_PAGES = {"service_worker", "static_file", "accent_styles", "leave_to_sign_in", "back_from_over_there"} | {
    "first_page_without_slash", "open_case_link", "case_diagram", "my_invoices_file", "my_readings_file",
    "invoice_document", "invoice_pdf", "download_document", "show_sheet", "billable_readings_file", "refused_diagram",
    "refused_corrected", "process_diagram", "process_archive", "process_corrected", "replayed_diagram", "draft_model",
    "draft_problems", "preview_form",
}  # fmt: skip
"""Routes that answer with a file or a part of a page, or lead on."""
ELSEWHERE = {
    "summary_page", "resume_page", "code_page", "draft_page", "end_access_page", "incident_page", "reading_list_page",
    "billing_run_page", "move_page", "refused_page", "compare_with_before", "compare_versions", "prove_page",
    "new_password_page", "mandate_page", "edit_page", "replay_of_draft", "release_page",
}  # fmt: skip
"""Pages a fresh demo has nothing for: no half-filled application, failed step, second version or draft, mandate."""

OVERFLOWING = """() => {
  const wrong = document.documentElement.scrollWidth > innerWidth ? ['the page scrolls sideways'] : [];
  const held = '.unseen, dialog, svg, .table-frame, .diagram, [type=file], details:not([open]) > :not(summary)';
  for (const part of document.querySelectorAll('body *')) {
    const style = getComputedStyle(part);
    if (style.display === 'inline' || style.overflowX === 'hidden' || part.closest(held)) continue;
    const words = `${part.tagName}.${part.className}: ${part.textContent.trim().slice(0, 60)}`;
    if (part.clientWidth && part.scrollWidth > part.clientWidth + 2) wrong.push(words);
  }
  return wrong.slice(0, 3);
}"""
"""Parts whose words run out of them or hide sideways; only tables and diagrams may be wider than a phone."""

WATCH = """window.jumps = [];
new PerformanceObserver((list) => {
  for (const jump of list.getEntries()) {
    if (jump.hadRecentInput || jump.value < 0.001) continue;
    for (const { node } of jump.sources) window.jumps.push(`${node?.nodeName}.${node?.className} by ${jump.value}`);
  }
}).observe({ type: 'layout-shift', buffered: true });"""
"""Notes which parts move by more than anybody sees while a page comes (Cumulative Layout Shift)."""

WITH_AXE = ("hu", "cs")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    yield from serving(services.chromium)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A demo that has just made its sample data: the mails it sent meanwhile are on its outbox page."""
    with installations.demo(tmp_path_factory.mktemp("accessible")) as running:
        yield running


def test_axe_finds_nothing_no_words_overflow_and_nothing_jumps(browser: Browser, demo: Installation) -> None:
    visitor = Visitor.at(browser, demo, PHONE, "en")
    visitor.page.add_init_script(WATCH)
    found: list[str] = []
    seen: set[str] = set()
    known: dict[str, list[Any]] = {}
    for language in NAMES:
        for address in _pages(visitor, language, known):
            seen.add(urlsplit(address).path)
            wrong = visitor.page.evaluate(OVERFLOWING) + visitor.page.evaluate("window.jumps")
            wrong += violations(visitor) if language in WITH_AXE else []
            found += [f"{language} {address}: {each}" for each in wrong]
    assert not found, "\n".join(found)
    assert _unseen(seen) == set()


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


def _pages(visitor: Visitor, language: str, known: dict[str, list[Any]]) -> Iterator[str]:
    """Go to every page in one language; gives where the visitor is. Who is `known` has signed in before."""
    for login, steps in PAGES.items():
        visitor.context.clear_cookies()
        visitor.context.add_cookies(known.get(login, []))
        visitor.read(language)
        if login and login not in known:
            visitor.sign_in(login)
            known[login] = [each for each in visitor.context.cookies() if each.get("name") != LANGUAGE_COOKIE]
        for step in steps.split():
            _take(visitor, step)
            assert step.startswith("//") or visitor.page.get_attribute("html", "lang") == language
            yield visitor.page.url.removeprefix(visitor.installation.url)


def _take(visitor: Visitor, step: str) -> None:
    if step.startswith("//"):
        visitor.page.goto(visitor.installation.url + step[1:])
    elif step.startswith("/"):
        visitor.go(step)
    elif step.startswith("&"):
        visitor.page.goto(visitor.page.url.split("&view=")[0] + step)
    else:
        with visitor.page.expect_navigation():
            visitor.page.locator(step.replace("@", " ")).first.click()
    if visitor.page.locator("[data-diagram]").count():
        visitor.page.wait_for_selector(".djs-container .djs-shape")


def _unseen(paths: set[str]) -> set[str]:
    """Routes of pages that no step leads to."""
    found = iter_route_contexts(pages.router.routes)
    asked = {route.path or "": route.name or "" for route in found if "GET" in (route.methods or ())}
    patterns = {re.sub(r"{\w+}", "[^/]+", path): name for path, name in asked.items()}
    seen = {name for pattern, name in patterns.items() for path in paths if re.fullmatch(pattern, path)}
    return set(asked.values()) - seen - NO_PAGES - ELSEWHERE
