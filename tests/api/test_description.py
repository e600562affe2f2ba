"""The REST description holds: whatever fits it is answered as it says, for every role, and never by a fault of ours."""

import os
from collections import Counter
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.app import OPENAPI_URL
from storage.database import Database
from tests.api.conftest import Visitor

pytestmark = pytest.mark.slow

schemathesis.serializer.alias("application/zip", "application/octet-stream")

EXAMPLES = int(os.environ.get("EXAMPLES", "2"))
"""Of each operation, for each role; more when asked for."""
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
ROLES = [
    "anonymous",
    "case-link",
    "customer",
    "machine",
    "front-desk",
    "supervision",
    "process-owners",
    "administration",
]
"""One of each kind of subject, and the groups that between them hold every act."""
LEFT_OUT = {"end_session", "revoke_links"}
"""They would end the session the others are asked with."""


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """The same queries run on both databases."""
    return sqlite_database


@pytest.mark.parametrize("kind", ROLES)
def test_every_operation_answers_as_described(kind: str, app: FastAPI, visitor: Visitor) -> None:
    told = visitor(kind).headers.get("authorization")
    headers = {"authorization": told} if told else {}
    schema = schemathesis.openapi.from_asgi(OPENAPI_URL, app)
    operations: list[Any] = [result.ok() for result in schema.get_all_operations()]  # type: ignore[union-attr]
    asked = [one for one in operations if one.definition.raw["operationId"] not in LEFT_OUT]
    assert len(asked) > 60
    answered: Counter[int] = Counter()
    wrong = [f"{one.label}: {said}" for one in asked if (said := _wrong(one, headers, answered))]
    assert not wrong, "\n".join(wrong)
    assert answered.total() >= len(asked) * EXAMPLES * 0.8
    assert any(status < 300 for status in answered)
    assert any(400 <= status < 500 for status in answered)


def _wrong(operation: Any, headers: dict[str, str], answered: Counter[int]) -> str:
    """What is wrong with the answers to some examples; empty when nothing is."""

    @seed(7)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.data())
    def ask(case: st.DataObject) -> None:
        asking = case.draw(operation.as_strategy())
        if "{tenant}" in operation.path:
            asking.path_parameters = {**asking.path_parameters, "tenant": "uka"}
        answer = asking.call(headers=headers)
        answered[answer.status_code] += 1
        asking.validate_response(answer, checks=CHECKS)

    try:
        ask()
    except FailureGroup as failed:
        return "; ".join(f"{type(each).__name__} {each}" for each in failed.exceptions)[:600]
    return ""
