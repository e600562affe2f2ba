"""`generate-letter`: filled from the case, in its language, on the version it was started with."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from akta.ids import CaseId
from bpmn.bundle import Bundle
from bpmn.values import Value
from documents import previews, store
from storage.database import Database
from storage.documents import DocumentRow
from storage.files import Files
from storage.files.folder import FolderFiles
from storage.tenants import Tenant
from tasks import jobs, letters
from tests.documents import samples
from tests.workflows import toys
from tests.workflows.engine.models import Model
from tests.workflows.house import House
from workflows import incidents, queries
from workflows.definitions import Definitions


def lease(english: str, czech: str = "") -> Bundle:
    """A process that writes a lease."""
    model = Model("lease")
    inputs = {"letter": '="lease"', "data": "={extra: 1.5}"}
    model.start().service("write", "generate-letter", inputs=inputs, outputs={"written": "=document"})
    model.user("read", toys.groups("front-desk")).end()
    files = {"letters/lease.en.docx": samples.docx(english)}
    if czech:
        files["letters/lease.cs.docx"] = samples.docx(czech)
    words = '[letters.lease]\ntitle = "The lease"\n[texts]\nreason-sunny = "It lies in the sun."\n'
    return toys.toy(model.path("start", "write", "read", "end"), files=files, words=words)


@pytest.fixture
def office(database: Database, tenant: Tenant, files: Files) -> House:
    return House(database, tenant, letters.handler(files, Definitions()))


def write(house: House, files: Files, now: datetime, **variables: Value) -> tuple[CaseId, DocumentRow, str]:
    case_id = house.start("lease", now, house.person("Jana Ukázková"), **variables)
    jobs.run_due(house.database, house.runtime, now)
    with house.uow.view() as tx:
        known: Mapping[str, Value] = queries.variables(tx, house.runtime.definitions, case_id)
        written = known["written"]
        assert isinstance(written, dict)
        row = tx.get(DocumentRow, UUID(str(written["id"])))
        assert row.name == written["name"]
    return case_id, row, "\n".join(previews.paragraphs(store.whole(files, row)))


def test_a_letter_is_filled_from_the_case_and_kept_as_its_document(office: House, files: Files, now: datetime) -> None:
    template = (
        "{{ applicant.name }} has {{ plot.no }} from {{ since }} for {{ rent }} {{ extra }} of {{ utility.name }}"
    )
    office.deploy(lease(template + " ({{ case.reference }}, {{ today }}) {{ why }}{{ nothing }}"), now=now)
    plot: Value = {"no": "A 7"}
    case_id, row, text = write(
        office,
        files,
        now,
        plot=plot,
        since=date(2026, 4, 1),
        rent=Decimal("1234.5"),
        why="reason-sunny",
        nothing=None,
    )
    assert text == (
        "Jana Ukázková has A 7 from 1 April 2026 for 1,234.5 1.5 of Tepelná Ukázka s.r.o. "
        "(UKA-2026-000001, 2 March 2026) It lies in the sun."
    )
    assert (row.case_id, row.kind, row.name) == (case_id, "lease", "The lease UKA-2026-000001.docx")
    assert (row.origin, row.language, row.for_applicant) == ("generated", "en", True)
    assert set(row.data) == {"template", "data"}


def test_a_case_prints_the_letter_of_the_version_it_was_started_with(
    office: House, files: Files, now: datetime
) -> None:
    office.deploy(lease("old"), now=now)
    case_id = office.start("lease", now)
    office.deploy(lease("new"), now=now)
    jobs.run_due(office.database, office.runtime, now)
    assert write(office, files, now)[2] == "new"
    with office.uow.view() as tx:
        old = queries.variables(tx, office.runtime.definitions, case_id)["written"]
        assert isinstance(old, dict)
        row = tx.get(DocumentRow, UUID(str(old["id"])))
    assert previews.paragraphs(store.whole(files, row)) == ("old",)


def test_missing_data_is_an_incident_that_names_it_and_leaves_no_file(
    office: House, files: FolderFiles, now: datetime
) -> None:
    office.deploy(lease("{{ plot.no }}"), now=now)
    case_id = office.start("lease", now)
    jobs.run_due(office.database, office.runtime, now)
    with office.uow.view() as tx:
        (incident,) = incidents.of_case(tx, case_id)
    assert "plot" in incident.cause
    assert list(files.list()) == []
