"""Whole installations as processes of their own: the demo, and a production one on real services."""

import html
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from pydantic import SecretStr

from akta import bootstrap
from akta.settings import Settings
from heating import samples
from storage import migrate
from tasks.mailer import Outbox
from tests import services
from tests.architecture.source import ROOT
from tests.deploy import files as deploy

PASSWORD = "ukazka2026"
PATIENCE = 60.0


class Part:
    """An `akta` process with its children, in a group of their own so that all can be killed at once."""

    def __init__(self, arguments: list[str], log: Path, environment: Mapping[str, str] | None = None) -> None:
        self.log = log
        self._arguments = arguments
        self._environment = {**os.environ, **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "akta", *self._arguments],
                cwd=ROOT,
                env=self._environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def end(self) -> None:
        """Tell it to end, and kill it if it does not."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        """As when the machine loses its power: nothing of it can say a last word."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


@dataclass(frozen=True)
class Installation:
    """Where an installation listens, and what it mailed so far (newest last, as plain text) at a utility.

    `web` and `work` are its processes, where it has one for each.
    """

    name: str
    url: str
    mails: Callable[[str], list[str]]
    web: Part | None = None
    work: Part | None = None


@contextmanager
def demo(folder: Path) -> Iterator[Installation]:
    """`akta demo`: SQLite, a local folder, worker and tick in the same process, mails on the outbox page."""
    port = services.free_port()
    url = f"http://127.0.0.1:{port}"
    with process(["demo", "--data", str(folder / "demo"), "--port", str(port)], folder / "demo.log"):
        until_ready(url)
        yield Installation("demo", url, lambda utility: _outbox(url, utility))


@contextmanager
def production(
    folder: Path, database_url: str, store: services.S3Server, redis_url: str, smtp: services.SmtpSink
) -> Iterator[Installation]:
    """`akta serve` and `akta work` with the settings an installation is deployed with, on PostgreSQL, S3, Redis and
    SMTP of this machine."""
    port = services.free_port()
    url = f"http://127.0.0.1:{port}"
    here = {
        "AKTA_DATABASE_URL": database_url,
        "AKTA_S3_ENDPOINT": store.endpoint,
        "AKTA_S3_ACCESS_KEY": store.access_key,
        "AKTA_S3_SECRET_KEY": store.secret_key,
        "AKTA_S3_REGION": store.region,
        "AKTA_BROKER_URL": redis_url,
        "AKTA_SMTP_HOST": smtp.host,
        "AKTA_SMTP_PORT": str(smtp.port),
        "AKTA_SMTP_USER": "",
        "AKTA_SMTP_TLS": "none",
        "AKTA_PUBLIC_URL": url,
        "AKTA_SECRET_KEY": "k" * 48,
        "AKTA_HOST": "127.0.0.1",
        "AKTA_PORT": str(port),
        "AKTA_TICK_SECONDS": "1",
        "AKTA_ARGON2_MEMORY": "1024",
        "AKTA_ARGON2_TIME": "1",
    }
    environment = deploy.environment() | here
    _fill(environment)
    with (
        process(["work", "--concurrency", "1"], folder / "work.log", environment) as work,
        process(["serve"], folder / "serve.log", environment) as web,
    ):
        until_ready(url)
        yield Installation("production", url, lambda _utility: [text_of(mail) for mail in smtp.mails], web, work)


def _fill(environment: Mapping[str, str]) -> None:
    """Migrate and put the samples in, as an administrator would before the first start."""
    run(["migrate"], environment)
    chosen = Settings(
        database_url=environment["AKTA_DATABASE_URL"], secret_key=SecretStr("k" * 48), argon2_memory=1024, argon2_time=1
    )
    akta = bootstrap.build(chosen, send=lambda _tenant, _job: None, mailer=Outbox())
    assert not migrate.pending(akta.database)
    for each in samples.install(akta.database, akta.hasher, PASSWORD, akta.clock.now()):
        akta.deploy_shipped(each.tenant)
    akta.close()


def run(arguments: list[str], environment: Mapping[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "akta", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def process(arguments: list[str], log: Path, environment: Mapping[str, str] | None = None) -> Iterator[Part]:
    """An `akta` process that is ended in the end, and killed if it does not."""
    part = Part(arguments, log, environment)
    part.start()
    try:
        yield part
    finally:
        part.end()


def until_ready(url: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(f"{url}/health/ready", timeout=5) as answer:
                assert answer.status == 200
                return
        except (urllib.error.URLError, OSError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def _outbox(url: str, utility: str) -> list[str]:
    with urllib.request.urlopen(f"{url}/{utility}/outbox", timeout=10) as answer:
        page = answer.read().decode()
    bodies = re.findall(r'<div class="mail-body">(.*?)</div>\s*</article>', page, re.DOTALL)
    return [html.unescape(re.sub(r"<[^>]+>", "", body)) for body in reversed(bodies)]


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())
