"""Frames: bodies as they are written, read back with all that they stand on. Each has the hash of its name, or is none.

A body is written as a difference from its base, and that from its own, down to one that stands alone. Where a whole
site changed in a night, a body may have a helper besides: another page's body that says already what is new on both.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Literal, get_args

import msgspec
from sqlite_utils import Database

from archive.delta import pack, unpack
from archive.template import Template, decode, fill, likely
from schemas.errors import ArchiveError

MAX_DEPTH = 16
"""Steps from any body to one that stands alone."""

Codec = Literal["slots", "delta", "zstd", "raw", "redacted", "filled"]
HOW: dict[Codec, int] = {codec: number for number, codec in enumerate(get_args(Codec))}
"""The number by which a row says its codec: SQLite keeps the first two, by far the most, in no room at all."""


class Learned(msgspec.Struct, frozen=True):
    """A template as it is kept."""

    data: bytes
    whole: int | None = None
    """Body whose template, kept whole, this one is compressed with; None where it is whole itself."""
    like: bytes = b""
    """That template as it is kept."""

    def decoded(self) -> Template:
        """The template. Raises ValueError when it cannot be read."""
        return decode(self.data, self.like)


class Frame(msgspec.Struct, frozen=True):
    """A body in the chain from one that stands alone to one that was asked for."""

    id: int
    codec: Codec
    body: bytes
    depth: int
    """Steps to one that stands alone, the longer way where there is a helper."""
    learned: Learned | None
    """The template of which it is the base."""

    @property
    def template(self) -> Template | None:
        """The same, decoded; None where there is none, or none that can be read."""
        try:
            return self.learned.decoded() if self.learned else None
        except ValueError:
            return None


def chain(database: Database, number: int, known: dict[int, Frame] | None = None) -> list[Frame]:
    """A body last, before it those that it is based on; empty where it was redacted.

    `known` are frames that were read already; what is read is added. Raises ArchiveError when there is no such body, or
    when one of them does not have the hash that it is named by.
    """
    known = {} if known is None else known
    rows = database.execute(_NEEDED, [number]).fetchall()
    if not rows:
        raise ArchiveError(f"The archive has no body {number}.")
    if rows[-1][3] == "redacted":
        return []
    bases: dict[int, int | None] = {}
    for own, name, size, codec, data, base, helper, *template in rows:
        bases[own] = base
        if own not in known:
            beneath = [known.get(one) for one in (base, helper) if one is not None]
            checked = _checked if size <= _REMEMBERED else _checked.__wrapped__
            body = None if None in beneath else checked(name, codec, data, size, *beneath)
            if body is None:
                raise ArchiveError(_damage(number, own))
            depth = max((frame.depth + 1 for frame in beneath if frame), default=0)
            known[own] = Frame(own, codec, body, depth, learned_of(*template))
    found = []
    at: int | None = number
    while at is not None:
        found.append(known[at])
        at = bases[at]
    return found[::-1]


# A body after all that it stands on: the numbers fall from body to base and helper, so damage cannot lead in a circle.
_NEEDED = """
WITH RECURSIVE needed (number) AS (
  SELECT ?
  UNION SELECT base FROM needed JOIN bodies ON id = number WHERE base < id
  UNION SELECT helper FROM needed JOIN bodies ON id = number WHERE helper < id)
SELECT b.id, b.sha256, b.size, b.codec, b.data, b.base, b.helper, t.data, t.whole, w.data
  FROM needed JOIN bodies b ON b.id = needed.number
  LEFT JOIN templates t ON t.base = b.id LEFT JOIN templates w ON w.base = t.whole ORDER BY b.id
"""


@lru_cache(maxsize=64)
def _checked(  # noqa: PLR0917 -- a cache takes its arguments as they come
    name: bytes, codec: str, data: bytes | None, size: int, base: Frame | None = None, helper: Frame | None = None
) -> bytes | None:
    """What a row stands for; None when it cannot stand for any, or that does not have its name for a hash.

    It depends on nothing but what it is given, so the same rows need not be decoded again: what a site shares stands
    beneath each of its pages.
    """
    try:
        body = decoded(codec, data, size, base, helper)
    except ValueError:
        return None
    return body if hashlib.sha256(body).digest() == name else None


_REMEMBERED = 1 << 18  # bytes; a larger body is decoded each time


def learned_of(data: bytes | None, whole: int | None, like: bytes | None) -> Learned | None:
    """A template from its row and that of the one which it is compressed with; None where there is none."""
    return None if data is None else Learned(data, whole, like or b"")


def readable(database: Database, number: int, known: dict[int, Frame]) -> list[Frame]:
    """The chain of a body, without what is in slots; empty where it is damaged: no reason to lose tonight's."""
    found = database.execute("SELECT base FROM bodies WHERE id = ? AND codec = 'slots'", [number]).fetchone()
    try:
        return chain(database, found[0] if found else number, known)
    except ArchiveError:
        return []


def decoded(codec: str, data: bytes | None, size: int, base: Frame | None = None, helper: Frame | None = None) -> bytes:
    """The bytes that a row stands for. Raises ValueError when it cannot stand for any."""
    match codec, data, base:
        case "raw", bytes(), None:
            return data
        case "filled", bytes(), Frame(learned=Learned() as learned):
            values, packed = data[_LENGTH : _LENGTH + _length(data)], data[_LENGTH + _length(data) :]
            return unpack(packed, size, (helper.body if helper else b"") + fill(learned.decoded(), base.body, values))
        case "zstd", bytes(), None:
            return unpack(data, size)
        case "delta", bytes(), Frame():
            return unpack(data, size, helper.body + base.body if helper else base.body)
        case "slots", bytes(), Frame(learned=Learned() as learned):
            return fill(learned.decoded(), base.body, data)
    raise ValueError(f"{codec} without what it needs")


def difference(body: bytes, base: Frame, helper: Frame | None = None) -> tuple[Codec, bytes]:
    """A body as a difference from its base: as that would have read tonight, where its template is known.

    So what is new at each answer costs no more than in slots, and the rest is what an editor did.
    """
    before = helper.body if helper else b""
    template = base.template
    values = likely(template, base.body, body) if template else None
    if template is None or values is None or len(values) >= 1 << 8 * _LENGTH:
        return "delta", pack(body, before + base.body)
    tonight = fill(template, base.body, values)
    return "filled", len(values).to_bytes(_LENGTH, "big") + values + pack(body, before + tonight)


_LENGTH = 2  # bytes that say how long the values are


def _length(data: bytes) -> int:
    return int.from_bytes(data[:_LENGTH], "big")


def _damage(asked: int, damaged: int) -> str:
    restore = "restore the archive from a backup."
    if asked == damaged:
        return f"Body {asked} is damaged: {restore}"
    return f"Body {asked} cannot be read, because body {damaged}, which it is based on, is damaged: {restore}"
