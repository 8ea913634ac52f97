"""Decisions: what a person says of a suspect. Evidence: written once, the latest on a content counts."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec
from sqlite_utils import Database

from archive.records import load_page
from archive.times import to_text
from schemas.errors import QueryError
from schemas.page import Page, decode_page

Row = dict[str, Any]


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What a person says of one content of a page."""

    entry: int
    """Number of the entry in quarantine: the first capture that showed the content."""
    page: int
    digest: bytes
    """SHA-256 of the page record."""
    decision: Literal["accept", "reject"]
    by: str
    why: str


def write_decision(database: Database, decision: Decision, *, now: datetime) -> int:
    """Write a decision down; return the capture from which on the page's history follows from it."""
    after = database.execute("SELECT coalesce(max(id), 0) FROM runs").fetchone()[0]
    database.execute(
        "INSERT INTO decisions (page_id, capture_id, digest, decision, after_run, decided_at, decided_by, why)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            decision.page, decision.entry, decision.digest, decision.decision, after, to_text(now), decision.by,
            decision.why,
        ],
    )  # fmt: skip
    return decision.entry


def entries(database: Database, *, every: bool = False) -> list[Row]:
    """Suspects, the oldest first: those that wait for somebody to decide, or every one."""
    where = "" if every else "WHERE q.state = 'open'"
    return list(
        database.query(
            "SELECT q.*, l.title, l.address, l.site FROM quarantine_list q JOIN page_list l ON l.page = q.page"
            f" {where} ORDER BY q.first_seen, q.entry"
        )
    )


def entry_numbered(database: Database, number: int) -> Row:
    """One suspect by the number of its entry. Raises QueryError when there is none."""
    found = next((row for row in entries(database, every=True) if row["entry"] == number), None)
    if found is None:
        raise QueryError(f"There is no entry {number} in quarantine: `tidslager quarantine list --all` shows them.")
    return found


def kept_record(database: Database, entry: Row) -> Page:
    """The page record of a suspect. Raises QueryError when there is none, as for a redirect."""
    row = database.execute(
        "SELECT record FROM quarantine WHERE page_id = ? AND lower(hex(digest)) = ? AND record IS NOT NULL",
        [entry["page"], entry["digest"]],
    ).fetchone()
    if row is None:
        raise QueryError(
            f"Entry {entry['entry']} has no content to decide on ({entry['why']}): it stays a failure of its night."
        )
    return decode_page(row[0])


def believed_record(database: Database, page: int) -> Page | None:
    """The page record of the newest live revision of a page; None when it has none."""
    found = database.execute(
        "SELECT id FROM revisions WHERE page_id = ? AND state = 'live' ORDER BY seq DESC LIMIT 1", [page]
    ).fetchone()
    return load_page(database, found[0]) if found else None


def believed_note(database: Database, revision: int) -> str:
    """How a revision came out of quarantine, a few words; "" when it never was there."""
    found = database.execute(
        "SELECT q.why, d.decided_by, (SELECT count(DISTINCT substr(c.fetched_at, 1, 10)) FROM readings g"
        "  JOIN quarantine o ON o.capture_id = g.capture_id JOIN captures c ON c.id = g.capture_id"
        "  WHERE g.revision_id = r.id) FROM revisions r JOIN quarantine q ON q.capture_id = r.capture_id"
        " LEFT JOIN decisions d ON d.id = (SELECT max(e.id) FROM decisions e LEFT JOIN quarantine o"
        "  ON o.capture_id = e.capture_id WHERE e.page_id = r.page_id AND (e.digest = q.digest OR o.digest = q.digest))"
        " WHERE r.id = ?",
        [revision],
    ).fetchone()
    if found is None:
        return ""
    why, who, nights = found
    return f"in quarantine first: {why} Accepted " + (f"by {who}" if who else f"since it stayed so for {nights} nights")
