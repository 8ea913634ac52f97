"""TLS as the trials need it: an authority of their own, and servers with good, old, wrong and no certificates."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from pathlib import Path
from typing import Literal, Self

from tests.programs import needed
from tests.raw_server import answer, slam

_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


class Authority:
    """Vouches for servers; `file` is what a client has to trust."""

    def __init__(self, folder: Path) -> None:
        self._openssl = needed("openssl", "openssl")
        self._folder = folder
        self.file = folder / "ca.pem"
        self._key = folder / "ca.key"
        self._run("req", "-x509", *_KEY, "-days", "2", "-subj", "/CN=Trials", "-keyout", self._key, "-out", self.file)

    def certificate(self, host: str, *, days: int = 2, vouched: bool = True) -> Path:
        """A certificate for a host and its key, in one file; with days below 0 it has expired."""
        key, asked, given, both = (self._folder / f"{host}{days}{vouched}.{end}" for end in ("k", "r", "c", "pem"))
        name = ("-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}")
        if vouched:
            self._run("req", *_KEY, *name, "-keyout", key, "-out", asked)
            by = ("-CA", self.file, "-CAkey", self._key, "-CAcreateserial", "-copy_extensions", "copyall")
            self._run("x509", "-req", "-in", asked, *by, "-days", str(days), "-out", given)
        else:
            self._run("req", "-x509", *_KEY, *name, "-days", str(days), "-keyout", key, "-out", given)
        both.write_bytes(key.read_bytes() + given.read_bytes())
        return both

    def _run(self, *arguments: str | Path) -> None:
        subprocess.run([self._openssl, *arguments], check=True, capture_output=True)


Manner = Literal["hang-up", "reset", "plain", "drip"]
"""What a server does instead of a handshake."""


class TlsServer:
    """Answers everything with a page over TLS, and never says goodbye; without a certificate it has another manner."""

    def __init__(self, certificate: Path | None, manner: Manner = "hang-up", said: bytes = answer()) -> None:
        self.requests: list[bytes] = []
        self._manner = manner
        self._said = said
        self._over = threading.Event()
        self._context: ssl.SSLContext | None = None
        if certificate is not None:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(certificate)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                sock = self._listener.accept()[0]
            except OSError:
                return
            sock.settimeout(5)
            with sock:
                try:
                    self._answer(sock)
                except OSError:
                    continue

    def _answer(self, sock: socket.socket) -> None:
        if self._context is None:
            sock.recv(100)
            self._misbehave(sock)
            return
        with self._context.wrap_socket(sock, server_side=True) as secure:
            self.requests.append(secure.recv(65536))
            secure.sendall(self._said)

    def _misbehave(self, sock: socket.socket) -> None:
        match self._manner:
            case "reset":
                slam(sock)
            case "plain":
                sock.sendall(answer())
            case "drip":
                sock.sendall(b"\x16\x03\x03\x40\x00")  # a record of 16 KiB will come
                while not self._over.wait(0.02):
                    sock.sendall(b"\0")
