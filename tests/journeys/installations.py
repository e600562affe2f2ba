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

PASSWORD = "ukazka2026"
PATIENCE = 60.0


@dataclass(frozen=True)
class Installation:
    """Where an installation listens, and what it mailed so far (newest last, as plain text)."""

    name: str
    url: str
    mails: Callable[[], list[str]]


@contextmanager
def demo(folder: Path) -> Iterator[Installation]:
    """`akta demo`: SQLite, a local folder, worker and tick in the same process, mails on the outbox page."""
    port = services.free_port()
    url = f"http://127.0.0.1:{port}"
    with process(["demo", "--data", str(folder / "demo"), "--port", str(port)], folder / "demo.log"):
        until_ready(url)
        yield Installation("demo", url, lambda: _outbox(url))


@contextmanager
def production(
    folder: Path, database_url: str, store: services.S3Server, redis_url: str, smtp: services.SmtpSink
) -> Iterator[Installation]:
    """`akta serve` and `akta work` on PostgreSQL, S3, Redis and SMTP."""
    port = services.free_port()
    settings = {
        "DATABASE_URL": database_url,
        "FILES": "s3",
        "S3_ENDPOINT": store.endpoint,
        "S3_ACCESS_KEY": store.access_key,
        "S3_SECRET_KEY": store.secret_key,
        "S3_REGION": store.region,
        "S3_SECURE": "false",
        "BROKER_URL": redis_url,
        "SMTP_HOST": smtp.host,
        "SMTP_PORT": str(smtp.port),
        "SMTP_TLS": "none",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SECRET_KEY": "k" * 48,
        "PORT": str(port),
        "WEB_WORKERS": "2",
        "TICK_SECONDS": "1",
        "ARGON2_MEMORY": "1024",
        "ARGON2_TIME": "1",
    }
    environment = {f"AKTA_{name}": value for name, value in settings.items()}
    _fill(environment)
    with (
        process(["work", "--concurrency", "1"], folder / "work.log", environment),
        process(["serve"], folder / "serve.log", environment),
    ):
        url = settings["PUBLIC_URL"]
        until_ready(url)
        yield Installation("production", url, lambda: [_text(mail) for mail in smtp.mails])


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
def process(arguments: list[str], log: Path, environment: Mapping[str, str] | None = None) -> Iterator[None]:
    """An `akta` process that is ended in the end, and killed if it does not."""
    with log.open("w") as output:
        started = subprocess.Popen(
            [sys.executable, "-m", "akta", *arguments],
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield
        finally:
            started.send_signal(signal.SIGTERM)
            try:
                started.wait(20)
            except subprocess.TimeoutExpired:
                started.kill()
                started.wait()


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


def _outbox(url: str) -> list[str]:
    with urllib.request.urlopen(f"{url}/uka/outbox", timeout=10) as answer:
        page = answer.read().decode()
    bodies = re.findall(r'<div class="mail-body">(.*?)</div>\s*</article>', page, re.DOTALL)
    return [html.unescape(re.sub(r"<[^>]+>", "", body)) for body in reversed(bodies)]


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())
