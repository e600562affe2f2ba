"""Trying expressions and decisions over REST: who may, what comes back, and that nothing can be exhausted by it."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from people import groups
from tests.api.conftest import KINDS
from tests.bpmn.dmn.building import decision, file, table

FEEL = "/api/v1/UKA/feel/evaluate"
DMN = "/api/v1/UKA/dmn/evaluate"
OWNERS = {groups.PROCESS_OWNERS, groups.ADMINISTRATION}
Visitors = Callable[[str], TestClient]


@pytest.fixture
def owner(visitor: Visitors) -> TestClient:
    return visitor(groups.PROCESS_OWNERS)


def ask(client: TestClient, expression: str, **context: Any) -> tuple[int, dict[str, Any]]:
    answer = client.post(FEEL, json={"expression": expression, "context": context})
    return answer.status_code, answer.json()


@pytest.mark.parametrize("kind", KINDS)
def test_only_owners_of_processes_may_try(kind: str, visitor: Visitors) -> None:
    client = visitor(kind)
    assert (ask(client, "1")[0] == 200) is (kind in OWNERS)
    model = file(decision("d", table(["x"], ["y"], [["-", "1"]]))).decode()
    assert (client.post(DMN, json={"model": model}).status_code == 200) is (kind in OWNERS)


def test_an_expression_comes_back_with_its_value_and_the_reason_of_a_null(owner: TestClient) -> None:
    assert ask(owner, "amount * 2", amount=1.25) == (200, {"value": 2.5, "feel": "2.50", "reasons": []})
    told = ask(owner, 'day + duration("P1M")', day='@"2026-01-31"')[1]
    assert told["value"] == '@"2026-02-28"'
    assert ask(owner, "nobody + 1")[1]["reasons"][0] == '"nobody" is not known'


def test_a_wrong_expression_is_told_with_line_and_column_in_the_readers_language(owner: TestClient) -> None:
    status, problem = ask(owner, "if a\nthen 1")
    assert status == 422
    assert (problem["type"], problem["line"], problem["column"]) == ("urn:akta:FeelSyntaxError", 2, 7)
    assert problem["detail"].startswith('Line 2, column 7: expected "else"')


def test_a_decision_comes_back_with_what_each_rule_said(owner: TestClient) -> None:
    rules = [["< 5", '"low"'], [">= 5", '"high"']]
    model = file(decision("d", table(["x"], ["y"], rules))).decode()
    answer = owner.post(DMN, json={"model": model, "context": {"x": 7}}).json()
    assert (answer["value"], answer["matched"], answer["inputs"]) == ("high", [2], {"x": 7})
    assert answer["rules"][0]["missed"] == {"input": "x", "value": 7, "test": "< 5"}


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("for i in 1..1000000000 return i", "FeelLimit"),
        ("for i in 1..1000, j in 1..1000 return i * j", "FeelLimit"),
        ("{f: function(n) f(n + 1), r: f(1)}.r", "FeelLimit"),
        ('string join(for i in 1..100000 return "aaaaaaaaaaaaaaaaaaaaaaaaa")', "FeelLimit"),
        ("(" * 5000, "FeelSyntaxError"),
    ],
)
def test_no_expression_can_exhaust_the_server(expression: str, kind: str, owner: TestClient) -> None:
    status, problem = ask(owner, expression)
    assert (status, problem["type"]) == (422, f"urn:akta:{kind}")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"expression": 3},
        {"expression": "x" * 10_001},
        {"expression": "1", "context": []},
        {"expression": "1", "context": {"d": '@"2026-02-31"'}},
        {"expression": "1", "context": {str(number): 1 for number in range(501)}},
    ],
)
def test_what_is_no_trial_is_refused(body: dict[str, Any], owner: TestClient) -> None:
    answer = owner.post(FEEL, json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


def test_a_model_that_cannot_be_read_is_refused(owner: TestClient) -> None:
    for model in ("", "<a/>", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', file().decode()):
        answer = owner.post(DMN, json={"model": model})
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:akta:DmnError")
    assert owner.post(DMN, json={"model": "x" * 1_100_000}).status_code in (413, 422)
