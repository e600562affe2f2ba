"""A real OpenID provider in a process and on a port of its own, which also insists on PKCE (RFC 7636)."""

import base64
import hashlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import httpx2

from tests.architecture.source import ROOT


@dataclass
class OpenIdProvider:
    """The running server: users sign in there by their subject."""

    issuer: str

    def user(self, subject: str, **claims: object) -> None:
        httpx2.put(f"{self.issuer}/users/{subject}", json=claims).raise_for_status()

    def signs_in(self, url: str, subject: str) -> dict[str, str]:
        """Somebody signs in at the page our browser was sent to; what it comes back with."""
        answer = httpx2.post(url, data={"sub": subject}, follow_redirects=False)
        assert answer.status_code in (302, 303), answer.text
        back = parse_qs(urlsplit(answer.headers["location"]).query)
        return {name: values[0] for name, values in back.items()}


@contextmanager
def running() -> Iterator[OpenIdProvider]:
    command = [sys.executable, "-W", "ignore", "-m", "tests.people.provider"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            yield OpenIdProvider(f"http://localhost:{int(process.stdout.readline())}")
        finally:
            process.terminate()


def serve() -> None:
    """Serve until ended; the first line printed is the port."""
    import flask
    import oidc_provider_mock
    import werkzeug.serving

    app = oidc_provider_mock.app(require_nonce=True)
    challenges: dict[str, str] = {}

    def remember(answer: flask.Response) -> flask.Response:
        """Which challenge a code was given for."""
        code = parse_qs(urlsplit(answer.headers.get("location", "")).query).get("code", [""])[0]
        if flask.request.path.endswith("/authorize") and code:
            challenges[code] = flask.request.args.get("code_challenge", "")
        return answer

    def refuse() -> object | None:
        """The code is good only with the verifier of its challenge (RFC 7636, 4.6)."""
        if not flask.request.path.endswith("/token"):
            return None
        sent = flask.request.form
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        made = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if made == challenges.get(sent.get("code", "")):
            return None
        return flask.jsonify(error="invalid_grant"), 400

    app.after_request(remember)
    app.before_request(refuse)
    server = werkzeug.serving.make_server("localhost", 0, app, threaded=True)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    serve()
