"""From page to page with ten thousand open tasks: `python -m benchmarks.inbox [--quick] [--database URL]`.

One JSON object a line: what was asked for, and how long the server took (median and 95th percentile, milliseconds).
The whole answer is measured, from the request to the last byte of HTML, with the session, the rights, the counters of
the rail and the list. The rows are copies of one task that a real application led to.
"""

import argparse
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from pydantic import SecretStr
from sqlalchemy import Engine, insert, inspect, select
from starlette.testclient import TestClient

from akta import bootstrap, logs, sample_cases
from akta.alphabets import folded
from akta.bootstrap import Akta
from akta.clock import SetClock
from akta.ids import TenantId, new_id
from akta.settings import Settings
from api import app as application
from benchmarks.measuring import part, tell
from heating import samples
from storage import migrate
from storage.base import Base
from storage.cases import Case
from storage.people import Person
from storage.tasks import Task
from tasks.mailer import Outbox

OPEN = 10_000
PEOPLE = 500
PASSWORD = "benchmark-2026"  # noqa: S105 - of an installation that lasts for a minute
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
GIVEN = ("Žofie", "Čeněk", "Árpád", "Łucja", "Ștefan", "Jana", "Chrudoš", "Éva")
PAGES = (
    ("groups", "/inbox"),
    ("all", "/inbox?queue=all"),
    ("late", "/inbox?queue=late"),
    ("by person", "/inbox?queue=all&sort=person"),
    ("search", "/inbox?queue=all&q=arpad+ukazkova"),
    ("one process", "/inbox?queue=all&process=portal-access"),
    ("cases", "/cases"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer repetitions")
    parser.add_argument("--database", default="", help="an empty PostgreSQL database; SQLite in a folder unless given")
    given = parser.parse_args()
    logs.configure("ERROR")
    with tempfile.TemporaryDirectory() as folder:
        url = given.database or f"sqlite:///{Path(folder) / 'akta.db'}"
        akta = _installed(url, Path(folder))
        _many(akta)
        with _clerk(akta) as clerk:
            for measured in _measures(clerk, 8 if given.quick else 40):
                tell("inbox", {"database": akta.database.engine.dialect.name, "open_tasks": OPEN, **measured})
        akta.close()


def _installed(url: str, folder: Path) -> Akta:
    settings = Settings(
        database_url=url, files_folder=folder, secret_key=SecretStr("k" * 40), argon2_memory=64, argon2_time=1
    )
    akta = bootstrap.build(settings, send=lambda _tenant, _job: None, clock=SetClock(NOW), mailer=Outbox())
    migrate.upgrade(akta.database)
    installed = samples.install(akta.database, akta.hasher, PASSWORD, NOW)
    uka = next(each.tenant for each in installed if each.code == "UKA")
    akta.deploy_shipped(uka)
    sample_cases.add(akta, uka, NOW)
    return akta


def _many(akta: Akta) -> None:
    """Copies of one clerk's task with its case, spread over days and people."""
    with akta.database.view_across_tenants() as session:
        task = session.scalars(select(Task).where(Task.element == "check-identity", Task.state == "open")).first()
        if task is None:
            raise SystemExit("the samples hold no task to copy")
        case = session.get_one(Case, task.case_id)
    people = [_person(case.tenant_id, number) for number in range(PEOPLE)]
    cases, tasks = [], []
    for number in range(OPEN):
        person = people[number % PEOPLE]
        reference = f"UKA-2025-{number:06}"
        case_id, task_id, due = new_id(), new_id(), NOW + timedelta(hours=number % 480 - 48)
        words = "\n".join(folded(text) for text in (reference, case.title, person["name"]))
        changed = {"id": case_id, "reference": reference, "submission_key": reference, "words": words}
        cases.append({**_values(case), **changed, "person_id": person["id"]})
        tasks.append({**_values(task), "id": task_id, "case_id": case_id, "due_at": due, "assignee_id": None})
    engine: Engine = akta.database.engine
    with engine.begin() as connection:
        for kind, rows in ((Person, people), (Case, cases), (Task, tasks)):
            connection.execute(insert(kind), rows)
        connection.exec_driver_sql("analyze")


def _person(tenant: TenantId, number: int) -> dict[str, object]:
    name = f"{GIVEN[number % len(GIVEN)]} Ukázková {number}"
    return {"id": new_id(), "tenant_id": tenant, "name": name, "email": "", "phone": "", "language": "cs"}


def _values(row: Base) -> dict[str, object]:
    return {attribute.key: getattr(row, attribute.key) for attribute in inspect(type(row)).column_attrs}


@contextmanager
def _clerk(akta: Akta) -> Iterator[TestClient]:
    """A clerk of the front desk, signed in."""
    with TestClient(application.create(akta.services), base_url=akta.settings.public_url) as client:
        page = client.get("/uka/sign-in").text
        token = page.split('name="csrf" value="')[1].split('"')[0]
        answer = client.post("/uka/sign-in", data={"csrf": token, "login": "front-desk", "password": PASSWORD})
        if answer.status_code != 200 or "/sign-in" in str(answer.url):
            raise SystemExit("the clerk was not let in")
        yield client


def _measures(clerk: TestClient, times: int) -> Iterator[dict[str, object]]:
    for name, path in (*PAGES, ("second page", _second(clerk)), ("task", _task(clerk))):
        yield {"page": name, **_timed(clerk, path, times)}


def _second(clerk: TestClient) -> str:
    page = clerk.get("/uka/inbox?queue=all").text
    return page.split('rel="next"')[0].rsplit('href="/uka', 1)[1].split('"')[0].replace("&amp;", "&")


def _task(clerk: TestClient) -> str:
    page = clerk.get("/uka/inbox?queue=all").text
    return page.split('class="work-row" href="/uka', 1)[1].split('"')[0].replace("&amp;", "&")


def _timed(clerk: TestClient, path: str, times: int) -> dict[str, object]:
    taken: list[float] = []
    size = 0
    for number in range(times + 1):
        begun = perf_counter()
        answer = clerk.get(f"/uka{path}")
        if number:
            taken.append((perf_counter() - begun) * 1000)
        size = len(answer.content)
        if answer.status_code != 200:
            raise SystemExit(f"{path} answered {answer.status_code}")
    return {"median_ms": round(statistics.median(taken), 1), "p95_ms": round(part(taken, 0.95), 1), "bytes": size}


if __name__ == "__main__":
    main()
