"""Somebody at a browser: goes to pages, fills forms by their fields' names, and keeps pictures."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from api.visits import LANGUAGE_COOKIE
from tests.architecture.source import ROOT
from tests.journeys.installations import PASSWORD, Installation

PICTURES = ROOT / "artefacts" / "pages"
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 860}
PATIENCE = 30.0


@dataclass
class Visitor:
    """One browser context. Whatever the browser blocks, or fails to load, is collected in `complaints`."""

    installation: Installation
    context: BrowserContext
    page: Page
    tenant: str = "uka"
    complaints: list[str] = field(default_factory=list)
    scripts: bool = True

    @classmethod
    def at(
        cls,
        browser: Browser,
        installation: Installation,
        size: ViewportSize,
        language: str,
        theme: str = "light",
        *,
        tenant: str = "uka",
        scripts: bool = True,
    ) -> "Visitor":
        context = browser.new_context(
            viewport=size,
            locale=language,
            java_script_enabled=scripts,
            color_scheme=theme,  # type: ignore[arg-type]
        )
        visitor = cls(installation, context, context.new_page(), tenant, scripts=scripts)
        visitor.page.on(
            "console",
            lambda told: (
                visitor.complaints.append(told.text)
                # A stream of live events is refused where its reader has just signed out.
                if told.type == "error" and not told.location["url"].endswith("/live")
                else None
            ),
        )
        visitor.page.on(
            "response", lambda got: visitor.complaints.append(f"{got.status} {got.url}") if got.status >= 500 else None
        )
        return visitor

    def mails(self) -> list[str]:
        """What the utility mailed so far, the newest last."""
        return self.installation.mails(self.tenant)

    def go(self, path: str) -> None:
        self.page.goto(path if path.startswith("http") else f"{self.installation.url}/{self.tenant}{path}")

    def sign_in(self, login: str, password: str = PASSWORD) -> None:
        self.go("/sign-in")
        self.page.fill("[name=login]", login)
        self.page.fill("[name=password]", password)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        assert "/sign-in" not in self.page.url, f"{login} was not let in: {self.page.inner_text('main')}"

    def read(self, language: str) -> None:
        """Choose the language of the pages, whatever the account's own is."""
        url = self.installation.url
        self.context.add_cookies([{"name": LANGUAGE_COOKIE, "value": language, "url": url}])

    def fill(self, **answers: str | bool | list[str]) -> None:
        """Answer fields by name: text, True for a box, a list for several boxes, or the value of a choice."""
        for name, answer in answers.items():
            control = self.page.locator(f"[name='{name}']:not([type=hidden])")
            kind = control.first.get_attribute("type")
            if answer is True:
                control.check()
            elif isinstance(answer, list):
                for value in answer:
                    self.page.check(f"[name='{name}'][value='{value}']")
            elif kind == "radio":
                self.page.check(f"[name='{name}'][value='{answer}']")
            elif control.evaluate("element => element.tagName") == "SELECT":
                control.select_option(answer)  # type: ignore[arg-type]
            else:
                control.fill(str(answer))

    def walk(self, files: dict[str, Path] | None = None, **answers: str | bool | list[str]) -> int:
        """Go through a form step by step up to its summary, answering what each step asks; gives their count."""
        count, left, waiting = 0, dict(answers), dict(files or {})
        while "/steps/" in self.page.url:
            count += 1
            here = [name for name in left if self.page.locator(f"main [name='{name}']").count()]
            self.fill(**{name: left.pop(name) for name in here})
            for name in [name for name in waiting if self.page.locator(f"input[type=file][name='{name}']").count()]:
                self.attach(name, waiting.pop(name))
            before = self.page.url
            self.send()
            assert self.page.url != before, self.page.inner_text("main")
        assert not left, f"nobody asked for {sorted(left)}"
        return count

    def attach(self, name: str, *files: Path) -> None:
        """Choose files and, where the page sends them ahead, wait until they have been sent."""
        self.page.set_input_files(f"input[type=file][name='{name}']", list(files))
        if not self.scripts:
            return
        self.page.wait_for_function(
            "([name, count]) => document.querySelectorAll(`input[type=hidden][name='${name}']`).length >= count",
            arg=[name, len(files)],
        )

    def send(self) -> None:
        """Press the one primary button of the form."""
        with self.page.expect_navigation():
            self.page.locator("main form[data-once] .form-end .button, button[form='task-form']").first.click()

    def take(self, reference: str) -> None:
        """Find the case's task among those of one's groups, open it and claim it."""
        self.until(lambda: self._open(reference))
        with self.page.expect_navigation():
            self.page.click("form[action$='/claim'] button")

    def _open(self, reference: str) -> bool:
        self.go(f"/inbox?queue=groups&q={reference}")
        found = self.page.locator("tr", has_text=reference).locator("a.work-row")
        if not found.count():
            return False
        with self.page.expect_navigation():
            found.first.click()
        return True

    def decide(self, reference: str, **answers: str | bool | list[str]) -> None:
        """Claim the case's task and complete it with these answers."""
        self.take(reference)
        self.fill(**answers)
        self.send()

    def until(self, happened: Callable[[], bool]) -> None:
        """Wait for what a worker does in its own time."""
        deadline = time.monotonic() + PATIENCE
        while not happened():
            assert time.monotonic() < deadline, f"it did not happen within {PATIENCE:.0f} s, at {self.page.url}"
            time.sleep(0.3)

    def until_shown(self, selector: str) -> None:
        """Reload until something is on the page."""

        def shown() -> bool:
            self.page.reload()
            return self.page.locator(selector).count() > 0

        self.until(shown)

    def picture(self, name: str) -> None:
        """Keep a picture of the page as it is, at the width of a phone and of a desktop."""
        folder = PICTURES / self.installation.name
        folder.mkdir(parents=True, exist_ok=True)
        size = self.page.viewport_size
        for width, height in ((390, 844), (1280, 860)):
            self.page.set_viewport_size({"width": width, "height": height})
            self.page.screenshot(path=folder / f"{name}-{width}.png", full_page=width == 390)
        if size is not None:
            self.page.set_viewport_size(size)

    def reference(self) -> str:
        """The case's number, as the page in front says it."""
        found = re.search(r"[A-Z]{2,}-\d{4}-\d{6}", self.page.inner_text("main"))
        assert found is not None, self.page.inner_text("main")
        return found[0]


def newest(mails: list[str], pattern: str) -> str:
    """What a pattern's group finds in the newest mail that has it."""
    for mail in reversed(mails):
        found = re.search(pattern, mail)
        if found is not None:
            return found[1]
    raise LookupError(pattern)
