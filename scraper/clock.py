"""The clock that everything which waits is given: the machine's own, or in a trial one that is told the time."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What time it is, how much of it has passed, and how to wait."""

    def now(self) -> datetime:
        """Time of day, aware, UTC: for what is written down."""
        ...

    def monotonic(self) -> float:
        """Seconds since some fixed moment, never going back: for what is measured."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait so many seconds; nothing when there are none."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Time of day, aware, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since some fixed moment, never going back."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait so many seconds; nothing when there are none."""
        if seconds > 0:
            time.sleep(seconds)
