"""Two results of a benchmark as a table of ratios: `python -m benchmarks.ratios BEFORE AFTER`.

Each file holds the lines of JSON that a benchmark printed. Rows are the same when all that is no measure is the same;
for each measure of both the table says what it was, what it is, and the second as a multiple of the first.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

MEASURES = ("_ms", "_us", "_bytes", "bytes", "_per_second", "_seconds", "_times", "exponent", "_floor", "floor_by")
"""How the names of measures end; whatever else a row holds says which row it is."""

Row = Mapping[str, object]


def read(path: Path) -> dict[str, Row]:
    """The rows of a file by what they are about.

    Raises:
        ValueError: a line is no row.
    """
    found: dict[str, Row] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if not isinstance(row, dict) or "benchmark" not in row:
            raise ValueError(f"{path}: no row of a benchmark: {line[:80]}")
        about = (f"{name}={value}" for name, value in row.items() if not _measures(name, value) and _plain(value))
        found[" ".join(about)] = row
    return found


def _measures(name: str, value: object) -> bool:
    return name.endswith(MEASURES) and isinstance(value, int | float)


def _plain(value: object) -> bool:
    return isinstance(value, str | int | float)


def ratios(before: Mapping[str, Row], after: Mapping[str, Row]) -> Iterator[tuple[str, str, float, float]]:
    """What each row and measure was and is, in the order of the second result."""
    for about, now in after.items():
        for name, value in now.items():
            was = before.get(about, {}).get(name)
            if _measures(name, value) and isinstance(was, int | float) and isinstance(value, int | float):
                yield about, name, was, value


def table(before: Mapping[str, Row], after: Mapping[str, Row]) -> Iterator[str]:
    """The lines of a table in Markdown."""
    yield "| row | measure | before | after | ratio |"
    yield "|-|-|-:|-:|-:|"
    for about, name, was, now in ratios(before, after):
        yield f"| {about} | {name} | {was:g} | {now:g} | {f'{now / was:.2f}' if was else '-'} |"


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 2:
        print("usage: python -m benchmarks.ratios BEFORE AFTER")
        return 2
    try:
        before, after = (read(Path(name)) for name in arguments)
    except (OSError, ValueError) as unreadable:
        print(unreadable)
        return 2
    print("\n".join(table(before, after)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
