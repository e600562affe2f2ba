"""Settings: one frozen class, read once from the environment or one file."""

import os
from pathlib import Path
from typing import Literal, get_args

from pydantic import Field, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

MEGABYTE = 1024 * 1024
NOT_SECRET = "change-me"  # noqa: S105 - the marker by which an unset key is recognised and refused


class Settings(BaseSettings):
    """Everything that differs between installations. Each name is an environment variable with `AKTA_` before it,
    or a key of the TOML file that `AKTA_SETTINGS_FILE` names; the environment wins."""

    model_config = SettingsConfigDict(env_prefix="AKTA_", frozen=True, extra="forbid")

    database_url: str = Field(
        "sqlite:///data/akta.db",
        description="SQLAlchemy address: postgresql://… in production, sqlite:///path here",
    )
    database_pool: int = Field(8, ge=1, description="Connections each process keeps open (PostgreSQL)")

    files: Literal["folder", "s3"] = Field("folder", description="Where documents are kept: a local folder, or S3")
    files_folder: Path = Field(Path("data/files"), description="The folder, when files = folder")
    s3_endpoint: str = Field("", description="host:port of the S3 server (MinIO, Garage, Ceph, cloud)")
    s3_access_key: str = Field("", description="Access key")
    s3_secret_key: SecretStr = Field(SecretStr(""), description="Secret key")
    s3_bucket: str = Field("akta", description="Bucket; made at the first start if it is missing")
    s3_region: str = Field("us-east-1", description="Region the server expects in signatures")
    s3_secure: bool = Field(True, description="Use TLS to the S3 server")

    broker_url: str = Field("memory://", description="Celery broker: redis://… or amqp://…; memory:// in one process")

    smtp_host: str = Field("", description="Mail server; empty is allowed in the demo only")
    smtp_port: int = Field(25, description="Its port")
    smtp_user: str = Field("", description="Login at the mail server, if it asks for one")
    smtp_password: SecretStr = Field(SecretStr(""), description="Its password")
    smtp_tls: Literal["none", "starttls", "tls"] = Field("starttls", description="How the connection is protected")

    public_url: str = Field("http://127.0.0.1:8300", description="The address people use, as it stands in mails")
    secret_key: SecretStr = Field(
        SecretStr(NOT_SECRET), description="At least 32 characters; protects forms of people who are not signed in"
    )
    host: str = Field("127.0.0.1", description="Address the web server listens on")
    port: int = Field(8300, description="Port the web server listens on")
    trusted_proxies: str = Field(
        "127.0.0.1", description="Addresses or networks of the reverse proxies whose word on who calls is taken"
    )
    web_workers: int = Field(1, ge=1, description="Web server processes; one per core")

    upload_limit: int = Field(10 * MEGABYTE, description="Largest single file, in bytes")
    uploads_limit: int = Field(60 * MEGABYTE, description="Largest request that carries files, in bytes")
    uploads_per_hour: int = Field(
        300, ge=1, description="Files that people without an account may send from one address within an hour"
    )
    argon2_memory: int = Field(64 * 1024, description="Memory of one password hash, in KiB")
    argon2_time: int = Field(3, description="Passes of one password hash")
    tick_seconds: float = Field(5, gt=0, description="Seconds between two looks for due timers and unsent jobs")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="What is logged, as JSON lines")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, _settings_file())


def _settings_file() -> Path | None:
    named = os.environ.get("AKTA_SETTINGS_FILE")
    if named and not Path(named).is_file():
        raise FileNotFoundError(f"AKTA_SETTINGS_FILE names {named}, which is not there")
    return Path(named) if named else None


_PAGE = """# Settings

Each setting is an environment variable, or a key of the TOML file that `AKTA_SETTINGS_FILE` names (in small letters,
without `AKTA_`: `database_url = "…"`). The environment wins. A key that is no setting is refused.

This page is written by `akta settings`; a test compares them.

| Setting | Default | Meaning |
|---|---|---|
"""


def page() -> str:
    """Every setting with its default and its meaning, as `docs/settings.md` has it."""
    return _PAGE + "".join(
        f"| `AKTA_{name.upper()}` | {_default(field)} | {_meaning(field)} |\n"
        for name, field in Settings.model_fields.items()
    )


def _default(field: FieldInfo) -> str:
    value = field.default
    if isinstance(value, SecretStr):
        return "must be set" if value.get_secret_value() else ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"`{text}`" if text else ""


def _meaning(field: FieldInfo) -> str:
    choices = ", ".join(choice for choice in get_args(field.annotation) if isinstance(choice, str))
    return f"{field.description} ({choices})" if choices else str(field.description)
