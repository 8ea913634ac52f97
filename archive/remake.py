"""Remake: put the derived rows of a page in order after a revision of it was taken away or masked."""

from __future__ import annotations

from sqlite_utils import Database

from archive.change_rows import CHANGE_COLUMNS, write_degree
from archive.expected import expected_of
from archive.records import CONTENT_COLUMNS


def remake_page(database: Database, page: int) -> None:
    """Write what is made of the records of a page anew from them. Call inside a transaction.

    Mentions whose words are no longer in the records go.
    """
    expected = expected_of(database, page)
    for revision, changes in expected.changes.items():
        database.execute("DELETE FROM changes WHERE revision_id = ?", [revision])
        _insert(database, "changes", ("revision_id", *CHANGE_COLUMNS), [(revision, *values) for values in changes])
    for revision, share in expected.degrees.items():
        write_degree(database, revision, share)
    for revision, seen in expected.mentions.items():
        database.execute("UPDATE revisions SET mentions = ? WHERE id = ?", [seen, revision])
    for table, columns in CONTENT_COLUMNS.items():
        database.execute(f"DELETE FROM {table} WHERE page_id = ?", [page])
        rows = sorted(((page, *values) for values in expected.contents[table]), key=repr)
        _insert(database, table, ("page_id", *columns, "from_revision", "to_revision"), rows)


def drop_unused(database: Database) -> None:
    """Take away sections and texts that stand in no revision any more. Call inside a transaction."""
    database.execute("DELETE FROM section_texts WHERE id NOT IN (SELECT text_id FROM revision_sections)")
    database.execute("DELETE FROM sections WHERE id NOT IN (SELECT section_id FROM revision_sections)")


def _insert(database: Database, table: str, columns: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    marks = ", ".join("?" * len(columns))
    database.conn.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)
