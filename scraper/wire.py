"""One request over one connection, every byte of it seen as it passes: httpx asks, this records and limits.

The response object of httpx has lost white space, line ends and 1xx answers, so the evidence is taken below it: a
network backend of httpcore notes what goes out and what comes in. A connection serves one request and is closed:
with a kept one, surplus bytes after an answer were seen to become the answer to the next address.
"""

from __future__ import annotations

import hashlib
import re
import ssl
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

import httpcore
import httpx
import msgspec

from schemas.capture import Outcome
from schemas.site import Limits
from scraper.addresses import host_of
from scraper.clock import Clock
from scraper.connect import NoAddressError, RefusedAddressError, Routes, way_to_proxy

_BLANK_LINE = re.compile(rb"\n\r?\n")
_INTERIM = re.compile(rb"HTTP/\d\.\d 1(?!01)\d\d\b")
_BODILESS = (204, 304)
# What a redirect says stands in its head; its body is a courtesy, and may be endless.
_REDIRECT_BODY = 64 * 1024

Fields = Sequence[tuple[bytes, bytes]]


class DeadlineError(Exception):
    """The time for the whole request is used up."""


class HandshakeError(Exception):
    """TLS could not be agreed on. Its argument is the error underneath."""


class TooLargeError(Exception):
    """A size limit was passed. The message says which."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What one request brought, as far as it came."""

    began: datetime
    elapsed_ms: int
    request: bytes
    head: bytes
    """Response head as received; what came of it, where it never ended."""
    status: int | None
    body: bytes | None
    complete: bool
    """Whether the body ended as its head announced. A body that ends with the connection is taken as whole."""
    peer: str | None
    tls: str | None
    trouble: tuple[Outcome, str] | None
    """What cut the request short, and a sentence; None when nothing did."""


class Exchange:
    """What has passed on a connection so far, and how much longer it may take."""

    def __init__(self, clock: Clock, limits: Limits) -> None:
        self.sent = bytearray()
        self.head: bytes | None = None
        self.peer: str | None = None
        self.tls: str | None = None
        self._clock = clock
        self._limits = limits
        self._incoming = bytearray()
        self._interim_bytes = 0
        self._deadline = clock.monotonic() + limits.page_s

    def patience(self) -> float:
        """Seconds that the next step may wait: the silence allowed, or what is left of the whole, if less.

        Raises DeadlineError when nothing is left.
        """
        left = self._deadline - self._clock.monotonic()
        if left <= 0:
            raise DeadlineError
        return min(self._limits.connect_s, left)

    def receive(self, data: bytes) -> None:
        """Note bytes that came in. Raises TooLargeError when the head passes its limit, 1xx answers counted in."""
        if self.head is not None:
            return
        self._incoming += data
        while self.head is None and (end := _BLANK_LINE.search(self._incoming)):
            head = bytes(self._incoming[: end.end()])
            del self._incoming[: end.end()]
            self._interim_bytes += len(head)
            if not _INTERIM.match(head):
                self.head = head
                self._incoming.clear()
        if self._interim_bytes + len(self._incoming) > self._limits.head_bytes:
            raise TooLargeError(f"The head of the answer is over {self._limits.head_bytes} bytes.")

    def begin_again(self) -> None:
        """Forget what passed before TLS began: how a proxy was asked to connect is no part of the exchange."""
        self.sent.clear()
        self._incoming.clear()
        self.head, self._interim_bytes = None, 0

    def head_so_far(self) -> bytes:
        """The head, or what there is of it, within the limit."""
        whole = bytes(self._incoming) if self.head is None else self.head
        return whole[: self._limits.head_bytes]


class _RecordedStream(httpcore.NetworkStream):
    """A connection that notes what passes and gives each step only the time that is left."""

    def __init__(self, stream: httpcore.NetworkStream, exchange: Exchange) -> None:
        self._stream = stream
        self._exchange = exchange

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - ours is stricter
        data = self._stream.read(max_bytes, self._exchange.patience())
        self._exchange.receive(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._exchange.sent += buffer
        self._stream.write(buffer, self._exchange.patience())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        try:
            stream = self._stream.start_tls(ssl_context, server_hostname, self._exchange.patience())
        except httpcore.ConnectError as error:
            raise HandshakeError(error.args[0] if error.args else error) from error
        self._exchange.begin_again()
        self._exchange.tls = _tls_facts(stream.get_extra_info("socket"))
        return _RecordedStream(stream, self._exchange)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _tls_facts(session: ssl.SSLSocket) -> str:
    certificate = session.getpeercert(binary_form=True) or b""
    return f"{session.version()} sha256:{hashlib.sha256(certificate).hexdigest()}"


class _CheckedBackend(httpcore.NetworkBackend):
    """Connects to checked addresses only, and records the connection."""

    def __init__(self, routes: Routes, exchange: Exchange) -> None:
        self._routes = routes
        self._exchange = exchange
        self._tcp = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - ours is stricter
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        last: Exception | None = None
        for literal, target_port in self._routes.find(host, port):
            try:
                stream = self._tcp.connect_tcp(
                    literal, target_port, self._exchange.patience(), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
                continue
            self._exchange.peer = f"[{literal}]:{target_port}" if ":" in literal else f"{literal}:{target_port}"
            return _RecordedStream(stream, self._exchange)
        assert last is not None
        raise last


class _Body(httpx.SyncByteStream):
    """The body as httpcore reads it; closing it closes the connection."""

    def __init__(self, pool: httpcore.ConnectionPool, response: httpcore.Response) -> None:
        self._pool = pool
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        yield from self._response.iter_stream()

    def close(self) -> None:
        self._response.close()
        self._pool.close()


class RecordingTransport(httpx.BaseTransport):
    """What carries the requests of an httpx client: a new, recorded connection to a checked address for each.

    A request names its Exchange in the extension "exchange". The response that httpx gets has a status and a body but
    no fields: httpx acts on Location, Set-Cookie and Content-Encoding even where it is told not to, and what we
    read of them we read in the recorded head.
    """

    def __init__(self, routes: Routes, proxy: str = "") -> None:
        self._routes = routes
        self._proxy = proxy

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return httpcore.default_ssl_context()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; the recorded exchange is the caller's to read."""
        url = request.url
        pool = self._pool(url, request.extensions["exchange"])
        asked = httpcore.Request(
            method=request.method,
            url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        try:
            response = pool.handle_request(asked)
        except httpcore.ProxyError as error:
            pool.close()
            raise NoAddressError(f"The proxy does not lead to {url.host}: {error}.") from error
        except BaseException:
            pool.close()
            raise
        return httpx.Response(response.status, stream=_Body(pool, response))

    def _pool(self, url: httpx.URL, exchange: Exchange) -> httpcore.ConnectionPool:
        """A pool for one connection, through the proxy if there is one. TLS contexts are dear: made when needed."""
        ssl_context = self._tls if url.scheme == "https" else None
        if not self._proxy:
            backend = _CheckedBackend(self._routes, exchange)
            return httpcore.ConnectionPool(ssl_context=ssl_context, max_connections=1, network_backend=backend)
        self._routes.check_name(url.host)
        backend = _CheckedBackend(way_to_proxy(self._proxy), exchange)
        return httpcore.HTTPProxy(self._proxy, ssl_context=ssl_context, max_connections=1, network_backend=backend)


class Wire:
    """Makes requests under a site's limits, each over a connection of its own. Threads may share it."""

    def __init__(self, limits: Limits, routes: Routes, clock: Clock, *, proxy: str = "") -> None:
        """Take limits and routes; `proxy` is "http://HOST:PORT", or "" for none."""
        self._limits = limits
        self._clock = clock
        self._client = httpx.Client(
            transport=RecordingTransport(routes, proxy),
            follow_redirects=False,
            trust_env=False,
            timeout=limits.connect_s,
        )

    def get(self, address: str, fields: Fields, *, body_bytes: int) -> Answer:
        """Ask once for an address with exactly these request fields after Host; at most so many bytes of body.

        Nothing that the network does raises.
        """
        return self._ask("GET", address, fields, None, body_bytes)

    def post(self, address: str, fields: Fields, content: bytes, *, body_bytes: int) -> Answer:
        """Send content to an address of our own people, as `get` asks for one."""
        return self._ask("POST", address, fields, content, body_bytes)

    def _ask(self, method: str, address: str, fields: Fields, content: bytes | None, body_bytes: int) -> Answer:
        began, start = self._clock.now(), self._clock.monotonic()
        exchange = Exchange(self._clock, self._limits)
        status, body, trouble = None, bytearray(), None
        try:
            headers = [(b"Host", _host_field(address)), *fields]
            request = httpx.Request(
                method, address, headers=headers, content=content, extensions={"exchange": exchange}
            )
            response = self._client.send(request, stream=True)
            status = response.status_code
            _read_body(response, body, body_bytes)
        except Exception as error:  # noqa: BLE001 - whatever a hostile answer sets off is an outcome
            trouble = diagnose(error, exchange, host_of(address), self._limits)
        has_body = status is not None and status not in _BODILESS
        return Answer(
            began=began,
            elapsed_ms=round((self._clock.monotonic() - start) * 1000),
            request=bytes(exchange.sent),
            head=exchange.head_so_far(),
            status=status,
            body=bytes(body) if has_body else None,
            complete=trouble is None,
            peer=exchange.peer,
            tls=exchange.tls,
            trouble=trouble,
        )


def _host_field(address: str) -> bytes:
    return address.split("/", 3)[2].encode("ascii")


def _read_body(response: httpx.Response, body: bytearray, limit: int) -> None:
    if response.is_redirect:
        limit = min(limit, _REDIRECT_BODY)
    try:
        for piece in response.iter_raw():
            body += piece
            if len(body) > limit:
                del body[limit:]
                raise TooLargeError(f"The body is over {limit} bytes.")
    finally:
        response.close()


def diagnose(error: Exception, exchange: Exchange, host: str, limits: Limits) -> tuple[Outcome, str]:
    """Outcome and sentence for what cut a request short. Pure."""
    match error:
        case RefusedAddressError():
            return "refused_address", str(error)
        case NoAddressError():
            return "network_error", str(error)
        case TooLargeError():
            return "too_large", str(error)
        case DeadlineError():
            return "timeout", f"Not done within {limits.page_s:g} s."
        case httpcore.TimeoutException():
            doing = "fell silent" if exchange.peer else "did not take the connection"
            return "timeout", f"{host} {doing} for {limits.connect_s:g} s, or the {limits.page_s:g} s were up."
        case _:
            return _diagnose_connection(error, exchange, host)


def _diagnose_connection(error: Exception, exchange: Exchange, host: str) -> tuple[Outcome, str]:
    # httpcore hands the operating system's error on as the argument of its own.
    cause = error.args[0] if error.args else None
    match error:
        case HandshakeError():
            return "tls_error", _diagnose_handshake(cause, host)
        case httpcore.NetworkError() if isinstance(cause, ssl.SSLError):
            return "tls_error", _diagnose_handshake(cause, host)
        case httpcore.NetworkError():
            doing = "The connection broke" if exchange.peer else f"No connection to {host}"
            reason = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(error)
            return "network_error", f"{doing}: {reason}."
        case httpcore.RemoteProtocolError() if not exchange.head_so_far():
            return "network_error", f"{host} closed the connection without an answer."
        case httpcore.RemoteProtocolError():
            return "network_error", f"The answer breaks HTTP: {error}."
        case _:
            return "network_error", f"The request failed: {type(error).__name__}: {error}."


def _diagnose_handshake(cause: object, host: str) -> str:
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"The certificate of {host} does not hold: {cause.verify_message}."
    return f"TLS with {host} failed: {getattr(cause, 'reason', None) or getattr(cause, 'strerror', None) or cause}."
