"""What the gate found: shown and played on the diagram, corrected, accepted."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from bpmn import bundle as bundles
from bpmn.bundle import Bundle
from tests import services
from tests.conftest import serving
from tests.journeys.axe import violations
from tests.journeys.installations import Installation
from tests.journeys.visitor import DESKTOP, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    yield from serving(services.chromium)


def test_the_way_to_a_problem_is_played_on_the_diagram_and_its_correction_is_stored(
    browser: Browser, demo: Installation, tmp_path: Path
) -> None:
    """The join is drawn as parallel and waits for ever; a text too many is a warning, to be accepted with a reason."""
    visitor = Visitor.at(browser, demo, DESKTOP, "en")
    visitor.read("en")
    visitor.sign_in("process-owners")
    page = visitor.page
    visitor.go("/processes")
    archive = tmp_path / "reading-window.zip"
    archive.write_bytes(_stuck("reading-window", "again").to_archive())
    page.set_input_files("input[type=file][name=archive]", archive)
    with page.expect_navigation():
        page.locator("form:has(input[name=archive]) button").last.click()
    page.wait_for_selector(".djs-container .djs-shape")
    stuck = page.locator(".problem", has_text="A case can stop for ever")
    assert page.locator(".problem form[action$='/acceptance']").count() == 0, "errors cannot be accepted"
    stuck.locator("[data-elements]").click()
    assert _marked(visitor, "again", "akta-chosen")
    stuck.locator("[data-plays]").click()
    places = set()
    for _ in range(60):
        page.wait_for_timeout(60)
        token = page.locator(".akta-token")
        places.add((token.get_attribute("cx"), token.get_attribute("cy")))
        if _marked(visitor, "again", "akta-here"):
            break
    assert len(places) > 2, "the token moves"
    assert _marked(visitor, "again", "akta-here")
    assert page.locator("[data-player-step]").inner_text().startswith("Step")
    assert stuck.locator("[data-step][aria-current=step]").count() == 1
    found = violations(visitor)
    page.locator("[data-play=close]").click()
    assert page.locator(".akta-token").count() == 0
    with page.expect_navigation():
        stuck.get_by_role("button", name="Correct and store").click()
    page.wait_for_selector(".djs-container .djs-shape")
    warning = page.locator(".problem", has_text="about something that is not there")
    warning.locator("summary", has_text="Accept this warning").click()
    warning.locator("[name=reason]").fill("It is kept for the next version.")
    with page.expect_navigation():
        warning.get_by_role("button", name="Accept with this reason").click()
    page.wait_for_selector(".djs-container .djs-shape")
    assert page.locator(".problem", has_text="Accepted by").count() == 1
    assert not found + violations(visitor)
    assert not [one for one in visitor.complaints if "422" not in one]


def _stuck(key: str, join: str) -> Bundle:
    """A shipped bundle one of whose merging gateways waits for every way, with a text about nothing."""
    whole = bundles.from_folder(Path(bundles.__file__).parents[1] / "bundles" / key)
    before, middle = whole.process.split(f'<bpmn:exclusiveGateway id="{join}"'.encode())
    tagged = middle.replace(b"</bpmn:exclusiveGateway>", b"</bpmn:parallelGateway>", 1)
    model = before + f'<bpmn:parallelGateway id="{join}"'.encode() + tagged
    texts = whole.files["i18n/en.toml"] + b'\n[elements.nobody]\nname = "Nobody"\n'
    return bundles.from_files({**whole.files, "process.bpmn": model, "i18n/en.toml": texts})


def _marked(visitor: Visitor, id_: str, marker: str) -> bool:
    return visitor.page.locator(f"[data-element-id='{id_}'].{marker}").count() > 0
