"""Bodies: content-addressed, compressed, read back by number. A body is named by the hash of its exact bytes."""

from __future__ import annotations

import hashlib

import zstandard
from sqlite_utils import Database

from archive.redactions import Reason, announce
from schemas.errors import ArchiveError

# Level 19 costs a few milliseconds on a page of 60 kB and is asked for once a page and night.
_LEVEL = 19
_SMALL = 64  # bytes under which a zstd frame does not pay


def keep_body(database: Database, body: bytes) -> int:
    """Store a body unless its content is there already; return its number."""
    name = hashlib.sha256(body).digest()
    found = database.execute("SELECT id FROM bodies WHERE sha256 = ?", [name]).fetchone()
    if found:
        return int(found[0])
    codec, data = _packed(body)
    cursor = database.execute(
        "INSERT INTO bodies (sha256, size, codec, data) VALUES (?, ?, ?, ?)", [name, len(body), codec, data]
    )
    return int(cursor.lastrowid or 0)


def read_body(database: Database, number: int) -> bytes | None:
    """Return a body, byte for byte; None where it was redacted.

    Raises ArchiveError when the bytes no longer have the hash that they are named by.
    """
    row = database.execute("SELECT sha256, size, codec, data FROM bodies WHERE id = ?", [number]).fetchone()
    if row is None:
        raise ArchiveError(f"The archive has no body {number}.")
    name, size, codec, data = row
    if codec == "redacted":
        return None
    try:
        body = data if codec == "raw" else zstandard.ZstdDecompressor().decompress(data, max_output_size=size)
    except zstandard.ZstdError:
        body = None
    if body is None or hashlib.sha256(body).digest() != name:
        raise ArchiveError(f"Body {number} is damaged: restore the archive from a backup.")
    return bytes(body)


def withhold(database: Database, body: int, reason: Reason) -> bool:
    """Take the bytes of a body away for good; its hash and size stay. Call inside a transaction.

    Returns False when it was withheld already. Raises ArchiveError when there is no such body.
    """
    found = database.execute("SELECT codec FROM bodies WHERE id = ?", [body]).fetchone()
    if found is None:
        raise ArchiveError(f"The archive has no body {body}: `SELECT * FROM fetch_log` shows captures and bodies.")
    if found[0] == "redacted":
        return False
    announce(database, "body", body, reason)
    database.execute("UPDATE bodies SET codec = 'redacted', base = NULL, data = NULL WHERE id = ?", [body])
    return True


def _packed(body: bytes) -> tuple[str, bytes]:
    if len(body) >= _SMALL:
        packed = zstandard.ZstdCompressor(level=_LEVEL).compress(body)
        if len(packed) < len(body):
            return "zstd", packed
    return "raw", body
