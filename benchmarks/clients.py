"""Clients in processes of their own that do the same thing at the same time."""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from time import sleep, time

from benchmarks.measuring import part


@dataclass(frozen=True, slots=True)
class Rate:
    """What clients did together: how many a second, and how long each took in milliseconds."""

    per_second: float
    p50: float
    p95: float


Work = Callable[..., list[float]]
"""Takes its arguments, then for how many seconds to work; gives how long each piece of work took, in milliseconds."""


class Clients:
    """So many processes; each keeps what it prepared from one round to the next."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._pools = [ProcessPoolExecutor(1, mp_context=get_context("spawn")) for _ in range(count)]

    def __enter__(self) -> "Clients":
        return self

    def __exit__(self, *_: object) -> None:
        for pool in self._pools:
            pool.shutdown()

    def work(self, work: Work, *arguments: object, seconds: float) -> list[list[float]]:
        """Have every client work for so long, from the same moment on."""
        begin = time() + 0.1
        asked = [
            pool.submit(_from, begin, work, (*arguments, number), seconds) for number, pool in enumerate(self._pools)
        ]
        return [each.result() for each in asked]


def _from(begin: float, work: Work, arguments: tuple[object, ...], seconds: float) -> list[float]:
    sleep(max(0.0, begin - time()))
    return work(*arguments, seconds)


def rate(rounds: Sequence[Sequence[float]], seconds: float) -> Rate:
    """Of rounds of every client, each of so many seconds."""
    every = [took for taken in rounds for took in taken]
    return Rate(len(every) / seconds, part(every, 0.5), part(every, 0.95))
