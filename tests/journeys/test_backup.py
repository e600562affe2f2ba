"""A whole installation is kept as a folder and put back on another machine, also one with another database."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, Table, func, select

from akta import bootstrap
from storage import backup, inventory
from storage.backup import NotEmpty, NotWhole
from storage.cases import Case
from storage.database import Database
from storage.files.folder import FolderFiles
from tests.conftest import s3_files
from tests.journeys.office import Office
from tests.journeys.test_meter_reading import reading
from tests.services import S3Server

pytestmark = [pytest.mark.slow, pytest.mark.services]

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TABLES = bootstrap.metadata()


def begin(office: Office, value: str = "862,5") -> None:
    """A reading with its photo."""
    answers = reading(office, value=value, photo=office.upload("photo"))
    office.start("meter-reading", answers, office.signed_in("zu0001"))


@pytest.fixture
def kept(uka: Office, tmp_path: Path) -> Path:
    """A backup of an office with a case, its photo and its letter."""
    begin(uka)
    folder = tmp_path / "backup"
    written = backup.write(uka.akta.database, uka.akta.files, TABLES, folder, NOW)
    assert written.objects > 0
    assert written.missing == []
    return folder


@pytest.mark.parametrize("uka", ["sqlite"], indirect=True)
def test_an_installation_moves_to_another_database_and_another_store_and_back(
    kept: Path, postgres_database: Database, rclone: S3Server, sqlite_database: Database, tmp_path: Path
) -> None:
    """What is there afterwards is the same, byte by byte."""
    first = backup.read(kept)
    store = s3_files(rclone)
    there = tmp_path / "there"
    backup.restore(postgres_database, store, TABLES, kept)
    assert list(inventory.compare(postgres_database, store, datetime.now(UTC), whole=True)) == []
    assert backup.write(postgres_database, store, TABLES, there, NOW).tables == first.tables
    home = FolderFiles(tmp_path / "home")
    backup.restore(sqlite_database, home, TABLES, there)
    last = backup.write(sqlite_database, home, TABLES, tmp_path / "again", NOW)
    assert (last.tables, last.objects, last.size) == (first.tables, first.objects, first.size)


@pytest.mark.parametrize("uka", ["sqlite"], indirect=True)
def test_what_is_not_whole_is_not_put_back(kept: Path, sqlite_database: Database, tmp_path: Path) -> None:
    """Neither a row nor an object stays behind."""
    files = FolderFiles(tmp_path / "empty")

    def refused(kind: type[Exception], folder: Path) -> None:
        with pytest.raises(kind):
            backup.restore(sqlite_database, files, TABLES, folder)
        assert list(files.list()) == []

    for number, change in enumerate((broken_off, with_a_changed_row, with_a_lost_object, of_another_format)):
        folder = Path(shutil.copytree(kept, tmp_path / f"changed-{number}"))
        change(folder)
        refused(NotWhole, folder)
    refused(NotWhole, tmp_path / "nowhere")
    backup.restore(sqlite_database, files, TABLES, kept)
    with pytest.raises(NotEmpty):
        backup.restore(sqlite_database, files, TABLES, kept)


def broken_off(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def with_a_changed_row(folder: Path) -> None:
    path = folder / "rows" / "persons.jsonl"
    path.write_bytes(path.read_bytes().replace(b"a", b"b", 1))


def with_a_lost_object(folder: Path) -> None:
    max(each for each in (folder / "objects").rglob("*") if each.is_file()).unlink()


def of_another_format(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | {"format": 2}))


def test_rows_are_of_one_moment_although_people_go_on_working(
    uka: Office, sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A case that begins while rows are written is not in the backup, and neither is anything of it."""
    begin(uka)
    write_rows = backup._rows_out

    def meanwhile(connection: Connection, table: Table, folder: Path) -> tuple[int, str]:
        if table.name == "cases":
            begin(uka, "863")
        return write_rows(connection, table, folder)

    monkeypatch.setattr(backup, "_rows_out", meanwhile)
    written = backup.write(uka.akta.database, uka.akta.files, TABLES, tmp_path / "backup", NOW)
    with uka.uow.view() as tx:
        assert tx.session.scalar(select(func.count()).select_from(Case)) == written.tables["cases"][0] + 1
    backup.restore(sqlite_database, FolderFiles(tmp_path / "there"), TABLES, tmp_path / "backup")
