"""What the files in `deploy/` say, read as the programs that use them read it."""

from typing import Any

import yaml

from tests.architecture.source import ROOT

DEPLOY = ROOT / "deploy"


def environment() -> dict[str, str]:
    """The settings of the example, as compose and systemd hand them to a process."""
    lines = (DEPLOY / "akta.env.example").read_text(encoding="utf-8").splitlines()
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def compose() -> dict[str, Any]:
    with (DEPLOY / "compose.yaml").open(encoding="utf-8") as file:
        found: dict[str, Any] = yaml.safe_load(file)
    return found
