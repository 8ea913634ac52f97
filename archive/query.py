"""Query: one question in SQL to the archive, which can only read it, and which ends."""

from __future__ import annotations

import re
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlite_utils import Database

from schemas.errors import QueryError

_STEPS = 20_000
"""Steps of SQLite's machine between two looks at the clock, a few milliseconds."""
_MAY = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE}
_TELLING = {"table_info", "table_xinfo", "table_list", "index_list", "index_info", "foreign_key_list", "data_version"}
_WRITES = "A query may only read: this one would write, attach a file or change a setting. It was not run."


@contextmanager
def asking(
    database: Database,
    sql: str,
    parameters: Mapping[str, str],
    *,
    timeout: float,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[tuple[Sequence[str], Iterator[tuple[Any, ...]]]]:
    """The columns and the rows that a query answers with, row by row as SQLite finds them.

    `timeout` is in seconds. Raises QueryError for a query that SQLite does not understand, that would write, that is
    more than one, that lacks a parameter, or that takes longer.
    """
    connection, deadline = database.conn, clock() + timeout
    connection.execute("PRAGMA query_only = ON")
    _meet_virtual_tables(connection)
    with _interrupts() as pressed:
        connection.set_authorizer(_authorized)
        connection.set_progress_handler(lambda: bool(pressed) or clock() > deadline, _STEPS)
        try:
            with _explained(pressed, timeout):
                cursor = connection.execute(sql, dict(parameters))
                if cursor.description is None:
                    raise QueryError("That is no question: write one that begins with SELECT.")
                yield [name for name, *_ in cursor.description], _until(cursor, pressed)
        finally:
            connection.set_progress_handler(None, 0)
            connection.set_authorizer(None)


def _meet_virtual_tables(connection: sqlite3.Connection) -> None:
    """Have search tables and lists connected: SQLite does that once, and with statements that a query may not make."""
    found = connection.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'").fetchall()
    for (name,) in [*found, ("json_each",), ("json_tree",)]:
        connection.execute(f'SELECT 1 FROM "{name}" LIMIT 0')


@contextmanager
def _interrupts() -> Iterator[list[int]]:
    """Ctrl-C as an entry in a list: raised inside SQLite's call to us it would be lost, with a traceback on stderr.

    Pressed again it is raised at once, for who waits for the reader of a pipe.
    """
    pressed: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield pressed
        return

    def press(number: int, _: object) -> None:
        pressed.append(number)
        if len(pressed) > 1:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, press)
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)


def _until(rows: Iterator[tuple[Any, ...]], pressed: list[int]) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        if pressed:
            raise KeyboardInterrupt
        yield row


def _authorized(action: int, first: str | None, second: str | None, *_: object) -> int:
    """SQLite asks this of each thing that a statement would do, before it is run."""
    if action in _MAY:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION and second != "load_extension":
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_PRAGMA and first in _TELLING:
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


@contextmanager
def _explained(pressed: list[int], timeout: float) -> Iterator[None]:
    try:
        yield
    except sqlite3.Warning as error:  # what Python before 3.12 calls more than one statement
        raise QueryError("Ask one question at a time: that is more than one statement.") from error
    except sqlite3.Error as error:
        raise _sentence(error, timeout, interrupted=bool(pressed)) from error


def _sentence(error: sqlite3.Error, timeout: float, *, interrupted: bool) -> BaseException:
    code = getattr(error, "sqlite_errorcode", None)
    if code == sqlite3.SQLITE_INTERRUPT:
        if interrupted:
            return KeyboardInterrupt()
        return QueryError(f"The query was stopped after {timeout:g} s: ask for less, or give it more with --timeout.")
    if code in (sqlite3.SQLITE_AUTH, sqlite3.SQLITE_READONLY):
        return QueryError(_WRITES)
    if isinstance(error, sqlite3.ProgrammingError):
        if "one statement" in str(error):
            return QueryError("Ask one question at a time: that is more than one statement.")
        missing = re.search(r":?(\w+)\.?\Z", str(error))
        return QueryError(f"A parameter is missing ({missing[1] if missing else error}): give it with -p NAME VALUE.")
    return QueryError(f"SQLite cannot answer that: {error}. The views to ask are in docs/querying.md.")
