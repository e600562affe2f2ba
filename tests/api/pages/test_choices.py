"""The parts of an ad-hoc sub-process on the page of their case: begun and ended with plain forms."""

import re
from datetime import datetime

import pytest

from akta.ids import CaseId
from akta.subjects import Kind
from people.groups import METERING
from storage.database import Database
from tests.api.pages.conftest import SignedIn


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """What the rows do is proved on both databases two floors below."""
    return sqlite_database


def test_parts_are_begun_and_ended_on_the_page_of_their_case(
    signed_in: SignedIn, open_case: CaseId, now: datetime
) -> None:
    clerk = signed_in("clerk", Kind.STAFF, METERING)
    page = clerk.open(f"/cases/{open_case}")
    (address,) = set(re.findall(r"/uka(/cases/[^\"]+/choices/[^\"]+)/start", page))
    assert "What is done next?" in clerk.text
    clerk.send(f"{address}/start", {"part": "count"})
    assert "Part begun: count" in clerk.text
    clerk.send(f"{address}/start", {"part": "elsewhere"})
    assert clerk.status == 422
    clerk.open(f"/cases/{open_case}")
    clerk.send(f"{address}/finish", {})
    assert "Parts finished" in clerk.text
    assert "What is done next?" not in clerk.text
