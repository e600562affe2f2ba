"""A browser without scripts, as far as a test needs one: it follows links, fills forms and sends their tokens."""

import re
from collections.abc import Mapping
from html import unescape

from fastapi.testclient import TestClient
from httpx2 import Response

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
_FORM = re.compile(r"<form[^>]*method=\"post\"[^>]*>.*?</form>", re.S)
_ACTION = re.compile(r'action="([^"]*)"')


class Browser:
    """One visitor with cookies; redirects are followed like a browser does."""

    def __init__(self, client: TestClient, base: str) -> None:
        self.client = client
        self.base = base
        self.page = ""
        self.url = ""
        self.status = 0

    def open(self, path: str) -> str:
        """Get a page of the utility (or any address that begins with its base)."""
        return self._land(self.client.get(path if path.startswith(self.base) else self.base + path))

    def send(
        self, action: str, answers: Mapping[str, str | list[str]], *, files: Mapping[str, bytes] | None = None
    ) -> str:
        """Fill and send the form on the page whose action ends so, with its hidden fields."""
        form = next(part for part in _FORM.findall(self.page) if self._action(part).endswith(action))
        data: dict[str, str | list[str]] = {name: unescape(value) for name, value in _HIDDEN.findall(form)}
        data.update(answers)
        sent = {name: (f"{name}.pdf", content) for name, content in (files or {}).items()}
        return self._land(self.client.post(self._action(form), data=data, files=sent or None))

    def sign_in(self, login: str, password: str) -> str:
        self.open("/sign-in")
        return self.send("/sign-in", {"login": login, "password": password})

    def _action(self, form: str) -> str:
        found = _ACTION.search(form)
        return unescape(found[1]) if found else self.url

    def _land(self, answer: Response) -> str:
        while answer.status_code == 303:
            answer = self.client.get(answer.headers["location"])
        self.page, self.status = answer.text, answer.status_code
        self.url = answer.url.path
        return self.page

    @property
    def text(self) -> str:
        """What is read on the page, without marks."""
        bare = re.sub(r"<(script|style|dialog)\b.*?</\1>", " ", self.page, flags=re.S)
        return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", bare)))
