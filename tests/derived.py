"""The derived tables by what they say, so that two archives can be compared whatever numbers their rows have."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from archive.derived_tables import DERIVED_TABLES
from archive.records import CONTENT_COLUMNS

# What a number in a column stands for: the row's own name, which does not depend on when it was written.
_NAMES = {
    "captures": "SELECT c.id, u.url || ' ' || c.fetched_at FROM captures c JOIN urls u ON u.id = c.url_id",
    "pages": "SELECT p.id, min(u.url) FROM pages p JOIN page_urls pu ON pu.page_id = p.id"
    " JOIN urls u ON u.id = pu.url_id GROUP BY p.id",
    "revisions": "SELECT id, (SELECT min(u.url) FROM page_urls pu JOIN urls u ON u.id = pu.url_id"
    " WHERE pu.page_id = r.page_id) || ' ' || seq FROM revisions r",
    "sections": "SELECT id, (SELECT min(u.url) FROM page_urls pu JOIN urls u ON u.id = pu.url_id"
    " WHERE pu.page_id = s.page_id) || ' ' || key FROM sections s",
    "section_texts": "SELECT id, hex(sha256) FROM section_texts",
}
_OWN_NUMBER = {"revisions", "sections", "section_texts", "changes", "search_entries", *CONTENT_COLUMNS}


def derived(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every derived table, whole: each row with names in place of numbers, sorted."""
    names = {table: dict(database.execute(query).fetchall()) for table, query in _NAMES.items()}
    found = {}
    for table in DERIVED_TABLES:
        refers = {key.column: key.other_table for key in database.table(table).foreign_keys}
        rows = []
        for row in database.query(f"SELECT * FROM {table}"):
            if table in _OWN_NUMBER:
                row.pop("id")
            rows.append(
                tuple(
                    names[refers[column]][value] if value is not None and column in refers else value
                    for column, value in row.items()
                )
            )
        found[table] = sorted(rows, key=repr)
    return found


def exact(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every derived table as it is, numbers and all."""
    return {table: sorted(database.execute(f"SELECT * FROM {table}").fetchall(), key=repr) for table in DERIVED_TABLES}
