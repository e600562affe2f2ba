"""A process owner changes a table, a form and the diagram in Chromium; nothing typed is lost, two people are joined."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests import services
from tests.conftest import serving
from tests.journeys.installations import Installation
from tests.journeys.visitor import DESKTOP, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TABLE, FORM, DIAGRAM = "reading-plausibility.dmn", "forms/reading.form", "process.bpmn"
FACTOR = "td[data-element-id='usual-range-rule-1-output-2']"
HERE = "[data-save-state]"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    yield from serving(services.chromium)


@pytest.fixture
def owner(browser: Browser, demo: Installation) -> Iterator[Visitor]:
    """A process owner at a draft of their own, begun from the active version."""
    visitor = Visitor.at(browser, demo, DESKTOP, "en")
    visitor.sign_in("process-owners")
    visitor.go("/processes")
    visitor.page.locator("tr", has_text="meter-reading").locator("a").first.click()
    visitor.page.locator("details:has(form[action$='/drafts']) > summary").click()
    visitor.fill(title="Raise the factor")
    visitor.page.locator("form[action$='/drafts'] button").click()
    visitor.page.wait_for_url("**/drafts/*")
    yield visitor
    visitor.context.close()


def edit(visitor: Visitor, path: str) -> None:
    """Open a file of the draft in its editor."""
    visitor.page.goto(f"{visitor.page.url.partition('/edit')[0]}/edit?path={path}")
    visitor.page.wait_for_selector(".is-drawn")
    if not path.endswith(".toml"):
        expect(visitor.page.locator(".bjs-powered-by, .fjs-powered-by").first).to_be_visible()


def write(cell: Locator, text: str) -> None:
    cell.click()
    cell.page.keyboard.press("Control+A")
    cell.page.keyboard.type(text)


def saved(visitor: Visitor, how: str = "saved") -> None:
    expect(visitor.page.locator(HERE)).to_have_attribute("data-now", how, timeout=20_000)


def test_a_factor_raised_in_a_table_is_saved_as_one_types_and_undone_after_a_reload(owner: Visitor) -> None:
    edit(owner, TABLE)
    write(owner.page.locator(FACTOR), "2.5")
    saved(owner)
    owner.page.reload()
    expect(owner.page.locator(FACTOR)).to_have_text("2.5")
    owner.page.click("[data-undo]")
    expect(owner.page.locator(FACTOR)).to_have_text("2.0")
    owner.page.click("[data-redo]")
    expect(owner.page.locator(FACTOR)).to_have_text("2.5")
    expect(owner.page.locator("[data-problems-here] .problem")).to_have_count(0)
    assert owner.complaints == []


def test_problems_appear_on_the_diagram_and_go_and_a_step_is_chosen_from_the_handlers(owner: Visitor) -> None:
    edit(owner, DIAGRAM)
    owner.page.locator("[data-element-id='tell-billed']").first.click(force=True)
    expect(owner.page.locator("[data-properties]")).to_contain_text("Tell")
    owner.page.keyboard.press("Delete")
    expect(owner.page.locator("[data-problems-here] .problem").first).to_be_visible(timeout=20_000)
    owner.page.keyboard.press("Control+z")
    expect(owner.page.locator("[data-problems-here] .problem")).to_have_count(0, timeout=20_000)
    owner.page.locator("[data-action='create.task']").first.click()
    box = owner.page.locator(".editor-canvas").bounding_box()
    assert box
    owner.page.mouse.click(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.85)
    owner.page.keyboard.type("Post it")
    owner.page.keyboard.press("Enter")
    owner.page.click(".bio-properties-panel-select-template-button")
    owner.page.fill("[data-chooser-search]", "post-reading")
    owner.page.locator("[data-chooser-list] button").first.click()
    expect(owner.page.locator("[data-properties]")).to_contain_text("Vybráno")
    marked = owner.page.locator(".akta-failed")
    expect(marked.first).to_be_visible(timeout=20_000)
    api = owner.page.locator("[data-draft-file]").get_attribute("data-draft-file") or ""
    model = owner.context.request.get(f"{owner.installation.url}{api}").text()
    assert 'taskDefinition type="post-reading"' in model.partition("Post it")[2]
    assert "modelerTemplate" not in model


def test_what_is_typed_without_a_connection_or_a_session_is_saved_as_soon_as_there_is_one(owner: Visitor) -> None:
    edit(owner, TABLE)
    owner.context.set_offline(True)
    write(owner.page.locator(FACTOR), "2.6")
    saved(owner, "offline")
    owner.context.set_offline(False)
    saved(owner)
    owner.context.clear_cookies()
    write(owner.page.locator(FACTOR), "2.7")
    saved(owner, "signedOut")
    again = Visitor(owner.installation, owner.context, owner.context.new_page())
    again.sign_in("process-owners")
    saved(owner)
    owner.page.reload()
    expect(owner.page.locator(FACTOR)).to_have_text("2.7")


def test_two_people_in_one_form_are_joined_and_choose_where_both_changed_the_same(
    owner: Visitor, browser: Browser, demo: Installation
) -> None:
    other = Visitor.at(browser, demo, DESKTOP, "en")
    other.sign_in("administration")
    other.page.goto(owner.page.url)
    for visitor in (owner, other):
        edit(visitor, FORM)
    _relabel(owner, "number", "Hers")
    saved(owner)
    _relabel(other, "number", "His")
    expect(other.page.locator("[data-collision]")).to_be_visible(timeout=20_000)
    expect(other.page.locator("[data-conflicts]")).to_contain_text("Hers")
    other.page.click("[data-choose]")
    saved(other, "merged")
    _relabel(owner, "textarea", "A remark")
    saved(owner, "merged")
    assert "His" in owner.page.locator(".fjs-form-field-number").inner_text()
    other.context.close()


def _relabel(visitor: Visitor, kind: str, label: str) -> None:
    """Give a field of a form another label, in the properties."""
    group = visitor.page.locator("[data-group-id='group-general']")
    visitor.page.locator(f".fjs-form-field-{kind}").first.click()
    box = group.locator("[data-entry-id='label']").locator(".cm-content, textarea, input").first
    visitor.page.wait_for_timeout(500)
    if not box.is_visible():
        group.locator(".bio-properties-panel-group-header").click()
    box.fill(label)
