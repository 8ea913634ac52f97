"""Order: a page's history taken back to a moment, and its later looks recorded anew. Derived rows only.

So a person's decision on an old look, or a look that comes late, ends in the history that time order makes.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlite_utils import Database

from archive.captures import read_capture
from archive.quarantine import spell_begin
from archive.revisions import Reader, record_reading


class Moment(NamedTuple):
    """A place in time order; the number of the capture decides where times are equal."""

    fetched_at: str
    capture: int


def replay_page(database: Database, page: int, capture: int, *, parser: str, reread: Reader) -> None:
    """Read and record all looks at a page anew, from a capture on. Call inside a transaction."""
    (fetched_at,) = database.execute("SELECT fetched_at FROM captures WHERE id = ?", [capture]).fetchone()
    moment = Moment(*(spell_begin(database, page, fetched_at, capture) or (fetched_at, capture)))
    looks = _read_since(database, page, moment)
    rewind(database, page, moment)
    for number in looks:
        record_reading(database, number, reread(read_capture(database, number)), parser=parser, reread=reread)


def rewind(database: Database, page: int, moment: Moment) -> None:
    """Take the derived rows of a page back to before a moment, as if it and what came after had not been read."""
    undone = [
        number
        for (number,) in database.execute(
            "SELECT r.id FROM revisions r JOIN captures c ON c.id = r.capture_id"
            " WHERE r.page_id = ? AND (c.fetched_at, c.id) >= (?, ?) ORDER BY r.seq",
            [page, *moment],
        ).fetchall()
    ]
    for number in _read_since(database, page, moment):
        for table in ("readings", "quarantine"):
            database.execute(f"DELETE FROM {table} WHERE capture_id = ?", [number])
    contents = ("links", "films", "people")
    for number in undone:
        for table in contents:
            database.execute(f"DELETE FROM {table} WHERE from_revision = ?", [number])
    for number in undone:
        # What ended with this revision stands again; what began later than the moment went above.
        for table in contents:
            database.execute(f"UPDATE {table} SET to_revision = NULL WHERE to_revision = ?", [number])
        database.execute("DELETE FROM revisions WHERE id = ?", [number])
    database.execute(
        "DELETE FROM sections WHERE page_id = ?"
        " AND NOT EXISTS (SELECT 1 FROM revision_sections WHERE section_id = sections.id)",
        [page],
    )


def _read_since(database: Database, page: int, moment: Moment) -> list[int]:
    """Captures of a page from a moment on that have been read, in time order."""
    rows = database.execute(
        "SELECT c.id FROM captures c JOIN readings g ON g.capture_id = c.id"
        " WHERE c.page_id = ? AND (c.fetched_at, c.id) >= (?, ?) ORDER BY c.fetched_at, c.id",
        [page, *moment],
    ).fetchall()
    return [number for (number,) in rows]
