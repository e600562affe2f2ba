"""One writer of the truth about a case."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WRITERS = {"workflows/_record.py", "workflows/history.py"}
ROWS = re.compile(r"(?<![\w.])(CaseState|Position|Task|Job|Timer|Subscription|Incident|HistoryEntry)\(\w+=")


@pytest.mark.parametrize("floor", ["workflows", "tasks", "heating", "people", "documents", "api"])
def test_rows_of_running_cases_are_made_in_one_place(floor: str) -> None:
    made = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / floor).rglob("*.py")
        if ROWS.search(re.sub(r"\(\s+", "(", path.read_text()))
    }
    assert made <= WRITERS
    assert floor != "workflows" or made == WRITERS, "the pattern finds what it looks for"
