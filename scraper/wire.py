"""One request over one connection, every byte of it seen as it passes: httpx asks, `scraper.exchange` records.

A connection serves one request and is closed: with a kept one, surplus bytes after an answer were seen to become the
answer to the next address.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cached_property

import httpcore
import httpx
import msgspec

from schemas.capture import Outcome
from schemas.site import Limits
from scraper.addresses import host_of
from scraper.clock import Clock
from scraper.connect import NoAddressError, RefusedAddressError, Routes, way_to_proxy
from scraper.exchange import CheckedBackend, DeadlineError, Exchange, HandshakeError, TooLargeError

_BODILESS = (204, 304)
_PROXY_WANTS_PASSWORD = 407  # the one status that only a proxy sends (RFC 9110, section 15.5.8)
# What a redirect says stands in its head; its body is a courtesy, and may be endless.
_REDIRECT_BODY = 64 * 1024

Fields = Sequence[tuple[bytes, bytes]]


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


class _Body(httpx.SyncByteStream):
    """The body as httpcore reads it; closing it closes the connection."""

    def __init__(self, connection: httpcore.HTTPConnection | httpcore.HTTPProxy, response: httpcore.Response) -> None:
        self._connection = connection
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        yield from self._response.iter_stream()

    def close(self) -> None:
        self._response.close()
        self._connection.close()


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
        asked = httpcore.Request(
            method=request.method,
            url=_core_url(request.url),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        connection = self._connection(request.url, asked.url.origin, request.extensions["exchange"])
        try:
            response = connection.handle_request(asked)
        except httpcore.ProxyError as error:
            connection.close()
            raise NoAddressError(f"The proxy does not lead to {request.url.host}: {error}.") from error
        except BaseException:
            connection.close()
            raise
        if self._proxy and response.status == _PROXY_WANTS_PASSWORD:
            connection.close()
            raise NoAddressError(f"The proxy does not lead to {request.url.host}: it asks for a password.")
        return httpx.Response(response.status, stream=_Body(connection, response))

    def _connection(
        self, url: httpx.URL, origin: httpcore.Origin, exchange: Exchange
    ) -> httpcore.HTTPConnection | httpcore.HTTPProxy:
        """One connection, through the proxy if there is one. TLS contexts are dear: made when needed."""
        ssl_context = self._tls if url.scheme == "https" else None
        if not self._proxy:
            # Not a pool, whose work it is to share connections: none is shared here.
            backend = CheckedBackend(self._routes, exchange)
            return httpcore.HTTPConnection(origin, ssl_context=ssl_context, network_backend=backend)
        self._routes.check_name(url.host)
        backend = CheckedBackend(way_to_proxy(self._proxy), exchange)
        return httpcore.HTTPProxy(self._proxy, ssl_context=ssl_context, max_connections=1, network_backend=backend)


def _core_url(url: httpx.URL) -> httpcore.URL:
    return httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)


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
        case httpcore.NetworkError() if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLEOFError):
            return "tls_error", _diagnose_handshake(cause, host)
        case _:
            return "network_error", _diagnose_break(error, cause, exchange, host)


def _diagnose_break(error: Exception, cause: object, exchange: Exchange, host: str) -> str:
    match error:
        case httpcore.NetworkError() if isinstance(cause, ssl.SSLEOFError):
            return f"{host} ended the connection without the goodbye of TLS: what came may be cut."
        case httpcore.NetworkError():
            doing = "The connection broke" if exchange.peer else f"No connection to {host}"
            reason = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(error)
            return f"{doing}: {reason}."
        case httpcore.RemoteProtocolError() if not exchange.head_so_far():
            return f"{host} closed the connection without an answer."
        case httpcore.RemoteProtocolError():
            return f"The answer breaks HTTP: {error}."
        case _:
            return f"The request failed: {type(error).__name__}: {error}."


def _diagnose_handshake(cause: object, host: str) -> str:
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"The certificate of {host} does not hold: {cause.verify_message}."
    return f"TLS with {host} failed: {getattr(cause, 'reason', None) or getattr(cause, 'strerror', None) or cause}."
