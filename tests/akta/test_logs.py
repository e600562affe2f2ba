"""Logs are JSON lines, and no log quotes an address."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from akta import logs


@pytest.fixture
def as_before() -> Iterator[None]:
    """Logging is the process's: put back what was."""
    root, access = logging.getLogger(), logging.getLogger("uvicorn.access")
    before = (root.handlers[:], root.level, access.disabled)
    yield
    root.handlers[:], access.disabled = before[0], before[2]
    root.setLevel(before[1])
    structlog.reset_defaults()


@pytest.mark.usefixtures("as_before")
def test_every_log_is_a_json_line_and_the_servers_access_log_is_silent(capfd: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO")
    structlog.get_logger("akta").info("done", count=1)
    logging.getLogger("a.library").warning("watch out")
    logging.getLogger("uvicorn.access").info('"GET /uka/c/the-key-to-a-case" 303')
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert [(line["event"], line["level"]) for line in lines] == [("done", "info"), ("watch out", "warning")]
