"""Scan: every text in every table of an archive, also of tables that were added after this was written."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
from sqlite_utils import Database

from archive.revision_texts import unpacked


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One text, and where it stands."""

    table: str
    column: str
    row: int | None
    """Its rowid; None in a table without."""
    text: str


def texts(database: Database) -> Iterator[Cell]:
    """Each text, and each blob read as UTF-8; not the bodies, which are compressed and have a door of their own."""
    for table, ddl in _tables(database):
        row = "NULL" if "WITHOUT ROWID" in ddl.upper() else "rowid"
        for column in _columns(database, table):
            if (table, column) == ("bodies", "data"):
                continue
            query = f'SELECT {row}, "{column}" FROM "{table}" WHERE typeof("{column}") IN (\'text\', \'blob\')'
            for number, value in database.execute(query).fetchall():
                if table == "revision_texts":
                    value = unpacked(value)  # noqa: PLW2901 -- a name must not hide in what is compressed
                text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
                yield Cell(table=table, column=column, row=number, text=text)


def rebuild_search(database: Database) -> None:
    """Make every full-text index anew from the table that it is about."""
    for table, ddl in _tables(database, virtual=True):
        if re.search(r"USING FTS5\s*\(", ddl, re.IGNORECASE):
            database.execute(f'INSERT INTO "{table}" ("{table}") VALUES (\'rebuild\')')


def _tables(database: Database, *, virtual: bool = False) -> list[tuple[str, str]]:
    rows = database.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    ).fetchall()
    return [(name, ddl) for name, ddl in rows if ddl.upper().startswith("CREATE VIRTUAL") is virtual]


def _columns(database: Database, table: str) -> list[str]:
    return [name for _, name, *_ in database.execute(f'PRAGMA table_xinfo("{table}")').fetchall()]
