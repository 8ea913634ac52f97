"""Clocks that are told the time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


class FakeClock:
    """Stands still but for what is slept, which takes no time; `slept` lists the waits in order.

    `tick` adds time that really passes, for trials against a slow server: give it time.monotonic.
    """

    def __init__(self, start: datetime = START, tick: Callable[[], float] = lambda: 0.0) -> None:
        self.slept: list[float] = []
        self._start = start
        self._tick = tick
        self._zero = tick()

    def now(self) -> datetime:
        """2 March 2026, 01:00 UTC, and what was slept since."""
        return self._start + timedelta(seconds=self.monotonic() - 1000.0)

    def monotonic(self) -> float:
        """A thousand seconds and what was slept since."""
        return 1000.0 + sum(self.slept) + self._tick() - self._zero

    def sleep(self, seconds: float) -> None:
        """Let the time pass at once."""
        if seconds > 0:
            self.slept.append(seconds)
