"""The look keeps its promises: contrast, one place for every decision, icons that are there, weight."""

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

from api import assets, render
from api.assets import FOLDER
from api.colours import Oklch, Unreadable, accent_sheet, contrast
from tests.api.pages.colours import THEMES, tokens

CSS = sorted((FOLDER / "css").glob("*.css"))
JS = sorted((FOLDER / "js").glob("*.js"))
TEMPLATES = sorted(render.TEMPLATES.rglob("*.html"))
WEB = Path(__file__).parents[3] / "web"

SURFACES = ("--ground", "--surface", "--raised", "--well")
TONES = ("ok", "warn", "late", "info")
READ = 4.5
SEEN = 3.0
"""WCAG 2.1 AA: text, and the edges of what one works with."""


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("more", [False, True])
def test_every_text_can_be_read_on_every_surface(theme: str, more: bool) -> None:
    known = tokens(contrast=more)[theme]
    for text in ("--text", "--text-soft", "--text-faint", "--accent-text", "--danger", "--late-text"):
        for surface in SURFACES:
            assert contrast(known[text], known[surface]) >= READ, f"{text} on {surface}"


@pytest.mark.parametrize("theme", THEMES)
def test_every_tone_can_be_read_on_its_own_ground(theme: str) -> None:
    known = tokens()[theme]
    for tone in TONES:
        for text in (f"--{tone}-text", "--text", "--accent-text"):
            assert contrast(known[text], known[f"--{tone}-surface"]) >= READ, f"{text} on {tone}"
    for text in ("--text", "--text-soft", "--text-faint", "--accent-text"):
        assert contrast(known[text], known["--accent-soft"]) >= READ, f"{text} on --accent-soft"


@pytest.mark.parametrize("theme", THEMES)
def test_the_words_on_filled_buttons_can_be_read(theme: str) -> None:
    known = tokens()[theme]
    for text, ground in (
        ("--on-accent", "--accent"),
        ("--on-accent", "--accent-strong"),
        ("--on-danger", "--danger"),
        ("--surface", "--text"),
        ("--surface", "--text-soft"),
        ("--diagram-text", "--diagram-fill"),
        ("--diagram-text", "--diagram-active"),
        ("--diagram-text", "--diagram-done"),
    ):
        assert contrast(known[text], known[ground]) >= READ, f"{text} on {ground}"


@pytest.mark.parametrize("theme", THEMES)
def test_edges_and_focus_can_be_seen(theme: str) -> None:
    known = tokens()[theme]
    for edge in ("--line-strong", "--focus", "--accent-line"):
        for surface in SURFACES[:3]:
            assert contrast(known[edge], known[surface]) >= SEEN, f"{edge} on {surface}"


@pytest.mark.parametrize("theme", THEMES)
def test_every_colour_can_be_shown_by_a_screen(theme: str) -> None:
    for name, colour in tokens()[theme].items():
        assert all(-0.002 <= part <= 1.002 for part in colour.linear()), name


def test_colours_sizes_and_times_are_named_in_the_tokens_only() -> None:
    white_paper = {"#fff", "#999"}
    for path in CSS:
        if path.name == "tokens.css":
            continue
        text = path.read_text()
        assert not set(re.findall(r"#[0-9a-fA-F]{3,8}\b", text)) - white_paper, path.name
        assert not re.search(r"\b(oklch|rgb|hsl|light-dark)\(", text), path.name
        assert not set(re.findall(r"var\((--[\w-]+)", text)) - _named(), path.name


def _named() -> set[str]:
    text = "\n".join(path.read_text() for path in CSS)
    scripts = "\n".join(path.read_text() for path in JS)
    return set(re.findall(r"(--[\w-]+)\s*:", text)) | set(re.findall(r"'(--[\w-]+)'", scripts))


def test_every_icon_that_is_named_is_in_the_sprite_and_no_other() -> None:
    sprite = set(re.findall(r'<symbol id="([\w-]+)"', (FOLDER / "vendor" / "icons.svg").read_text()))
    code = "\n".join(path.read_text() for path in [*TEMPLATES, *(Path(render.__file__).parent).rglob("*.py")])
    named = {name for name in sprite if re.search(rf"""["']{name}["']""", code)}
    assert sprite == named
    for name in re.findall(r"""icon\("([\w-]+)\"""", code):
        assert name in sprite


def test_the_first_page_is_light() -> None:
    sent = sum(len(gzip.compress(path.read_bytes(), mtime=0)) for path in (*CSS, *JS, FOLDER / "vendor" / "htmx.js"))
    assert sent <= 60_000
    icons = len(gzip.compress((FOLDER / "vendor" / "icons.svg").read_bytes(), mtime=0))
    assert sent + icons <= 90_000


def test_the_built_files_are_those_of_the_manifest() -> None:
    vendor = FOLDER / "vendor"
    manifest = json.loads((vendor / "manifest.json").read_text())
    files = {path.name: path for path in vendor.iterdir() if path.name != "manifest.json"}
    assert manifest["outputs"] == {
        name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in sorted(files.items())
    }
    assert manifest["lock"] == hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()


def test_nothing_is_fetched_from_elsewhere() -> None:
    for path in [*TEMPLATES, *CSS, *JS]:
        assert not re.search(r"""(src|href|url)\s*[=(]\s*["']?(https?:)?//""", path.read_text()), path.name


def test_no_template_needs_what_the_policy_forbids() -> None:
    for path in TEMPLATES:
        text = path.read_text()
        assert not re.search(r"\sstyle=|\son\w+=|javascript:", text), path.name
        assert not re.search(r"<script(?![^>]*\ssrc=)", text), path.name


@pytest.mark.parametrize("code", ["en", "cs"])
def test_every_template_can_be_read(code: str) -> None:
    made = render.environment(code, "Europe/Prague")
    for path in TEMPLATES:
        made.get_template(path.relative_to(render.TEMPLATES).as_posix())


def test_static_addresses_name_what_is_there() -> None:
    known = assets.load()
    assert known.url("css/tokens.css").startswith(f"/static/{known.digest}/")
    with pytest.raises(KeyError):
        known.url("css/none.css")


def test_a_utility_may_have_an_accent_of_its_own_if_text_stays_readable() -> None:
    assert "--accent: light-dark(oklch(0.4 0.1 20)" in accent_sheet(Oklch(0.4, 0.1, 20))
    with pytest.raises(Unreadable):
        accent_sheet(Oklch(0.85, 0.15, 95))
