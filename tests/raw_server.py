"""A server on loopback that sends what it was taught, byte for byte, over a raw socket."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from typing import Self

PAGE = b"<!DOCTYPE html><title>Sida</title><p>Hej.</p>"


class Talk:
    """One connection: what was asked, and the means to answer."""

    def __init__(self, sock: socket.socket, request: bytes, over: threading.Event) -> None:
        self.request = request
        self._sock = sock
        self._over = over

    def say(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._sock.sendall(data)

    def reset(self) -> None:
        """End the connection with RST, once what was sent has been taken."""
        self._over.wait(0.05)
        slam(self._sock)

    def drip(self, piece: bytes) -> None:
        """Send a piece again and again, slowly enough to look alive, until the other side has gone."""
        while not self._over.wait(0.02):
            self.say(piece)

    def flood(self, piece: bytes) -> None:
        """Send a piece again and again, as fast as it goes, until the other side has gone."""
        while not self._over.is_set():
            self.say(piece)

    def fall_silent(self) -> None:
        """Keep the connection and say nothing."""
        self._sock.recv(1)


def slam(sock: socket.socket) -> None:
    """Let a connection end with RST when it is closed."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


Act = bytes | Callable[[Talk], None]
"""Bytes to send before closing, or what to do."""


def answer(body: bytes = PAGE, *fields: str, status: str = "200 OK", length: int | None = None) -> bytes:
    """An answer with a true Content-Length, unless another is given."""
    size = len(body) if length is None else length
    lines = [f"HTTP/1.1 {status}", *fields, f"Content-Length: {size}"]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def bare_head(*fields: str, status: str = "200 OK") -> bytes:
    """A head with just these fields."""
    return "\r\n".join([f"HTTP/1.1 {status}", *fields, "", ""]).encode("latin-1")


class RawServer:
    """Listens on a loopback port and answers each path as it was taught; /ok is a page, robots.txt is missing."""

    def __init__(self, taught: Mapping[str, Act]) -> None:
        self.taught: dict[str, Act] = {
            **taught,
            "/ok": lambda talk: talk.say(answer()),
            "/robots.txt": lambda talk: talk.say(answer(b"", status="404 Not Found")),
        }
        self.requests: list[bytes] = []
        self.opening = b""
        self.slammed = False
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self.resume()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.pause()
        for thread in self._threads:
            thread.join(5)

    def teach(self, path: str, *answers: bytes) -> None:
        """Answer a path with these bytes, one after the other; the last one stays."""
        left = list(answers)
        self.taught[path] = lambda talk: talk.say(left.pop(0) if len(left) > 1 else left[0])

    def pause(self) -> None:
        """Close the port: connections are refused."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def resume(self) -> None:
        """Listen, on the same port as before."""
        if self._listener.fileno() == -1:
            self._listener = socket.create_server(("127.0.0.1", self.port))
        self._start(self._serve, self._listener)

    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [request.split(b" ")[1].decode("ascii") for request in self.requests]

    def _start(self, work: Callable[[socket.socket], None], sock: socket.socket) -> None:
        thread = threading.Thread(target=work, args=(sock,), daemon=True)
        self._threads.append(thread)
        thread.start()

    def _serve(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                self._start(self._answer, listener.accept()[0])

    def _answer(self, sock: socket.socket) -> None:
        with sock, contextlib.suppress(OSError):
            sock.settimeout(5)
            if self.slammed:
                slam(sock)
                return
            sock.sendall(self.opening)
            request = b""
            while not request.endswith(b"\r\n\r\n"):
                piece = sock.recv(65536)
                if not piece:
                    return
                request += piece
            self.requests.append(request)
            self._act(Talk(sock, request, self._over))

    def _act(self, talk: Talk) -> None:
        act = self.taught[talk.request.split(b" ")[1].decode("ascii").partition("?")[0]]
        if callable(act):
            act(talk)
        else:
            talk.say(act)
