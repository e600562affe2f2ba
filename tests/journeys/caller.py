"""People who use an installation by REST, and who try again as often as it takes."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from tests.journeys.installations import PASSWORD

PATIENCE = 45.0
Answer = str | bool | list[str]

APPLICATION: Mapping[str, Answer] = {
    "applicant_capacity": "self",
    "contract_no": "UKA-1002",
    "customer_no": "ZU0002",
    "name": "Žadatel Ukázka",
    "birth_date": "1951-04-07",
    "email": "zadatel@example.org",
    "email_repeat": "zadatel@example.org",
    "delivery_of_agreement": "post",
    "accept_terms": True,
    "privacy_read": True,
}


def until(happened: Callable[[], object], what: str = "") -> None:
    """Wait for what others do in their own time."""
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, f"it did not happen within {PATIENCE:.0f} s: {what}"
        time.sleep(0.1)


@dataclass
class Caller:
    """Speaks REST to one utility. Sessions are kept by login."""

    url: str
    tenant: str = "uka"
    _bearers: dict[str, str] = field(default_factory=dict)
    _links: set[str] = field(default_factory=set)

    def ask(self, method: str, path: str, login: str = "", **more: Any) -> httpx2.Response:
        """One request, signed in where a login is given. Raises httpx2.TransportError when nobody answers."""
        headers = {"accept-language": "en", **more.pop("headers", {})}
        if login:
            headers["authorization"] = f"Bearer {self.bearer(login)}"
        address = f"{self.url}/api/v1/{self.tenant}{path}"
        return httpx2.request(method, address, headers=headers, timeout=30, trust_env=False, **more)

    def sign_in(self, login: str, password: str) -> httpx2.Response:
        return self.ask("POST", "/sessions", json={"login": login, "password": password})

    def first_sign_in(self, login: str, secret: str, own: str) -> None:
        """Sign in with a temporary password, choose another, and sign in with that."""
        opened = self.sign_in(login, secret).json()
        assert opened["must_change_password"]
        self._bearers[login] = opened["token"]
        changed = self.ask("PUT", "/me/password", login, json={"old": secret, "new": own, "repeat": own})
        assert changed.status_code == 204, changed.text
        self._bearers[login] = self.sign_in(login, own).json()["token"]

    def bearer(self, login: str) -> str:
        if login not in self._bearers:
            answer = self.sign_in(login, PASSWORD)
            assert answer.status_code == 201, answer.text
            self._bearers[login] = answer.json()["token"]
        return self._bearers[login]

    def by_link(self, token: str) -> str:
        """Open a case link; gives the name under which its session is kept."""
        answer = self.ask("POST", "/sessions/case-link", json={"token": token})
        assert answer.status_code == 201, answer.text
        self._bearers[token] = answer.json()["token"]
        self._links.add(token)
        return token

    def apply(self, key: str, **changed: Answer) -> httpx2.Response:
        """Send an application once."""
        entry = {"service": "portal-access", "language": "en", "answers": {**APPLICATION, **changed}}
        return self.ask("POST", "/cases", json=entry, headers={"idempotency-key": key})

    def insist(self, key: str, **changed: Answer) -> str:
        """Send an application, again and again while nobody answers or something fails; gives its case."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                answer = self.apply(key, **changed)
            except httpx2.TransportError:
                answer = None
            if answer is not None and answer.status_code < 500:
                assert answer.status_code == 201, answer.text
                return str(answer.json()["case_id"])
            assert time.monotonic() < deadline, f"{key} was never acknowledged"
            time.sleep(0.2)

    def case(self, case: str, login: str = "supervision") -> dict[str, Any]:
        answer = self.ask("GET", f"/cases/{case}", login)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def stands(self, case: str) -> list[str]:
        """The elements the case stands on; none when it is closed."""
        answer = self.ask("GET", f"/cases/{case}/places", "supervision")
        assert answer.status_code == 200, answer.text
        return [place["element"] for place in answer.json()]

    def until_at(self, case: str, element: str) -> None:
        until(lambda: element in self.stands(case), f"{case} at {element}")

    def do(self, case: str, element: str, login: str, **answers: Answer) -> None:
        """Wait for a task and complete it; a clerk takes it first."""
        self.until_at(case, element)
        (task,) = self.case(case, login)["tasks"]
        if login not in self._links:
            assert self.ask("POST", f"/tasks/{task['id']}/claim", login).status_code == 200
        done = self.ask("POST", f"/tasks/{task['id']}/completion", login, json={"answers": answers})
        assert done.status_code == 200, done.text

    def upload(self, content: bytes, login: str = "", name: str = "scan.jpg") -> httpx2.Response:
        headers = {"content-type": "application/octet-stream"}
        return self.ask("POST", f"/uploads?name={name}", login, content=content, headers=headers)

    def sign(self, case: str, token: str, scan: bytes) -> None:
        """From the confirmed identity to the countersigned documents; `token` is the applicant's case link."""
        self.until_at(case, "return-signed")
        sent = self.upload(scan, link := self.by_link(token))
        assert sent.status_code == 201, sent.text
        self.do(case, "return-signed", link, answer="signed", signed_scan=[sent.json()["id"]])
        self.do(case, "check-signature", "front-desk", decision="ok", signature_checks=["complete", "signed"])
        today = datetime.now(UTC).date() + timedelta(days=1)
        self.do(case, "countersign", "signatories", effective_from=today.isoformat(), countersigned=True)
