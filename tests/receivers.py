"""A monitor, a webhook, a service and a mail server on loopback: they note what they are told, and answer as told."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import StreamRequestHandler, ThreadingTCPServer
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


class MailServer:
    """Takes mail from whoever logs in (RFC 5321, RFC 4954), or refuses it. A context manager."""

    def __init__(self, *, refuse: bool = False) -> None:
        self.mail: list[EmailMessage] = []
        self.recipients: list[str] = []
        replies = {"EHLO": b"250-mail.test\r\n250 AUTH PLAIN LOGIN", "AUTH": b"235 welcome", "DATA": b"354 go on"}
        server = self

        class Handler(StreamRequestHandler):
            def _say(self, reply: bytes) -> None:
                self.wfile.write(reply + b"\r\n")

            def handle(self) -> None:
                self._say(b"220 mail.test")
                while line := self.rfile.readline():
                    verb = line[:4].decode("ascii").upper()
                    if verb == "QUIT":
                        self._say(b"221 bye")
                        return
                    if verb == "RCPT":
                        server.recipients.append(line.decode("ascii").partition(":")[2].strip().strip("<>"))
                        if refuse:
                            self._say(b"550 no such person")
                            continue
                    self._say(replies.get(verb, b"250 ok"))
                    if verb == "DATA":
                        self._take()

            def _take(self) -> None:
                lines: list[bytes] = []
                while (line := self.rfile.readline()) != b".\r\n":
                    lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
                mail = message_from_bytes(b"".join(lines), policy=policy.default)
                assert isinstance(mail, EmailMessage)
                server.mail.append(mail)
                self._say(b"250 taken")

        self._server = ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.host = f"127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        """Begin to take mail."""
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
