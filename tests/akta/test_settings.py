"""Settings come from the environment, else from one file, else from defaults; unsafe ones refuse to start."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from akta import bootstrap
from akta.settings import NOT_SECRET, Settings, page
from tasks.mailer import Outbox
from tests.akta.conftest import SECRET
from tests.architecture.source import ROOT


def file(folder: Path, monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    path = folder / "akta.toml"
    path.write_text(content)
    monkeypatch.setenv("AKTA_SETTINGS_FILE", str(path))


def build(**chosen: object) -> bootstrap.Akta:
    given = {"database_url": "sqlite://", **chosen}
    return bootstrap.build(Settings(**given), send=lambda _tenant, _job: None)  # type: ignore[arg-type]


def test_the_file_wins_over_the_default_and_the_environment_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file(tmp_path, monkeypatch, 'port = 9000\ns3_bucket = "papers"\n')
    assert (Settings().port, Settings().s3_bucket, Settings().s3_region) == (9000, "papers", "us-east-1")
    monkeypatch.setenv("AKTA_PORT", "9100")
    assert (Settings().port, Settings().s3_bucket) == (9100, "papers")


def test_a_key_that_is_no_setting_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file(tmp_path, monkeypatch, "prot = 9000\n")
    with pytest.raises(ValidationError, match="prot"):
        Settings()


def test_a_settings_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AKTA_SETTINGS_FILE", "nowhere.toml")
    with pytest.raises(FileNotFoundError, match=r"nowhere\.toml"):
        Settings()


def test_settings_stay_as_they_were_read() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 1  # type: ignore[misc]


def test_secrets_are_not_written_where_settings_are() -> None:
    assert SECRET not in repr(Settings(secret_key=SecretStr(SECRET), s3_secret_key=SecretStr(SECRET)))


@pytest.mark.parametrize("secret", [NOT_SECRET, "", "k" * 31])
def test_an_installation_without_a_secret_of_its_own_does_not_start(secret: str) -> None:
    with pytest.raises(bootstrap.NotConfigured, match="AKTA_SECRET_KEY"):
        build(secret_key=SecretStr(secret))


@pytest.mark.parametrize(
    ("chosen", "missing"),
    [({}, "AKTA_SMTP_HOST"), ({"files": "s3", "smtp_host": "mail.example.org"}, "AKTA_S3_ENDPOINT")],
)
def test_an_installation_that_lacks_a_part_does_not_start(chosen: dict[str, object], missing: str) -> None:
    with pytest.raises(bootstrap.NotConfigured, match=missing):
        build(secret_key=SecretStr(SECRET), **chosen)


def test_a_broker_inside_one_process_serves_no_other() -> None:
    with pytest.raises(bootstrap.NotConfigured, match="AKTA_BROKER_URL"):
        bootstrap.broker(Settings())
    assert bootstrap.broker(Settings(broker_url="redis://broker.example.org")) == "redis://broker.example.org"


def test_an_installation_makes_the_folders_it_was_told_of(tmp_path: Path) -> None:
    chosen = Settings(
        database_url=f"sqlite:///{tmp_path}/new/akta.db", files_folder=tmp_path / "files", secret_key=SecretStr(SECRET)
    )
    akta = bootstrap.build(chosen, send=lambda _tenant, _job: None, mailer=Outbox())
    akta.database.ready()
    akta.files.ready()
    akta.close()


def test_the_page_of_settings_is_up_to_date() -> None:
    assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8") == page()


def test_every_setting_says_what_it_means() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
