"""One request over one connection, every byte of it seen."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.site import Limits
from scraper.connect import Routes
from scraper.exchange import DeadlineError, Exchange, TooLargeError
from scraper.wire import Answer, Wire, diagnose
from tests.clocks import FakeClock
from tests.faults import FaultServer
from tests.raw_server import PAGE, answer

LIMITS = Limits(page_s=20, connect_s=10, head_bytes=200)
HEAD = b"HTTP/1.1 200 OK\r\nX-A:  b \r\nX-A: c\n d\r\n\r\n"


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as listening:
        yield listening


def wire(*literals: str, limits: Limits = LIMITS) -> Wire:
    routes = Routes(allow_private=True, resolve=lambda *_: literals or ("127.0.0.1",))
    return Wire(limits, routes, FakeClock(tick=time.monotonic))


def get(server: FaultServer, path: str, *literals: str, body_bytes: int = 1000) -> Answer:
    address = f"http://agency.test:{server.port}{path}"
    return wire(*literals).get(address, [(b"X-Odd-CASE", b"a  b")], body_bytes=body_bytes)


def test_request_is_sent_as_given(server: FaultServer) -> None:
    """The request has the fields given, in their order and spelling, after Host, and no others."""
    got = get(server, "/ok?a=%C3%A5&b=|")
    expected = f"GET /ok?a=%C3%A5&b=| HTTP/1.1\r\nHost: agency.test:{server.port}\r\nX-Odd-CASE: a  b\r\n\r\n"
    assert got.request == expected.encode()
    assert server.requests == [got.request]
    assert (got.status, got.body, got.complete, got.trouble) == (200, PAGE, True, None)


def test_transfer_coding_is_removed_content_coding_kept(server: FaultServer) -> None:
    """The body is the entity as coded by its author, without the chunks it travelled in."""
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nTransfer-Encoding: chunked\r\n\r\n"
    server.teach("/chunks", head + b"3\r\n\x01\x02\x03\r\n2;x=y\r\n\x04\x05\r\n0\r\nX-Trailer: z\r\n\r\n")
    got = get(server, "/chunks")
    assert (got.head, got.body) == (head, b"\x01\x02\x03\x04\x05")


def test_empty_body(server: FaultServer) -> None:
    """An empty body is a body; where none can be, there is none."""
    server.teach("/empty", answer(b""))
    assert get(server, "/empty").body == b""
    assert get(server, "/no-content").body is None


@pytest.mark.parametrize(("limit", "whole"), [(len(PAGE), True), (len(PAGE) - 1, False)])
def test_body_limit(server: FaultServer, limit: int, *, whole: bool) -> None:
    """As many bytes are kept as allowed, and whether that is all is told."""
    got = get(server, "/ok", body_bytes=limit)
    assert (got.body, got.complete) == (PAGE[:limit], whole)


def test_next_address_is_tried(server: FaultServer) -> None:
    """Where one of a name's addresses takes no connection, the next one is asked."""
    got = get(server, "/ok", "127.0.0.2", "127.0.0.1")
    assert got.peer == f"127.0.0.1:{server.port}"


def test_version_six_peer() -> None:
    """An IPv6 peer is written in brackets."""
    try:
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("there is no IPv6 here")
    with listener:
        port = listener.getsockname()[1]
        limits = Limits(page_s=0.2, connect_s=0.2)
        got = wire("::1", limits=limits).get(f"http://agency.test:{port}/", [], body_bytes=1)
    assert got.peer == f"[::1]:{port}"
    assert got.trouble is not None
    assert got.trouble[0] == "timeout"


def test_deadline_counts_across_steps() -> None:
    """What is left of the whole shrinks, step by step, and then it is over."""
    clock = FakeClock()
    exchange = Exchange(clock, LIMITS)
    assert exchange.patience() == 10
    clock.sleep(15)
    assert exchange.patience() == 5
    clock.sleep(5)
    with pytest.raises(DeadlineError):
        exchange.patience()


@given(sizes=st.lists(st.integers(1, 20), max_size=40), interim=st.booleans())
def test_head_is_found_however_it_comes(sizes: list[int], *, interim: bool) -> None:
    """The head is the same, byte for byte, in whatever pieces it arrives, with a 103 before it or not."""
    exchange = Exchange(FakeClock(), LIMITS)
    data = (b"HTTP/1.1 103 Early\r\nLink: </a>\r\n\r\n" if interim else b"") + HEAD + b"body\r\n\r\nmore"
    for size in [*sizes, len(data)]:
        exchange.receive(data[:size])
        data = data[size:]
    assert exchange.head == exchange.head_so_far() == HEAD


def test_head_limit() -> None:
    """A head over the limit is refused, ended or not, and what is kept stays within it."""
    for tail in (b"", b"\r\n\r\n"):
        exchange = Exchange(FakeClock(), LIMITS)
        with pytest.raises(TooLargeError, match="over 200 bytes"):
            exchange.receive(b"HTTP/1.1 200 OK\r\nX: " + b"z" * 200 + tail)
        assert len(exchange.head_so_far()) == 200
    exact = b"HTTP/1.1 200 OK\r\nX: " + b"z" * (200 - 24) + b"\r\n\r\n"
    exchange = Exchange(FakeClock(), LIMITS)
    exchange.receive(exact)
    assert exchange.head == exact


@pytest.mark.parametrize(
    ("error", "outcome", "sentence"),
    [
        (httpcore.ConnectTimeout(), "timeout", "skr.se did not take the connection for 10 s, or the 20 s were up."),
        (DeadlineError(), "timeout", "Not done within 20 s."),
        (httpcore.ConnectError(ssl.SSLError(1, "odd")), "tls_error", "TLS with skr.se failed: "),
        (httpcore.ConnectError(OSError(113, "No route to host")), "network_error", "No connection to skr.se: No route"),
        (httpcore.ReadError(), "network_error", "No connection to skr.se: "),
        (httpcore.LocalProtocolError("odd"), "network_error", "The request failed: LocalProtocolError: odd."),
    ],
)
def test_diagnose(error: Exception, outcome: str, sentence: str) -> None:
    """Each way to fail has an outcome and a sentence."""
    got, said = diagnose(error, Exchange(FakeClock(), LIMITS), "skr.se", LIMITS)
    assert got == outcome
    assert said.startswith(sentence)
    assert said.endswith(".")
