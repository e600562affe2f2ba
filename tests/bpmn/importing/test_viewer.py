"""What is imported opens in the viewer of the pages, every element of it drawn."""

from collections.abc import Iterator
from random import Random

import pytest
from playwright.sync_api import Browser, Route

from benchmarks.models import foreign
from bpmn import model
from bpmn.importing import import_model
from tests import services
from tests.architecture.source import ROOT
from tests.bpmn.soundness.drawing import sound
from tests.conftest import serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ADDRESS = "http://akta.test"
PAGE = f"""<!doctype html><html lang="en"><title>Diagram</title><div data-diagram="{ADDRESS}/model" data-active=""
 data-done="" data-failed="" data-counts="{{}}" style="width:900px;height:500px"></div>
<script type="module" src="{ADDRESS}/diagram.js"></script>"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    yield from serving(services.chromium)


def drawn(browser: Browser, content: bytes) -> set[str]:
    """The ids of what the viewer drew."""
    answers = {"/": (PAGE.encode(), "text/html"), "/model": (content, "application/xml")}
    for script in (ROOT / "api" / "static" / "vendor").glob("*.js"):
        answers[f"/{script.name}"] = script.read_bytes(), "text/javascript"

    def answer(route: Route) -> None:
        body, kind = answers.get(route.request.url.removeprefix(ADDRESS), (b"", "text/plain"))
        route.fulfill(body=body, content_type=kind)

    page = browser.new_page()
    page.route(f"{ADDRESS}/**", answer)
    page.goto(f"{ADDRESS}/")
    page.wait_for_selector(".is-drawn", timeout=20_000)
    found = page.eval_on_selector_all("[data-element-id]", "all => all.map(one => one.dataset.elementId)")
    page.close()
    return set(found)


def test_a_model_of_another_engine_opens_with_everything_in_it(browser: Browser) -> None:
    content = import_model(foreign()).model
    process = model.read(content)
    assert {*process.elements, *process.flows} <= drawn(browser, content)


def test_a_model_without_a_drawing_opens_with_everything_in_it(browser: Browser) -> None:
    content = import_model(sound(Random(4), 14).xml()).model
    process = model.read(content)
    assert {*process.elements, *process.flows} <= drawn(browser, content)
