"""The plausibility table on its page: tried, activated, or stored for somebody else to activate."""

from datetime import datetime
from pathlib import Path

import pytest

from akta.subjects import Door, Kind, system
from api.ports import Services
from bpmn import bundle as bundles
from bpmn.bundle import Bundle
from heating import lists, trials
from people.groups import PROCESS_OWNERS
from storage.tenants import Tenant
from storage.unit_of_work import UnitOfWork
from tests.api.pages.browser import Browser
from tests.api.pages.conftest import SignedIn
from tests.api.toy import FILES, KEY
from workflows import deployments, releases

SHIPPED = Path(bundles.__file__).parents[1] / "bundles" / lists.BUNDLE / trials.TABLE
CHANGED = {"cell-usual-range-rule-1-output-2": "3.5", "note": "Less noise"}


@pytest.fixture
def table() -> Bundle:
    """A bundle of the toy's forms and process with the shipped table."""
    renamed = {
        name: content.replace(f'"{KEY}"'.encode(), f'"{lists.BUNDLE}"'.encode()) for name, content in FILES.items()
    }
    return bundles.from_files({**renamed, trials.TABLE: SHIPPED.read_bytes()})


@pytest.fixture
def owner(signed_in: SignedIn, uow: UnitOfWork, services: Services, now: datetime, table: Bundle) -> Browser:
    with uow.begin() as tx:
        deployments.deploy(tx, table, system(uow.tenant).acting(Door.CLI), now, gate=services.gate, activated=True)
    return signed_in("owner", Kind.STAFF, PROCESS_OWNERS)


def test_a_cell_is_changed_tried_and_activated(owner: Browser, uow: UnitOfWork) -> None:
    owner.open("/readings/table")
    owner.send("/readings/table", {**CHANGED, "act": "try"})
    assert "Readings tried" in owner.text
    assert 'value="3.5"' in owner.page
    owner.send("/readings/table", {**CHANGED, "act": "activate"})
    assert "version 2 active" in owner.text


def test_where_a_second_person_is_wanted_the_table_is_stored_and_somebody_else_activates_it(
    owner: Browser, signed_in: SignedIn, uow: UnitOfWork
) -> None:
    with uow.begin() as tx:
        tx.get(Tenant, tx.tenant).profile = {releases.PROFILE: {releases.SECOND_PERSON: True}}
    owner.open("/readings/table")
    owner.send("/readings/table", {**CHANGED, "act": "try"})
    assert "Activate this table" not in owner.text
    owner.send("/readings/table", {**CHANGED, "act": "activate"})
    assert owner.status == 403
    owner.open("/readings/table")
    owner.send("/readings/table", {**CHANGED, "act": "store"})
    assert "Somebody else has to activate it" in owner.text
    with uow.view() as tx:
        assert deployments.active(tx, lists.BUNDLE).version == 1
    other = signed_in("other", Kind.STAFF, PROCESS_OWNERS)
    other.open(f"{owner.url}/release")
    while "Accept with this reason" in other.text:
        other.send("/explanation", {"reason": "It was so before."})
    other.send("/release", {"when": "now"})
    assert "version 2 active" in other.text


@pytest.mark.parametrize("cell", ["three", "2.0.0", "", "1/0", "x" * 5000])
def test_what_is_no_number_is_named_and_the_entry_kept(owner: Browser, cell: str) -> None:
    owner.open("/readings/table")
    owner.send("/readings/table", {"cell-usual-range-rule-1-output-2": cell, "act": "activate"})
    assert owner.status == 422
    assert "The table cannot be read like this" in owner.text
    assert f'value="{cell}"' in owner.page
