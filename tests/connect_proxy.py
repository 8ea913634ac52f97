"""A small proxy on loopback: it tunnels what is asked by CONNECT, passes on what is asked by plain http, or refuses."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from collections.abc import Mapping
from typing import Self

_PATIENCE_S = 5


class ConnectProxy:
    """Leads names to ports of this machine and to nowhere else. A context manager; its address is `address`."""

    def __init__(self, ports: Mapping[str, int], *, refusal: bytes = b"", silent: bool = False) -> None:
        """`ports` by "host:port"; `refusal` is said to everything instead, or nothing at all when `silent`."""
        self.asked: list[str] = []
        """First line of each request."""
        self._ports = ports
        self._refusal = refusal
        self._silent = silent
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(_PATIENCE_S)

    def _serve(self) -> None:
        while True:
            try:
                client = self._listener.accept()[0]
            except OSError:
                return
            client.settimeout(_PATIENCE_S)
            with client, contextlib.suppress(OSError):
                self._answer(client)

    def _answer(self, client: socket.socket) -> None:
        request = b""
        while b"\r\n\r\n" not in request:
            request += client.recv(65536)
        line = request.split(b"\r\n", 1)[0].decode("ascii")
        self.asked.append(line)
        if self._silent:
            client.recv(1)
        elif self._refusal:
            client.sendall(self._refusal)
        else:
            method, target, _ = line.split(" ")
            place = target if method == "CONNECT" else target.split("/")[2] + ":80"
            with socket.create_connection(("127.0.0.1", self._ports[place]), _PATIENCE_S) as server:
                if method == "CONNECT":
                    client.sendall(b"HTTP/1.1 200 Connection established\r\nVia: 1.1 trial\r\n\r\n")
                else:
                    server.sendall(request.replace(f"http://{target.split('/')[2]}".encode(), b"", 1))
                self._pass_on(client, server)

    def _pass_on(self, client: socket.socket, server: socket.socket) -> None:
        """Both ways, until one side ends."""
        other = {client: server, server: client}
        while not self._over.is_set():
            for ready in select.select(list(other), [], [], 0.1)[0]:
                data = ready.recv(65536)
                if not data:
                    return
                other[ready].sendall(data)
