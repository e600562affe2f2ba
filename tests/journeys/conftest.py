"""Fixtures of whole journeys: an office on each database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from akta.clock import SetClock
from storage.database import Database
from tests.journeys import office
from tests.journeys.office import Office


@pytest.fixture
def uka(database: Database, tmp_path: Path, clock: SetClock) -> Iterator[Office]:
    """The Czech utility of the samples, on each database."""
    akta = office.build(database.engine.url.render_as_string(hide_password=False), tmp_path / "files", clock)
    yield Office.opened(akta, clock)
    akta.close()
