"""What passes on one connection, noted as it passes: a network backend of httpcore that records and limits.

The response object of httpx has lost white space, line ends and 1xx answers, so the evidence is taken below it.
"""

from __future__ import annotations

import hashlib
import re
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore

from schemas.site import Limits
from scraper.clock import Clock
from scraper.connect import Routes

_BLANK_LINE = re.compile(rb"\n\r?\n")
_INTERIM = re.compile(rb"HTTP/\d\.\d 1(?!01)\d\d\b")


class DeadlineError(Exception):
    """The time for the whole request is used up."""


class HandshakeError(Exception):
    """TLS could not be agreed on. Its argument is the error underneath."""


class TooLargeError(Exception):
    """A size limit was passed. The message says which."""


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
        session = stream.get_extra_info("socket")
        # Where the end of the connection is the end of the body, only TLS's own goodbye tells an end from a cut.
        session.suppress_ragged_eofs = False
        self._exchange.begin_again()
        self._exchange.tls = _tls_facts(session)
        return _RecordedStream(stream, self._exchange)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _tls_facts(session: ssl.SSLSocket) -> str:
    certificate = session.getpeercert(binary_form=True) or b""
    return f"{session.version()} sha256:{hashlib.sha256(certificate).hexdigest()}"


class CheckedBackend(httpcore.NetworkBackend):
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
        """Connect to the first of the checked addresses that takes the connection; httpcore calls it."""
        last: Exception | None = None
        for literal, target_port in self._routes.find(host, port, self._exchange.patience()):
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
