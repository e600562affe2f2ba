"""Trying expressions and decisions before they are deployed: nothing is read of the utility, nothing is kept."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.dependencies import VisitDep, needs
from bpmn import trial
from people.rights import Act

router = APIRouter(tags=["trials"])

MAX_EXPRESSION = 10_000
MAX_MODEL = 1_000_000
Context = Annotated[dict[str, Any], Field(max_length=500, description='A date is written as in FEEL: @"2026-01-31"')]


class Expression(BaseModel):
    """A FEEL expression and the variables it sees."""

    expression: str = Field(max_length=MAX_EXPRESSION)
    context: Context = Field(default_factory=dict)


class Found(BaseModel):
    """What it came to, as JSON and as FEEL writes it, and why nulls on the way are null."""

    value: Any
    feel: str
    reasons: list[str]


class Model(BaseModel):
    """A DMN file, the decision (by id or name, where there are several), and the variables."""

    model: str = Field(max_length=MAX_MODEL)
    decision: str = Field(default="", max_length=200)
    context: Context = Field(default_factory=dict)


class Missed(BaseModel):
    """The first input whose value did not pass its test."""

    input: str
    value: Any
    test: str


class Rule(BaseModel):
    """What came of a rule. Neither matched nor missed: another one matched before it."""

    rule: int
    matched: bool
    missed: Missed | None = None


class Decided(Found):
    """A decision, what its table looked at, what came of each rule, and the decisions it was made from."""

    decision: str
    inputs: dict[str, Any]
    matched: list[int]
    rules: list[Rule]
    required: list["Decided"]


@router.post("/feel/evaluate", dependencies=[needs(Act.TRY_EXPRESSIONS)])
def evaluate_expression(asked: Expression, visit: VisitDep) -> Found:
    """Evaluate an expression within a small budget; `today()` is the day of the utility."""
    given = trial.variables(asked.context)
    tried = trial.expression(asked.expression, given, now=_now(visit), allowance=trial.tight())
    return Found.model_validate(trial.found(tried))


@router.post("/dmn/evaluate", dependencies=[needs(Act.TRY_EXPRESSIONS)])
def evaluate_decision(asked: Model, visit: VisitDep) -> Decided:
    """Make a decision of a DMN file within a small budget, and say why each rule matched or did not."""
    given = trial.variables(asked.context)
    source = asked.model.encode()
    explained = trial.decision(source, asked.decision, given, now=_now(visit), allowance=trial.tight())
    return Decided.model_validate(trial.told(explained))


def _now(visit: VisitDep) -> datetime:
    return visit.now.astimezone(visit.language.zone)
