"""Where the time comes from: read at the doors, passed inward as `now`."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, aware, UTC."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class SetClock:
    """A clock that stands where it is put, for tests and for showing a past day."""

    at: datetime

    def now(self) -> datetime:
        return self.at
