"""As of: the whole site as the archive knew it at a time. Questions to an archive; nothing here writes."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from archive.blame import Line, Version, blame
from archive.history import Row
from archive.records import load_page, section_identities
from archive.revision_texts import Texts
from archive.times import end_of
from schemas.errors import NotSeenYetError

# The newest revision of each page that was seen by then. The index gives it without looking at the others.
_NEWEST = (
    "FROM pages p JOIN revisions r ON r.id = (SELECT n.id FROM revisions n WHERE n.page_id = p.id AND n.seen_from <= ?"
    " ORDER BY n.seen_from DESC, n.seq DESC LIMIT 1)"
)


def site_at(database: Database, when: str | None, site: str | None = None) -> list[Row]:
    """`pages_at`, each page with its sections under `sections`; none where it was gone."""
    pages = _pages(database, when, site, with_texts=True)
    for page in pages:
        page["sections"] = Texts(page["sections"])
    return pages


def pages_at(database: Database, when: str | None, site: str | None = None) -> list[Row]:
    """Each page as the archive knew it at the end of a day or at a time, by number; None asks for now.

    `site` asks for the pages of one site. Raises NotSeenYetError when no page had been seen by then, and
    ConfigurationError when `when` is no date.
    """
    return _pages(database, when, site)


def _pages(database: Database, when: str | None, site: str | None, *, with_texts: bool = False) -> list[Row]:
    clause, values = _asked(when, site)
    column, table = (", w.sections", " LEFT JOIN revision_texts w ON w.revision_id = r.id") if with_texts else ("", "")
    rows = database.query(
        "SELECT p.id AS page, p.site, u.url AS address, r.title, r.seq AS revision, r.state,"
        " r.cause, r.published, r.updated, r.responsible, r.seen_from, r.unseen_since, r.preamble,"
        f" nullif(lower(hex(r.digest)), '') AS digest{column}"
        f" {_NEWEST} JOIN captures c ON c.id = r.capture_id JOIN urls u ON u.id = c.url_id{table}{clause}"
        " ORDER BY p.id",
        values,
    )
    found = list(rows)
    if not found:
        raise _nothing(database, when, site)
    return found


def _asked(when: str | None, site: str | None) -> tuple[str, list[Any]]:
    """What follows `_NEWEST`, and the values for both."""
    limit = "9999" if when is None else end_of(when)
    return ("", [limit]) if site is None else (" WHERE p.site = ?", [limit, site])


def _nothing(database: Database, when: str | None, site: str | None) -> NotSeenYetError:
    of, values = ("", []) if site is None else (" WHERE p.site = ?", [site])
    first = database.execute(
        f"SELECT min(r.seen_from) FROM revisions r JOIN pages p ON p.id = r.page_id{of}", values
    ).fetchone()[0]
    which = "The archive" if site is None else f"The site {site}"
    if first is None:
        return NotSeenYetError(f"{which} has no page that was ever read: `tidslager crawl` looks at some.")
    return NotSeenYetError(f"{which} was first seen {first}: what it said by {when} is not known. Give a later date.")


def page_blame(database: Database, revision: Row) -> tuple[Line, ...]:
    """The lines of a revision, as `page_history` gives it, each with the revision since which it stands so.

    Empty where the page was gone or had moved.
    """
    if revision["state"] != "live":
        return ()
    rows = database.execute(
        "SELECT id, seq FROM revisions WHERE page_id = ? AND seq <= ? AND state = 'live' ORDER BY seq",
        [revision["page"], revision["revision"]],
    ).fetchall()
    return blame(
        Version(revision=seq, page=load_page(database, number), sections=section_identities(database, number))
        for number, seq in rows
    )
