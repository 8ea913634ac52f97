"""When the same address is asked for again, and how long after."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from schemas.capture import Capture
from schemas.site import Limits
from scraper.answers import may_help_to_retry
from scraper.connect import NoAddressError
from scraper.fetch import Fetcher
from tests.clocks import START, FakeClock
from tests.faults import FaultServer
from tests.fetchers import HOME, PATIENT, make_fetcher, make_site, pages, unknown
from tests.raw_server import PAGE, answer


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as listening:
        yield listening


def test_pace(server: FaultServer) -> None:
    """Between requests to a host passes the larger of our delay and its crawl-delay, retries and robots included."""
    server.teach("/robots.txt", answer(b"User-agent: *\nCrawl-delay: 5"))
    clock = FakeClock()
    fetcher = make_fetcher(server, clock=clock, delay_s=2.0)
    pages(fetcher, f"{HOME}/ok")
    pages(fetcher, "http://www.agency.test/ok")
    assert clock.slept == [5.0, 5.0, 5.0]


def test_crawl_delay_is_capped(server: FaultServer) -> None:
    """A crawl-delay of weeks is not believed."""
    server.teach("/robots.txt", answer(b"User-agent: *\nCrawl-delay: 1e9"))
    clock = FakeClock()
    pages(make_fetcher(server, clock=clock, crawl_delay_cap_s=30.0), f"{HOME}/ok")
    assert clock.slept == [30.0]


@pytest.mark.parametrize("status", ["429 Slow", "502 Bad", "503 Busy", "504 Late"])
def test_retry(server: FaultServer, status: str) -> None:
    """A busy host is asked again; the capture is the last attempt, with all counted."""
    server.teach("/a", answer(b"", status=status), answer(b"", status=status), answer())
    capture = pages(make_fetcher(server, PATIENT), f"{HOME}/a")[0]
    assert (capture.outcome, capture.attempts) == ("fetched", 3)


@pytest.mark.parametrize("name", ["empty-reply", "reset-in-head", "short-body", "garbage-status"])
def test_retry_after_breakage(server: FaultServer, name: str) -> None:
    """A broken answer is asked for again, as often as the limit says."""
    capture = pages(make_fetcher(server, PATIENT), f"{HOME}/{name}")[0]
    assert (capture.outcome, capture.attempts) == ("network_error", 3)
    assert server.paths().count(f"/{name}") == 3


@pytest.mark.parametrize("name", ["not-found", "login", "partial", "server-error", "head-bomb", "redirect-ftp"])
def test_no_retry(server: FaultServer, name: str) -> None:
    """What another attempt would not change is asked for once."""
    assert pages(make_fetcher(server, PATIENT), f"{HOME}/{name}")[0].attempts == 1


def test_back_off_widens(server: FaultServer) -> None:
    """The waits double, each by half more or less."""
    clock = FakeClock()
    pages(make_fetcher(server, Limits(attempts=4), clock=clock, delay_s=0.0), f"{HOME}/empty-reply")
    assert len(clock.slept) == 3
    for wait, middle in zip(clock.slept, (1, 2, 4), strict=True):
        assert middle / 2 <= wait <= middle * 1.5


@pytest.mark.parametrize("value", ["7", "Mon, 02 Mar 2026 01:00:08 GMT"])
def test_retry_after_is_honoured(server: FaultServer, value: str) -> None:
    """The next attempt waits as long as the host asked for, in seconds or as a date."""
    server.teach("/a", answer(b"", f"Retry-After: {value}", status="503 Busy"), answer())
    clock = FakeClock()
    capture = pages(make_fetcher(server, PATIENT, clock=clock), f"{HOME}/a")[0]
    assert capture.outcome == "fetched"
    assert sum(clock.slept) == pytest.approx(1.0 + 7.0)


def test_long_retry_after_ends_the_attempts(server: FaultServer) -> None:
    """A host that asks us to stay away for long is not asked again for this page, and rests before the next."""
    server.teach("/a", answer(b"", "Retry-After: 3600", status="429 Slow"))
    clock = FakeClock()
    fetcher = make_fetcher(server, PATIENT, clock=clock)
    capture = pages(fetcher, f"{HOME}/a")[0]
    assert (capture.status, capture.attempts) == (429, 1)
    pages(fetcher, f"{HOME}/ok")
    assert clock.slept[-1] == PATIENT.retry_after_s


def test_garbage_retry_after(server: FaultServer) -> None:
    """A Retry-After that cannot be read changes nothing."""
    server.teach("/a", answer(b"", "Retry-After: soon", status="503 Busy"), answer())
    clock = FakeClock()
    assert pages(make_fetcher(server, PATIENT, clock=clock), f"{HOME}/a")[0].attempts == 2
    assert sum(clock.slept) < 4


def test_retry_after_of_a_page_that_came(server: FaultServer) -> None:
    """Only a busy host is given the rest that it asks for: on an answer that came, Retry-After says nothing."""
    server.teach("/a", answer(PAGE, "Retry-After: 100"))
    clock = FakeClock()
    fetcher = make_fetcher(server, clock=clock)
    pages(fetcher, f"{HOME}/a")
    pages(fetcher, f"{HOME}/ok")
    assert clock.slept == [1.0, 1.0]


def test_no_address_for_the_name(server: FaultServer) -> None:
    """A name that does not resolve is a network error that says so, and is tried again."""

    def resolve(host: str, _: int) -> tuple[str, ...]:
        raise NoAddressError(f"{host} does not resolve: Name or service not known.")

    site = make_site(server, PATIENT, connect_to={}, contact="me@example.se")
    robots, page = Fetcher(site, FakeClock(), rng=random.Random(1), resolve=resolve).visit(f"{HOME}/", unknown)
    assert (robots.outcome, robots.attempts) == ("network_error", 3)
    assert robots.error == "agency.test does not resolve: Name or service not known."
    assert (page.outcome, page.attempts) == ("network_error", 0)


def test_refused_is_not_retried() -> None:
    """What our own rules forbid, another attempt does not allow."""
    capture = Capture(address="a", fetched_at=START, outcome="refused_address")
    assert not may_help_to_retry(capture)
