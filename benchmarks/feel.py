"""How fast expressions and decision tables run: `python -m benchmarks.feel [--quick]`, one JSON object a line.

Conditions run beside `cel` (Rust) on the same data in the same run; `ratio` is our time divided by its time. Both
compile once and evaluate many times; ours has decimals and its budgets on, cel has binary numbers. `prepared` is cel
with a context that it took over before.
"""

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import cel

from benchmarks.measuring import best, tell
from bpmn import dmn, feel

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
CASES: tuple[tuple[str, str, str], ...] = (
    ("gateway", 'amount > 10 and status = "ok"', 'amount > 10.0 && status == "ok"'),
    ("path", "customer.age >= 18", "customer.age >= 18.0"),
    ("arithmetic", "amount * 1.21 + 5 > limit", "amount * 1.21 + 5.0 > limit"),
    ("membership", 'status in ("new", "paid", "ok")', 'status in ["new", "paid", "ok"]'),
    ("choice", 'if amount > 100 then "large" else "small"', 'amount > 100.0 ? "large" : "small"'),
    ("some", "some r in readings satisfies r.value > 95", "readings.exists(r, r.value > 95.0)"),
)
_DATA = {
    "amount": 42.5,
    "limit": 50,
    "status": "ok",
    "customer": {"age": 44, "name": "Jana"},
    "readings": [{"value": value} for value in range(0, 100, 5)],
}


def exact(value: Any) -> Any:
    """The data as variables hold it."""
    if isinstance(value, dict):
        return {key: exact(item) for key, item in value.items()}
    if isinstance(value, list):
        return [exact(item) for item in value]
    return Decimal(str(value)) if isinstance(value, int | float) else value


def binary(value: Any) -> Any:
    """The data as cel takes it."""
    if isinstance(value, dict):
        return {key: binary(item) for key, item in value.items()}
    if isinstance(value, list):
        return [binary(item) for item in value]
    return float(value) if isinstance(value, int) else value


def conditions(seconds: float) -> Iterator[dict[str, object]]:
    """Conditions beside cel."""
    for name, text, other in CASES:
        expression, program = feel.compile(text), cel.compile(other)
        # Only what the condition reads: cel takes its whole context over into Rust at every call.
        data = {key: _DATA[key] for key in expression.names}
        ours, theirs = exact(data), binary(data)
        if expression.evaluate(ours, now=NOW) != program.execute(theirs):
            raise ValueError(f"{name} does not come out as with cel")
        prepared = cel.Context(variables=theirs)
        akta, rust, ready = best(
            [
                partial(expression.evaluate, ours, now=NOW),
                partial(program.execute, theirs),
                partial(program.execute, prepared),
            ],
            seconds,
        )
        yield {
            "row": name,
            "expression": text,
            "akta_us": round(akta, 2),
            "cel_us": round(rust, 2),
            "ratio": round(akta / rust, 2),
            "cel_prepared_us": round(ready, 2),
            "ratio_prepared": round(akta / ready, 2),
        }


def table(rows: int) -> bytes:
    """A table with two inputs of equality and one of a range."""
    rules = "".join(
        f'<rule><inputEntry><text>"K{row}"</text></inputEntry><inputEntry><text>{row % 7}</text></inputEntry>'
        f"<inputEntry><text>{'-' if row % 2 else '>= 10'}</text></inputEntry>"
        f"<outputEntry><text>{row}</text></outputEntry></rule>"
        for row in range(rows)
    )
    inputs = "".join(f"<input><inputExpression><text>{name}</text></inputExpression></input>" for name in "abc")
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="t" namespace="t">'
        '<decision id="d" name="d">'
        f'<decisionTable hitPolicy="UNIQUE">{inputs}<output name="y"/>{rules}</decisionTable></decision></definitions>'
    ).encode()


def tables(seconds: float) -> Iterator[dict[str, object]]:
    """Tables of growing length; the last rule is the one that matches."""
    sizes = (20, 100, 1000)
    calls: list[Callable[[], object]] = []
    for rows in sizes:
        decisions = dmn.read(table(rows))
        data = {"a": f"K{rows - 1}", "b": Decimal((rows - 1) % 7), "c": Decimal(20)}
        assert decisions.evaluate("d", data, now=NOW).value == Decimal(rows - 1)  # noqa: S101
        calls.append(partial(decisions.evaluate, "d", data, now=NOW))
    times = best(calls, seconds)
    for rows, time in zip(sizes, times, strict=True):
        yield {"row": f"table of {rows} rules", "akta_us": round(time, 1), "per_20_rules": round(time / times[0], 2)}


def compiling(seconds: float) -> Iterator[dict[str, object]]:
    """Compiling, for the first time and again."""
    texts = iter(range(10**9))
    first, again = best(
        [
            lambda: feel.compile(f'amount > {next(texts)} and status = "ok"'),
            lambda: feel.compile('amount > 10 and status = "ok"'),
        ],
        seconds,
    )
    yield {"row": "compile", "akta_us": round(first, 1), "again_us": round(again, 2)}


def main(arguments: list[str]) -> int:
    """Measure and print."""
    if set(arguments) - {"--quick"}:
        print("usage: python -m benchmarks.feel [--quick]")
        return 2
    seconds = 0.1 if arguments else 1.0
    for measure in (conditions, tables, compiling):
        for row in measure(seconds):
            tell("feel", row)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
