"""What axe says of a page, by WCAG 2.2 A and AA."""

from collections.abc import Mapping, Sequence
from typing import Any

from axe_playwright_python.sync_playwright import Axe

from tests.journeys.visitor import DESKTOP, PHONE, Visitor

STANDARD = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
THEMES: Sequence[Mapping[str, Any]] = (
    {"color_scheme": "dark", "contrast": "no-preference", "reduced_motion": "reduce"},
    {"color_scheme": "light", "contrast": "more", "reduced_motion": "reduce"},
    {"color_scheme": "dark", "contrast": "more", "reduced_motion": "reduce"},
)
"""Beside light, and without the moment in which colours change. What else axe looks at is the same in all of them."""
BY_COLOUR = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}, "resultTypes": []}
AXE = Axe().axe_script
ASK = """(options) => axe.run(options).then(({ violations }) =>
  violations.map(({ id, nodes }) => `${id} ${nodes[0].html.slice(0, 160)}`))"""


def violations(visitor: Visitor) -> list[str]:
    """What axe says of the page on a desktop in every theme, and that it holds at 320 px: a desktop at 400 %."""
    page = visitor.page
    page.set_viewport_size({"width": 320, "height": 800})
    said = ["scrolls sideways at 320 px"] if page.evaluate("document.documentElement.scrollWidth > innerWidth") else []
    page.set_viewport_size(DESKTOP)
    page.evaluate(AXE)
    said += page.evaluate(ASK, STANDARD)
    for theme in THEMES:
        page.emulate_media(**theme)
        said += [f"{theme}: {each}" for each in page.evaluate(ASK, BY_COLOUR)]
    page.emulate_media(color_scheme="light", contrast="no-preference", reduced_motion="no-preference")
    page.set_viewport_size(PHONE)
    return said
