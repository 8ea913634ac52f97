"""Guard: pages are parsed in a child process with a memory limit and a deadline, kept alive between pages.

Some markup costs an HTML5 parser time and memory out of all proportion: an 81 kB page of misnested tags took lexbor
20 s and 5 GB. Such a page is unparsable; it must not take the night with it. From one page to the next the child holds
the layouts, and parts of the chrome that read the same wherever they stand.
"""

from __future__ import annotations

import os
import resource
import select
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import msgspec

from schemas.capture import Capture
from schemas.chrome import Chrome
from schemas.reading import Reading, Rules
from schemas.site import Limits, Site
from scraper.layout import layout_named
from scraper.parse import DECODED_BYTES, read
from scraper.part_exchange import KnownParts, SentPart, SentParts

DEADLINE_S = Limits().parse_s
DOCUMENT_S = Limits().document_s
MEMORY_BYTES = Limits().parse_bytes
RECORD_BYTES = Limits().record_bytes

_LENGTH = struct.Struct(">Q")
_ROOT = Path(__file__).parent.parent
_AT_ONCE = 1 << 16
"""Bytes read at once, as many as a pipe holds."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """One page to parse."""

    capture: Capture
    layout: str = ""
    limit: int = DECODED_BYTES
    """Most bytes of body after content decoding."""


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """A reading, its chrome apart: most of that the parent has from pages before."""

    reading: Reading
    parts: tuple[SentPart, ...] | None


_encode_into = msgspec.msgpack.Encoder().encode_into
_decode_order = msgspec.msgpack.Decoder(Order).decode
_decode_answer = msgspec.msgpack.Decoder(Answer).decode


class Guard:
    """Reads captures in a child process. A context manager: the child ends with it."""

    def __init__(
        self,
        *,
        deadline_s: float = DEADLINE_S,
        document_s: float = DOCUMENT_S,
        memory_bytes: int = MEMORY_BYTES,
        decoded_bytes: int = DECODED_BYTES,
        record_bytes: int = RECORD_BYTES,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._deadline_s = deadline_s
        self._document_s = document_s
        self._memory_bytes = memory_bytes
        self._decoded_bytes = decoded_bytes
        self._record_bytes = record_bytes
        self._monotonic = monotonic
        self._child: subprocess.Popen[bytes] | None = None
        self._parts = KnownParts()

    @classmethod
    def of(cls, told: Site | Rules) -> Self:
        """A guard with the limits of a site, or of the rules that its pages are read by."""
        limits = told.limits
        return cls(
            deadline_s=limits.parse_s,
            document_s=limits.document_s,
            memory_bytes=limits.parse_bytes,
            decoded_bytes=limits.decoded_bytes,
            record_bytes=limits.record_bytes,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def read(self, capture: Capture, layout: str = "") -> Reading:
        """Return what the capture's body says; unparsable when the child does not get through it.

        Never raises for any bytes. Raises ConfigurationError for a layout that does not exist.
        """
        if layout:
            layout_named(layout)
        order = Order(capture=capture, layout=layout, limit=self._decoded_bytes)
        deadline_s = self._document_s if capture.purpose == "document" else self._deadline_s
        if self._child is not None and self._child.poll() is not None:
            self._end()  # somebody killed it between two pages, and this page is not to blame
        child = self._child or self._begin()
        try:
            assert child.stdin is not None
            _send(child.stdin, order)
            answer = _decode_answer(self._answer(child, deadline_s))
            if answer.parts is None:
                return answer.reading
            return msgspec.structs.replace(answer.reading, chrome=Chrome(parts=self._parts.take(answer.parts)))
        except (BrokenPipeError, EOFError):
            self._end()
            limit = self._memory_bytes // (1024 * 1024)
            return Reading(verdict="unparsable", why=f"The parser broke down on this page, perhaps at {limit} MB.")
        except OverflowError:
            # Not even taken in: what is small as markup may be hundreds of times as much when read.
            self._end()
            return Reading(verdict="unparsable", why=f"What the parser read is over {self._record_bytes} bytes.")
        except TimeoutError:
            self._end()
            return Reading(verdict="unparsable", why=f"The parser was not through after {deadline_s:g} s.")
        except BaseException:
            # Somebody interrupts: what the child still answers would be taken for the next page's answer.
            self._end()
            raise

    def _begin(self) -> subprocess.Popen[bytes]:
        # A new child has sent nothing yet.
        self._parts = KnownParts()
        self._child = subprocess.Popen(
            [sys.executable, "-m", "scraper.guard", str(self._memory_bytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(_ROOT), os.environ.get("PYTHONPATH", "")])},
            # Ctrl-C is for the parent: it decides what becomes of the page.
            start_new_session=True,
        )
        # The first word says that the child is up, so that starting it is not counted against a page.
        assert self._child.stdout is not None
        self._child.stdout.read(1)
        return self._child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.communicate()

    def _answer(self, child: subprocess.Popen[bytes], deadline_s: float) -> memoryview:
        assert child.stdout is not None
        stream, until = child.stdout.fileno(), self._monotonic() + deadline_s
        data = self._piece(stream, until)
        while len(data) < _LENGTH.size:
            data += self._piece(stream, until)
        (length,) = _LENGTH.unpack_from(data)
        if length > self._record_bytes:
            raise OverflowError
        pieces, missing = [data], _LENGTH.size + length - len(data)
        while missing > 0:
            pieces.append(self._piece(stream, until))
            missing -= len(pieces[-1])
        return memoryview(b"".join(pieces))[_LENGTH.size :]

    def _piece(self, stream: int, until: float) -> bytes:
        """What the child has said since; one answer at the most, as it is asked for one at a time."""
        ready, _, _ = select.select([stream], [], [], max(0.0, until - self._monotonic()))
        if not ready:
            raise TimeoutError
        piece = os.read(stream, _AT_ONCE)
        if not piece:
            raise EOFError
        return piece


def _send(stream: IO[bytes], message: Order | Answer) -> None:
    data = bytearray(_LENGTH.size)
    _encode_into(message, data, _LENGTH.size)
    _LENGTH.pack_into(data, 0, len(data) - _LENGTH.size)
    stream.write(data)
    stream.flush()


def serve(orders: IO[bytes], answers: IO[bytes], memory_bytes: int) -> None:
    """The child's side: read orders and write answers until the orders end."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    answers.write(b"!")
    answers.flush()
    parts = SentParts()
    while head := orders.read(_LENGTH.size):
        order = _decode_order(orders.read(_LENGTH.unpack(head)[0]))
        try:
            reading = read(order.capture, order.layout, limit=order.limit)
        except MemoryError:
            reading = Reading(verdict="unparsable", why="The parser needs more memory for this page than it may have.")
        sent = parts.send(reading.chrome.parts) if reading.chrome else None
        _send(answers, Answer(msgspec.structs.replace(reading, chrome=None), sent))


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer, int(sys.argv[1]))
