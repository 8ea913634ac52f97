"""Heads of requests and answers, byte for byte: a head that is nearly one kept before is a difference from that.

Nearly all heads of a site differ in a date, a tag and a session only. The first is kept whole; of the others what
differs, with the first as dictionary. A base is always whole, so a head is one step away.
"""

from __future__ import annotations

from sqlite_utils import Database

from archive.chain import commitment
from archive.delta import pack_short, unpack_short
from archive.redactions import Reason, announce
from schemas.errors import ArchiveError

_PAYS = 0.5  # a difference must save half, or the head becomes one that others may be nearer to
_MOST = 1 << 16  # bytes; a longer head is kept whole


def keep_head(database: Database, head: bytes, near: tuple[int, ...] = ()) -> int | None:
    """Store a head unless it is there already; return its number, None for an empty one. Call inside a transaction.

    `near` are heads that it may be like, the likeliest first. Raises ArchiveError when what was written does not read
    back as the same bytes.
    """
    if not head:
        return None
    found = database.execute("SELECT id FROM header_sets WHERE head = ? AND base IS NULL", [head]).fetchone()
    if found:
        return int(found[0])
    base, data = None, head
    tried: dict[int | None, bytes] = {}
    for number in dict.fromkeys(near):
        own, kept, like, beneath = database.execute(
            "SELECT h.base, h.head, coalesce(b.head, h.head), coalesce(b.id, h.id) FROM header_sets h"
            " LEFT JOIN header_sets b ON b.id = h.base WHERE h.id = ? AND h.salt IS NOT NULL",
            [number],
        ).fetchone() or (None, b"", b"", None)
        if beneath not in tried:
            tried[beneath] = _pack(head, like)
        packed = tried[beneath]
        if own is not None and packed == kept and _readable(database, number) == head:
            return number
        if len(packed) < min(len(data), len(head) * _PAYS):
            base, data = beneath, packed
    written = database.execute(
        "INSERT INTO header_sets (base, size, head) VALUES (?, ?, ?)", [base, len(head), data]
    ).lastrowid
    number = int(written or 0)
    if _readable(database, number) != head:
        raise ArchiveError(f"Head {number} does not read back as it was written: this is a fault of ours, report it.")
    return number


def read_head(database: Database, number: int | None) -> bytes:
    """Return a head, byte for byte; empty for None, and the mark that says so where it was redacted.

    Raises ArchiveError when there is no such head, or what is kept of it can stand for none.
    """
    if number is None:
        return b""
    row = database.execute(
        "SELECT h.head, h.size, h.base, b.head FROM header_sets h LEFT JOIN header_sets b ON b.id = h.base"
        " WHERE h.id = ?",
        [number],
    ).fetchone()
    head = None
    if row is not None:
        data, size, base, like = row
        head = data if base is None else _unpack(data, like)
        head = head if head is not None and len(head) == size else None
    if head is None:
        raise ArchiveError(f"Head {number} is damaged: restore the archive from a backup.")
    return bytes(head)


def sealed_head(database: Database, number: int | None) -> tuple[bytes | None, bytes | None]:
    """A head and its salt, as the chain commits to them; both None where there is none, or it cannot be read."""
    if number is None:
        return None, None
    salt = database.execute("SELECT salt FROM header_sets WHERE id = ?", [number]).fetchone()
    return _readable(database, number), salt[0] if salt else None


def withhold_head(database: Database, head: int, reason: Reason) -> None:
    """Erase a head; those that are kept as differences from it are written anew first. Call inside a transaction."""
    salt = database.execute("SELECT salt FROM header_sets WHERE id = ?", [head]).fetchone()[0]
    announce(database, "head", head, reason, commitment(salt, read_head(database, head)))
    home: tuple[int, bytes] | None = None
    for (number,) in database.execute("SELECT id FROM header_sets WHERE base = ? ORDER BY id", [head]).fetchall():
        told = read_head(database, number)
        packed = _pack(told, home[1]) if home else told
        base = home[0] if home and len(packed) < len(told) else None
        database.execute(
            "UPDATE header_sets SET base = ?, head = ? WHERE id = ?", [base, told if base is None else packed, number]
        )
        if _readable(database, number) != told:
            raise ArchiveError(f"Head {number} could not be written anew: nothing was redacted, report this.")
        home = home or (number, told)
    mark = b"redacted:%d" % head
    database.execute(
        "UPDATE header_sets SET base = NULL, head = ?, size = ?, salt = NULL WHERE id = ?", [mark, len(mark), head]
    )


def _readable(database: Database, number: int) -> bytes | None:
    try:
        return read_head(database, number)
    except ArchiveError:
        return None


def _pack(head: bytes, like: bytes) -> bytes:
    if not like or len(head) > _MOST:
        return head
    return pack_short(head, like)


def _unpack(data: bytes, like: bytes | None) -> bytes | None:
    if not like:
        return None
    try:
        return unpack_short(data, _MOST, like)
    except ValueError:
        return None
