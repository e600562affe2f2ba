"""Every command is kept so that it can be read back, and what it was given only where personal content is kept."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from akta.ids import TokenId
from bpmn.values import Value
from workflows import recorded
from workflows.engine import (
    Cancel,
    Command,
    CompleteCall,
    CompleteTask,
    Deliver,
    DeliverSignal,
    FinishParts,
    FireTimer,
    Modify,
    Reschedule,
    Retry,
    SetVariables,
    SkipToken,
    Start,
    StartBefore,
    StartPart,
    ThrowError,
)

SECRET = "Jana Ukázková"
VALUES: dict[str, Value] = {
    "name": SECRET,
    "value": Decimal("864.70"),
    "day": date(2026, 3, 2),
    "lasting": timedelta(days=2),
    "list": [Decimal(1), None, {"n": True}],
}
TOKEN = TokenId(7)
COMMANDS: tuple[Command, ...] = (
    Start(VALUES),
    Start(VALUES, "by-message"),
    CompleteTask(TOKEN, VALUES),
    CompleteTask(TOKEN),
    CompleteCall(TOKEN, VALUES),
    ThrowError(TOKEN, "FULL", SECRET, VALUES),
    ThrowError(TOKEN, "FULL"),
    FireTimer(TOKEN),
    Deliver(TOKEN, VALUES),
    DeliverSignal("all-clear", VALUES),
    Retry(TOKEN),
    SetVariables(VALUES),
    SetVariables(VALUES, TOKEN),
    SkipToken(TOKEN, VALUES, "to-refused"),
    Modify((TOKEN,), (StartBefore("review", VALUES, "called", TokenId(3)), StartBefore("stamp"))),
    Modify((TOKEN,)),
    StartPart(TOKEN, "visit", VALUES),
    FinishParts(TOKEN),
    Reschedule({TOKEN: datetime(2026, 3, 2, 9, 30, tzinfo=UTC)}),
    Cancel(),
)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: type(each).__name__)
def test_a_command_is_read_back_as_it_was(command: Command) -> None:
    facts = json.loads(json.dumps(recorded.facts(command)))
    given = json.loads(json.dumps(recorded.given(command)))
    assert SECRET not in json.dumps(facts, ensure_ascii=False)
    assert recorded.command(facts, {recorded.GIVEN: given}, VALUES) == command


def test_what_was_erased_is_no_command() -> None:
    with pytest.raises(recorded.NotKept):
        recorded.command(recorded.facts(CompleteTask(TOKEN, VALUES)), None, {})
