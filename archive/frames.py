"""Frames: bodies as they are written, read back with all that they stand on. Each has the hash of its name, or is none.

A body is written as a difference from its base, and that from its own, down to one that stands alone. Where a whole
site changed in a night, a body may have a helper besides: another page's body that says already what is new on both.
"""

from __future__ import annotations

import hashlib
from typing import Literal, get_args

import msgspec
from sqlite_utils import Database

from archive.delta import unpack
from archive.template import Template, decode, fill
from schemas.errors import ArchiveError

MAX_DEPTH = 16
"""Steps from any body to one that stands alone."""

Codec = Literal["slots", "delta", "zstd", "raw", "redacted"]
HOW: dict[Codec, int] = {codec: number for number, codec in enumerate(get_args(Codec))}
"""The number by which a row says its codec: SQLite keeps the first two, by far the most, in no room at all."""


class Frame(msgspec.Struct, frozen=True):
    """A body in the chain from one that stands alone to one that was asked for."""

    id: int
    codec: Codec
    body: bytes
    depth: int
    """Steps to one that stands alone, the longer way where there is a helper."""
    learned: bytes | None
    """The template of which it is the base."""

    @property
    def template(self) -> Template | None:
        """The same, decoded; None where there is none, or none that can be read."""
        try:
            return decode(self.learned) if self.learned is not None else None
        except ValueError:
            return None


def chain(database: Database, number: int, known: dict[int, Frame] | None = None) -> list[Frame]:
    """A body last, before it those that it is based on; empty where it was redacted.

    `known` are frames that were read already; what is read is added. Raises ArchiveError when there is no such body, or
    when one of them does not have the hash that it is named by.
    """
    return _read(database, number, {} if known is None else known, number)


def _read(database: Database, number: int, known: dict[int, Frame], asked: int) -> list[Frame]:
    rows = database.execute(
        "WITH RECURSIVE chain (step, number) AS (SELECT 0, ? UNION ALL"
        " SELECT step + 1, base FROM chain JOIN bodies ON bodies.id = chain.number WHERE base NOT NULL AND step <= ?)"
        " SELECT b.id, b.sha256, b.size, b.codec, b.data, b.helper, t.data FROM chain JOIN bodies b"
        " ON b.id = chain.number LEFT JOIN templates t ON t.base = b.id ORDER BY step DESC",
        [number, MAX_DEPTH],
    ).fetchall()
    if not rows:
        raise ArchiveError(f"The archive has no body {number}.")
    if rows[-1][3] == "redacted":
        return []
    found: list[Frame] = []
    for own, name, size, codec, data, helper, learned in rows:
        base = found[-1] if found else None
        frame = known.get(own)
        if frame is None:
            # The numbers fall from body to base and helper, so that damage cannot lead in a circle.
            beside = _read(database, helper, known, asked) if helper is not None and helper < own else []
            try:
                body = decoded(codec, data, size, base, beside[-1] if beside else None)
            except ValueError:
                body = None
            if body is None or hashlib.sha256(body).digest() != name or (base and base.id >= own):
                raise ArchiveError(_damage(asked, own))
            depth = max((beneath.depth + 1 for beneath in (base, *beside[-1:]) if beneath), default=0)
            frame = known[own] = Frame(own, codec, body, depth, learned)
        found.append(frame)
    return found


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
        case "zstd", bytes(), None:
            return unpack(data, size)
        case "delta", bytes(), Frame():
            return unpack(data, size, helper.body + base.body if helper else base.body)
        case "slots", bytes(), Frame(learned=bytes() as learned):
            return fill(decode(learned), base.body, data)
    raise ValueError(f"{codec} without what it needs")


def _damage(asked: int, damaged: int) -> str:
    restore = "restore the archive from a backup."
    if asked == damaged:
        return f"Body {asked} is damaged: {restore}"
    return f"Body {asked} cannot be read, because body {damaged}, which it is based on, is damaged: {restore}"
