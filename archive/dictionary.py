"""Data dictionary: what each column of a view is, and what it means, from the DDL and its comments."""

from __future__ import annotations

import re
from typing import Literal

import msgspec
from sqlite_utils import Database

from archive.view_columns import meaning
from schemas.errors import QueryError

Kind = Literal["integer", "number", "string"]
_KINDS: dict[str, Kind] = {"INTEGER": "integer", "REAL": "number", "TEXT": "string", "BLOB": "string"}
_TITLE = re.compile(r"CREATE VIEW \w+ AS\s+--\s*(.+)")
_COLUMN = re.compile(r"^\s+(\w+)\s+[A-Z].*?--\s*(.+)$", re.MULTILINE)
_OWN = re.compile(r"(\w+),?[ ]+--\s*(.+)$", re.MULTILINE)
_FROM = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)\s+(\w+)")
_PICKED = re.compile(r"\b(\w+)\.(\w+)(?:\s+AS\s+(\w+))?")


class Column(msgspec.Struct, frozen=True):
    """A column of a view."""

    name: str
    kind: Kind
    description: str


class View(msgspec.Struct, frozen=True):
    """A view and what it means."""

    name: str
    title: str
    columns: tuple[Column, ...]


def view(database: Database, name: str) -> View:
    """What a view of the archive is.

    Raises QueryError when there is none of that name.
    """
    names = sorted(database.view_names())
    if name not in names:
        raise QueryError(f'There is no view "{name}": there are {", ".join(names)}.')
    (ddl,) = database.execute("SELECT sql FROM sqlite_master WHERE name = ?", [name]).fetchone()
    title = _TITLE.match(ddl)
    listed = database.execute(f"PRAGMA table_info({name})").fetchall()
    guessed = _guessed(database, name, [column for _, column, kind, *_ in listed if kind not in _KINDS])
    said = _descriptions(database, ddl)
    columns = tuple(
        Column(column, _KINDS.get(kind) or guessed[column], meaning(name, column, said.get(column, "")))
        for _, column, kind, *_ in listed
    )
    return View(name, title[1] if title else "", columns)


def _guessed(database: Database, view: str, columns: list[str]) -> dict[str, Kind]:
    """What columns hold that the view computes: SQLite does not say, so all values are looked at, in one pass."""
    if not columns:
        return {}
    asked = ", ".join(
        f"max(typeof({column}) IN ('text', 'blob')), max(typeof({column}) = 'real'), max(typeof({column}) = 'integer')"
        for column in columns
    )
    found = database.execute(f"SELECT {asked} FROM {view}").fetchone()
    kinds: dict[str, Kind] = {}
    for at, column in enumerate(columns):
        text, real, whole = found[3 * at : 3 * at + 3]
        kinds[column] = "string" if text or not (real or whole) else "number" if real else "integer"
    return kinds


def _descriptions(database: Database, ddl: str) -> dict[str, str]:
    """What a view's own comments say of its columns, else those of the tables from which it picks them.

    Under the names that the view gives them.
    """
    tables = {alias: table for table, alias in _FROM.findall(ddl)}
    comments = {table: _comments(database, table) for table in tables.values()}
    found = dict(_OWN.findall(ddl))
    for alias, column, name in _PICKED.findall(ddl):
        comment = comments.get(tables.get(alias, ""), {}).get(column)
        if comment:
            found.setdefault(name or column, comment)
    return found


def _comments(database: Database, table: str) -> dict[str, str]:
    row = database.execute("SELECT sql FROM sqlite_master WHERE name = ? AND type = 'table'", [table]).fetchone()
    return dict(_COLUMN.findall(row[0])) if row else {}
