"""Which cases have changed, told to whoever listens in this process: what live pages stand on.

On PostgreSQL a transaction notifies as it commits, and one connection of each process listens for all of them; on
SQLite there is one process, which tells itself. What is told is only that something changed: a listener that missed
something is woken once more, and looks at what is there.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread
from uuid import UUID

import psycopg

from akta.ids import TenantId

CHANNEL = "akta_cases"
_AGAIN = 2.0
"""Seconds until a lost connection is tried again."""
_LOOK_UP = 1.0
"""Seconds after which the listening thread looks whether it should end."""

_log = logging.getLogger("akta.changes")

Wake = Callable[[TenantId | None, UUID | None], None]
"""Called with the utility and the case that changed, from any thread; without them where some may have been missed."""


class Changes:
    """Hands changes on to listeners. With the address of a PostgreSQL server it listens there from the first one on."""

    def __init__(self, server: str = "") -> None:
        self._server = server
        self._lock = Lock()
        self._listeners: list[Wake] = []
        self._thread: Thread | None = None
        self._closing = Event()

    @property
    def from_server(self) -> bool:
        """Whether the database tells every process, so that nobody has to be told here."""
        return bool(self._server)

    @contextmanager
    def listening(self, wake: Wake) -> Iterator[None]:
        with self._lock:
            self._listeners.append(wake)
            if self._server and self._thread is None:
                self._thread = Thread(target=self._listen, name="changes", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                self._listeners.remove(wake)

    def tell(self, tenant: TenantId | None, case: UUID | None) -> None:
        with self._lock:
            listeners = tuple(self._listeners)
        for wake in listeners:
            wake(tenant, case)

    def close(self) -> None:
        self._closing.set()
        if self._thread is not None:
            self._thread.join()

    def _listen(self) -> None:
        while not self._closing.is_set():
            try:
                self._follow()
            except psycopg.OperationalError as lost:
                _log.warning("live changes are not heard: %s", type(lost).__name__)
                self._closing.wait(_AGAIN)

    def _follow(self) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            self.tell(None, None)
            while not self._closing.is_set():
                for told in connection.notifies(timeout=_LOOK_UP):
                    tenant, _, case = told.payload.partition(" ")
                    self.tell(TenantId(UUID(tenant)), UUID(case))
