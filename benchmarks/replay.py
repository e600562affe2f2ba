"""Replaying past cases on a candidate: `python -m benchmarks.replay [--quick] [--database URL]`.

One JSON object a line: which process, how many cases went the same way and otherwise, and how many a second were
replayed on one core: read from the database, run on their own version and on the candidate, compared, and grouped.
The rows are copies of cases that a real application led to; the candidate asks a clerk one thing more.
"""

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy import Engine, insert, select

from akta import bootstrap, logs, sample_cases
from akta.bootstrap import Akta
from akta.clock import SetClock
from akta.ids import TenantId, new_id
from akta.settings import Settings
from bpmn.bundle import Bundle, from_files
from heating import samples
from storage import migrate
from storage.cases import Case, CaseState, HistoryEntry, Position
from tasks.mailer import Outbox
from workflows import candidates, deployments
from workflows.replay import MOST_CLOSED, replay

CASES = 1_000
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ROWS: Sequence[type[HistoryEntry] | type[Position]] = (HistoryEntry, Position)
FURTHER = {"type": "textfield", "id": "further", "key": "further", "label": "Further", "validate": {"required": True}}
ASKED = {"meter-reading": "forms/verify-reading.form", "portal-access": "forms/check-identity.form"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer cases")
    parser.add_argument("--database", default="", help="an empty PostgreSQL database; SQLite in a folder unless given")
    given = parser.parse_args()
    logs.configure("ERROR")
    with tempfile.TemporaryDirectory() as folder:
        akta = _installed(given.database or f"sqlite:///{Path(folder) / 'akta.db'}", Path(folder))
        for measured in _measures(akta, CASES // 5 if given.quick else CASES):
            print(json.dumps({"database": akta.database.engine.dialect.name, **measured}))
        akta.close()


def copied(engine: Engine, sources: Sequence[UUID], times: int) -> dict[UUID, UUID]:
    """Rows of cases copied so many times, with their history: of which case each copy is."""
    with engine.begin() as connection:
        every = {kind: _rows(connection.execute(select(kind.__table__))) for kind in (Case, CaseState, *ROWS)}
        own = [row for row in every[Case] if row["id"] in set(sources)]
        found: dict[UUID, UUID] = {}
        for _ in range(times):
            ids = {row["id"]: new_id() for row in own}
            found |= {copy: source for source, copy in ids.items()}
            connection.execute(insert(Case), [_case(row, ids[row["id"]]) for row in own])
            states = [{**row, "id": ids[row["id"]]} for row in every[CaseState] if row["id"] in ids]
            connection.execute(insert(CaseState), states)
            for kind in ROWS:
                rows = [row for row in every[kind] if row["case_id"] in ids]
                copies = [{**row, "id": new_id(), "case_id": ids[row["case_id"]]} for row in rows]
                if copies:
                    connection.execute(insert(kind), copies)
    return found


def _rows(result: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in result.mappings()]


def _case(row: Mapping[str, Any], copy: UUID) -> dict[str, Any]:
    return {**row, "id": copy, "reference": f"R-{copy.hex[-18:]}", "submission_key": copy.hex}


def _installed(url: str, folder: Path) -> Akta:
    settings = Settings(
        database_url=url, files_folder=folder, secret_key=SecretStr("k" * 40), argon2_memory=64, argon2_time=1
    )
    akta = bootstrap.build(settings, send=lambda _tenant, _job: None, clock=SetClock(NOW), mailer=Outbox())
    migrate.upgrade(akta.database)
    installed = samples.install(akta.database, akta.hasher, "benchmark-2026", NOW)
    uka = next(each.tenant for each in installed if each.code == "UKA")
    akta.deploy_shipped(uka)
    sample_cases.add(akta, uka, NOW)
    return akta


def _measures(akta: Akta, wanted: int) -> Iterator[dict[str, object]]:
    with akta.database.view_across_tenants() as session:
        cases = session.execute(select(Case.id, Case.bundle, Case.tenant_id)).all()
    for key in ("meter-reading", "portal-access"):
        sources = [case_id for case_id, bundle, _ in cases if bundle == key]
        copied(akta.database.engine, sources, -(-wanted // len(sources)) - 1)
        tenant = next(TenantId(tenant) for _, bundle, tenant in cases if bundle == key)
        with akta.database.unit_of_work(tenant).view() as tx:
            active = akta.runtime.definitions.bundle(tx, deployments.active(tx, key).content_hash)
            candidate = candidates.of_bundle(tx, _asking_more(active))
            begun = perf_counter()
            report = replay(tx, akta.runtime, candidate, NOW + timedelta(days=1), MOST_CLOSED)
            seconds = perf_counter() - begun
        kinds = Counter[str]()
        for group in report.groups:
            kinds[group.difference.kind.value] += len(group.cases)
        yield {
            "process": key,
            "cases": report.cases,
            "same": report.same,
            **dict(kinds),
            "seconds": round(seconds, 2),
            "cases_per_second": round(report.cases / seconds),
        }


def _asking_more(bundle: Bundle) -> Bundle:
    """The bundle with one more field in the form of its clerks."""
    path = ASKED[bundle.key]
    schema = json.loads(bundle.files[path])
    schema["components"].append(FURTHER)
    return from_files({**bundle.files, path: json.dumps(schema).encode()})


if __name__ == "__main__":
    main()
