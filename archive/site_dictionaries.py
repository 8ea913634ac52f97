"""Dictionaries of a site: bodies that say already what many of its pages say, made ready once and not at every page.

What is ready is kept by the hash of the body, so that it cannot be another's. It only chooses: before a body is written
as a difference from a dictionary, that is read from the archive and its hash checked, as any base is.
"""

from __future__ import annotations

from typing import NamedTuple

import zstandard
from sqlite_utils import Database

from archive.delta import Care, pack, prepared
from archive.frames import MAX_DEPTH, Frame, readable

_TRIED = 4  # of a site, the newest
_READY_MOST = 8
_ready: dict[bytes, zstandard.ZstdCompressionDict] = {}


class Packed(NamedTuple):
    """A body as a difference from a dictionary."""

    data: bytes
    dictionary: int
    """Number of the body that is the dictionary."""


def packed_by_site(database: Database, body: bytes, site: str, known: dict[int, Frame]) -> list[Packed]:
    """A body packed with each of the newest dictionaries of its site, the smallest first; none where there are none."""
    rows = _newest(database, site, _TRIED)
    found = []
    for number, name in rows:
        words = _ready.get(name) or _make_ready(database, number, name, known)
        if words is not None:
            found.append(Packed(pack(body, words, care=Care.FIRST), number))
    return sorted(found, key=lambda one: len(one.data))


def dictionary_frame(database: Database, number: int, depth: int, known: dict[int, Frame]) -> Frame | None:
    """A dictionary, read and checked; None where that fails, or it is deeper than that."""
    frames = readable(database, number, known)
    return frames[-1] if frames and frames[-1].depth <= depth else None


def newest_dictionary(database: Database, site: str, depth: int, known: dict[int, Frame]) -> Frame | None:
    """The newest dictionary of a site, no deeper than that; None where there is none."""
    return next((dictionary_frame(database, number, depth, known) for number, _ in _newest(database, site, 1)), None)


def _newest(database: Database, site: str, most: int) -> list[tuple[int, bytes]]:
    return database.execute(
        "SELECT d.body_id, b.sha256 FROM dictionaries d JOIN bodies b ON b.id = d.body_id"
        " WHERE d.site = ? AND b.codec <> 'redacted' ORDER BY d.body_id DESC LIMIT ?",
        [site, most],
    ).fetchall()


def _make_ready(
    database: Database, number: int, name: bytes, known: dict[int, Frame]
) -> zstandard.ZstdCompressionDict | None:
    frame = dictionary_frame(database, number, MAX_DEPTH // 2, known)
    if frame is None:
        return None
    while len(_ready) >= _READY_MOST:
        _ready.pop(next(iter(_ready)), None)
    words = _ready[name] = prepared(frame.body, Care.FIRST)
    return words
