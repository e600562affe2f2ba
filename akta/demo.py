"""The demo: one process with web server, worker and tick, sample utilities, and mails to be read in the browser."""

import secrets
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from socket import socket

from pydantic import SecretStr

from akta import bootstrap, logs, sample_cases
from akta.settings import Settings
from heating import samples
from heating.samples import Installed
from storage import migrate
from tasks import jobs_celery
from tasks.mailer import Outbox
from tasks.tick import Tick

PASSWORD = "ukazka2026"  # noqa: S105 - of made-up people in a demo that listens on this machine only


def say(line: str = "") -> None:
    print(line, file=sys.stdout, flush=True)  # noqa: T201 - what the demo says is for the terminal


def settings(folder: Path, host: str, port: int) -> Settings:
    """Everything in one folder: SQLite, documents, and a key made at the first start."""
    folder.mkdir(parents=True, exist_ok=True)
    key = folder / "secret-key"
    if not key.exists():
        key.touch(mode=0o600)
        key.write_text(secrets.token_urlsafe(48))
    return Settings(
        database_url=f"sqlite:///{folder / 'akta.db'}",
        files="folder",
        files_folder=folder / "files",
        secret_key=SecretStr(key.read_text()),
        public_url=f"http://{host}:{port}",
        broker_url=f"{jobs_celery.MEMORY}localhost//",
        argon2_memory=8 * 1024,
        argon2_time=2,
        tick_seconds=2,
        log_level="WARNING",
    )


def run(folder: Path, host: str, port: int) -> None:
    """Run until interrupted."""
    started = time.monotonic()
    say("· starting Akta")
    chosen = settings(folder, host, port)
    logs.configure(chosen.log_level)
    celery = jobs_celery.app(chosen.broker_url)
    akta = bootstrap.build(chosen, send=jobs_celery.Sender(celery), mailer=Outbox(), register=samples.register())
    if migrate.pending(akta.database):
        say("· making the tables")
        migrate.upgrade(akta.database)
    installed = _samples(akta)
    jobs_celery.serve(celery, akta.perform)
    worker = jobs_celery.WorkerThread(celery).begin()
    tick = Tick(akta.database, akta.runtime, akta.clock, chosen.tick_seconds, akta.files)
    tick.start()
    try:
        _serve(akta, installed, host, port, started)
    finally:
        tick.stop()
        worker.finish()
        akta.close()


def _samples(akta: bootstrap.Akta) -> Sequence[Installed]:
    installed = samples.install(akta.database, akta.hasher, PASSWORD, akta.clock.now())
    for each in installed:
        if each.fresh:
            say(f"· sample data of {each.name}")
        akta.deploy_shipped(each.tenant)
        if each.fresh:
            say(f"· {sample_cases.add(akta, each.tenant, akta.clock.now())} sample cases")
    return installed


def _serve(akta: bootstrap.Akta, installed: Sequence[Installed], host: str, port: int, started: float) -> None:
    import uvicorn

    from api.app import create

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                _welcome(akta, installed, time.monotonic() - started)

    Server(
        uvicorn.Config(create(akta.services), host=host, port=port, log_level="warning", timeout_graceful_shutdown=1)
    ).run()


def _welcome(akta: bootstrap.Akta, installed: Sequence[Installed], seconds: float) -> None:
    address = akta.settings.public_url
    say(f"\nAkta is ready after {seconds:.1f} s at {address}  (Ctrl+C ends it)\n")
    for each in installed:
        code = each.code.lower()
        say(f"{each.name}: {address}/{code}/")
        say(
            f"  a portal application works with contract {each.application_contract}, "
            f"customer {each.application_customer}"
        )
        say(f"  mails, also those with login and password: {address}/{code}/outbox")
        for login in each.logins:
            say(f"  {login.role:<22} {login.login}")
        say()
    say(f"Everybody's password: {PASSWORD}\n")
