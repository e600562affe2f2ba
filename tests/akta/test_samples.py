"""The demo's cases stand where an office would find them, with papers that can be looked at."""

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from akta import bootstrap, sample_cases, sample_papers
from akta.bootstrap import Akta
from akta.clock import SetClock
from akta.ids import TenantId
from akta.settings import Settings
from bpmn.values import from_json, plain
from documents import kinds, previews
from heating import samples
from storage.cases import Case
from storage.database import Database
from storage.documents import DocumentRow
from storage.tasks import Task
from tasks.mailer import Outbox

MONTH_BEGINS = datetime(2026, 2, 28, 23, 10, tzinfo=UTC)


@pytest.mark.slow
@pytest.mark.parametrize("now", [datetime(2026, 3, 20, 9, 30, tzinfo=UTC), MONTH_BEGINS])
def test_each_sample_utility_has_cases_in_several_states(
    sqlite_database: Database, tmp_path: Path, now: datetime
) -> None:
    """Also in the first hour of a month, when last month's readings are a moment old."""
    chosen = Settings(
        database_url=sqlite_database.url,
        files_folder=tmp_path / "files",
        secret_key=SecretStr("k" * 40),
        argon2_memory=8,
        argon2_time=1,
    )
    register = samples.register()
    akta = bootstrap.build(
        chosen, send=lambda _tenant, _job: None, clock=SetClock(now), mailer=Outbox(), register=register
    )
    for each in samples.install(akta.database, akta.hasher, "ukazka2026", now):
        akta.deploy_shipped(each.tenant)
        count = sample_cases.add(akta, each.tenant, now)
        with akta.database.unit_of_work(each.tenant).view() as tx:
            cases = tx.session.scalars(select(Case)).all()
            open_tasks = Counter(tx.session.scalars(select(Task.element).where(Task.state == "open")))
            papers = set(tx.session.scalars(select(DocumentRow.kind).where(DocumentRow.case_id.is_not(None))))
        assert len(cases) == count >= 8
        assert all(case.received_at <= now for case in cases)
        assert {"check-identity", "decide-mandate", "verify-reading"} <= set(open_tasks)
        assert {"photo", "mandate_document"} <= papers
        if each.code == "UKA":
            assert "give-up" in open_tasks
            assert blocked(akta, each.tenant) >= {"finding-expired", "finding-joint", "finding-signer"}
    akta.close()


def blocked(akta: Akta, tenant: TenantId) -> set[str]:
    """Findings that block the acceptance of a mandate, over all open tasks."""
    with akta.database.unit_of_work(tenant).view() as tx:
        open_ones = select(Task.context).where(Task.element == "decide-mandate", Task.state == "open")
        shown = [plain(from_json(context)) for context in tx.session.scalars(open_ones)]
    rows = [row for context in shown if isinstance(context, dict) for row in context["findings"]]
    return {row["text"] for row in rows if row["severity"] == "BLOCK"}


def test_the_papers_are_pictures_and_each_letter_is_drawn() -> None:
    photo = sample_papers.meter_photo("A2001", Decimal("816.5"))
    assert previews.image(photo, kinds.JPEG) != previews.image(
        sample_papers.meter_photo("A2001", Decimal("816.6")), kinds.JPEG
    )
    sheets = {sample_papers.power_of_attorney("PLNÁ MOC", [letter]) for letter in "ěščřžůďťňőű"}
    assert len(sheets) == 11
