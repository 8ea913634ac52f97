"""Carried: what a rebuild takes over from the archive as it was, because the evidence of it was erased or let go.

Nobody can read a body that is gone. What was made of it stays as it stands: records in which a name was masked,
revisions of which only the dates are left, the numbers of those that come after a pruning.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from typing import Any

import msgspec
from sqlite_utils import Database

from archive.prune import LET_GO
from archive.records import load_page
from archive.remake import remake_page
from archive.revisions import Reader, append_reading, append_without_content
from schemas.reading import Reading

_UNREADABLE = (sqlite3.DatabaseError, msgspec.MsgspecError, ValueError, TypeError, LookupError, AttributeError)

_WITHOUT_BODY = """
SELECT c.id FROM captures c LEFT JOIN captures o ON o.id = c.confirms
  JOIN bodies b ON b.id = coalesce(c.body_id, o.body_id)
 WHERE b.codec = 'redacted' AND c.page_id IS NOT NULL AND c.outcome IN ('fetched', 'not_modified')"""

_KNOWN = """
SELECT g.verdict, g.why, g.layout, g.encoding, g.encoding_from, g.remarks, g.revision_id, c.page_id,
       r.state, r.title, r.capture_id AS since
  FROM readings g JOIN captures c ON c.id = g.capture_id LEFT JOIN revisions r ON r.id = g.revision_id
 WHERE g.capture_id = ?"""

_FIRST = """
SELECT capture_id, seq, unseen_since, state FROM revisions r
 WHERE seq > 1 AND seq = (SELECT min(seq) FROM revisions o WHERE o.page_id = r.page_id)"""


class Carried:
    """Takes over from the archive `old`, which may be of another form, into `new`, in the order of the looks."""

    def __init__(self, old: Database, new: Database) -> None:
        self._old = old
        self._new = new
        self._without_body = {number for (number,) in new.execute(_WITHOUT_BODY).fetchall()}
        self._first = {capture: rest for capture, *rest in old.execute(_FIRST).fetchall()}
        let_go = old.execute("SELECT capture_id FROM readings WHERE revision_id IS NULL AND why = ?", [LET_GO])
        self._let_go = {number for (number,) in let_go.fetchall()}
        self._revisions: dict[int, int] = {}
        """Revisions without content: their numbers in the new archive, by those in the old one."""
        self._pages: set[int] = set()

    def takes(self, capture: int, *, parser: str, reread: Reader, recognise: Callable[[Reading], Reading]) -> bool:
        """Write what was known of a look that cannot be read any more; False where it is to be read as any other.

        `recognise` finds what the texts of a record name.
        """
        known = self._known(capture)
        if known is None or not self._is_beyond_reading(capture, known):
            return False
        self._pages.add(known["page_id"])
        reading = _reading(known)
        page = self._page(known)
        if page is not None:
            told = recognise(msgspec.structs.replace(reading, verdict="page", page=page))
            append_reading(self._new, capture, told, parser=parser, reread=reread, believed=True)
        else:
            self._without_content(capture, reading, known, parser)
        return True

    def settle(self, capture: int) -> None:
        """Give the first revision after a pruning its number and the look before it; tell again what was doubted.

        What a look was doubted beside may be gone now; that it was, and was believed later, is told all the same.
        """
        if capture in self._first:
            seq, unseen_since, _ = self._first[capture]
            self._new.execute(
                "UPDATE revisions SET seq = ?, unseen_since = ? WHERE capture_id = ? AND seq = 1",
                [seq, unseen_since, capture],
            )
        known = self._known(capture)
        if known and known["page_id"] in self._pages and known["verdict"] == "suspect" and known["revision_id"]:
            told = [known["verdict"], known["why"], capture]
            self._new.execute("UPDATE readings SET verdict = ?, why = ? WHERE capture_id = ?", told)
            self._hold(capture)

    def _known(self, capture: int) -> dict[str, Any] | None:
        """What the old archive says of a look; None where it says nothing, or nothing was ever erased."""
        erased = self._without_body or self._let_go or self._first
        return next(self._old.query(_KNOWN, [capture]), None) if erased else None

    def _is_beyond_reading(self, capture: int, known: dict[str, Any]) -> bool:
        """Whether nobody can say any more what a look means: its body is gone, or what it was held against."""
        first = self._first.get(capture)
        ends = first is not None and first[2] != "live"
        held = known["page_id"] in self._pages and known["verdict"] == "suspect" and known["revision_id"] is None
        return ends or held or capture in self._without_body or capture in self._let_go

    def finish(self) -> None:
        """Tell the changes of the pages concerned once more, what was masked or is gone held against what is there."""
        for page in sorted(self._pages):
            remake_page(self._new, page)

    def _page(self, known: dict[str, Any]) -> Any:
        """The record of the revision that the look showed, as it was kept; None where it has none that can be read."""
        if known["state"] != "live":
            return None
        try:
            return load_page(self._old, known["revision_id"])
        except _UNREADABLE:
            return None  # records of another version

    def _without_content(self, capture: int, reading: Reading, known: dict[str, Any], parser: str) -> None:
        state, old = known["state"], known["revision_id"]
        begins = old is not None and known["since"] == capture
        revision = append_without_content(
            self._new,
            capture,
            reading,
            state=("withheld" if state == "live" else state) if begins else None,
            title=known["title"] or "",
            revision=self._revisions.get(old),
            parser=parser,
        )
        if begins and revision is not None:
            self._revisions[old] = revision
        self._hold(capture)

    def _hold(self, capture: int) -> None:
        """Keep what the quarantine has of a look."""
        held = "capture_id, page_id, doubt, why, digest, record"
        row = self._old.execute(f"SELECT {held} FROM quarantine WHERE capture_id = ?", [capture]).fetchone()
        if row is not None:
            self._new.execute(f"INSERT OR IGNORE INTO quarantine ({held}) VALUES (?, ?, ?, ?, ?, ?)", list(row))


def _reading(known: dict[str, Any]) -> Reading:
    return Reading(
        verdict=known["verdict"],
        why=known["why"],
        layout=known["layout"],
        encoding=known["encoding"],
        encoding_from=known["encoding_from"],
        remarks=tuple(json.loads(known["remarks"])),
    )
