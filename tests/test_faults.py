"""Whatever the other side does, a look at it ends in time with a capture, and the next one works."""

from __future__ import annotations

import hashlib
import random
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.held import Held
from schemas.capture import Capture
from schemas.site import Site
from scraper.fetch import Fetcher
from scraper.parse import read
from tests.clocks import START, FakeClock
from tests.faults import FAULTS, HEAD_LIMIT, Fault, FaultServer
from tests.fetchers import FAST, HOME, SHORT, make_fetcher, never_resolve, pages, unknown
from tests.raw_server import PAGE, answer, bare_head
from tests.tls_server import Authority, Manner, TlsServer


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as listening:
        yield listening


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


def test_enough_faults() -> None:
    """The table has the sixty behaviours that it is there for, and as many that were found since."""
    assert len(FAULTS) >= 120


@pytest.mark.parametrize("name", [name for name, fault in FAULTS.items() if not fault.tls])
def test_fault(server: FaultServer, name: str) -> None:
    """Whatever the server does, the table says what comes of it, in time, and the next page works."""
    fault = FAULTS[name]
    limits = SHORT if fault.slow else FAST
    clock = FakeClock(tick=time.monotonic)
    fetcher = make_fetcher(server, limits, clock, hosts=("inner.test", "169.254.169.254"), contact="me@example.se")
    assert pages(fetcher, f"{HOME}/ok")[0].outcome == "fetched"
    with behind(server, fault.door):
        chain = visited(fetcher, f"{HOME}/{name}", fault)

    check(chain[0], fault)
    assert all(capture.elapsed_ms < (limits.page_s + 1) * 1000 for capture in chain)
    assert len(chain) <= limits.hops + 1
    if fault.then:
        assert (chain[1].outcome, chain[1].peer is None) == (fault.then, fault.then != "redirected")
    after = pages(fetcher, f"{HOME}/ok")[0]
    assert (after.outcome, after.body) == ("fetched", PAGE)
    if fault.rest is not None:
        assert fault.rest - 4 <= clock.slept[-1] <= fault.rest


@contextmanager
def behind(server: FaultServer, door: str) -> Iterator[None]:
    """The server with its port open, closed, or slammed at whoever comes."""
    server.slammed = door == "slammed"
    if door == "closed":
        server.pause()
    yield
    server.slammed = False
    if door == "closed":
        server.resume()


def visited(fetcher: Fetcher, address: str, fault: Fault) -> list[Capture]:
    """The captures of pages of one visit; redirects are followed where the table says what then comes."""
    held = Held(capture=7, fetched_at=START, head=bare_head(f"ETag: {fault.held}")) if fault.held else None
    found = fetcher.visit(address, lambda _: fault.then is None, lambda _: held)
    return [capture for capture in found if capture.purpose == "page"]


def check(capture: Capture, fault: Fault) -> None:
    """A capture, and what is read in it, is what the table says."""
    assert (capture.outcome, capture.status, capture.complete) == (fault.outcome, fault.status, fault.complete)
    if not fault.slow:
        assert capture.body == fault.body
    if fault.error is None:
        assert capture.error is None
    else:
        assert capture.error is not None
        assert fault.error in capture.error
        assert capture.error.endswith(".")
    assert len(capture.head) <= HEAD_LIMIT
    if fault.reads is not None:
        reading = read(capture, limit=64_000_000)
        assert reading.verdict == fault.reads[0]
        assert fault.reads[1] in f"{reading.why} {reading.remarks}"


@pytest.mark.parametrize("name", [name for name, fault in FAULTS.items() if fault.tls])
def test_tls_fault(authority: Authority, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection whose certificate, handshake or end does not hold brings no page; before the end nothing is sent."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    servers: dict[str, Callable[[], TlsServer]] = {
        "expired": lambda: TlsServer(authority.certificate("agency.test", days=-1)),
        "wrong-name": lambda: TlsServer(authority.certificate("annan.test")),
        "self-signed": lambda: TlsServer(authority.certificate("agency.test", vouched=False)),
        "cut": lambda: TlsServer(authority.certificate("agency.test"), said=cast(bytes, fault.act)),
    }
    fault = FAULTS[name]
    with servers.get(fault.tls, lambda: TlsServer(None, cast(Manner, fault.tls)))() as server:
        site = Site(
            name="agency",
            start=("https://agency.test/",),
            limits=SHORT if fault.slow else FAST,
            connect_to={"agency.test:443": f"127.0.0.1:{server.port}"},
        )
        fetcher = Fetcher(site, FakeClock(tick=time.monotonic), rng=random.Random(1), resolve=never_resolve)
        robots, page = fetcher.visit("https://agency.test/", unknown)
    check(robots, fault)
    assert page.outcome == robots.outcome
    if fault.tls != "cut":
        assert (robots.request, server.requests) == (b"", [])


def test_tls_holds(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a certificate that holds, the same way brings the page: request, head and body are what passed inside."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    certificate = authority.certificate("agency.test")
    pem = certificate.read_text("ascii")
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem[pem.index("-----BEGIN CERT") :])).hexdigest()
    with TlsServer(certificate) as server:
        site = Site(
            name="agency",
            start=("https://agency.test/",),
            limits=FAST,
            connect_to={"agency.test:443": f"127.0.0.1:{server.port}"},
        )
        fetcher = Fetcher(site, FakeClock(tick=time.monotonic), rng=random.Random(1), resolve=never_resolve)
        (page,) = pages(fetcher, "https://agency.test/a")
    assert (page.outcome, page.body, page.request) == ("fetched", PAGE, server.requests[-1])
    assert page.head + PAGE == answer()
    assert page.tls == f"TLSv1.3 sha256:{digest}"
    assert page.peer == f"127.0.0.1:{server.port}"


def test_evidence(server: FaultServer) -> None:
    """A capture holds the request and the head byte for byte, the peer, the time and the verdict."""
    head = b"HTTP/1.1 200 Fine  thanks\r\nX-Odd:   a b  \r\nset-COOKIE: a=b\nContent-Length: 2\r\n\r\n"
    server.teach("/odd", head + b"hi")
    robots, capture = make_fetcher(server).visit(f"{HOME}/odd", unknown)
    assert capture.head == head
    assert capture.body == b"hi"
    assert capture.request == server.requests[-1]
    assert capture.request.startswith(b"GET /odd HTTP/1.1\r\nHost: agency.test\r\nUser-Agent: Tidslager/")
    assert b"\r\nAccept-Encoding: identity\r\n" in capture.request
    assert b"\r\nAccept-Language: sv" in capture.request
    assert capture.peer == f"127.0.0.1:{server.port}"
    assert capture.tls is None
    assert START <= capture.fetched_at <= START + timedelta(minutes=1)
    assert capture.robots == f"allowed: {HOME}/robots.txt answers 404"
    assert (robots.purpose, robots.outcome, robots.robots) == ("robots", "gone", None)
    assert (capture.attempts, capture.complete) == (1, True)


def test_head_without_interim(server: FaultServer) -> None:
    """The head kept is that of the answer itself, not of a 103 before it."""
    capture = pages(make_fetcher(server), f"{HOME}/interim")[0]
    assert capture.field("link") is None
    assert capture.head.startswith(b"HTTP/1.1 200 OK\r\n")


def test_broken_head_is_kept(server: FaultServer) -> None:
    """What came in place of a head is evidence too."""
    assert pages(make_fetcher(server), f"{HOME}/garbage-status")[0].head.startswith(b"HTTP/1.1 zwei")


def test_one_connection_per_request(server: FaultServer) -> None:
    """No connection serves two requests, so that surplus bytes can never become the next page."""
    fetcher = make_fetcher(server)
    pages(fetcher, f"{HOME}/surplus-answer")
    assert pages(fetcher, f"{HOME}/ok")[0].body == PAGE
    assert all(b"\r\nConnection: close\r\n" in request for request in server.requests)


def test_surroundings_change_nothing(server: FaultServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither a proxy nor a password file of the person's own has a say in what is sent."""
    passwords = tmp_path / "netrc"
    passwords.write_text("machine agency.test login me password secret\n", encoding="ascii")
    passwords.chmod(0o600)
    monkeypatch.setenv("NETRC", str(passwords))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    capture = pages(make_fetcher(server), f"{HOME}/ok")[0]
    assert capture.outcome == "fetched"
    assert b"Authorization" not in capture.request


def test_anything_unforeseen_is_an_outcome(server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception that nobody thought of becomes a capture; an interrupt does not."""
    fetcher = make_fetcher(server)

    def raise_error(*_: object, **__: object) -> None:
        raise LookupError("odd")

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    pages(fetcher, f"{HOME}/ok")
    monkeypatch.setattr("httpcore.HTTPConnection.handle_request", raise_error)
    capture = pages(fetcher, f"{HOME}/ok")[0]
    assert (capture.outcome, capture.error) == ("network_error", "The request failed: LookupError: odd.")
    monkeypatch.setattr("httpcore.HTTPConnection.handle_request", interrupt)
    with pytest.raises(KeyboardInterrupt):
        pages(fetcher, f"{HOME}/ok")


def test_endless_address(server: FaultServer) -> None:
    """An address that is longer than any server has to take is an outcome, and nothing is sent."""
    capture = pages(make_fetcher(server), f"{HOME}/{'a' * 70_000}")[0]
    assert (capture.outcome, capture.request, len(capture.error or "") < 400) == ("out_of_scope", b"", True)


_PARTS = st.sampled_from(
    [
        b"HTTP/1.1 ",
        b"HTTP/1.0 200 OK\r\n",
        b"HTTP/1.1 100 Go on\r\n\r\n",
        b"HTTP/1.1 302 Found\r\n",
        b"404",
        b"\r\n",
        b"\n\n",
        b"\r\n\r\n",
        b"Content-Length: 5\r\n",
        b"Content-Length: 99999999999999999999\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: gzip, identity\r\n",
        b"Location: ?\r\n",
        b"Location: //[\r\n",
        b"Location: \xff\xfe\r\n",
        b"Set-Cookie: \x80=\r\n",
        b"Set-Cookie: a=b\r\n",
        b" folded\r\n",
        b"5\r\nhello\r\n",
        b"0\r\n\r\n",
        b"ffffffffffffffffff\r\n",
    ]
)


def test_no_answer_raises() -> None:
    """Whatever bytes come back, visit gives captures, raises nothing, and the next page works."""
    with FaultServer() as server:
        fetcher = make_fetcher(server)

        @settings(deadline=None, max_examples=100)
        @given(st.lists(_PARTS | st.binary(max_size=4), max_size=10).map(b"".join))
        def check(sent: bytes) -> None:
            server.teach("/any", sent)
            for capture in pages(fetcher, f"{HOME}/any"):
                assert (capture.outcome == "fetched") <= (capture.status == 200 and capture.complete)
                assert (capture.outcome == "redirected") == (capture.location is not None)
                assert capture.error is None or capture.error.endswith(".")
            assert pages(fetcher, f"{HOME}/ok")[0].body == PAGE

        check()
