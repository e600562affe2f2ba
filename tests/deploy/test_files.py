"""The compose file, the container file, the units and the example settings fit the application and each other."""

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from akta.cli import app
from akta.settings import MEGABYTE, Settings
from tests.deploy.files import DEPLOY, compose, environment

OURS = ("migrate", "web", "worker")
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
CONTAINER = (DEPLOY / "Containerfile").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose()["services"]
    return found


def unit(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]  # as its documentation says
    parser.read(path, encoding="utf-8")
    return parser


def accepted(command: list[str]) -> bool:
    return CliRunner().invoke(app, [*command, "--help"]).exit_code == 0


def test_every_setting_of_the_example_is_one_and_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment().items():
        assert name.removeprefix("AKTA_").lower() in Settings.model_fields, name
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert settings.files == "s3"
    assert settings.public_url.startswith("https://")


def test_what_the_settings_name_is_a_service_of_the_compose_file(services: dict[str, dict[str, Any]]) -> None:
    given = environment()
    for name, pattern in (
        ("AKTA_DATABASE_URL", r"@(\w+):5432/"),
        ("AKTA_S3_ENDPOINT", r"^(\w+):9000$"),
        ("AKTA_BROKER_URL", r"//(\w+):6379/"),
    ):
        found = re.search(pattern, given[name])
        assert found is not None
        assert found[1] in services
    (network,) = compose()["networks"]["inside"]["ipam"]["config"]
    assert given["AKTA_TRUSTED_PROXIES"] == network["subnet"]
    assert f"web:{given['AKTA_PORT']}" in (DEPLOY / "Caddyfile").read_text(encoding="utf-8")


def test_images_are_pinned(services: dict[str, dict[str, Any]]) -> None:
    base = re.findall(r"^FROM (\S+)$", CONTAINER, re.MULTILINE)
    for image in [*base, *(each["image"] for each in services.values())]:
        tag = image.partition(":")[2]
        assert re.search(r"\d+\.\d+\.\d+|\d+\.\d+-|\d{4}-\d\d-\d\d", tag), image


def test_our_containers_have_no_right_they_do_not_need(services: dict[str, dict[str, Any]]) -> None:
    assert re.search(r"^USER 10001:10001$", CONTAINER, re.MULTILINE)
    for name in OURS:
        each = services[name]
        assert each["read_only"] is True
        assert each["cap_drop"] == ["ALL"]
        assert each["security_opt"] == ["no-new-privileges:true"]
        assert "volumes" not in each


def test_only_the_proxy_is_reached_from_outside(services: dict[str, dict[str, Any]]) -> None:
    assert [name for name, each in services.items() if "ports" in each] == ["proxy"]
    assert [name for name, each in services.items() if "outside" in each["networks"]] == ["proxy"]


def test_nothing_starts_before_what_it_stands_on(services: dict[str, dict[str, Any]]) -> None:
    for name, each in services.items():
        for other, how in each.get("depends_on", {}).items():
            wanted = "service_completed_successfully" if other == "migrate" else "service_healthy"
            assert how["condition"] == wanted, (name, other)
            assert other == "migrate" or "healthcheck" in services[other]


def test_the_proxy_refuses_what_the_application_would_refuse() -> None:
    said = re.search(r"max_size (\d+)MiB", (DEPLOY / "Caddyfile").read_text(encoding="utf-8"))
    assert said is not None
    assert int(said[1]) * MEGABYTE == Settings.model_fields["uploads_limit"].default


def test_the_container_holds_every_package_of_the_wheel() -> None:
    copied = set(re.findall(r"^COPY (\w+) \1$", CONTAINER, re.MULTILINE))
    project = (DEPLOY.parent / "pyproject.toml").read_text(encoding="utf-8")
    packages = re.search(r"^packages = \[(.*)\]$", project, re.MULTILINE)
    assert packages is not None
    assert copied == set(re.findall(r'"(\w+)"', packages[1]))


def test_what_is_started_are_commands_of_akta(services: dict[str, dict[str, Any]]) -> None:
    assert all(accepted(services[name]["command"]) for name in OURS)
    for path in UNITS:
        program, *command = shlex.split(unit(path)["Service"]["ExecStart"])
        assert program.endswith("/akta")
        assert accepted(command), path.name


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_units_run_as_nobody_who_could_do_harm(path: Path) -> None:
    service = unit(path)["Service"]
    assert service["User"] == "akta"
    assert (service["NoNewPrivileges"], service["ProtectSystem"], service["CapabilityBoundingSet"]) == (
        *("yes", "strict"),
        "",
    )


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd to ask")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    for path in UNITS:
        text = path.read_text(encoding="utf-8")
        (tmp_path / path.name).write_text(re.sub(r"^ExecStart=.*", "ExecStart=/bin/true", text, flags=re.MULTILINE))
    asked = ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / path.name) for path in UNITS)]
    told = subprocess.run(asked, capture_output=True, text=True).stderr
    assert [line for line in told.splitlines() if "akta-" in line] == []
