"""A clock that stands still, and short ways to evaluate."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from bpmn import feel

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)

Evaluate = Callable[..., Any]


@pytest.fixture
def value() -> Evaluate:
    """The value of an expression, with variables by name."""

    def evaluate(text: str, /, **variables: Any) -> Any:
        return feel.compile(text).evaluate(variables, now=NOW)

    return evaluate


@pytest.fixture
def reasons() -> Evaluate:
    """Why nulls on the way to an expression's value are null."""

    def explain(text: str, /, **variables: Any) -> tuple[str, ...]:
        return feel.compile(text).explain(variables, now=NOW).reasons

    return explain


@pytest.fixture
def passes() -> Evaluate:
    """Whether a value passes the tests of a table cell."""

    def evaluate(text: str, value: Any, /, **variables: Any) -> bool:
        return feel.compile_unary(text).evaluate(value, variables, now=NOW)

    return evaluate
