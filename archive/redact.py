"""Redact: a lawful erasure of bodies. They leave every table and index; the chain still verifies.

A body that is erased takes along the revisions that only it shows: they stay in the history as "withheld", with their
number and their dates and without a word. The chrome that only it shows goes too, and whom that offers.
"""

from __future__ import annotations

import msgspec
from sqlite_utils import Database

from archive.bodies import withhold
from archive.names import WITHHELD
from archive.redact_chrome import forget_chrome
from archive.redactions import Reason, withhold_decision, withhold_record
from archive.remake import drop_unused, remake_page
from archive.search_index import remake_search


class Erased(msgspec.Struct, frozen=True, kw_only=True):
    """What a redaction took away."""

    bodies: tuple[int, ...] = ()
    revisions: tuple[int, ...] = ()
    """Revisions that were withheld, or in which a name was masked, by their number in the archive."""
    urls: int = 0
    heads: int = 0
    found: bool = True
    """Whether what was to be erased was there at all; settings and decisions that had it are counted nowhere else."""
    still_shown: tuple[int, ...] = ()
    """Other bodies that show the same content as an erased one, and keep it."""


def redact_bodies(database: Database, bodies: tuple[int, ...], reason: Reason) -> Erased:
    """Erase bodies and the revisions that only they show. Call inside a transaction.

    Raises ArchiveError when there is no such body.
    """
    done = tuple(body for body in bodies if withhold(database, body, reason))
    revisions = []
    shown: set[int] = set()
    for revision, page in _shown_by(database, bodies):
        others = _still_showing(database, revision)
        shown |= others
        if not others:
            _withhold_revision(database, revision, reason)
            revisions.append((revision, page))
    for page, name in _suspects_shown_by(database, bodies):
        _withhold_suspect(database, page, name, reason)
    for page in sorted({page for _, page in revisions}):
        remake_page(database, page)
    drop_unused(database)
    forget_chrome(database, bodies)
    remake_search(database)
    return Erased(bodies=done, revisions=tuple(number for number, _ in revisions), still_shown=tuple(sorted(shown)))


def _shown_by(database: Database, bodies: tuple[int, ...]) -> list[tuple[int, int]]:
    marks = ", ".join("?" * len(bodies))
    return database.execute(
        "SELECT DISTINCT r.id, r.page_id FROM revisions r JOIN readings g ON g.revision_id = r.id"
        f" JOIN captures c ON c.id = g.capture_id WHERE r.state = 'live' AND c.body_id IN ({marks}) ORDER BY r.id",
        list(bodies),
    ).fetchall()


def _still_showing(database: Database, revision: int) -> set[int]:
    """Bodies that are there and show a revision."""
    rows = database.execute(
        "SELECT b.id FROM revisions r JOIN readings g ON g.revision_id = r.id JOIN captures c ON c.id = g.capture_id"
        " JOIN bodies b ON b.id = c.body_id WHERE r.id = ? AND b.codec <> 'redacted'",
        [revision],
    )
    return {number for (number,) in rows.fetchall()}


def _withhold_revision(database: Database, revision: int, reason: Reason) -> None:
    for capture in captures_of(database, revision):
        withhold_record(database, capture, reason)
    for table in ("revision_sections", "revision_texts"):
        database.execute(f"DELETE FROM {table} WHERE revision_id = ?", [revision])
    database.execute(
        "UPDATE revisions SET state = 'withheld', digest = NULL, mentions = NULL, title = ?, metadata = '{}',"
        " preamble = '' WHERE id = ?",
        [WITHHELD, revision],
    )
    # That the page was gone afterwards is told by the title that it had.
    database.execute(
        "UPDATE revisions SET title = ? WHERE id IN (SELECT n.id FROM revisions r JOIN revisions n"
        " ON n.page_id = r.page_id AND n.seq > r.seq AND n.state IN ('gone', 'moved') WHERE r.id = ? AND NOT EXISTS"
        "  (SELECT 1 FROM revisions b WHERE b.page_id = r.page_id AND b.seq > r.seq AND b.seq < n.seq"
        "    AND b.state NOT IN ('gone', 'moved')))",
        [WITHHELD, revision],
    )


def _suspects_shown_by(database: Database, bodies: tuple[int, ...]) -> list[tuple[int, bytes]]:
    """Contents in quarantine, each with its page, that bodies show and no body that is left."""
    marks = ", ".join("?" * len(bodies))
    return database.execute(
        "SELECT DISTINCT q.page_id, q.digest FROM quarantine q JOIN captures c ON c.id = q.capture_id"
        f" WHERE c.body_id IN ({marks}) AND q.digest IS NOT NULL AND NOT EXISTS ("
        "  SELECT 1 FROM quarantine o JOIN captures l ON l.id = o.capture_id JOIN bodies b ON b.id = l.body_id"
        "  WHERE o.page_id = q.page_id AND o.digest = q.digest AND b.codec <> 'redacted') ORDER BY q.page_id, q.digest",
        list(bodies),
    ).fetchall()


def _withhold_suspect(database: Database, page: int, name: bytes, reason: Reason) -> None:
    """Erase a content in quarantine, and what is said of it in words."""
    for capture in captures_of_suspect(database, page, name):
        withhold_record(database, capture, reason)
        withhold_decisions_on(database, capture, reason)
        database.execute(
            "UPDATE quarantine SET digest = NULL, record = NULL, why = ? WHERE capture_id = ?", [WITHHELD, capture]
        )
        database.execute("UPDATE readings SET why = ? WHERE capture_id = ? AND why <> ''", [WITHHELD, capture])


def captures_of_suspect(database: Database, page: int, name: bytes) -> list[int]:
    """Captures that showed a content of a page which went into quarantine."""
    rows = database.execute("SELECT capture_id FROM quarantine WHERE page_id = ? AND digest = ?", [page, name])
    return [number for (number,) in rows.fetchall()]


def withhold_decisions_on(database: Database, capture: int, reason: Reason) -> None:
    """Erase the words of the decisions on what a capture showed."""
    for (decision,) in database.execute("SELECT id FROM decisions WHERE capture_id = ?", [capture]).fetchall():
        withhold_decision(database, decision, reason)


def captures_of(database: Database, revision: int) -> list[int]:
    """Captures that a revision was read from, or that showed it again."""
    rows = database.execute(
        "SELECT capture_id FROM readings WHERE revision_id = ? UNION SELECT capture_id FROM revisions WHERE id = ?",
        [revision, revision],
    )
    return [number for (number,) in rows.fetchall()]
