"""What the proof of control flow says of a corpus, and how fast: `python -m benchmarks.check FOLDER [--quiet]`.

Every BPMN file below the folder is read and every process in it looked at, executable or not. A line for each file that
is not sound, with `--quiet` none; the last line is a JSON object with the counts and the times.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from benchmarks.measuring import part, tell
from bpmn import model
from bpmn.soundness import analyse

ENDINGS = ("*.bpmn", "*.bpmn2", "*.bpmn20.xml", "*.xml")


@dataclass(frozen=True, slots=True)
class Looked:
    """One file: what was said of it (`sound`, kinds of defect, `not proved`, `not readable`, `crash`), and why."""

    path: Path
    verdicts: tuple[str, ...]
    told: str
    seconds: float


def files(folder: Path) -> list[Path]:
    return sorted({path for ending in ENDINGS for path in folder.rglob(ending) if path.is_file()})


def look(path: Path) -> Looked:
    """Read a file and prove or disprove every process in it; nothing it holds ends the run."""
    begun = perf_counter()
    try:
        verdicts, told = _verdicts(path)
    except model.ModelError as unreadable:
        verdicts, told = ("not readable",), unreadable.detail
    except Exception as crash:
        verdicts, told = ("crash",), f"{type(crash).__name__}: {crash}"
    return Looked(path, verdicts, told, perf_counter() - begun)


def _verdicts(path: Path) -> tuple[tuple[str, ...], str]:
    kinds: dict[str, None] = {}
    told: list[str] = []
    for process in model.read_all(path.read_bytes()):
        verdict = analyse(process)
        for defect in verdict.defects:
            kinds[defect.defect.value] = None
            told.append(f"{defect.defect.value} at {', '.join(defect.elements)}")
        if verdict.unproved:
            kinds["not proved"] = None
            told.append(f"not proved: {', '.join(verdict.unproved)}")
    return tuple(kinds) or ("sound",), "; ".join(told)


def summary(looked: Sequence[Looked]) -> dict[str, object]:
    """Counts of files by verdict, and times in milliseconds."""
    times = sorted(each.seconds * 1000 for each in looked)
    verdicts = Counter(verdict for each in looked for verdict in each.verdicts)
    return {
        "models": len(looked),
        "verdicts": dict(verdicts.most_common()),
        "crashes": verdicts["crash"],
        "p50_ms": round(part(times, 0.5), 2),
        "p95_ms": round(part(times, 0.95), 2),
        "max_ms": round(part(times, 1), 2),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.check", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--quiet", action="store_true", help="print only the last line")
    given = parser.parse_args(arguments)
    looked = list(_run(given.folder, quiet=given.quiet))
    tell("check", summary(looked))
    return int(any("crash" in each.verdicts for each in looked))


def _run(folder: Path, *, quiet: bool) -> Iterator[Looked]:
    for path in files(folder):
        each = look(path)
        if each.verdicts != ("sound",) and not quiet:
            print(f"{path.relative_to(folder)}: {each.told}")
        yield each


if __name__ == "__main__":
    sys.exit(main())
