"""Health: is each page still looked at, and does it still answer? Questions to an archive for people and monitors."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from archive.episodes import open_episodes
from archive.times import from_text

Row = dict[str, Any]

_FACTS = ("gone", "robots_denied", "out_of_scope")


def status_rows(database: Database, *, now: datetime, max_age: timedelta | None = None) -> list[Row]:
    """Each page that is looked at: its last good look, and what has been wrong since.

    `well` is 1 when nothing is: the last look was good, and no longer ago than `max_age`. A link that never led to a
    page that may be read is a fact about the collection and no trouble.
    """
    rows = database.query(
        "SELECT v.page, v.site, l.address, l.title, l.state, v.last_look, v.last_good_look, v.last_outcome,"
        " v.last_verdict, v.trouble_since, v.trouble_looks, v.trouble, v.doubt, q.entry"
        " FROM coverage v JOIN page_list l ON l.page = v.page"
        " LEFT JOIN quarantine_list q ON q.page = v.page AND q.state = 'open'"
        " WHERE v.last_look IS NOT NULL AND coalesce(l.state, '') <> 'moved' GROUP BY v.page ORDER BY v.page"
    )
    open_pages = {one.page for one in open_episodes(database)}
    return [_judged(row, now, max_age, in_trouble=row["page"] in open_pages) for row in rows]


def _judged(row: Row, now: datetime, max_age: timedelta | None, *, in_trouble: bool) -> Row:
    age = now - from_text(row["last_good_look"]) if row["last_good_look"] else None
    stale = max_age is not None and (age is None or age > max_age)
    fact = row["state"] is None and (row["last_outcome"] in _FACTS or row["last_verdict"] == "not_html")
    return {
        **row,
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
