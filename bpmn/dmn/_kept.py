"""Compiled files, kept by the hash of their content: a file that comes again is not read again."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from hashlib import sha256
from threading import Lock

from bpmn.dmn._decisions import Decisions

MAX_KEPT = 4_000_000
"""Bytes of XML whose compiled form (some twenty times as large) is kept, the latest used."""


class Kept:
    """Files by content. Safe to share between threads; two that read a new file at once may both compile it."""

    def __init__(self, read: Callable[[bytes, Sequence[bytes]], Decisions], most: int = MAX_KEPT) -> None:
        self._read = read
        self._most = most
        self._lock = Lock()
        self._found: OrderedDict[bytes, tuple[Decisions, int]] = OrderedDict()
        self._size = 0

    def __call__(self, xml: bytes, others: Sequence[bytes] = ()) -> Decisions:
        key = b"".join(sha256(content).digest() for content in (xml, *others))
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return self._found[key][0]
        made = self._read(xml, others)
        size = sum(map(len, (xml, *others)))
        with self._lock:
            if key not in self._found and size <= self._most:
                self._found[key] = made, size
                self._size += size
            while self._size > self._most:
                self._size -= self._found.popitem(last=False)[1][1]
        return made
