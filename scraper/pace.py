"""When may we ask: one request at a time per host, a rest after each, and Retry-After as the host wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Lock

from scraper.addresses import bare, host_of
from scraper.clock import Clock

# Delta-seconds of any length are allowed by the grammar; RFC 9111, section 1.2.2 reads what overflows as 2^31.
_LONGEST_S = float(2**31)
_SECONDS = re.compile(r"[0-9]+")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH = "(?P<month>" + "|".join(_MONTHS) + ")"
_TIME = r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})"
# The three forms of RFC 9110, section 5.6.7: today's, RFC 850's with a short year, and that of C's asctime.
_DATES = tuple(
    re.compile(form)
    for form in (
        rf"[A-Z][a-z]{{2}}, (?P<day>[0-9]{{2}}) {_MONTH} (?P<year>[0-9]{{4}}) {_TIME} GMT",
        rf"[A-Z][a-z]+day, (?P<day>[0-9]{{2}})-{_MONTH}-(?P<year>[0-9]{{2}}) {_TIME} GMT",
        rf"[A-Z][a-z]{{2}} {_MONTH} (?P<day>[ 0-9][0-9]) {_TIME} (?P<year>[0-9]{{4}})",
    )
)
_CENTURY = 100
_HALF_CENTURY = 50


class Pace:
    """Each host's turn. A host with and without "www." is one host. Threads may share it: turns are one at a time."""

    def __init__(self, clock: Clock, delay_s: float) -> None:
        """Rest `delay_s` seconds after each request, on the clock given."""
        self._clock = clock
        self._delay_s = delay_s
        self._asked_for: dict[str, float] = {}
        self._ended: dict[str, float] = {}
        self._held_until: dict[str, float] = {}
        self._turns: dict[str, Lock] = {}
        self._lock = Lock()

    @contextmanager
    def turn(self, address: str) -> Iterator[None]:
        """Have the address's host to oneself, rested, for one request: its rest begins when the turn ends."""
        with self._lock:
            turn = self._turns.setdefault(bare(host_of(address)), Lock())
        with turn:
            self.wait(address)
            try:
                yield
            finally:
                self.done(address)

    def slow_down(self, address: str, delay_s: float) -> None:
        """Note the crawl-delay of the address's host; the longest rest named is the one kept."""
        host = bare(host_of(address))
        self._asked_for[host] = max(self._asked_for.get(host, 0.0), delay_s)

    def wait(self, address: str) -> None:
        """Sleep until the host has rested since its last request ended, and no hold is on."""
        while (rest := self.rest(address)) > 0:
            self._clock.sleep(rest)

    def rest(self, address: str) -> float:
        """Seconds until the address's host may be asked again."""
        host = bare(host_of(address))
        ready = self._held_until.get(host, 0.0)
        if host in self._ended:
            ready = max(ready, self._ended[host] + self.delay(address))
        return max(0.0, ready - self._clock.monotonic())

    def delay(self, address: str) -> float:
        """Seconds of rest after each request to the address's host: ours, or the host's own where longer."""
        return max(self._delay_s, self._asked_for.get(bare(host_of(address)), 0.0))

    def done(self, address: str) -> None:
        """Note that a request to the address's host has just ended."""
        self._ended[bare(host_of(address))] = self._clock.monotonic()

    def hold(self, address: str, seconds: float) -> None:
        """Ask nothing of the address's host for so many seconds from now."""
        host = bare(host_of(address))
        self._held_until[host] = max(self._held_until.get(host, 0.0), self._clock.monotonic() + seconds)


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After asks for, from `now`; 0 for a date gone by; None when it cannot be read.

    RFC 9110, section 10.2.3: whole seconds or an HTTP-date, nothing else.
    """
    if value is None:
        return None
    if _SECONDS.fullmatch(value):
        return min(float(value), _LONGEST_S)
    when = parse_http_date(value, now)
    return None if when is None else max(0.0, (when - now).total_seconds())


def parse_http_date(value: str, now: datetime) -> datetime | None:
    """Moment that an HTTP-date names, in any of the three forms of RFC 9110; None when it is none.

    `now` settles the century of a two-digit year: not more than 50 years ahead.
    """
    match = next((found for form in _DATES if (found := form.fullmatch(value))), None)
    if match is None:
        return None
    year = int(match["year"])
    if len(match["year"]) == len("26"):
        year += now.year - now.year % _CENTURY
        year -= _CENTURY if year > now.year + _HALF_CENTURY else 0
    month = _MONTHS.index(match["month"]) + 1
    day, hour, minute, second = (int(match[part]) for part in ("day", "hour", "minute", "second"))
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
