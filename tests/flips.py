"""Flips: one bit of an archive turned over, in a value or in the file, and what that touched."""

from __future__ import annotations

import random
import sqlite3
import struct
from pathlib import Path
from typing import Any

import msgspec

from archive.file import open_for_reading
from archive.records import CONTENT_COLUMNS
from archive.verify import Report, verify
from schemas.errors import ArchiveError

EVIDENCE = (
    "runs", "urls", "bodies", "header_sets", "pages", "page_urls", "captures", "sealed_records", "redactions",
)  # fmt: skip
RECORDS = (
    "revisions", "section_texts", "sections", "revision_sections", "revision_texts", "changes", *CONTENT_COLUMNS,
)  # fmt: skip


_DOUBLE = struct.Struct(">d")


class Flip(msgspec.Struct, frozen=True, kw_only=True):
    """What a trial turned over."""

    table: str
    column: str
    key: tuple[Any, ...]
    pages: frozenset[int | None]
    """Pages that the row is about; empty where it is about none."""
    runs: frozenset[int]


def flip_value(path: Path, rng: random.Random, table: str) -> Flip:
    """Turn over one bit of one value of a table, past every guard; guards and indexes stand as before afterwards."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.text_factory = bytes
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("PRAGMA ignore_check_constraints = ON")
    guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in guards:
        connection.execute(f"DROP TRIGGER {name.decode()}")
    done = None
    while done is None:
        done = _flipped(connection, rng, table)
    for _, ddl in guards:
        connection.execute(ddl.decode())
    connection.close()
    return done


def _flipped(connection: sqlite3.Connection, rng: random.Random, table: str) -> Flip | None:
    info = connection.execute(f"PRAGMA table_info({table})").fetchall()  # generated columns are not stored
    key = [name.decode() for _, name, *_, place in info if place]
    names = [name.decode() for _, name, *_ in info]
    # The numbers of these rows are nobody's business: nothing refers to them, and a rebuild gives others.
    column = rng.choice([name for name in names if name != "id" or table not in ("changes", *CONTENT_COLUMNS)])
    rows = connection.execute(f"SELECT {', '.join(key)}, {column} FROM {table} WHERE {column} IS NOT NULL").fetchall()
    if not rows:
        return None
    *values, value = rng.choice(rows)
    where = " AND ".join(f"{name} = ?" for name in key)
    plain = [one.decode() if isinstance(one, bytes) and table != "page_urls" else one for one in values]
    pages, runs = _about(connection, table, plain)
    kind = connection.execute(f"SELECT typeof({column}) FROM {table} WHERE {where}", plain).fetchone()[0].decode()
    turned = _turned(value, rng)
    if turned is None:
        return None
    mark = "CAST(? AS TEXT)" if kind == "text" else "?"
    try:
        connection.execute(f"UPDATE {table} SET {column} = {mark} WHERE {where}", [turned, *plain])
    except (sqlite3.IntegrityError, sqlite3.OperationalError):
        return None  # it would be the key of another row, or no JSON where SQLite itself reads it
    return Flip(table=table, column=column, key=tuple(plain), pages=pages, runs=runs)


def _turned(value: float | bytes, rng: random.Random) -> float | bytes | None:
    if isinstance(value, int):
        return value ^ (1 << rng.randrange(16))
    if isinstance(value, float):
        return float(_DOUBLE.unpack(_turned_bytes(_DOUBLE.pack(value), rng))[0])
    return _turned_bytes(value, rng) if value else None


def _turned_bytes(value: bytes, rng: random.Random) -> bytes:
    data = bytearray(value)
    data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(data)


_ABOUT = {
    "runs": "SELECT NULL, id FROM runs WHERE id = ?",
    "urls": "SELECT page_id, run_id FROM captures WHERE ? IN (url_id, location_id)",
    "bodies": "SELECT page_id, run_id FROM captures WHERE body_id = ?",
    "header_sets": "SELECT page_id, run_id FROM captures WHERE ? IN (head_id, request_id)",
    "pages": "SELECT id, first_run FROM pages WHERE id = ?",
    "captures": "SELECT page_id, run_id FROM captures WHERE id = ?",
    "sealed_records": "SELECT c.page_id, s.run_id FROM sealed_records s JOIN captures c ON c.id = s.capture_id"
    " WHERE s.capture_id = ?",
    "redactions": "SELECT NULL, after_run + 1 FROM redactions WHERE id = ?",
    "revisions": "SELECT r.page_id, c.run_id FROM revisions r JOIN captures c ON c.id = r.capture_id WHERE r.id = ?",
    "section_texts": "SELECT r.page_id, c.run_id FROM revision_sections t JOIN revisions r ON r.id = t.revision_id"
    " JOIN captures c ON c.id = r.capture_id WHERE t.text_id = ?",
    "changes": "SELECT r.page_id, c.run_id FROM changes h JOIN revisions r ON r.id = h.revision_id"
    " JOIN captures c ON c.id = r.capture_id WHERE h.id = ?",
    "revision_sections": "SELECT r.page_id, c.run_id FROM revisions r JOIN captures c ON c.id = r.capture_id"
    " WHERE r.id = ?",
    "revision_texts": "SELECT r.page_id, c.run_id FROM revisions r JOIN captures c ON c.id = r.capture_id"
    " WHERE r.id = ?",
    "sections": "SELECT page_id, NULL FROM sections WHERE id = ?",
    **{table: f"SELECT page_id, NULL FROM {table} WHERE id = ?" for table in CONTENT_COLUMNS},
}


def _about(connection: sqlite3.Connection, table: str, key: list[Any]) -> tuple[frozenset[int | None], frozenset[int]]:
    """Pages and runs that a row is about, before it is touched."""
    if table == "page_urls":
        columns = [name.decode() for _, name, *_, place in connection.execute("PRAGMA table_info(page_urls)") if place]
        named = dict(zip(columns, key, strict=True))
        return frozenset({named["page_id"]}), frozenset({named["from_run"]})
    found = connection.execute(_ABOUT[table], key[:1]).fetchall()
    return (
        frozenset(page for page, _ in found if page is not None),
        frozenset(run for _, run in found if run is not None),
    )


def flip_file(path: Path, rng: random.Random) -> int:
    """Turn over one bit of the file; return which byte."""
    data = bytearray(path.read_bytes())
    at = rng.randrange(len(data))
    data[at] ^= 1 << rng.randrange(8)
    path.write_bytes(data)
    return at


def stored(path: Path) -> dict[str, list[tuple[Any, ...]]] | None:
    """Every row of evidence and of records, byte for byte; None where it can no longer be read."""
    connection = sqlite3.connect(path)
    connection.text_factory = bytes
    try:
        return {
            table: sorted(connection.execute(f"SELECT * FROM {table} NOT INDEXED").fetchall(), key=repr)
            if table not in ("page_urls", "revision_sections")
            else sorted(connection.execute(f"SELECT * FROM {table}").fetchall(), key=repr)
            for table in (*EVIDENCE, *RECORDS)
        }
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return None
    finally:
        connection.close()


def verified(path: Path) -> Report | None:
    """What verify finds; None where the archive is refused as damaged, in a sentence, which finds it too."""
    try:
        database = open_for_reading(path)
    except ArchiveError:
        return None
    try:
        return verify(database, path, rng=random.Random(0))
    finally:
        database.conn.close()
