"""Budget: whether a run may ask for one more thing, by what it has received, how long it has gone on and the hour."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from threading import Lock
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from schemas.errors import ConfigurationError
from schemas.site import Budget
from scraper.clock import Clock

_MEGABYTE = 1_000_000


class Allowance:
    """What is left of a run's budget. The first refusal is kept: it is why the run stopped. Threads may share it."""

    def __init__(self, budget: Budget, clock: Clock) -> None:
        """Count from now on. Raises ConfigurationError for a time zone that this machine does not know."""
        self.stopped: str | None = None
        self._budget = budget
        self._clock = clock
        self._began = clock.monotonic()
        self._received = 0
        self._lock = Lock()
        self._zone = _zone(budget.zone)

    def take(self, received: int) -> None:
        """Count bytes that came in."""
        with self._lock:
            self._received += received

    def refuses(self, ahead_s: float = 0.0) -> bool:
        """Whether a request that could begin in so many seconds may not be made any more."""
        why = self._why(ahead_s)
        if why and self.stopped is None:
            self.stopped = f"Stopped by the budget: {why}"
        return why is not None

    def _why(self, ahead_s: float) -> str | None:
        budget = self._budget
        if budget.megabytes and self._received >= budget.megabytes * _MEGABYTE:
            return f"{budget.megabytes} MB were received (budget.megabytes)."
        if budget.minutes and self._clock.monotonic() + ahead_s - self._began > budget.minutes * 60:
            return f"the {budget.minutes:g} minutes of the run are up (budget.minutes)."
        when = (self._clock.now() + timedelta(seconds=ahead_s)).astimezone(self._zone)
        if budget.hours and not allowed(budget.hours, when):
            return f"it is {when:%H:%M} {budget.zone}, and requests are made {budget.hours} only (budget.hours)."
        return None


def allowed(hours: str, when: datetime) -> bool:
    """Whether the time of day lies in a span such as "22:00-06:00", its end not counted. Equal ends: the whole day."""
    begin, end = (time.fromisoformat(part) for part in hours.split("-"))
    clock = when.time()
    return begin <= clock < end if begin < end else clock >= begin or clock < end


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigurationError(
            f'budget.zone: this machine knows no time zone "{name}". Write one such as "Europe/Stockholm" or "UTC".'
        ) from error
