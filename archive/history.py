"""History: what a page said on a day, what changed and when. Questions to an archive; nothing here writes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

import msgspec
from sqlite_utils import Database

from archive.captures import read_capture
from archive.diff import diff
from archive.records import load_page
from archive.times import end_of
from schemas.change import Change
from schemas.errors import AmbiguousPageError, NotSeenYetError, PageNotFoundError, QueryError, RevisionNotFoundError

Row = dict[str, Any]
SHOWN_CANDIDATES = 10
_LARGEST = 2**63 - 1
"""Largest number that SQLite can be asked for."""
_LET_GO = "; earlier ones were let go by pruning"
_ONE_PAGE = "compare two revisions of one page."


def page_rows(database: Database) -> list[Row]:
    """Each page as it is now, by number."""
    return list(database.query("SELECT * FROM page_list ORDER BY page"))


def find_page(database: Database, name: str) -> Row:
    """The page that a person means by its number, its address, or a part of its title or address.

    A whole title or address wins over a part. Raises PageNotFoundError, or AmbiguousPageError with the candidates.
    """
    if not name.strip():
        raise PageNotFoundError("A page is named by its number, its address, or a part of its title or address.")
    if name.isdecimal():
        matches = list(database.query("SELECT * FROM page_list WHERE page = ?", [_number(name)]))
    else:
        rows = page_rows(database)
        known = _addresses(database)
        wanted, address = name.casefold().strip(), _comparable(name)
        matches = [
            row for row in rows if address in known.get(row["page"], ()) or wanted == (row["title"] or "").casefold()
        ] or [
            row
            for row in rows
            if wanted in (row["title"] or "").casefold() or any(wanted in one for one in known.get(row["page"], ()))
        ]
    if not matches:
        raise PageNotFoundError(f'No page matches "{name}": `tidslager pages` lists those that there are.')
    if len(matches) > 1:
        shown = [f"  {row['page']}  {called(row)}  {row['address']}" for row in matches]
        more = [f"  … and {len(shown) - SHOWN_CANDIDATES} more"] if len(shown) > SHOWN_CANDIDATES else []
        raise AmbiguousPageError(
            "\n".join(
                [
                    f'"{name}" matches {len(matches)} pages; name the one you mean by its number:',
                    *shown[:SHOWN_CANDIDATES],
                    *more,
                ]
            )
        )
    return matches[0]


def called(row: Row) -> str:
    """What to call a page: its title, or why it has none."""
    return row["title"] or ("(never read)" if row["title"] is None else "(no title)")


def _addresses(database: Database) -> dict[int, set[str]]:
    known: dict[int, set[str]] = {}
    for page, url in database.execute("SELECT pu.page_id, u.url FROM page_urls pu JOIN urls u ON u.id = pu.url_id"):
        known.setdefault(page, set()).add(_comparable(url))
    return known


def _comparable(address: str) -> str:
    """An address as people take two of them for the same: scheme, "www.", fragment and a last slash do not count."""
    rest = unquote(address.strip().partition("#")[0]).casefold()
    return rest.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")


def revision_rows(database: Database, page: int | None = None, *, flapping: bool = False) -> list[Row]:
    """Revisions with their spans, the newest first; of one page, or of all, or of those that go back and forth."""
    clauses = ["h.page = ?"] if page is not None else []
    clauses += ["h.page IN (SELECT page FROM flapping_pages)"] if flapping else []
    where = f"WHERE {' AND '.join(clauses)}" if clauses else ""
    return list(
        database.query(
            "SELECT h.*, l.address, l.site FROM page_history h JOIN page_list l ON l.page = h.page "
            f"{where} ORDER BY h.seen_from DESC, h.page, h.revision DESC",
            [] if page is None else [page],
        )
    )


def revision_named(database: Database, page: int, name: str) -> Row:
    """A revision of a page by its number ("3", or with its page "1:3"), or by a day or time: then the one seen by then.

    Raises RevisionNotFoundError, NotSeenYetError, QueryError for a revision of another page, or ConfigurationError
    when the name is none of these.
    """
    of, colon, number = name.partition(":")
    if colon and of.isdecimal() and number.isdecimal():
        if of != str(page):
            raise QueryError(f"{name} is a revision of page {of}, not of page {page}: {_ONE_PAGE}")
        name = number
    if not name.isdecimal():
        return revision_at(database, page, name)
    return revision_numbered(database, page, _number(name))


def _number(digits: str) -> int:
    """The number that digits write, or the largest that SQLite can be asked for."""
    return min(int(digits), _LARGEST) if len(digits.lstrip("0")) <= len(str(_LARGEST)) else _LARGEST


def revision_id(database: Database, page: int, number: int) -> int:
    """Number in the archive of revision `number` of a page. Raises RevisionNotFoundError."""
    return int(revision_numbered(database, page, number)["revision_id"])


def revision_numbered(database: Database, page: int, number: int) -> Row:
    """Revision `number` of a page. Raises RevisionNotFoundError."""
    asked = [page, min(number, _LARGEST)]
    found = list(database.query("SELECT * FROM page_history WHERE page = ? AND revision = ?", asked))
    if not found:
        raise _not_found(database, page, str(number))
    return found[0]


def _not_found(database: Database, page: int, name: str) -> RevisionNotFoundError:
    asked = "SELECT min(seq), max(seq) FROM revisions WHERE page_id = ?"
    first, last = database.execute(asked, [page]).fetchone()
    if first is None:
        has = "no revision: no look at it has shown a page yet"
    else:
        has = f"revision {last}" if first == last else f"revisions {first} to {last}"
        has += _LET_GO if first > 1 else ""
    return RevisionNotFoundError(f"Page {page} has no revision {name}; it has {has}.")


def oldest_kept(database: Database, page: int) -> int:
    """Number of the oldest revision of a page that is there: above 1 where pruning let earlier ones go; 0 for none."""
    asked = "SELECT min(seq) FROM revisions WHERE page_id = ?"
    return int(database.execute(asked, [page]).fetchone()[0] or 0)


def revision_at(database: Database, page: int, when: str | None) -> Row:
    """What the archive knew of a page at the end of a day or at a time; None asks for the newest revision.

    Raises NotSeenYetError when the first look came later, ConfigurationError when `when` is no date.
    """
    limit = "9999" if when is None else end_of(when)
    found = list(
        database.query(
            "SELECT * FROM page_history WHERE page = ? AND seen_from <= ?"
            " ORDER BY seen_from DESC, revision DESC LIMIT 1",
            [page, limit],
        )
    )
    if found:
        return found[0]
    asked = "SELECT min(seen_from), min(seq) FROM revisions WHERE page_id = ?"
    first, number = database.execute(asked, [page]).fetchone()
    if first is None:
        raise NotSeenYetError(f"Page {page} has never been read. {last_trouble(database, page)}")
    begins = f"{first[:16].replace('T', ' ')} UTC"
    if number > 1:
        raise NotSeenYetError(f"Page {page} is kept from revision {number}, {begins}, on{_LET_GO}.")
    raise NotSeenYetError(f"Page {page} was first seen {begins}: what it said before that is not known.")


def last_trouble(database: Database, page: int) -> str:
    """What came of the last look at a page that gave nothing to read, one sentence."""
    row = next(
        database.query(
            "SELECT fetched_at, outcome, status, robots, error, why FROM fetch_log WHERE page = ?"
            " ORDER BY fetched_at DESC, capture DESC LIMIT 1",
            [page],
        )
    )
    said = row["error"] or row["why"] or row["robots"] or f"status {row['status']}"
    return f"The last look, {row['fetched_at'][:16].replace('T', ' ')} UTC, came to {row['outcome']}: {said}"


def raw_body(database: Database, revision: Row) -> bytes:
    """The body that a revision was read from, byte for byte as the site sent it.

    Raises QueryError when there is none, or it was redacted.
    """
    body = read_capture(database, revision["capture"]).body
    if body is None:
        raise QueryError(f"There are no bytes behind revision {revision['revision']} of page {revision['page']}.")
    return body


def section_rows(database: Database, revision_id: int) -> list[Row]:
    """What a revision is made of, in order: heading, level, anchor and text of each section."""
    return list(
        database.query(
            "SELECT rs.position, s.key AS section, t.heading, t.level, json_extract(t.record, '$.anchor') AS anchor,"
            " t.text FROM revision_sections rs JOIN sections s ON s.id = rs.section_id"
            " JOIN section_texts t ON t.id = rs.text_id WHERE rs.revision_id = ? ORDER BY rs.position",
            [revision_id],
        )
    )


def section_list(database: Database, page: int) -> list[Row]:
    """Every section that a page ever had, in the order in which each stood last; those that stand there now first."""
    return list(
        database.query(
            "SELECT * FROM section_list WHERE page = ?"
            " ORDER BY removed IS NOT NULL, removed DESC, position, section_id",
            [page],
        )
    )


def section_texts(database: Database, section_id: int) -> list[Row]:
    """Every text that a section has had, in time order: a row for each revision in which it read otherwise."""
    return list(database.query("SELECT * FROM section_history WHERE section_id = ? ORDER BY revision_id", [section_id]))


def change_rows(
    database: Database,
    *,
    since: str | None = None,
    until: str | None = None,
    page: int | None = None,
    classes: Iterable[str] = ("editorial", "metadata"),
    parser: bool = False,
) -> list[Row]:
    """Changes in the order in which they were seen; `since` and `until` are archive times, both included.

    `classes` are those wanted; `parser` asks also for what only our own reading caused.
    """
    wanted = sorted(set(classes))
    clauses = [f"f.class IN ({', '.join('?' * len(wanted))})"]
    values: list[Any] = [*wanted]
    for clause, value in (("f.seen_from >= ?", since), ("f.seen_from <= ?", until), ("f.page = ?", page)):
        if value is not None:
            clauses.append(clause)
            values.append(value)
    if not parser:
        clauses.append("f.cause = 'source'")
    return list(
        database.query(
            'SELECT f.*, f.where_on_page AS "where", l.address, l.site FROM change_feed f'
            f" JOIN page_list l ON l.page = f.page WHERE {' AND '.join(clauses)}"
            " ORDER BY f.seen_from, f.page, f.revision, f.ordinal",
            values,
        )
    )


def chrome_rows(
    database: Database, *, since: str | None = None, until: str | None = None, show_all: bool = False
) -> list[Row]:
    """Site-wide changes of the chrome in the order in which they were seen; `show_all` as for `changes --all`."""
    return list(
        database.query(
            "SELECT * FROM chrome_feed WHERE seen_from >= ? AND seen_from <= ?"
            " AND (? OR (class = 'chrome' AND cause = 'source')) ORDER BY run, address, ordinal",
            [since or "", until or "9999", show_all],
        )
    )


def chrome_changes(rows: Iterable[Row]) -> list[tuple[Row, tuple[Change, ...]]]:
    """The changes of each run and host, as `chrome_rows` gives them, with the first row of each."""
    groups: dict[tuple[int, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["run"], row["address"]), []).append(row)
    fields = ("kind", "class", "what", "before", "after", "why")
    return [
        (
            group[0],
            tuple(msgspec.convert({"where": row["part"], **{f: row[f] for f in fields}}, Change) for row in group),
        )
        for group in groups.values()
    ]


def stored_changes(database: Database, revision_id: int) -> tuple[Change, ...]:
    """The changes that were recorded with a revision."""
    rows = database.query("SELECT * FROM changes WHERE revision_id = ? ORDER BY ordinal", [revision_id])
    return tuple(
        msgspec.convert(
            {
                "kind": row["kind"],
                "class": row["class"],
                "what": row["what"],
                "where": row["where_on_page"],
                "before": row["before"],
                "after": row["after"],
                "why": row["why"],
                "truncated": bool(row["truncated"]),
                "ops": json.loads(row["ops"]),
            },
            Change,
        )
        for row in rows
    )


def compare(database: Database, before: Row, after: Row) -> tuple[Change, ...]:
    """Differences between two revisions of one page, as `page_history` gives them. Writes nothing.

    Raises QueryError when they are of two pages, or when there is no text on one side and the two do not follow on
    each other.
    """
    if before["page"] != after["page"]:
        sides = f"One revision is of page {before['page']}, the other of page {after['page']}"
        raise QueryError(f"{sides}: {_ONE_PAGE}")
    if after["revision"] == before["revision"] + 1:
        return stored_changes(database, after["revision_id"])
    for side in (before, after):
        if side["state"] != "live":
            raise QueryError(
                f"Revision {side['revision']} of page {side['page']} has no text, the page was {side['state']} then: "
                "compare two revisions in which it was live."
            )
    return diff(load_page(database, before["revision_id"]), load_page(database, after["revision_id"]))


def quarantined_since(database: Database, revision: Row, when: str | None) -> Row | None:
    """The newest look at a page that was kept out because it seemed not to be the page, if later than a revision.

    `when` is the day, time or revision number by which the revision was asked for; a number asks for no looks.
    """
    if when is not None and when.replace(":", "").isdecimal():
        return None
    limit = "9999" if when is None else end_of(when)
    return next(
        database.query(
            "SELECT c.fetched_at, g.why FROM captures c JOIN readings g ON g.capture_id = c.id WHERE c.page_id = ?"
            " AND g.verdict = 'suspect' AND c.fetched_at > ? AND c.fetched_at <= ? ORDER BY c.fetched_at DESC LIMIT 1",
            [revision["page"], revision["last_seen"] or revision["seen_from"], limit],
        ),
        None,
    )
