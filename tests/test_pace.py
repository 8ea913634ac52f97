"""When may we ask."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.clock import SystemClock
from scraper.pace import Pace, parse_http_date, parse_retry_after
from tests.clocks import START, FakeClock

A, B = "https://skr.se/a", "https://regeringen.se/"


def test_first_request_waits_for_nothing() -> None:
    """Nobody has been asked, so nobody needs rest."""
    clock = FakeClock()
    Pace(clock, 5.0).wait(A)
    assert clock.slept == []


def test_rest_counts_from_the_end() -> None:
    """The rest begins when the last request ended, however long it took."""
    clock = FakeClock()
    pace = Pace(clock, 5.0)
    pace.wait(A)
    clock.sleep(30)
    pace.done(A)
    clock.sleep(2)
    pace.wait("http://www.skr.se/b")
    assert clock.slept == [30, 2, 3.0]


def test_hosts_rest_apart() -> None:
    """One host's rest is not another's."""
    clock = FakeClock()
    pace = Pace(clock, 5.0)
    pace.done(A)
    pace.wait(B)
    assert clock.slept == []


@pytest.mark.parametrize(("asked", "rest"), [(2.0, 5.0), (8.0, 8.0)])
def test_larger_delay_counts(asked: float, rest: float) -> None:
    """Of our delay and the host's, the larger is kept; a later, smaller one does not shorten it."""
    clock = FakeClock()
    pace = Pace(clock, 5.0)
    pace.slow_down(A, asked)
    pace.slow_down("http://www.skr.se/", 0.0)
    pace.done(A)
    pace.wait(A)
    assert clock.slept == [rest]


def test_hold() -> None:
    """A hold lasts from when it was put on, and a shorter one does not end it."""
    clock = FakeClock()
    pace = Pace(clock, 1.0)
    pace.done(A)
    pace.hold(A, 60.0)
    pace.hold(A, 10.0)
    clock.sleep(20)
    pace.wait(A)
    pace.wait(A)
    assert clock.slept == [20, 40.0]


@given(st.lists(st.tuples(st.sampled_from([A, B]), st.floats(0, 10)), max_size=20))
def test_never_too_soon(requests: list[tuple[str, float]]) -> None:
    """Between the end of one request to a host and the next passes the delay at least."""
    clock = FakeClock()
    pace = Pace(clock, 3.0)
    ended: dict[str, float] = {}
    for address, took in requests:
        pace.wait(address)
        assert clock.monotonic() - ended.get(address, 0.0) >= 3.0 - 1e-6
        clock.sleep(took)
        pace.done(address)
        ended[address] = clock.monotonic()


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        ("007", 7.0),
        ("9" * 400, 2.0**31),
        ("Mon, 02 Mar 2026 01:02:00 GMT", 120.0),
        ("Monday, 02-Mar-26 01:02:00 GMT", 120.0),
        ("Mon Mar  2 01:02:00 2026", 120.0),
        ("Mon, 02 Mar 2026 00:00:00 GMT", 0.0),
        ("-5", None),
        ("1.5", None),
        ("5, 6", None),
        ("5s", None),
        (" 5", None),
        ("٣", None),
        ("", None),
        ("soon", None),
        ("Mon, 02 Mar 2026 01:02:00 CET", None),
        ("Mon, 2 Mar 2026 01:02:00 GMT", None),
        ("Mon, 31 Feb 2026 01:02:00 GMT", None),
        ("Mon, 02 Mar 2026 25:02:00 GMT", None),
        ("2026-03-02T01:02:00Z", None),
        (None, None),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    """Whole seconds or an HTTP-date are read, a past date as now; nothing else is."""
    assert parse_retry_after(value, START) == seconds


@pytest.mark.parametrize(("year", "full"), [("26", 2026), ("76", 2076), ("77", 1977), ("94", 1994)])
def test_short_year(year: str, full: int) -> None:
    """A two-digit year lies at most 50 years ahead (RFC 9110, section 5.6.7)."""
    read = parse_http_date(f"Sunday, 06-Nov-{year} 08:49:37 GMT", START)
    assert read == datetime(full, 11, 6, 8, 49, 37, tzinfo=UTC)


@given(st.datetimes(min_value=datetime(1000, 1, 1), max_value=datetime(9999, 12, 31)))  # noqa: DTZ001
def test_http_date(moment: datetime) -> None:
    """Every moment written as RFC 9110 wants it is read back, to the second."""
    whole = moment.replace(microsecond=0, tzinfo=UTC)
    written = f"{whole:%a, %d %b} {whole.year:04} {whole:%H:%M:%S} GMT"
    assert parse_http_date(written, START) == whole


def test_system_clock() -> None:
    """The machine's clock is aware, in UTC, goes forward, and does not sleep for nothing."""
    clock = SystemClock()
    assert clock.now().utcoffset() == timedelta(0)
    before = clock.monotonic()
    clock.sleep(-1.0)
    clock.sleep(0.001)
    assert clock.monotonic() - before >= 0.001
