"""The agency's web server: answers on loopback by Host field, as a SiteVision site does, and notes who asked what."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import sys
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any, Self

import msgspec

from schemas.site import Site, decode_site
from tests.agency.answers import Answer, answer, as_bytes, bare_path, with_trouble
from tests.agency.trouble import Trouble

SITE_FILE = Path(__file__).parent / "agency.toml"
LOOPBACK = "127.0.0.1"


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """One request as the agency saw it."""

    host: str
    """Host asked for, in small letters and without port; "www." is kept."""
    path: str
    """Path as asked for, query included."""
    fields: tuple[tuple[str, str], ...]
    """Request fields in their order."""
    begun: float
    """When the request head had been read, seconds of the agency's clock (monotonic unless another was given)."""
    ended: float
    """When the whole answer but its last byte was out, same clock."""
    status: int | None
    """Status answered; None when none was, or one that only `Trouble.raw` knows."""


class Agency:
    """The pretend agency. A context manager: it answers between entering and leaving.

    `night`, `validators` and `trouble` may be set at any time; `log` and `in_flight_max` are there to be read.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        night: int = 1,
        clock: Callable[[], float] = time.monotonic,
        answers: Callable[..., Answer] = answer,
    ) -> None:
        self.port = port
        """Port answered on; 0 until entered when any free one will do."""
        self.night = night
        self.validators = False
        """Whether pages carry an ETag, of what they are without noise, and If-None-Match is honoured."""
        self.trouble: dict[tuple[str, str], Trouble] = {}
        """Misbehaviour by host (as asked for) and path (without query)."""
        self.log: list[Visit] = []
        """Requests in the order in which their answers ended."""
        self.in_flight_max: dict[str, int] = {}
        """How many requests were ever open at once, by host without "www."."""
        self.answers = answers
        """What an address answers on a night; a year has more nights than there are files for."""
        self._clock = clock
        self._lock = Lock()
        self._requests = 0
        self._in_flight: dict[str, int] = {}
        self._struck: dict[tuple[str, str], tuple[Trouble, int]] = {}
        self._held: list[Trouble] = []
        self.holding = Event()
        """Set when an answer waits for the event of its trouble."""
        self._server: _Server | None = None

    def __enter__(self) -> Self:
        """Begin to answer. Raises OSError when the port is taken."""
        self._server = _Server((LOOPBACK, self.port), self)
        self.port = self._server.server_port
        # Leaving waits for one round of this loop: a short one, for the tests' sake.
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = None
        for trouble in self._held:
            if trouble.hold is not None:
                trouble.hold.set()

    @property
    def origin(self) -> str:
        """Where to connect, such as "http://127.0.0.1:8765": for a client that sets the Host field itself."""
        return f"http://{LOOPBACK}:{self.port}"

    def site(self) -> Site:
        """Return the site of agency.toml, connected to the port that is answered on."""
        site = decode_site(SITE_FILE.read_text("utf-8"), SITE_FILE.name)
        here = f"{LOOPBACK}:{self.port}"
        return msgspec.structs.replace(site, connect_to=dict.fromkeys(site.connect_to, here))

    def asked(self, host: str) -> list[str]:
        """Return the paths asked of a host, "www." or not, in the order of the log."""
        return [visit.path for visit in self.log if visit.host.removeprefix("www.") == host]

    def begin(self, host: str) -> tuple[int, float]:
        """Count a request in; return its number and when it began."""
        host = host.removeprefix("www.")
        with self._lock:
            self._requests += 1
            self._in_flight[host] = self._in_flight.get(host, 0) + 1
            self.in_flight_max[host] = max(self.in_flight_max.get(host, 0), self._in_flight[host])
            return self._requests, self._clock()

    def end(self, visit: Visit) -> None:
        """Count a request out and write it down."""
        with self._lock:
            self._in_flight[visit.host.removeprefix("www.")] -= 1
            self.log.append(msgspec.structs.replace(visit, ended=self._clock()))

    def strike(self, host: str, target: str) -> Trouble:
        """Return the trouble that strikes this request, and count it; a Trouble without any when all is well."""
        key = (host, bare_path(target))
        with self._lock:
            trouble = self.trouble.get(key, _NONE)
            # A count belongs to the order it was made for: the same address may be given another one later.
            ordered, times = self._struck.get(key, (trouble, 0))
            times = times if ordered is trouble else 0
            if trouble is _NONE or (trouble.times is not None and times >= trouble.times):
                return _NONE
            self._struck[key] = (trouble, times + 1)
            self._held.append(trouble)
            return trouble


_NONE = Trouble()


class _Handler(BaseHTTPRequestHandler):
    """One connection's requests, one after the other."""

    protocol_version = "HTTP/1.1"
    # The last byte is sent alone, and must not wait until the client has acknowledged the others.
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        agency = self.server.agency
        host = self.headers.get("Host", "").partition(":")[0].lower()
        request, begun = agency.begin(host)
        trouble = agency.strike(host, self.path)
        known_tag = self.headers.get("If-None-Match", "") if agency.validators else None
        usual = agency.answers(agency.night, host, self.path, request=request, known_tag=known_tag)
        given = with_trouble(usual, trouble)
        whole = trouble.raw if trouble.raw is not None else as_bytes(given, date=self.date_time_string())
        data = b"" if trouble.empty else whole[: len(whole) - trouble.missing]
        if data is not whole or trouble.raw is not None:
            self.close_connection = True
        visit = Visit(
            host=host,
            path=self.path,
            fields=tuple(self.headers.items()),
            begun=begun,
            ended=begun,
            status=None if trouble.empty or trouble.raw is not None else given.status,
        )
        self._send(data, trouble, visit)

    def _send(self, data: bytes, trouble: Trouble, visit: Visit) -> None:
        """Send the answer, waiting where the trouble says so."""
        try:
            if trouble.hold is not None:
                self.wfile.write(data[: trouble.hold_after])
                self.server.agency.holding.set()
                trouble.hold.wait()
                data = data[trouble.hold_after :]
            self.wfile.write(data[:-1])
        finally:
            # Counted out before the last byte: a client that has it may ask again at once, one request at a time.
            self.server.agency.end(visit)
        self.wfile.write(data[-1:])

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that http.server gives it
        """Say nothing: the log is the agency's."""


class _Server(ThreadingHTTPServer):
    """A thread for each connection, and an end to all of them."""

    request_queue_size = 64

    def __init__(self, address: tuple[str, int], agency: Agency) -> None:
        self.agency = agency
        self._connections: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        """Bind without looking up the machine's own name, which may ask a name server."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = LOOPBACK, int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        """Note the connection and give it a thread."""
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection and close it."""
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Pass over a client that hung up; show any other fault, for it is the agency's own."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def stop(self) -> None:
        """Stop listening and hang up on whoever still holds a connection open."""
        self.shutdown()
        self.server_close()
        for connection in tuple(self._connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
