"""The archive as a file: is it ours, may we write, and one transaction at a time.

SQLite's settings and their reasons: WAL lets readers read beside the writer; synchronous=FULL makes a commit survive a
power cut; a write begins with BEGIN IMMEDIATE, because a transaction that reads first and writes later can be refused
at once without waiting (SQLITE_BUSY_SNAPSHOT).
"""

from __future__ import annotations

import errno
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlite_utils import Database

from archive.form import MARK, is_empty, mark_of, supply_columns
from archive.migrations import APPLICATION_ID, migrations
from schemas.errors import (
    ArchiveError,
    ArchiveOutdatedError,
    ArchiveTooNewError,
    ArchiveWriteError,
    NotAnArchiveError,
)  # fmt: skip

_MAGIC = b"SQLite format 3\x00"
_BUSY_MS = 10_000
_STATEMENTS = 512  # kept prepared: a night has some ninety, and those of one page's contents vary with their number
KNOWN = frozenset(migration.name for migration in migrations._migrations)  # noqa: SLF001 -- the set has no public list


def open_for_writing(path: Path) -> Database:
    """Open the archive at `path` for its one writer, making it as needed.

    Raises NotAnArchiveError, ArchiveTooNewError, ArchiveOutdatedError or ArchiveWriteError.
    """
    refuse_foreign(path)
    with plain_errors(path):
        connection = sqlite3.connect(path, timeout=_BUSY_MS / 1000, cached_statements=_STATEMENTS)
        database = Database(connection, execute_plugins=False)
        try:
            _check_ours(database, path)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            with transaction(database, path):
                if is_empty(database):
                    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                    connection.execute(f"PRAGMA user_version = {MARK}")
                    migrations.apply(database)
        except BaseException:
            connection.close()
            raise
    return database


def open_for_reading(path: Path, *, older: bool = False) -> Database:
    """Open the archive at `path` so that nothing can be written through it; one of another form only if `older`.

    Raises ArchiveError when there is none, NotAnArchiveError, ArchiveTooNewError or ArchiveOutdatedError.
    """
    if not _is_there(path):
        raise ArchiveError(
            f"There is no archive at {path}: make one with `tidslager crawl`, or name another with --archive."
        )
    refuse_foreign(path)
    with plain_errors(path):
        database = Database(_read_only(path), execute_plugins=False)
        try:
            _check_ours(database, path, older=older)
            if older:
                supply_columns(database)
            elif is_empty(database):
                _refuse_empty(path)
        except BaseException:
            database.conn.close()
            raise
    return database


def copy_whole(path: Path, target: Path) -> None:
    """Write an archive, as it is at this moment, to a new file without free pages; also beside a writer.

    Raises ArchiveWriteError when either cannot be written.
    """
    # A connection that may only read cannot do it: SQLite (3.40 to 3.50 at the least) then takes the generated columns
    # of our tables for stored ones. Nothing is written to the archive all the same.
    with plain_errors(path):
        connection = sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=rw", uri=True, timeout=_BUSY_MS / 1000)
        try:
            connection.execute("VACUUM INTO ?", [str(target)])
        finally:
            connection.close()


def _read_only(path: Path) -> sqlite3.Connection:
    address = f"file:{quote(str(path.absolute()))}?mode=ro"
    connection = sqlite3.connect(address, uri=True, timeout=_BUSY_MS / 1000)
    try:
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        # A WAL archive in a directory that we may not write to cannot be opened the ordinary way. It may be read as
        # it lies where no writer has it open, which the absence of its -wal file shows.
        connection.close()
        if path.with_name(path.name + "-wal").exists():
            raise
        connection = sqlite3.connect(address + "&immutable=1", uri=True)
    return connection


def refuse_foreign(path: Path) -> None:
    """Refuse what cannot be an archive, before anything is written beside it; an empty or missing file can become one.

    Raises NotAnArchiveError, or ArchiveError when it cannot be looked at.
    """
    if not _is_there(path):
        return
    if not path.is_file():
        raise NotAnArchiveError(f"{path} is no file: name one with --archive.")
    try:
        with path.open("rb") as file:
            start = file.read(len(_MAGIC))
    except OSError as error:
        raise ArchiveError(f"Cannot read {path} ({error.strerror}): see to its rights.") from error
    if start not in (b"", _MAGIC):
        raise NotAnArchiveError(f"{path} is not an archive of Tidslager: name another file with --archive.")


def _is_there(path: Path) -> bool:
    try:
        path.stat()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise ArchiveError(
            f"Cannot look at {path} ({error.strerror}): see to its name and rights, or name another with --archive."
        ) from error
    return True


def _check_ours(database: Database, path: Path, *, older: bool = False) -> None:
    if is_empty(database):
        return
    if database.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise NotAnArchiveError(
            f"{path} belongs to another program: it was left as it is. Name another file with --archive."
        )
    unknown = sorted({done.name for done in migrations.applied(database)} - KNOWN)
    if unknown:
        raise ArchiveTooNewError(
            f"{path} was written by a newer Tidslager (it has {', '.join(unknown)}): upgrade this program to use it."
        )
    if not older and mark_of(database) != MARK:
        raise ArchiveOutdatedError(
            f"{path} was made by another version of Tidslager: `tidslager rebuild`, or the next run, reads its evidence"
            " into the tables of this one. Its evidence stays as it is."
        )


def _refuse_empty(path: Path) -> None:
    raise ArchiveError(f"{path} holds nothing yet: make an archive of it with `tidslager crawl SITE`.")


@contextmanager
def transaction(database: Database, path: Path) -> Iterator[None]:
    """All or nothing: what is written inside is committed together, or, on any error, not at all."""
    with plain_errors(path):
        database.execute("BEGIN IMMEDIATE")
        try:
            yield
            database.commit()
        except BaseException:
            database.rollback()
            raise


def leave_nothing_behind(database: Database, path: Path) -> None:
    """Write the file anew without its free pages, so that nothing that was erased can be read from it.

    Raises ArchiveWriteError when there is no room (up to twice the archive's size is needed for a while), or when a
    reader still holds the old pages.
    """
    with plain_errors(path):
        database.execute("PRAGMA secure_delete = ON")
        database.execute("VACUUM")
        if database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            raise ArchiveWriteError(
                f"A reader still holds old pages of {path}: what you asked for is done; close the reader, run it again."
            )


@contextmanager
def step(database: Database, path: Path) -> Iterator[None]:
    """All or nothing inside a transaction that is open: an error takes back this step and leaves those before it.

    Raises ArchiveWriteError when SQLite has had to take back the whole transaction, for want of room for instance.
    """
    with plain_errors(path):
        refuse_taken_back(database, path)
        database.execute("SAVEPOINT step")
        try:
            yield
        except BaseException:
            if database.conn.in_transaction:
                database.execute("ROLLBACK TO step")
                database.execute("RELEASE step")
            raise
        database.execute("RELEASE step")


@contextmanager
def part(database: Database, path: Path) -> Iterator[None]:
    """A step that cannot be taken back alone: an error takes back the whole transaction that is open.

    A savepoint has SQLite write what each page of the file was before, which for one page of a site goes to the disk.
    """
    with plain_errors(path):
        refuse_taken_back(database, path)
        try:
            yield
        except BaseException:
            database.rollback()
            raise


def refuse_taken_back(database: Database, path: Path) -> None:
    """Raise ArchiveWriteError where the transaction that is meant is no longer open, so that nothing is half there."""
    if not database.conn.in_transaction:
        raise ArchiveWriteError(f"What was written to {path} in this batch was taken back: begin the batch again.")


@contextmanager
def plain_errors(path: Path) -> Iterator[None]:
    """Say SQLite's refusals in words that tell what to do, as ArchiveError."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _explained(error, path) from error
    except UnicodeDecodeError as error:  # SQLite's own sentence about a damaged schema, with the damage in it
        raise ArchiveError(_DAMAGED.format(path=path, error="its schema is no text")) from error


def _explained(error: sqlite3.DatabaseError, path: Path) -> Exception:
    code = getattr(error, "sqlite_errorcode", -1) & 0xFF
    if code == sqlite3.SQLITE_IOERR:
        reason = "the disk is full" if _disk_is_full(path) else "the disk or its connection fails"
        return ArchiveWriteError(f"Cannot write {path}: {reason}. What was committed before is kept.")
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or _DAMAGED_TEXT.search(str(error)):
        return ArchiveError(_DAMAGED.format(path=path, error=error))
    sentence = _SENTENCES.get(code)
    return ArchiveWriteError(sentence.format(path=path)) if sentence else error


_DAMAGED = "{path} is damaged ({error}): see what `tidslager verify` finds, and restore it from a backup."
_DAMAGED_TEXT = re.compile("decode to UTF-8|malformed JSON")
_RIGHTS = "{path} cannot be written: see to its rights and its directory's, or name another with --archive."
_HELD = "{path} is held by another program: close it and run again."
_SENTENCES = {
    sqlite3.SQLITE_FULL: "No room left for {path}: make room and run again. What was committed before is kept.",
    sqlite3.SQLITE_READONLY: _RIGHTS,
    sqlite3.SQLITE_PERM: _RIGHTS,
    sqlite3.SQLITE_CANTOPEN: "Cannot open {path}: see that its directory is there and may be written, "
    "or name another with --archive.",
    sqlite3.SQLITE_BUSY: _HELD,
    sqlite3.SQLITE_LOCKED: _HELD,
}


def _disk_is_full(path: Path) -> bool:
    try:
        with path.with_name(path.name + ".room").open("wb") as probe:
            probe.write(bytes(4096))
    except OSError as error:
        return error.errno == errno.ENOSPC
    else:
        return False
    finally:
        path.with_name(path.name + ".room").unlink(missing_ok=True)
