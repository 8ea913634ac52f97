"""Politeness, proved on the log of the server that was asked."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace

from scraper.fetch import Fetcher
from tests.agency import truth
from tests.agency.server import Agency
from tests.agency.trouble import Trouble, busy
from tests.clocks import FakeClock
from tests.fetchers import unknown
from tests.runs import crawl_agency, results

HOSTS = (truth.HUB_HOST, truth.EXAMPLE_HOST)
LOOKS = 800
DELAY_S = 2.0


def order_trouble(agency: Agency, rng: random.Random) -> list[str]:
    """Addresses at both hosts, four in ten of which misbehave in a way of their own; where each is."""
    kinds = (
        Trouble(status=500),
        Trouble(status=404),
        Trouble(empty=True),
        Trouble(missing=1),
        Trouble(raw=b"garbage\r\n\r\n"),
        Trouble(status=302, fields=(("Location", "/annan"),)),
        busy(status=503, retry_after="7"),
        busy(status=429, retry_after="3"),
    )
    addresses = []
    for number in range(LOOKS):
        host, path = HOSTS[number % 2], f"/sida-{number}"
        if rng.random() < 0.4:
            agency.trouble[host, path] = rng.choice(kinds)
        addresses.append(f"http://{'www.' * (rng.random() < 0.1)}{host}{path}")
    return addresses


@pytest.mark.parametrize("threads", [1, 4])
def test_never_two_at_once_and_never_too_soon(threads: int) -> None:
    """Over a thousand requests, failures mixed in: one at a time to a host, and never closer than the pace.

    The agency and the crawler share a clock on which waits take no time. With several threads on the same hosts the
    turns are still one at a time.
    """
    clock = FakeClock()
    with Agency(clock=clock.monotonic) as agency:
        addresses = order_trouble(agency, random.Random(3))
        fetcher = Fetcher(replace(agency.site(), delay_s=DELAY_S), clock, rng=random.Random(1))
        with ThreadPoolExecutor(threads) as pool:
            captures = list(pool.map(lambda address: list(fetcher.visit(address, unknown)), addresses))
    assert len(agency.log) >= 1000
    assert len({capture.outcome for chain in captures for capture in chain}) >= 4
    assert agency.in_flight_max == dict.fromkeys(HOSTS, 1)
    for host in HOSTS:
        visits = sorted((v for v in agency.log if v.host.removeprefix("www.") == host), key=lambda v: v.begun)
        assert len(visits) > 400
        assert min(after.begun - before.ended for before, after in pairwise(visits)) >= DELAY_S - 1e-6
        for before, after in pairwise(visits):
            wanted = {503: 7.0, 429: 3.0}.get(before.status or 0, 0.0)
            assert after.begun - before.ended >= wanted - 1e-6


@pytest.mark.parametrize("trouble", [busy(status=429, times=None), Trouble(empty=True, times=None)])
def test_a_host_that_is_busy_again_and_again_is_left_alone(agency: Agency, trouble: Trouble) -> None:
    """After three pages in a row without an answer nothing more is sent to the host in this run; others go on."""
    for number in range(5):
        agency.trouble[truth.HUB_HOST, f"/{number}"] = trouble
    fetcher = Fetcher(agency.site(), FakeClock(), rng=random.Random(1))
    outcomes = []
    for number in range(5):
        *_, capture = fetcher.visit(f"http://{truth.HUB_HOST}/{number}", unknown)
        outcomes.append((capture.outcome, capture.attempts))
    assert outcomes[3:] == [("left_alone", 0), ("left_alone", 0)]
    assert [attempts for _, attempts in outcomes[:3]] == [3, 3, 3]
    assert len(agency.asked(truth.HUB_HOST)) == 1 + 9
    *_, other = fetcher.visit(f"http://{truth.EXAMPLE_HOST}{truth.LAUNDRY}", unknown)
    assert other.outcome == "fetched"


def test_an_answer_in_between_forgives(agency: Agency) -> None:
    """Only misses in a row count."""
    agency.trouble[truth.HUB_HOST, "/0"] = busy(times=None)
    fetcher = Fetcher(agency.site(), FakeClock(), rng=random.Random(1))
    for path in ("/0", "/0", truth.HUB, "/0", "/0"):
        *_, capture = fetcher.visit(f"http://{truth.HUB_HOST}{path}", unknown)
        assert capture.outcome != "left_alone"


def test_side_by_side(agency: Agency, path: Path) -> None:
    """Several hosts at once give what one after the other gives, and each host still has one request at a time."""
    alone = crawl_agency(agency, path, 1)
    together = crawl_agency(agency, path.with_name("other.db"), 1, workers=4)
    assert results(together) == results(alone)
    assert together.counts == alone.counts
    assert set(agency.in_flight_max.values()) == {1}
