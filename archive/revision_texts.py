"""What a revision reads, all its sections together: one row a revision, so that a whole site is read in one pass.

The facts stand in rows of their own (`revision_sections`, `section_texts`, `sections`). They are said here once more,
because 2,000 pages are 24,000 sections, and to look those up takes longer than all that is done with them afterwards.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from typing import Any, TypedDict, overload

import msgspec
import zstandard
from sqlite_utils import Database

from schemas.errors import ArchiveError


class SectionText(TypedDict):
    """One section of a revision, with the keys and in the order of `tidslager export`."""

    position: int
    section: str
    heading: str
    level: int
    text: str


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(list[SectionText])


class _OfThread(threading.local):
    """What zstd unpacks with: not made anew for each row, and no two threads may share one."""

    def __init__(self) -> None:
        self.unpacker = zstandard.ZstdDecompressor()


_ZSTD = _OfThread()
_DAMAGE = (
    "Sections that are kept together are damaged: `tidslager verify` says of which page, and `tidslager rebuild` makes "
    "them anew."
)


class Texts(Sequence[SectionText]):
    """The sections of a revision in order, read when the first of them is asked for."""

    def __init__(self, packed: bytes | None) -> None:
        self._packed = packed
        self._read: list[SectionText] | None = None

    @property
    def json(self) -> bytes:
        """The same as a JSON array."""
        return b"[]" if self._packed is None else unpacked(self._packed)

    @overload
    def __getitem__(self, index: int) -> SectionText: ...
    @overload
    def __getitem__(self, index: slice) -> list[SectionText]: ...
    def __getitem__(self, index: int | slice) -> SectionText | list[SectionText]:
        return self._rows()[index]

    def __iter__(self) -> Iterator[SectionText]:
        return iter(self._rows())

    def __len__(self) -> int:
        return len(self._rows())

    def _rows(self) -> list[SectionText]:
        if self._read is None:
            try:
                self._read = _DECODER.decode(self.json)
            except msgspec.MsgspecError as error:
                raise ArchiveError(_DAMAGE) from error
        return self._read


def write_texts(database: Database, revision: int) -> None:
    """Say together what the rows of a live revision say. Call inside a transaction, when they are written."""
    packed = zstandard.compress(_said(database, revision))
    database.execute("INSERT INTO revision_texts (revision_id, sections) VALUES (?, ?)", [revision, packed])


def remake_texts(database: Database) -> None:
    """Write again what no longer says what the rows say. Call inside a transaction, after rows were masked."""
    for revision, packed in database.execute("SELECT revision_id, sections FROM revision_texts").fetchall():
        if unpacked(packed) != _said(database, revision):
            database.execute("DELETE FROM revision_texts WHERE revision_id = ?", [revision])
            write_texts(database, revision)


def texts_agree(database: Database, revision: int, state: str) -> bool:
    """Whether what is said together is what the rows say: nothing, where the page was not there."""
    found = database.execute("SELECT sections FROM revision_texts WHERE revision_id = ?", [revision]).fetchone()
    if found is None or state != "live":
        return found is None and state != "live"
    try:
        return unpacked(found[0]) == _said(database, revision)
    except (ArchiveError, TypeError):
        return False


def unpacked(packed: bytes) -> bytes:
    """The JSON array that a row of `revision_texts` stands for. Raises ArchiveError when it can stand for none."""
    try:
        return _ZSTD.unpacker.decompress(packed)
    except zstandard.ZstdError as error:
        raise ArchiveError(_DAMAGE) from error


def _said(database: Database, revision: int) -> bytes:
    cursor = database.conn.cursor()
    cursor.row_factory = sqlite3.Row
    rows: list[Any] = cursor.execute(
        "SELECT rs.position, s.key AS section, t.heading, t.level, t.text FROM revision_sections rs"
        " JOIN sections s ON s.id = rs.section_id JOIN section_texts t ON t.id = rs.text_id"
        " WHERE rs.revision_id = ? ORDER BY rs.position",
        [revision],
    ).fetchall()
    return _ENCODER.encode([dict(row) for row in rows])
