"""An installation on a temporary SQLite database, told of by the environment as an administrator would."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import copyfile

import pytest

from akta import bootstrap, cli

SECRET = "k" * 48
SHIPPED = [each.key for each in bootstrap.shipped()]
TENANT = (
    *("tenant", "add", "uka", "--name", "Tepelná Ukázka s.r.o.", "--email", "office@uka.example.org"),
    *("--phone", "+420 000 000 100", "--dispatch-phone", "+420 000 000 112"),
)

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the environment the tests themselves run in."""
    for name in [name for name in os.environ if name.startswith("AKTA_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The database of an installation that is configured and not migrated yet."""
    path = tmp_path / "akta.db"
    monkeypatch.setenv("AKTA_DATABASE_URL", f"sqlite:///{path}")
    monkeypatch.setenv("AKTA_SECRET_KEY", SECRET)
    monkeypatch.setenv("AKTA_ARGON2_MEMORY", "8")
    monkeypatch.setenv("AKTA_ARGON2_TIME", "1")
    return path


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command as a shell would: its exit code, what it printed, what it complained of."""

    def command(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["akta", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        captured = capsys.readouterr()
        return int(ended.value.code or 0), captured.out, captured.err

    return command


@pytest.fixture
def migrated(installation: Path, sqlite_template: Path) -> Path:
    return copyfile(sqlite_template, installation)


@pytest.fixture(scope="session")
def with_a_utility() -> list[bytes]:
    """The database of `utility`, once it was made."""
    return []


@pytest.fixture
def utility(migrated: Path, run: Run, with_a_utility: list[bytes]) -> Path:
    """The database of an installation to which a utility was added."""
    if with_a_utility:
        migrated.write_bytes(with_a_utility[0])
    else:
        assert run(*TENANT) == (0, f"uka has {len(SHIPPED)} processes\n", "")
        with_a_utility.append(migrated.read_bytes())
    return migrated
