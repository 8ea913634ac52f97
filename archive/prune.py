"""Prune: let old revisions go, and the bodies that only they needed. Never by default; one transaction.

The captures stay, with the hashes of their bodies: the chain verifies as before and says how many bodies were let go.
What a page says now is never let go, and revisions keep their numbers.
"""

from __future__ import annotations

import json

import msgspec
from sqlite_utils import Database

from archive.bodies import withhold
from archive.records import CONTENT_COLUMNS
from archive.redactions import Reason, withhold_record
from archive.remake import drop_unused, remake_page
from archive.search_index import remake_search

LET_GO = "its revision was let go by pruning"
"""What is said of a reading whose revision went."""


class Pruning(msgspec.Struct, frozen=True, kw_only=True):
    """What a pruning lets go."""

    revisions: tuple[int, ...]
    """Revisions, by their number in the archive; of each page the oldest ones."""
    captures: tuple[int, ...]
    """Captures that showed them: the rows stay."""
    bodies: tuple[int, ...]
    """Bodies that no other capture has."""
    stored_bytes: int
    """Bytes of those bodies as they are stored."""


def plan(database: Database, *, keep: int | None = None, before: str | None = None) -> Pruning:
    """What to let go: all revisions of each page but the newest `keep`, or those that were over before a time.

    Give one of the two; `before` is an archive time. Asks, writes nothing.
    """
    if keep is not None:
        query = (
            "SELECT r.id FROM revisions r JOIN (SELECT page_id, max(seq) AS last FROM revisions GROUP BY page_id) m"
            " ON m.page_id = r.page_id WHERE r.seq <= m.last - ? ORDER BY r.id"
        )
    else:
        query = (
            "SELECT r.id FROM revisions r JOIN revisions n ON n.page_id = r.page_id AND n.seq = r.seq + 1"
            " WHERE n.seen_from < ? ORDER BY r.id"
        )
    revisions = [number for (number,) in database.execute(query, [keep if keep is not None else before]).fetchall()]
    chosen = set(_whole_beginnings(database, revisions))
    rows = database.execute("SELECT capture_id, revision_id FROM readings WHERE revision_id IS NOT NULL").fetchall()
    captures = sorted(capture for capture, revision in rows if revision in chosen)
    bodies = _only_in(database, set(captures))
    stored = sum(
        database.execute("SELECT length(data) FROM bodies WHERE id = ?", [body]).fetchone()[0] for body in bodies
    )
    return Pruning(revisions=tuple(sorted(chosen)), captures=tuple(captures), bodies=tuple(bodies), stored_bytes=stored)


class Going(msgspec.Struct, frozen=True, kw_only=True):
    """What a pruning lets go of one page."""

    page: int
    title: str
    """Its title, else its address."""
    first: int
    last: int
    """Numbers of the oldest and the newest revision that go."""


def by_page(database: Database, pruning: Pruning) -> tuple[Going, ...]:
    """The revisions that a pruning lets go, page by page. Ask before it is done."""
    rows = database.execute(
        "SELECT l.page, coalesce(nullif(l.title, ''), l.address), min(r.seq), max(r.seq) FROM revisions r"
        " JOIN page_list l ON l.page = r.page_id WHERE r.id IN (SELECT value FROM json_each(?))"
        " GROUP BY l.page ORDER BY l.page",
        [json.dumps(pruning.revisions)],
    ).fetchall()
    return tuple(Going(page=page, title=title, first=first, last=last) for page, title, first, last in rows)


def _whole_beginnings(database: Database, revisions: list[int]) -> list[int]:
    """Of the revisions of each page, the run of oldest ones: with clocks that go backwards there may be gaps."""
    chosen = set(revisions)
    kept: set[int] = set()
    found = []
    for number, page in database.execute("SELECT id, page_id FROM revisions ORDER BY page_id, seq").fetchall():
        if number in chosen and page not in kept:
            found.append(number)
        else:
            kept.add(page)
    return found


def _only_in(database: Database, captures: set[int]) -> list[int]:
    """Bodies that are there, and that no capture but these has."""
    rows = database.execute(
        "SELECT c.body_id, c.id FROM captures c JOIN bodies b ON b.id = c.body_id WHERE b.codec <> 'redacted'"
    ).fetchall()
    in_use = {body for body, capture in rows if capture not in captures}
    return sorted({body for body, capture in rows if capture in captures} - in_use)


def prune(database: Database, pruning: Pruning, reason: Reason) -> None:
    """Let go what was planned. Call inside a transaction, the one in which it was planned."""
    pages = {_page_of(database, revision) for revision in pruning.revisions}
    for capture in pruning.captures:
        database.execute(
            "UPDATE readings SET revision_id = NULL, why = ? WHERE capture_id = ?",
            [LET_GO, capture],
        )
        withhold_record(database, capture, reason)
    _begin_later(database, pruning.revisions)
    for revision in pruning.revisions:
        for table in CONTENT_COLUMNS:
            database.execute(f"DELETE FROM {table} WHERE from_revision = ? OR to_revision = ?", [revision, revision])
        database.execute("DELETE FROM revisions WHERE id = ?", [revision])
    for page in sorted(pages):
        remake_page(database, page)
    drop_unused(database)
    remake_search(database)
    for body in pruning.bodies:
        withhold(database, body, reason)


def _begin_later(database: Database, revisions: tuple[int, ...]) -> None:
    """Let the mentions of revisions that go begin with the next one of their page, where they stood there too."""
    for revision in revisions:
        database.execute("DELETE FROM mentions WHERE to_revision = ?", [revision])
        database.execute(
            "UPDATE mentions SET from_revision = (SELECT n.id FROM revisions r JOIN revisions n"
            " ON n.page_id = r.page_id AND n.seq = r.seq + 1 WHERE r.id = ?) WHERE from_revision = ?",
            [revision, revision],
        )
        database.execute("DELETE FROM mentions WHERE to_revision = from_revision")


def _page_of(database: Database, revision: int) -> int:
    return int(database.execute("SELECT page_id FROM revisions WHERE id = ?", [revision]).fetchone()[0])
