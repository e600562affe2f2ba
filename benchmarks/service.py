"""The HTTP cycle of a clerk over PostgreSQL: `python -m benchmarks.service [--quick] [--database URL]`.

Start a case, list the 20 newest tasks, show the task with its form, complete it: four requests to `akta serve` with a
session, all rights, the audit and the history on. Beside each row, in turns, the floor: a bare psycopg transaction;
`times_floor` is our median as a multiple of its, `floor_by` the floor's rate divided by our cycles a second.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from http.client import HTTPConnection
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, sleep

from akta.ids import new_id
from benchmarks import clients, engine_models, postgres
from benchmarks.clients import Clients
from benchmarks.measuring import part, tell
from benchmarks.steps import TABLES, TENANT, fill
from bpmn.bundle import Bundle
from people import sessions
from people.groups import FRONT_DESK
from storage import migrate
from storage.database import Database
from storage.people import Account, Membership, Person
from storage.tenants import Tenant
from tests.services import free_port
from tests.workflows import toys
from tests.workflows.engine.models import Model, zeebe
from tests.workflows.house import House

LOGIN = "clerk"
SMALL, LONG = "small", "long"
LETTERS = ("letter", "appendix", "further")
"""Texts of the start form: one answer has at most 20 000 characters."""
STARTUP = 30.0
"""Seconds a server may take to answer."""


def small() -> Model:
    """Start, script, user task, gateway, script, end."""
    model = Model(SMALL).start().user("check", _ASKED).xor("well", default="no").end().end("refused")
    model.path("start", engine_models.script(model, "before"), "check", "well")
    model.flow("well", engine_models.script(model, "after"), '= verdict = "yes"')
    return model.path("after", "end").flow("well", "refused", ident="no")


def long() -> Model:
    """Forty scripts, a user task, forty scripts."""
    model = Model(LONG).start().user("check", _ASKED).end()
    names = [engine_models.script(model, f"s{number}") for number in range(80)]
    return model.path("start", *names[:40], "check", *names[40:], "end")


_ASKED = zeebe("assignmentDefinition", candidateGroups=FRONT_DESK, assignee=LOGIN) + toys.form("check")


def bundle(model: Model) -> Bundle:
    texts = [{**toys.text_field(name), "type": "textarea"} for name in LETTERS]
    fields = [toys.text_field("plot", required=True), *texts]
    files = {
        "forms/apply.form": toys.schema("apply", *fields),
        "forms/check.form": toys.schema("check", toys.choice("verdict", "yes", "no"), toys.text_field("note")),
    }
    return toys.toy(model, f'[start.staff]\nform = "apply"\nby = ["{FRONT_DESK}"]\n', files)


def install(url: str) -> tuple[House, str]:
    """A utility with both processes deployed and one clerk, whose session's token comes back."""
    database = Database(url)
    migrate.upgrade(database)
    tenant, now = Tenant(id=new_id(), **TENANT), datetime.now(UTC)
    with database.across_tenants() as session:
        session.add(tenant)
    house = House(database, tenant)
    for model in (small(), long()):
        house.deploy(bundle(model), now=now)
    with house.uow.begin() as tx:
        person = Person(id=new_id(), name="Jana Ukázková", language="en")
        tx.add(person)
        account = Account(id=new_id(), person_id=person.id, login=LOGIN, kind="staff", state="active", created_at=now)
        tx.add(account)
        tx.add(Membership(account_id=account.id, group=FRONT_DESK))
        token = sessions.open_for_account(tx, account, now, proved=True).token
    house.start(SMALL, now, n=Decimal(0))
    return house, token


@contextmanager
def serving(url: str, workers: int) -> Iterator[int]:
    """`akta serve` with so many processes; the port it answers on."""
    port = free_port()
    with TemporaryDirectory() as folder:
        said = {
            "AKTA_DATABASE_URL": url,
            "AKTA_FILES_FOLDER": folder,
            "AKTA_SECRET_KEY": "k" * 40,
            "AKTA_PORT": str(port),
            "AKTA_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "AKTA_WEB_WORKERS": str(workers),
            "AKTA_SMTP_HOST": "127.0.0.1",
            "AKTA_BROKER_URL": "redis://127.0.0.1:1/0",
            "AKTA_LOG_LEVEL": "WARNING",
        }
        with (Path(folder) / "log").open("wb") as log:
            server = subprocess.Popen(
                [sys.executable, "-m", "akta", "serve"], env={**os.environ, **said}, stdout=log, stderr=log
            )
            try:
                _await(server, port, Path(folder) / "log")
                yield port
            finally:
                server.send_signal(signal.SIGTERM)
                server.wait(15)


def _await(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = perf_counter() + STARTUP
    while True:
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/health/ready")
            connection.getresponse().read()
        except OSError:
            if server.poll() is not None or perf_counter() > until:
                raise SystemExit(log.read_text()[-2000:]) from None
            sleep(0.1)
        else:
            return


@dataclass
class Clerk:
    """A keep-alive connection with a session."""

    connection: HTTPConnection
    token: str

    def ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> dict[str, object]:
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": new_id().hex}
        content = None
        if body is not None:
            headers["Content-Type"], content = "application/json", json.dumps(body)
        self.connection.request(method, f"/api/v1/BEN{path}", content, headers)
        answer = self.connection.getresponse()
        told = answer.read()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path} answered {answer.status}: {told[:500]!r}")
        found: dict[str, object] = json.loads(told)
        return found

    def cycle(self, process: str, text: str) -> list[float]:
        """Times of the four requests, in milliseconds."""
        times = [perf_counter()]
        begun = self.ask(
            "POST", "/cases", {"service": process, "answers": {"plot": "A 7", **dict.fromkeys(LETTERS, text)}}
        )
        times.append(perf_counter())
        listed = self.ask("GET", "/tasks?queue=mine&sort=since&descending=true&limit=20")
        times.append(perf_counter())
        rows: Sequence[Mapping[str, object]] = listed["tasks"]  # type: ignore[assignment]  # as JSON has it
        task = next(row["id"] for row in rows if row["case_id"] == begun["case_id"])
        self.ask("GET", f"/tasks/{task}")
        times.append(perf_counter())
        done = self.ask("POST", f"/tasks/{task}/completion", {"answers": {"verdict": "yes", "note": "as applied for"}})
        times.append(perf_counter())
        if not done["case_closed"]:
            raise RuntimeError("the case did not end")
        return [(after - before) * 1000 for before, after in pairwise(times)]


@cache
def _clerk(port: int, token: str, _number: int) -> Clerk:
    return Clerk(HTTPConnection("127.0.0.1", port, timeout=30), token)


def _cycles(port: int, token: str, process: str, letter: int, number: int, seconds: float) -> list[float]:
    """Times of requests one after the other, four for each cycle."""
    clerk, text, found = _clerk(port, token, number), "as announced, " * (letter // 14 // len(LETTERS)), []
    until = perf_counter() + seconds
    while perf_counter() < until:
        found += clerk.cycle(process, text)
    return found


@cache
def _floor(url: str, _number: int) -> postgres.Floor:
    return postgres.Floor(url)


def _bare(url: str, number: int, seconds: float) -> list[float]:
    return postgres.timed(_floor(url, number).step, seconds)


def row(
    url: str, port: int, token: str, crowd: Clients, process: str, letter: int, rounds: int, seconds: float
) -> dict[str, object]:
    """Cycles and the floor in turns."""
    crowd.work(_cycles, port, token, process, letter, seconds=0.5)
    crowd.work(_bare, url, seconds=0.2)
    requests: list[list[float]] = []
    bare: list[list[float]] = []
    for _ in range(rounds):
        requests += crowd.work(_cycles, port, token, process, letter, seconds=seconds)
        bare += crowd.work(_bare, url, seconds=seconds / 2)
    cycles = [sum(taken[place : place + 4]) for taken in requests for place in range(0, len(taken), 4)]
    least = clients.rate(bare, rounds * seconds / 2)
    per_second, steps = len(cycles) / (rounds * seconds), ("start", "list", "show", "complete")
    phases = {
        f"{name}_ms": round(median(time for taken in requests for time in taken[place::4]), 2)
        for place, name in enumerate(steps)
    }
    return {
        "process": process,
        "variables_kb": letter // 1000,
        "clients": crowd.count,
        "p50_ms": round(part(cycles, 0.5), 2),
        "p95_ms": round(part(cycles, 0.95), 2),
        **phases,
        "cycles_per_second": round(per_second, 1),
        "floor_p50_ms": round(least.p50, 3),
        "floor_per_second": round(least.per_second),
        "times_floor": round(part(cycles, 0.5) / least.p50, 1),
        "floor_by": round(least.per_second / per_second, 1),
    }


def rows(url: str, quick: bool) -> Iterator[dict[str, object]]:
    house, token = install(url)
    postgres.prepare_floor(url)
    rounds, seconds = (2, 1.0) if quick else (5, 2.0)
    there = 0
    for size in (0, 20_000) if quick else (0, 1_000, 20_000):
        if size > there:
            fill(house, size - there, TABLES, SMALL)
            there = size
        for workers in (1,) if quick else (1, 2):
            with serving(url, workers) as port:
                for count, process, letter in _asked(quick, there):
                    with Clients(count) as crowd:
                        told = row(url, port, token, crowd, process, letter, rounds, seconds)
                    yield {"row": "cycle", "servers": workers, "open_cases": there, **told}
    house.database.close()


def _asked(quick: bool, there: int) -> Iterator[tuple[int, str, int]]:
    yield 1, SMALL, 0
    if not quick:
        yield 2, SMALL, 0
    if not quick or not there:
        yield 4, SMALL, 0
        yield 1, LONG, 0
        yield 1, SMALL, 1_000
        yield 1, SMALL, 50_000


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.service", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one server process, few rows")
    parser.add_argument("--database", default="", help="an empty PostgreSQL database; a server of its own unless given")
    given = parser.parse_args(arguments)
    with postgres.server(given.database) as url:
        for each in rows(url, given.quick):
            tell("service", each)
    return 0


if __name__ == "__main__":
    sys.exit(main())
