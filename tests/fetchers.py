"""Fetchers for trials: they know one site, its server on loopback, and no other host."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

from schemas.capture import Capture
from schemas.site import Limits, Site
from scraper.fetch import Fetcher
from tests.clocks import FakeClock
from tests.faults import BODY_LIMIT, HEAD_LIMIT, FaultServer

HOME = "http://agency.test"
FAST = Limits(page_s=20, connect_s=10, attempts=1, body_bytes=BODY_LIMIT, head_bytes=HEAD_LIMIT)
SHORT = Limits(page_s=0.8, connect_s=0.5, attempts=1, body_bytes=BODY_LIMIT, head_bytes=HEAD_LIMIT)
PATIENT = Limits(page_s=20, connect_s=10, attempts=3)


def make_site(server: FaultServer, limits: Limits = FAST, **options: Any) -> Site:
    local = f"127.0.0.1:{server.port}"
    options.setdefault("connect_to", {"agency.test:80": local, "www.agency.test:80": local})
    return Site(name="agency", start=(f"{HOME}/",), limits=limits, **options)


def make_fetcher(server: FaultServer, limits: Limits = FAST, clock: FakeClock | None = None, **options: Any) -> Fetcher:
    clock = clock or FakeClock(tick=time.monotonic)
    return Fetcher(make_site(server, limits, **options), clock, rng=random.Random(1), resolve=never_resolve)


def never_resolve(host: str, port: int) -> tuple[str, ...]:
    """Knows the one name of the trials that is looked up; anything else is a mistake of the trial."""
    known = {"inner.test": "10.0.0.1"}
    assert host in known, f"{host}:{port} must not be looked up"
    return (known[host],)


def unknown(_: str) -> bool:
    return False


def pages(fetcher: Fetcher, address: str, known: Callable[[str], bool] = unknown) -> list[Capture]:
    return [capture for capture in fetcher.visit(address, known) if capture.purpose == "page"]
