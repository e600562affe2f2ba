"""Kept lists, drafts, density and the team's load over REST: each to whom it belongs, with clear refusals."""

import pytest

from storage.cases import Case
from storage.database import Database
from tests.api.conftest import Visitor
from tests.api.test_casework import REST


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """The statements are tried on both databases a floor below."""
    return sqlite_database


ENTRY = {"name": "Late ones", "query": {"queue": "late", "search": "minta", "sort": "person", "descending": True}}


def test_a_list_is_kept_changed_counted_and_removed(visitor: Visitor, case: Case) -> None:
    clerk = visitor("front-desk")
    made = clerk.post(f"{REST}/views", json=ENTRY)
    assert made.status_code == 201, made.text
    view = made.json()
    assert (view["name"], view["mine"], view["shared_with"]) == ("Late ones", True, "")
    assert view["query"] == {**ENTRY["query"], "process": "", "group": ""}  # type: ignore[dict-item]
    address = f"{REST}/views/{view['id']}"
    shown = clerk.get(address)
    assert shown.headers["etag"] == f'"{view["version"]}"'
    changed = {**ENTRY, "shared_with": "front-desk", "query": {"queue": "groups"}}
    assert clerk.put(address, json=changed, headers={"if-match": '"7"'}).status_code == 409
    assert clerk.put(address, json=changed, headers={"if-match": shown.headers["etag"]}).status_code == 200
    assert clerk.get(f"{address}/count").json() == {"count": 1}
    assert clerk.delete(address).status_code == 204
    assert clerk.get(f"{REST}/views").json() == {"views": []}


@pytest.mark.parametrize(
    ("entry", "status"),
    [
        ({**ENTRY, "name": " "}, 422),
        ({**ENTRY, "name": "x" * 81}, 422),
        ({**ENTRY, "name": "\x00"}, 422),
        ({**ENTRY, "query": {"queue": "nowhere"}}, 422),
        ({**ENTRY, "shared_with": "billing"}, 403),
        ({**ENTRY, "query": {"queue": "late", "sort": "salary"}}, 422),
    ],
)
def test_what_cannot_be_kept_is_refused(visitor: Visitor, entry: dict[str, object], status: int) -> None:
    assert visitor("front-desk").post(f"{REST}/views", json=entry).status_code == status


def test_a_draft_is_kept_read_and_thrown_away(visitor: Visitor, case: Case) -> None:
    clerk, stranger = visitor("front-desk"), visitor("metering")
    (task,) = clerk.get(f"{REST}/tasks", params={"queue": "groups"}).json()["tasks"]
    address = f"{REST}/tasks/{task['id']}/draft"
    assert clerk.get(address).status_code == 404
    assert clerk.put(address, json={"answers": {"answer": "Not yet", "sure": True}}).status_code == 200
    assert clerk.get(address).json()["answers"] == {"answer": ["Not yet"], "sure": ["true"]}
    assert stranger.get(address).status_code == stranger.put(address, json={"answers": {}}).status_code == 404
    assert clerk.put(address, json={"answers": {"answer": "x" * 300_000}}).status_code == 422
    assert clerk.delete(address).status_code == 204
    assert clerk.get(address).status_code == 404


def test_density_is_kept_with_the_account(visitor: Visitor) -> None:
    clerk = visitor("front-desk")
    assert clerk.get(f"{REST}/preferences").json() == {"density": "comfortable"}
    assert clerk.put(f"{REST}/preferences", json={"density": "compact"}).status_code == 200
    assert clerk.get(f"{REST}/preferences").json() == {"density": "compact"}
    assert 'data-density="compact"' in clerk.get("/uka/inbox").text
    assert clerk.put(f"{REST}/preferences", json={"density": "tiny"}).status_code == 422
    assert visitor("anonymous").get(f"{REST}/preferences").status_code == 401


def test_the_load_of_the_team_is_for_supervision(visitor: Visitor, case: Case) -> None:
    (group,) = visitor("supervision").get(f"{REST}/team").json()["groups"]
    assert (group["group"], group["open"], group["free"], group["late"]) == ("front-desk", 1, 1, 0)
    assert visitor("front-desk").get(f"{REST}/team").status_code == 403


@pytest.mark.parametrize("sort", ["due", "since", "reference", "person", "step"])
def test_a_cursor_is_good_for_the_order_it_was_given_out_by(visitor: Visitor, case: Case, sort: str) -> None:
    clerk = visitor("front-desk")
    page = clerk.get(f"{REST}/tasks", params={"sort": sort, "process": case.bundle, "search": "MINTA"}).json()
    (row,) = page["tasks"]
    assert row["reference"] == case.reference
    assert page["next"] is None
    assert clerk.get(f"{REST}/tasks", params={"sort": sort, "cursor": "bm90IG91cnM"}).status_code == 422
