"""What benchmarks share: timing in turns, parts of a distribution, growth, and a row as a line of JSON."""

import gc
import json
import math
import os
import platform
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

PACKAGES = ("spiffworkflow", "sqlalchemy", "psycopg", "fastapi")


def tell(benchmark: str, row: Mapping[str, object]) -> None:
    """Print one row with what it was measured on."""
    print(json.dumps({"benchmark": benchmark, **row, "on": about()}), flush=True)


@cache
def about() -> Mapping[str, object]:
    """Versions and machine."""
    versions = {name: version(name) for name in PACKAGES}
    return {"python": platform.python_version(), **versions, "machine": _processor(), "cores": os.cpu_count()}


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return f"{platform.machine()} {next(names, '')}".strip()


def best(functions: Sequence[Callable[[], object]], seconds: float) -> list[float]:
    """The best time of each in microseconds, measured in turns, so that a busy machine harms all alike."""
    counts = [_count(function) for function in functions]
    found = [float("inf")] * len(functions)
    until = perf_counter() + seconds * len(functions)
    gc.disable()
    try:
        while True:
            for place, (function, count) in enumerate(zip(functions, counts, strict=True)):
                found[place] = min(found[place], _time(function, count) / count * 1e6)
                gc.collect(0)
            if perf_counter() >= until:
                return found
    finally:
        gc.enable()


def _time(function: Callable[[], object], count: int) -> float:
    started = perf_counter()
    for _ in range(count):
        function()
    return perf_counter() - started


def _count(function: Callable[[], object]) -> int:
    """How often to call for a few milliseconds."""
    return max(1, int(0.004 / max(_time(function, 1), _time(function, 1), 1e-7)))


def part(times: Sequence[float], share: float) -> float:
    """The time that so large a share of them does not exceed."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def exponent(sizes: Sequence[float], times: Sequence[float]) -> float:
    """The power of size with which time grows: the slope of a straight line through the logarithms."""
    across, up = [math.log(size) for size in sizes], [math.log(time) for time in times]
    middle, level = sum(across) / len(across), sum(up) / len(up)
    over = sum((x - middle) * (y - level) for x, y in zip(across, up, strict=True))
    return over / sum((x - middle) ** 2 for x in across)
