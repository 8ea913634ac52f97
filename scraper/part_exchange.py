"""Part exchange: parts of the chrome sent from one process to another, each once while both remember it.

Both sides count the parts that are new, and forget the oldest of them at the same message: what the one says the other
has, it has. Both begin anew together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TypeVar

import msgspec

from schemas.chrome import ChromePart

Value = TypeVar("Value")
PARTS = 64
"""Parts remembered."""
LARGEST_BYTES = 256 * 1024
"""Size of a part up to which it is remembered."""

_encode = msgspec.msgpack.Encoder().encode


class SentPart(msgspec.Struct, frozen=True, array_like=True):
    """A part as it is sent."""

    name: bytes
    """SHA-256 of its content; none for a part that is not to be remembered."""
    part: ChromePart | None
    """None where it was sent before."""


class SentParts:
    """The sender's side: what was sent."""

    def __init__(self) -> None:
        self._names: dict[bytes, None] = {}

    def send(self, parts: Iterable[ChromePart]) -> tuple[SentPart, ...]:
        """The parts as they go out: whole where the other side does not have them."""
        return tuple(map(self._sent, parts))

    def _sent(self, part: ChromePart) -> SentPart:
        content = _encode(part)
        if len(content) > LARGEST_BYTES:
            return SentPart(b"", part)
        name = hashlib.sha256(content).digest()
        if name in self._names:
            return SentPart(name, None)
        _remember(self._names, name, None)
        return SentPart(name, part)


class KnownParts:
    """The receiver's side: what has come."""

    def __init__(self) -> None:
        self._parts: dict[bytes, ChromePart] = {}

    def take(self, sent: Iterable[SentPart]) -> tuple[ChromePart, ...]:
        """The parts whole again. Raises KeyError when the two sides did not begin together."""
        return tuple(map(self._taken, sent))

    def _taken(self, sent: SentPart) -> ChromePart:
        if sent.part is None:
            return self._parts[sent.name]
        if sent.name:
            _remember(self._parts, sent.name, sent.part)
        return sent.part


def _remember(known: dict[bytes, Value], name: bytes, value: Value) -> None:
    known[name] = value
    if len(known) > PARTS:
        del known[next(iter(known))]
