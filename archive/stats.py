"""Stats: where an archive's bytes are, by kind, by page and by month. Questions to an archive; nothing here writes."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from pathlib import Path

import click
from sqlite_utils import Database

from archive.history import Row
from archive.render import shown_safely

# What each kind of content is made of: rows, bytes as they were received or read, bytes as they are stored.
_KINDS = {
    "bodies": "SELECT count(*), sum(size), sum(length(data)) FROM bodies WHERE codec <> 'redacted'",
    "withheld bodies": "SELECT count(*), sum(size), 0 FROM bodies WHERE codec = 'redacted'",
    "heads": "SELECT count(*), sum(size), sum(length(head)) FROM header_sets",
    "addresses": "SELECT count(*), sum(length(CAST(url AS BLOB))), sum(length(CAST(url AS BLOB))) FROM urls",
    "section texts": "SELECT count(*), sum(length(CAST(record AS BLOB))),"
    " sum(length(CAST(record AS BLOB)) + length(CAST(text AS BLOB))) FROM section_texts",
    "revision texts": "SELECT count(*), 0, sum(length(sections)) FROM revision_texts",
    "changes": "SELECT count(*), sum(length(CAST(ops AS BLOB))), sum(length(CAST(ops AS BLOB))"
    " + length(CAST(coalesce(before, '') AS BLOB)) + length(CAST(coalesce(after, '') AS BLOB))) FROM changes",
    "search index": "SELECT (SELECT count(*) FROM search_entries), 0, sum(length(block)) FROM search_data",
    "captures": "SELECT count(*), 0, 0 FROM captures",
    "revisions": "SELECT count(*), sum(length(CAST(metadata AS BLOB))),"
    " sum(length(CAST(metadata AS BLOB)) + length(CAST(preamble AS BLOB))) FROM revisions",
}
# A body belongs to the page and the month of the first capture that had it.
_FIRST = (
    "SELECT b.size, coalesce(length(b.data), 0) AS stored, c.page_id, c.fetched_at FROM bodies b"
    " JOIN captures c ON c.id = (SELECT min(id) FROM captures WHERE body_id = b.id)"
)


def stats_rows(database: Database, path: Path) -> list[Row]:
    """Rows of `tidslager stats`: the file, then kinds, pages and months."""
    kinds = [_row("kind", name, None, database.execute(query).fetchone()) for name, query in _KINDS.items()]
    size = path.stat().st_size
    rest = size - sum(row["stored_bytes"] for row in kinds)
    whole = _row("file", path.name, None, (1, size, size))
    kinds.append(_row("kind", "rows, indexes and free pages", None, (0, 0, max(rest, 0))))
    return [whole, *kinds, *_pages(database), *_months(database)]


def _pages(database: Database) -> list[Row]:
    rows = database.execute(
        "SELECT p.title, p.address, p.page, count(f.size), sum(f.size), sum(f.stored) FROM page_list p"
        f" LEFT JOIN ({_FIRST}) f ON f.page_id = p.page GROUP BY p.page ORDER BY sum(f.stored) DESC, p.page"
    )
    return [_row("page", title or address, page, tuple(numbers)) for title, address, page, *numbers in rows.fetchall()]


def _months(database: Database) -> list[Row]:
    rows = database.execute(
        f"SELECT substr(fetched_at, 1, 7) AS month, count(*), sum(size), sum(stored) FROM ({_FIRST})"
        " GROUP BY month ORDER BY month"
    )
    return [_row("month", month, None, tuple(numbers)) for month, *numbers in rows.fetchall()]


def _row(group: str, name: str, page: int | None, numbers: tuple[int | None, ...]) -> Row:
    count, size, stored = (number or 0 for number in numbers)
    return {"group": group, "name": name, "page": page, "count": count, "bytes": size, "stored_bytes": stored}


_TITLES = {"kind": "By kind", "page": "By page: bodies first seen there", "month": "By month: bodies first seen then"}


def stats_text(rows: Iterable[Row], width: int) -> str:
    """What `tidslager stats` shows. Pure."""
    lines = []
    group = ""
    for row in rows:
        if row["group"] != group:
            group = row["group"]
            lines += ["", click.style(_TITLES[group], bold=True)] if group in _TITLES else []
        name = f"{row['page']}  {row['name']}" if row["page"] else row["name"]
        name = textwrap.shorten(shown_safely(name), max(20, width - 48), placeholder=" …")
        shown = f"{row['count']:>9}  {amount(row['bytes']):>9}  {amount(row['stored_bytes']):>9} stored  {name}"
        lines.append(shown if group != "file" else f"{row['name']}: {amount(row['bytes'])}")
    return "\n".join(lines)


def amount(size: int) -> str:
    """A number of bytes as people say it: "812 B", "1.4 MB"; a kB is 1,000 bytes."""
    units = ["B", "kB", "MB", "GB", "TB"]
    number = float(size)
    while number >= 1000 and len(units) > 1:  # noqa: PLR2004 -- a thousand of one is one of the next
        number /= 1000
        units.pop(0)
    return f"{number:.0f} {units[0]}" if units[0] == "B" else f"{number:.1f} {units[0]}"
