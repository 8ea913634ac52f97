"""May we? By RFC 9309."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.capture import Capture, Outcome
from scraper.robots import Robots, read_robots
from tests.clocks import START

SOURCE = "http://skr.se/robots.txt"
CLOSED = b"User-agent: *\nDisallow: /closed\n"


def robots(body: bytes | None, status: int | None = 200, outcome: Outcome = "fetched", coding: str = "") -> Robots:
    head = f"HTTP/1.1 {status} x\r\n" + (f"Content-Encoding: {coding}\r\n" if coding else "") + "\r\n"
    capture = Capture(
        address=SOURCE,
        purpose="robots",
        fetched_at=START,
        outcome=outcome,
        status=status,
        head=head.encode(),
        error=None if status else "why",
        body=body,
    )
    return read_robots(capture, delay_cap_s=60.0)


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        # Which group is ours
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: tidslager\nDisallow:", "/a", True),
        ("User-agent: Tidslager\nDisallow: /a\n\nUser-agent: *\nDisallow:", "/a", False),
        ("User-agent: tidslager/1.0\nDisallow: /", "/a", False),
        ("User-agent: tidslager (the bot)\nDisallow: /", "/a", False),
        ("User-agent: tids\nDisallow:\n\nUser-agent: *\nDisallow: /", "/a", False),
        ("User-agent: tidslager-extra\nDisallow: /", "/a", True),
        ("User-agent: otherbot\nDisallow: /", "/a", True),
        ("User-agent: tidslager\nWhat: is this\nUser-agent: otherbot\nDisallow: /", "/a", False),
        ("User-agent: tidslager\nDisallow: /a\n\nUser-agent: tidslager\nDisallow: /b", "/b", False),
        ("User-agent:\nDisallow: /", "/a", True),
        ("\ufeffUser-agent: *\nDisallow: /", "/a", False),
        ("Disallow: /", "/a", True),
        ("user-AGENT : *\r\ndisALLOW : /a # why\r\n", "/a", False),
        ("User-agent: *\nDissalow: /a", "/a", False),
        ("<!DOCTYPE html><title>Hem</title>", "/a", True),
        ("", "/a", True),
        # Which rule counts
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("User-agent: *\nAllow: /a\nDisallow: /a", "/a", True),
        ("User-agent: *\nDisallow: /*.printable$", "/x.printable", False),
        ("User-agent: *\nDisallow: /*.printable$", "/x.printable?a", True),
        ("User-agent: *\nDisallow: /*?*sv.url=", "/x?y=1&sv.url=2", False),
        ("User-agent: *\nDisallow: /å", "/%C3%A5", False),
        ("User-agent: *\nDisallow: /%c3%a5", "/%C3%A5", False),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
    ],
)
def test_rules(text: str, path: str, *, allowed: bool) -> None:
    """Group and rule are chosen as RFC 9309 says."""
    found = robots(text.encode())
    assert found.allows(f"http://skr.se{path}") is allowed
    assert found.verdict(f"http://skr.se{path}") == f"{'allowed' if allowed else 'disallowed'} by {SOURCE}"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_client_error_allows_all(status: int) -> None:
    """A robots.txt that is not there forbids nothing."""
    found = robots(CLOSED, status, "gone")
    assert found.allows("http://skr.se/closed")
    assert found.verdict("http://skr.se/closed") == f"allowed: {SOURCE} answers {status}"


def test_no_content_allows_all() -> None:
    """An empty robots.txt forbids nothing."""
    assert robots(None, 204, "http_error").verdict("http://skr.se/") == f"allowed: {SOURCE} is empty"


@pytest.mark.parametrize(
    ("status", "outcome", "why"),
    [
        (500, "http_error", "answers 500"),
        (503, "http_error", "answers 503"),
        (429, "http_error", "answers 429"),
        (302, "redirected", "answers 302"),
        (206, "http_error", "answers 206"),
        (None, "timeout", "gives no answer: why"),
        (None, "tls_error", "gives no answer: why"),
        (200, "network_error", "answers 200"),
    ],
)
def test_no_answer_means_not_now(status: int | None, outcome: Outcome, why: str) -> None:
    """While the rules cannot be had, nothing is allowed."""
    found = robots(b"", status, outcome)
    assert not found.allows("http://skr.se/")
    assert found.verdict("http://skr.se/") == f"not now: {SOURCE} {why}"


def test_cut_at_500_kib() -> None:
    """Rules in the first 500 KiB count, later ones do not."""
    filler = b"#" * (512_000 - len(CLOSED) - 1) + b"\n"
    assert not robots(filler + CLOSED, outcome="too_large").allows("http://skr.se/closed")
    assert robots(b"#" * 512_000 + b"\n" + CLOSED).allows("http://skr.se/closed")


@pytest.mark.parametrize(
    ("coding", "packed"), [("gzip", gzip.compress(CLOSED, mtime=0)), ("Deflate", zlib.compress(CLOSED))]
)
def test_packed(coding: str, packed: bytes) -> None:
    """A robots.txt that comes packed, asked or not, is read."""
    assert not robots(packed, coding=coding).allows("http://skr.se/closed")


def test_bomb() -> None:
    """A packed robots.txt is unpacked no further than it is read."""
    bomb = gzip.compress(CLOSED + b"#" * 20_000_000)
    tracemalloc.start()
    try:
        assert robots(bomb, coding="gzip").allows("http://skr.se/open")
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("coding", "body"), [("br", b"x"), ("gzip", CLOSED), ("gzip, gzip", b"x")])
def test_unreadable_means_not_now(coding: str, body: bytes) -> None:
    """Rules that cannot be read are not taken for none."""
    found = robots(body, coding=coding)
    assert found.verdict("http://skr.se/") == f"not now: {SOURCE} is sent as {coding}, which was not asked for"
    assert not found.allows("http://skr.se/")


@pytest.mark.parametrize(
    ("line", "delay"),
    [
        ("Crawl-delay: 10", 10.0),
        ("Crawl-delay: 0.5", 0.5),
        ("Crawl-delay: 1e9", 60.0),
        ("Crawl-delay: -1", 0.0),
        ("Crawl-delay: nan", 0.0),
        ("Crawl-delay: inf", 0.0),
        ("Crawl-delay: ten", 0.0),
        ("Disallow: /a", 0.0),
    ],
)
def test_crawl_delay(line: str, delay: float) -> None:
    """A crawl-delay is read, capped, and left alone when it is no number of seconds."""
    assert robots(f"User-agent: *\n{line}".encode()).delay_s == delay


@given(st.binary(max_size=200))
def test_anything_can_be_read(body: bytes) -> None:
    """Whatever the file holds, there is a verdict, and it is the decision."""
    found = robots(body)
    allowed = found.allows("http://skr.se/a")
    assert found.verdict("http://skr.se/a").startswith("allowed" if allowed else "disallowed")
