"""Through a proxy that the site file names: tunnels, TLS verified through them, and what a proxy may do wrong."""

from __future__ import annotations

import random
import time

import pytest
from msgspec.structs import replace

from schemas.capture import Capture
from schemas.site import Limits, Site
from scraper.fetch import Fetcher
from tests.clocks import FakeClock
from tests.connect_proxy import ConnectProxy
from tests.faults import FaultServer
from tests.fetchers import FAST, SHORT, pages, unknown
from tests.raw_server import PAGE
from tests.tls_server import Authority, TlsServer

HOST = "skr.test"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def trusted(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """An authority that this program trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    return authority


def through(proxy: ConnectProxy, scheme: str = "https", limits: Limits = FAST) -> Fetcher:
    site = Site(
        name="a", start=(f"{scheme}://{HOST}/",), contact="me@example.se", proxy=proxy.address, limits=limits
    )  # fmt: skip

    def never(host: str, port: int) -> tuple[str, ...]:
        raise AssertionError(host, port)

    return Fetcher(site, FakeClock(tick=time.monotonic), rng=random.Random(1), resolve=never)


def robots_of(fetcher: Fetcher, scheme: str = "https") -> Capture:
    return next(fetcher.visit(f"{scheme}://{HOST}/a", unknown))


def test_https_goes_through_a_tunnel(trusted: Authority) -> None:
    """The proxy sees a name and a port; the capture has the site's own exchange, certificate included."""
    with TlsServer(trusted.certificate(HOST)) as server, ConnectProxy({f"{HOST}:443": server.port}) as proxy:
        (page,) = pages(through(proxy), f"https://{HOST}/a")
    assert (page.outcome, page.body) == ("fetched", PAGE)
    assert page.request.startswith(b"GET /a HTTP/1.1\r\nHost: skr.test\r\n")
    assert page.request == server.requests[-1]
    assert page.head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"Via" not in page.head
    assert (page.tls or "").startswith("TLSv1.3 sha256:")
    assert page.peer == proxy.address.removeprefix("http://")
    assert set(proxy.asked) == {f"CONNECT {HOST}:443 HTTP/1.1"}
    assert len(proxy.asked) == len(server.requests), "a tunnel serves one request"


@pytest.mark.parametrize("made_out", ["another.test", HOST])
def test_tls_is_verified_through_the_tunnel(trusted: Authority, made_out: str) -> None:
    """A certificate for another host, or one that nobody vouches for, gets no request through the tunnel either."""
    certificate = trusted.certificate(made_out, vouched=made_out != HOST)
    with TlsServer(certificate) as server, ConnectProxy({f"{HOST}:443": server.port}) as proxy:
        robots, page = through(proxy).visit(f"https://{HOST}/a", unknown)
    assert (robots.outcome, page.outcome) == ("tls_error", "tls_error")
    assert (robots.error or "").startswith(f"The certificate of {HOST} does not hold: ")
    assert server.requests == []


def test_a_proxy_that_asks_for_a_password_is_told_of() -> None:
    """407 is the proxy's word and not the site's: no status, no page, and a sentence that names the proxy."""
    refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n"
    with ConnectProxy({}, refusal=refusal) as proxy:
        robots = robots_of(through(proxy))
        plain = robots_of(through(proxy, "http"), "http")
    assert (robots.outcome, robots.status) == (plain.outcome, plain.status) == ("network_error", None)
    assert robots.error == "The proxy does not lead to skr.test: 407 Proxy Authentication Required."
    assert plain.error == "The proxy does not lead to skr.test: it asks for a password."


def test_a_proxy_that_cannot_connect_is_told_of() -> None:
    """502 from a proxy that was asked for a tunnel says nothing about the site."""
    with ConnectProxy({}, refusal=b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n") as proxy:
        robots = robots_of(through(proxy))
    assert (robots.outcome, robots.status) == ("network_error", None)
    assert robots.error == "The proxy does not lead to skr.test: 502 Bad Gateway."


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_a_proxy_that_hangs_is_given_up(scheme: str) -> None:
    """Silence of a proxy ends at the same limit as silence of a site."""
    with ConnectProxy({}, silent=True) as proxy:
        began = time.monotonic()
        robots = robots_of(through(proxy, scheme, SHORT), scheme)
        took = time.monotonic() - began
    assert (robots.outcome, robots.status) == ("timeout", None)
    assert took < 5


def test_a_proxy_that_is_not_there() -> None:
    """A proxy that nobody answers for is a network error."""
    with ConnectProxy({}) as proxy:
        fetcher = through(proxy)
    robots = robots_of(fetcher)
    assert (robots.outcome, robots.status) == ("network_error", None)
    assert (robots.error or "").startswith(f"No connection to {HOST}: ")


def test_plain_http_is_passed_on() -> None:
    """What needs no tunnel is asked of the proxy itself, by its whole address."""
    with FaultServer() as server, ConnectProxy({f"{HOST}:80": server.port}) as proxy:
        (page,) = pages(through(proxy, "http"), f"http://{HOST}/ok")
    assert (page.outcome, page.body, page.tls) == ("fetched", PAGE, None)
    assert proxy.asked[-1] == f"GET http://{HOST}/ok HTTP/1.1"


def test_a_proxy_asked_again_is_asked_politely() -> None:
    """Another attempt goes through the proxy too, by a tunnel of its own."""
    with ConnectProxy({}, refusal=b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n") as proxy:
        robots = robots_of(through(proxy, limits=replace(FAST, attempts=3)))
    assert (robots.outcome, robots.attempts, len(proxy.asked)) == ("network_error", 3, 3)
