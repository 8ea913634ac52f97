"""Health: is each page still looked at, and does it still answer? Questions to an archive for people and monitors."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from archive.episodes import files_let_be, open_episodes
from archive.times import from_text, to_text

Row = dict[str, Any]

_FACTS = ("gone", "robots_denied", "out_of_scope")
_AHEAD = timedelta(hours=1)
"""How far a look may be dated after the clock before that is a wrong clock's doing: as `tidslager night` has it."""


def status_rows(database: Database, *, now: datetime, max_age: timedelta | None = None) -> list[Row]:
    """Each page that is looked at: its last good look, and what has been wrong since.

    `well` is 1 when nothing is: the last look was good, and no longer ago than `max_age`. A link that never led to a
    page that may be read is a fact about the collection and no trouble. A look that a wrong clock dated after `now`
    says nothing of how long ago it was: the last good look is then the one before. A linked file that the site does
    not ask for any more is well, whatever its last look was.
    """
    rows = database.query(
        "SELECT v.page, v.site, l.address, l.title, l.state, v.last_look, v.last_good_look, v.last_outcome,"
        " v.last_verdict, v.trouble_since, v.trouble_looks, v.trouble, v.doubt, q.entry"
        " FROM coverage v JOIN page_list l ON l.page = v.page"
        " LEFT JOIN quarantine_list q ON q.page = v.page AND q.state = 'open'"
        " WHERE v.last_look IS NOT NULL AND coalesce(l.state, '') <> 'moved' GROUP BY v.page ORDER BY v.page"
    )
    let_be = files_let_be(database)
    open_pages = {one.page for one in open_episodes(database)}
    found = list(rows)
    seen = {row["page"]: _last_seen(database, row, now) for row in found}
    judged = [_judged(row, seen[row["page"]], now, max_age, in_trouble=row["page"] in open_pages) for row in found]
    return [{**row, "well": 1} if row["page"] in let_be else row for row in judged]


def _last_seen(database: Database, row: Row, now: datetime) -> str | None:
    """The last good look at a page that is not dated after `now`."""
    at: str | None = row["last_good_look"]
    if at is None or from_text(at) - now < _AHEAD:
        return at
    (before,) = database.execute(
        "SELECT max(c.fetched_at) FROM captures c JOIN readings r ON r.capture_id = c.id"
        " WHERE c.page_id = ? AND r.revision_id IS NOT NULL AND c.fetched_at <= ?",
        [row["page"], to_text(now)],
    ).fetchone()
    return None if before is None else str(before)


def _judged(row: Row, seen: str | None, now: datetime, max_age: timedelta | None, *, in_trouble: bool) -> Row:
    age = now - from_text(seen) if seen else None
    stale = max_age is not None and (age is None or age > max_age)
    fact = row["state"] is None and (row["last_outcome"] in _FACTS or row["last_verdict"] == "not_html")
    return {
        **row,
        "last_good_look": seen,
        "age_hours": None if age is None else round(age.total_seconds() / 3600, 1),
        "well": int(fact or (row["trouble"] is None and not in_trouble and not stale)),
    }


def last_runs(database: Database) -> list[Row]:
    """The newest run of each site."""
    return list(
        database.query(
            "SELECT r.id AS run, r.site, r.started_at, r.finished_at, r.status FROM runs r"
            " WHERE r.id = (SELECT max(id) FROM runs WHERE site = r.site) ORDER BY r.site"
        )
    )
