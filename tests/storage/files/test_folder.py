"""What only a local folder can get wrong: rights, left-overs, files nobody described."""

import stat
from io import BytesIO
from pathlib import Path

from storage.files.folder import FolderFiles


def test_nobody_else_on_the_machine_may_read(tmp_path: Path) -> None:
    FolderFiles(tmp_path / "files").put("a/b", BytesIO(b"x"), "text/plain")
    for path in (tmp_path / "files").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_an_interrupted_put_leaves_no_file_at_all(tmp_path: Path) -> None:
    class Broken(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise ConnectionError

    try:
        FolderFiles(tmp_path).put("a", Broken(), "text/plain")
    except ConnectionError:
        assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_an_object_restored_without_its_type_is_still_there(tmp_path: Path) -> None:
    files = FolderFiles(tmp_path)
    (tmp_path / "objects" / "a").write_bytes(b"x")
    assert files.stat("a").media_type == "application/octet-stream"
