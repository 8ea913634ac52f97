"""Form: what an archive file is made of, whatever stands in it: its tables, views, indexes and guards, by their SQL.

A file of another form was made by another version of this program. What is derived in it can be made anew from its
evidence, and is (`archive.upgrade`), so tables and views may change without a step of their own for each change. A mark
in the file's header tells the forms apart at no cost; `verify` compares the SQL itself. Comments are no part of it.
"""

from __future__ import annotations

import re
import zlib
from functools import cache

from sqlite_utils import Database

from archive import derived_tables, evidence_tables, example_views, search_tables, views
from archive.derived_tables import DERIVED_TABLES, FORMER_TABLES
from archive.migrations import migrations

Columns = dict[str, tuple[str, ...]]
"""Names of columns by that of their table."""

_MADE_OF = (
    evidence_tables.EVIDENCE,
    evidence_tables.GUARDS,
    evidence_tables.APPEND_ONLY,
    evidence_tables.KEPT_FOR_EVER,
    evidence_tables.DOORS,
    derived_tables.DERIVED,
    derived_tables.CHROME,
    derived_tables.REREADINGS,
    search_tables.SEARCH,
    search_tables.TRIGGERS,
    views.VIEWS,
    example_views.EXAMPLE_VIEWS,
)
_BESIDE = re.compile(r"""(?P<kept>'(?:[^']|'')*'|"(?:[^"]|"")*")|(?:--[^\n]*|\s)+""")
"""What stands quoted, which is kept, or comments and white space, which make no difference."""


def plain_sql(sql: str) -> str:
    """The SQL without its comments, and one space for any white space: a comment in other words is no other form."""
    return _BESIDE.sub(lambda found: found["kept"] or " ", sql).strip()


MARK = zlib.crc32(plain_sql("\n".join(map(str, _MADE_OF))).encode()) & 0x7FFF_FFFF
"""`user_version` of a file of today's form (SQLite keeps 31 bits and a sign)."""


def mark_of(database: Database) -> int:
    """The mark in a file; 0 where none was made."""
    return int(database.execute("PRAGMA user_version").fetchone()[0])


def is_empty(database: Database) -> bool:
    """Whether nothing was made in a file yet: a run may have stopped before its first write."""
    return not database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]


def form(database: Database) -> dict[str, str]:
    """The plain SQL of each table, view, index and trigger by its kind and name; not of those that SQLite makes."""
    rows = database.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    # What full-text search keeps is of a form of its own, which may be another with another SQLite.
    shadows = {name for (name,) in database.execute("SELECT name FROM pragma_table_list WHERE type = 'shadow'")}
    return {
        f"{kind} {name}": plain_sql(sql)
        for kind, name, sql in rows
        if name not in shadows and not name.startswith(("sqlite_", "_sqlite_"))
    }


@cache
def todays_form() -> dict[str, str]:
    """The form of a fresh archive."""
    fresh = Database(memory=True, execute_plugins=False)
    migrations.apply(fresh)
    made = form(fresh)
    fresh.conn.close()
    return made


@cache
def _todays_columns() -> Columns:
    fresh = Database(memory=True, execute_plugins=False)
    migrations.apply(fresh)
    columns = evidence_columns(fresh)
    fresh.conn.close()
    return columns


def supply_columns(database: Database) -> None:
    """Let columns of evidence that a file of another version has not got be NULL, in views of this connection alone.

    So whoever looks at its evidence may ask as of a file of today.
    """
    theirs = evidence_columns(database)
    for table, columns in _todays_columns().items():
        missing = [column for column in columns if column not in theirs.get(table, columns)]
        if missing:
            nulls = ", ".join(f"NULL AS {column}" for column in missing)
            database.execute(f"CREATE TEMP VIEW {table} AS SELECT *, {nulls} FROM main.{table}")


def evidence_columns(database: Database, schema: str = "main") -> Columns:
    """The tables that are not derived, each with the columns that are stored in it; `schema` names an attached file."""
    rows = database.execute(
        "SELECT t.name, c.name FROM pragma_table_list t, pragma_table_info(t.name, t.schema) c"
        " WHERE t.schema = ? AND t.type = 'table' ORDER BY t.name, c.cid",
        [schema],
    )
    found: Columns = {}
    for table, column in rows.fetchall():
        if table not in (*DERIVED_TABLES, *FORMER_TABLES) and not table.startswith(("sqlite_", "_sqlite_")):
            found[table] = (*found.get(table, ()), column)
    return found
