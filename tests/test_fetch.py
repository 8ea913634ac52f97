"""One polite look at an address: redirects, cookies, robots."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest

from schemas.site import Budget, Limits
from scraper.connect import PRIVATE_ADVICE
from tests.clocks import FakeClock
from tests.faults import FaultServer
from tests.fetchers import HOME, make_fetcher, pages, unknown
from tests.raw_server import PAGE, answer


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as listening:
        yield listening


def test_chain(server: FaultServer) -> None:
    """Each hop is a capture, in order, joined as a browser would and in normal form."""
    server.teach("/a", answer(b"", "Location: b/../c;jsessionid=1F?utm_source=x#frag", status="301 Moved"))
    server.teach("/c", answer(b"", "Location: /%c3%a5", status="302 Found"))
    server.teach("/%C3%A5", answer())
    chain = pages(make_fetcher(server), f"{HOME}/a")
    assert [capture.address for capture in chain] == [f"{HOME}/a", f"{HOME}/c", f"{HOME}/%C3%A5"]
    assert [capture.location for capture in chain] == [f"{HOME}/c", f"{HOME}/%C3%A5", None]
    assert [capture.outcome for capture in chain] == ["redirected", "redirected", "fetched"]


@pytest.mark.parametrize("sent", ["/å".encode(), "/å".encode("latin-1")])
def test_raw_letters_in_location(server: FaultServer, sent: bytes) -> None:
    """A Location in raw UTF-8 or Latin-1 leads where a browser would go."""
    head = b"HTTP/1.1 301 Moved\r\nContent-Length: 0\r\nLocation: " + sent + b"\r\n\r\n"
    server.teach("/raw", head)
    capture = pages(make_fetcher(server), f"{HOME}/raw", known=lambda _: True)[0]
    assert capture.location == f"{HOME}/%C3%A5"


def test_known_hop_ends_the_chain(server: FaultServer) -> None:
    """A target that this run has already is not asked for again."""
    server.teach("/a", answer(b"", "Location: /ok", status="301 Moved"))
    chain = pages(make_fetcher(server), f"{HOME}/a", known=lambda address: address == f"{HOME}/ok")
    assert [(capture.outcome, capture.error) for capture in chain] == [("redirected", None)]


def test_loop(server: FaultServer) -> None:
    """A loop over two addresses ends where it would begin again."""
    server.teach("/a", answer(b"", "Location: /b", status="302 Found"))
    server.teach("/b", answer(b"", "Location: /a", status="302 Found"))
    chain = pages(make_fetcher(server), f"{HOME}/a")
    assert [capture.address for capture in chain] == [f"{HOME}/a", f"{HOME}/b"]
    assert chain[-1].error == f"The redirects lead back to {HOME}/a: a loop."


def test_too_many_hops(server: FaultServer) -> None:
    """As many redirects as the limit says are followed, and no more."""
    for number in range(9):
        server.teach(f"/{number}", answer(b"", f"Location: /{number + 1}", status="302 Found"))
    server.teach("/3", answer())
    limits = Limits(hops=3, attempts=1)
    assert pages(make_fetcher(server, limits), f"{HOME}/0")[-1].outcome == "fetched"
    server.teach("/3", answer(b"", "Location: /4", status="302 Found"))
    chain = pages(make_fetcher(server, limits), f"{HOME}/0")
    assert (len(chain), chain[-1].error) == (4, "More than 3 redirects.")


def test_redirect_out_of_scope(server: FaultServer) -> None:
    """A hop to a host that the site does not name is a capture, and nothing is sent."""
    server.teach("/a", answer(b"", r"Location: \\elsewhere.test\x", status="302 Found"))
    hop = pages(make_fetcher(server), f"{HOME}/a")[1]
    assert (hop.address, hop.outcome, hop.attempts) == ("http://elsewhere.test/x", "out_of_scope", 0)
    assert server.paths() == ["/robots.txt", "/a"]


def test_redirect_to_private_address(server: FaultServer) -> None:
    """A hop to a host in scope that leads to a private address is refused, each time anew."""
    server.teach("/a", answer(b"", "Location: http://inner.test/", status="302 Found"))
    fetcher = make_fetcher(server, hosts=("inner.test",), contact="me@example.se")
    captures = list(fetcher.visit(f"{HOME}/a", unknown))
    assert [capture.outcome for capture in captures] == ["gone", "redirected", *["refused_address"] * 2]
    assert captures[2].error == f"inner.test leads to 10.0.0.1, a private address; {PRIVATE_ADVICE}."
    assert (captures[2].attempts, captures[2].peer) == (0, None)
    assert captures[3].robots == f"not now: http://inner.test/robots.txt gives no answer: {captures[2].error}"


def test_redirect_against_robots(server: FaultServer) -> None:
    """A hop is checked against robots.txt like any address."""
    server.teach("/robots.txt", answer(b"User-agent: *\nDisallow: /closed"))
    server.teach("/a", answer(b"", "Location: /closed/1", status="302 Found"))
    hop = pages(make_fetcher(server), f"{HOME}/a")[1]
    assert (hop.outcome, hop.robots) == ("robots_denied", f"disallowed by {HOME}/robots.txt")
    assert server.paths() == ["/robots.txt", "/a"]


@pytest.mark.parametrize(
    "address", ["ftp://agency.test/", "mailto:a@agency.test", "http://[::1", "http://u:p@agency.test/"]
)
def test_no_address(server: FaultServer, address: str) -> None:
    """What is no http(s) address is a capture out of scope, and nothing is sent."""
    capture = pages(make_fetcher(server), address)[0]
    assert (capture.address, capture.outcome, capture.attempts) == (address, "out_of_scope", 0)
    assert server.requests == []


def test_cookie_round_counts_as_attempts(server: FaultServer) -> None:
    """A page that wants a cookie back is one capture, of two requests."""
    chain = pages(make_fetcher(server), f"{HOME}/wants-cookie")
    assert [(capture.outcome, capture.attempts) for capture in chain] == [("fetched", 2)]


def test_cookies_of_each_fetcher_are_its_own(server: FaultServer) -> None:
    """Cookies go with the fetcher that got them."""
    server.teach("/a", answer(PAGE, "Set-Cookie: a=1"))
    first = make_fetcher(server)
    pages(first, f"{HOME}/a")
    pages(first, f"{HOME}/ok")
    assert b"Cookie: a=1" in server.requests[-1]
    pages(make_fetcher(server), f"{HOME}/ok")
    assert b"Cookie" not in server.requests[-1]


def test_changing_cookie_still_loops(server: FaultServer) -> None:
    """A site that gives a new cookie at each look is tried once more, then it is a loop."""
    server.teach(
        "/a", *(answer(b"", "Location: /a", f"Set-Cookie: a={number}", status="307 Again") for number in range(9))
    )
    chain = pages(make_fetcher(server), f"{HOME}/a")
    assert [(capture.outcome, capture.attempts) for capture in chain] == [("redirected", 2)]
    assert "loop" in (chain[0].error or "")


def test_robots_once_per_host(server: FaultServer) -> None:
    """robots.txt is asked for once in a run."""
    fetcher = make_fetcher(server)
    pages(fetcher, f"{HOME}/ok")
    pages(fetcher, f"{HOME}/ok")
    assert server.paths() == ["/robots.txt", "/ok", "/ok"]


def test_rules_are_had_anew_after_a_day(server: FaultServer) -> None:
    """RFC 9309, section 2.4: a run that goes on for longer asks for robots.txt again, and keeps what it says now."""
    clock = FakeClock()
    fetcher = make_fetcher(server, clock=clock, budget=Budget(minutes=0))
    pages(fetcher, f"{HOME}/ok")
    clock.sleep(23 * 3600)
    assert pages(fetcher, f"{HOME}/ok")[0].outcome == "fetched"
    server.teach("/robots.txt", answer(b"User-agent: *\nDisallow: /"))
    clock.sleep(2 * 3600)
    assert pages(fetcher, f"{HOME}/ok")[0].outcome == "robots_denied"
    assert server.paths() == ["/robots.txt", "/ok", "/ok", "/robots.txt"]


def test_robots_redirect(server: FaultServer) -> None:
    """A robots.txt may stand elsewhere: each hop is a capture, and a file that was had is not had again."""
    there = b"HTTP/1.1 301 Moved\r\nContent-Length: 0\r\nLocation: http://www.agency.test/robots.txt\r\n\r\n"
    server.taught["/robots.txt"] = lambda talk: talk.say(
        answer(b"User-agent: tidslager\nDisallow: /x") if b"Host: www." in talk.request else there
    )
    fetcher = make_fetcher(server)
    captures = list(fetcher.visit(f"{HOME}/x", unknown))
    assert [(capture.purpose, capture.outcome) for capture in captures] == [
        ("robots", "redirected"),
        ("robots", "fetched"),
        ("page", "robots_denied"),
    ]
    assert captures[-1].robots == "disallowed by http://www.agency.test/robots.txt"
    assert [c.outcome for c in fetcher.visit("http://www.agency.test/ok", unknown)] == ["fetched"]


@pytest.mark.parametrize(("hops", "outcome"), [(5, "fetched"), (6, "http_error")])
def test_robots_redirects_end(server: FaultServer, hops: int, outcome: str) -> None:
    """Five redirects to a robots.txt are followed; after more, nothing is allowed for now."""
    way = ["/robots.txt", *(f"/r{number}" for number in range(1, hops + 1))]
    for here, there in pairwise(way):
        server.teach(here, answer(b"", f"Location: {there}", status="302 Found"))
    server.teach(way[-1], answer(b"User-agent: *\nDisallow:"))
    assert pages(make_fetcher(server), f"{HOME}/ok")[0].outcome == outcome
    assert len(server.requests) == 6 + (outcome == "fetched")


@pytest.mark.parametrize(("contact", "outcome"), [("", "http_error"), ("me@example.se", "fetched")])
def test_robots_redirect_to_others(server: FaultServer, contact: str, outcome: str) -> None:
    """A robots redirect to a host out of scope is followed by who gives a contact, and by nobody else."""
    there = answer(b"", "Location: http://other.test/robots.txt", status="302 Found")
    server.taught["/robots.txt"] = lambda talk: talk.say(
        answer(b"User-agent: *\nDisallow:") if b"Host: other.test" in talk.request else there
    )
    connect_to = {":": f"127.0.0.1:{server.port}"}
    captures = list(make_fetcher(server, contact=contact, connect_to=connect_to).visit(f"{HOME}/ok", unknown))
    assert captures[-1].outcome == outcome
    assert len(server.requests) == (3 if contact else 1)


def test_robots_over_the_limit_is_read_so_far(server: FaultServer) -> None:
    """Of a huge robots.txt the first 500 KiB count."""
    server.teach("/robots.txt", answer(b"User-agent: *\nDisallow: /ok\n" + b"#" * 600_000))
    robots, page = make_fetcher(server).visit(f"{HOME}/ok", unknown)
    assert (robots.outcome, len(robots.body or b"")) == ("too_large", 512_000)
    assert page.outcome == "robots_denied"


def test_robots_unavailable(server: FaultServer) -> None:
    """A robots.txt that breaks means not now; nothing is sent for the page."""
    server.teach("/robots.txt", answer(b"", status="500 Oj"))
    page = pages(make_fetcher(server), f"{HOME}/ok")[0]
    assert (page.outcome, page.attempts, page.request) == ("http_error", 0, b"")
    assert page.robots == f"not now: {HOME}/robots.txt answers 500"
