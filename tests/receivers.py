"""A monitor, a webhook and a service on loopback: they note what they are told, and answer as they are ordered."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, Self

import msgspec


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One request."""

    method: str
    path: str
    fields: dict[str, str]
    body: bytes


class Receiver:
    """Answers every request. A context manager; its address is `http://127.0.0.1:PORT`."""

    def __init__(self, *, status: int = 200, silent: bool = False) -> None:
        self.told: list[Told] = []
        self._silence = Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def _take(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                told = Told(method=self.command, path=self.path, fields=dict(self.headers), body=body)
                receiver.told.append(told)
                if silent:
                    receiver._silence.wait()
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_GET(self) -> None:
                self._take()

            def do_POST(self) -> None:
                self._take()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        """Begin to answer."""
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._silence.set()
        self._server.shutdown()
        self._server.server_close()

    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [told.path for told in self.told]
