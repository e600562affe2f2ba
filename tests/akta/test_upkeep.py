"""`akta doctor`, `backup` and `restore`, as an administrator calls them."""

import io
import json
from pathlib import Path
from uuid import UUID

import pytest

from storage.database import Database
from storage.files.folder import FolderFiles
from tests.akta.conftest import Run

ORPHAN = f"uploads/00/{UUID(int=7 << 76).hex}"
"""A key made in 1970."""
WELL = {part: "well" for part in ("database", "files", "work", "incidents", "documents")}


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FolderFiles:
    """The store of the installation."""
    monkeypatch.setenv("AKTA_FILES_FOLDER", str(tmp_path / "objects"))
    return FolderFiles(tmp_path / "objects")


def told(output: str) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in output.splitlines())


def test_an_installation_that_is_well_is_told_so_part_by_part(utility: Path, files: FolderFiles, run: Run) -> None:
    code, output, _ = run("doctor", "--whole")
    assert (code, told(output)) == (0, WELL)
    assert {each["part"]: each["wrong"] for each in json.loads(run("doctor", "--json")[1])} == {
        part: [] for part in WELL
    }


def test_objects_nobody_names_are_told_and_removed_when_asked(utility: Path, files: FolderFiles, run: Run) -> None:
    files.put(ORPHAN, io.BytesIO(b"?"), "text/plain")
    code, output, _ = run("doctor")
    assert (code, told(output)) == (1, WELL | {"documents": f"the object {ORPHAN} belongs to no document"})
    assert run("doctor", "--remove-orphans")[0] == 0
    assert list(files.list()) == []


def test_what_cannot_be_looked_at_leaves_the_rest_to_be_looked_at(utility: Path, files: FolderFiles, run: Run) -> None:
    database = Database(f"sqlite:///{utility}")
    with database.engine.begin() as connection:
        connection.exec_driver_sql("drop table incidents")
    database.close()
    code, output, _ = run("doctor")
    assert (code, told(output)) == (1, WELL | {"incidents": "cannot be looked at: OperationalError"})


def test_tables_of_another_version_are_told(installation: Path, files: FolderFiles, run: Run) -> None:
    code, output, _ = run("doctor")
    assert code == 1
    assert told(output)["database"] == "is not at this version's tables: run akta migrate"


def test_a_backup_is_put_back_into_an_empty_installation_only(
    utility: Path, files: FolderFiles, run: Run, tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = str(tmp_path / "backup")
    code, output, _ = run("backup", folder)
    assert code == 0
    assert "There is something here already." in run("backup", folder)[2]
    assert "There is something here already." in run("restore", folder)[2]
    new = tmp_path / "new.db"
    new.write_bytes(sqlite_template.read_bytes())
    monkeypatch.setenv("AKTA_DATABASE_URL", f"sqlite:///{new}")
    code, restored, _ = run("restore", folder)
    assert (code, restored.split()[0]) == (0, output.split()[0])
    assert run("doctor")[0] == 0


def test_a_folder_that_is_no_backup_is_refused(utility: Path, files: FolderFiles, run: Run, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    code, _, complaint = run("restore", str(tmp_path / "photos"))
    assert (code, complaint) == (1, "akta: This backup is not whole. (manifest.json)\n")
