"""An installation on a temporary SQLite database, told of by the environment as an administrator would."""

import os
from pathlib import Path

import pytest

SECRET = "k" * 48


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
