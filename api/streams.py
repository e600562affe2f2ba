"""Live streams: server-sent events that tell a page what stands now, each time something changes (design.md §5, §6).

What is told is always the whole of it, never a difference, so that nothing is lost by a stream that breaks off. A
stream waits in the event loop and holds no thread and no connection; only looking takes one from the pool for a
moment, at most once in `PAUSE`, and looks with the rights its visitor has at that moment.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import suppress
from typing import Any
from uuid import UUID

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from akta.errors import Refusal, TooOften
from akta.ids import TenantId
from storage.changes import Changes

PAUSE = 2.0
"""Seconds between two looks of a stream, however much happens."""
BEAT = 20.0
"""Seconds after which a stream shows that it is alive, and sees whether its session is."""
LONGEST = 15 * 60.0
"""Seconds after which a stream ends; a page then opens the next one."""
MOST_OF_ONE = 6
"""Streams of one session or key in one process: as many tabs as are in sight at once."""
MOST = 2000
"""Streams of one process."""

Look = Callable[[], Any]
"""What stands now, as plain data; raises a Refusal where it is not the visitor's to see any more."""


class Streams:
    """How many streams each session or key holds in this process."""

    def __init__(self) -> None:
        self._open: Counter[Hashable] = Counter()

    def take(self, who: Hashable) -> None:
        """
        Raises:
            TooOften: they, or all together, hold as many as they may.
        """
        if self._open[who] >= MOST_OF_ONE or self._open.total() >= MOST:
            raise TooOften(after=int(BEAT))
        self._open[who] += 1

    def give_back(self, who: Hashable) -> None:
        self._open[who] -= 1
        if not self._open[who]:
            del self._open[who]


class LiveStream(StreamingResponse):
    """A stream whose place is given back however it ends."""

    def __init__(self, streams: Streams, who: Hashable, told: AsyncIterator[bytes]) -> None:
        super().__init__(told, media_type="text/event-stream", headers={"x-accel-buffering": "no"})
        streams.take(who)
        self._streams, self._who = streams, who

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._streams.give_back(self._who)


async def follow(
    changes: Changes, look: Look, tenant: TenantId, case: UUID | None = None, *, pause: float | None = None
) -> AsyncIterator[bytes]:
    """What stands at first, and then whenever it has changed, until it may not be seen any more."""
    loop, changed = asyncio.get_running_loop(), asyncio.Event()

    def wake(where: TenantId | None, which: UUID | None) -> None:
        if where in (None, tenant) and (case is None or which in (None, case)):
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(changed.set)

    end, last = loop.time() + LONGEST, None
    with changes.listening(wake):
        while loop.time() < end:
            changed.clear()
            try:
                stands = await run_in_threadpool(look)
            except Refusal:
                yield b"event: end\ndata: {}\n\n"
                return
            yield b": alive\n\n" if stands == last else b"event: now\ndata: " + orjson.dumps(stands) + b"\n\n"
            last = stands
            await asyncio.sleep(PAUSE if pause is None else pause)
            with suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), BEAT)
